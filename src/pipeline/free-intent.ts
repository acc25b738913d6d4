/** Finds traffic that was meant to be free and was charged (rules.md section 1): a retrieval through a port
 * whose rule has no level 2, or whose payload is encrypted, while the same request on another port of
 * the same server would be free. Evidence of what was meant: an MMS notification shortly before, or
 * free retrievals by the same subscriber. */

import type { MmsFacts } from '../flow/mms-facts.js'
import type { FindingRecord } from '../record/explain-record.js'
import type { App, Certainty } from '../record/flow-record.js'
import type { RecordSink } from '../record/sink.js'
import { formatAddress } from '../rules/address.js'
import { alternatives } from '../rules/alternatives.js'
import type { RuleEngine } from '../rules/engine.js'
import { remedy, type WapVersion } from '../rules/remedy.js'
import type { FlowFacts } from '../rules/rule-facts.js'
import { sentence } from '../rules/sentence.js'
import { type KnownRequest, requestOf } from '../rules/visible.js'
import { AbuseFindings, type SuspectedFlow } from './abuse-findings.js'
import { protocolName } from './flow-records.js'

/** A notification announces what is fetched within this time. */
const announcedUs = 600_000_000
const maxNotifications = 16
const maxFlowsListed = 1000

/** What is known of a subscriber beside the flow in question; '' when nothing is. */
export interface SubscriberClues {
  /** a URL that was rated free in the clear */
  readonly freeUrl: string
  readonly userAgent: string
}

const noClues: SubscriberClues = { freeUrl: '', userAgent: '' }

interface KnownSubscribers {
  readonly subscribers: ReadonlyMap<string, SubscriberClues>
}

export interface Notification {
  timeUs: number
  frame: number
  mms: MmsFacts
}

/** Whose flow it is: of the context what a finding says. */
export interface FlowOwner {
  /** number of the context within the run */
  readonly context: number
  readonly imsi: string
  readonly msisdn: string
}

/** A flow that ended charged, and for whose server a rule has a level 2 with a free row. */
export interface ChargedFlow {
  owner: FlowOwner | undefined
  frame: number
  openedUs: number
  app: App
  level1: number
  facts: FlowFacts
  up: readonly [packets: number, octets: number]
  down: readonly [packets: number, octets: number]
}

/** What the search for findings is told, in the order of the run. */
export interface IntentEvents {
  /** `imsi` is '' where the subscriber is not known */
  notified(imsi: string, notification: Notification): void
  charged(flow: ChargedFlow): void
  suspected(flow: SuspectedFlow): void
}

/** One subscriber's charged flows of one kind. */
interface Case {
  owner: FlowOwner | undefined
  facts: FlowFacts
  app: App
  level1: number
  flows: string[]
  up: [packets: number, octets: number]
  down: [packets: number, octets: number]
  announced: Notification | undefined
  retrievedFree: string
  userAgent: string
}

export class FreeIntent implements IntentEvents {
  readonly #engine: RuleEngine
  readonly #notified = new Map<string, Notification[]>()
  readonly #clues: KnownSubscribers
  /** in the order in which they began */
  readonly #cases = new Map<string, Case>()
  /** subscribers whose notifications were forgotten; the one that got none for longest gives way */
  forgotten = 0
  /** findings told before the end of the run to make room; what comes later is another one */
  closedEarly = 0
  readonly #most: number
  readonly #sink: RecordSink
  readonly #abuse: AbuseFindings

  /** `most` findings, and subscribers with notifications, are kept; the oldest finding then goes to `sink`. */
  constructor(engine: RuleEngine, clues: KnownSubscribers, most: number, sink: RecordSink) {
    this.#most = most
    this.#sink = sink
    this.#engine = engine
    this.#clues = clues
    this.#abuse = new AbuseFindings(engine, most, finding => this.#early(finding))
  }

  notified(imsi: string, notification: Notification): void {
    const list = this.#notified.get(imsi) ?? []
    this.#notified.delete(imsi)
    list.push(notification)
    if (list.length > maxNotifications) list.shift()
    if (this.#notified.size >= this.#most) this.#forgetOldest()
    this.#notified.set(imsi, list)
  }

  charged(flow: ChargedFlow): void {
    const { owner, facts, app, level1 } = flow
    const who = owner?.imsi ?? ''
    const key = `${who}|${formatAddress(facts.server)}|${facts.protocol}|${facts.port}|${level1}`
    let found = this.#cases.get(key)
    if (found === undefined) {
      found = {
        owner,
        facts,
        app,
        level1,
        flows: [],
        up: [0, 0],
        down: [0, 0],
        announced: undefined,
        retrievedFree: '',
        userAgent: '',
      }
      if (this.#cases.size >= this.#most) this.#closeOldest()
      this.#cases.set(key, found)
    }
    if (found.flows.length < maxFlowsListed) found.flows.push(String(flow.frame))
    found.up[0] += flow.up[0]
    found.up[1] += flow.up[1]
    found.down[0] += flow.down[0]
    found.down[1] += flow.down[1]
    found.announced ??= this.#announced(who, flow.openedUs)
  }

  suspected(flow: SuspectedFlow): void {
    this.#abuse.add(flow)
  }

  /** At the end: what is known of the owners then, by the number of their context. */
  settleOwners(known: (context: number) => FlowOwner | undefined): void {
    for (const one of this.#cases.values()) {
      if (one.owner !== undefined) one.owner = known(one.owner.context) ?? one.owner
    }
    this.#abuse.settleOwners(known)
  }

  /** All findings, the surest first, then by octets. */
  findings(): FindingRecord[] {
    const order: Record<Certainty, number> = { high: 0, medium: 1, low: 2 }
    const intended = [...this.#cases.values()]
      .map(one => this.#finding(one))
      .filter(one => one !== undefined)
    return [...intended, ...this.#abuse.findings()].sort(
      (a, b) =>
        order[a.confidence] - order[b.confidence] ||
        b.up_bytes + b.down_bytes - a.up_bytes - a.down_bytes ||
        (a.flows[0] ?? '').localeCompare(b.flows[0] ?? ''),
    )
  }

  #forgetOldest(): void {
    for (const who of this.#notified.keys()) {
      this.#notified.delete(who)
      this.forgotten++
      return
    }
  }

  #closeOldest(): void {
    for (const [key, one] of this.#cases) {
      this.#cases.delete(key)
      const finding = this.#finding(one)
      if (finding !== undefined) this.#early(finding)
      return
    }
  }

  #early(finding: FindingRecord): void {
    this.closedEarly++
    if (this.#sink.wants.has('finding')) this.#sink.write(finding)
  }

  #announced(who: string, openedUs: number): Notification | undefined {
    return this.#notified
      .get(who)
      ?.findLast(one => one.timeUs <= openedUs && openedUs - one.timeUs <= announcedUs)
  }

  #finding(one: Case): FindingRecord | undefined {
    const engine = this.#engine
    const who = one.owner?.imsi ?? ''
    const charge = engine.charges[engine.chargeOf(one.level1, -1)]
    if (charge === undefined) return undefined
    const { freeUrl, userAgent } = this.#clues.subscribers.get(who) ?? noClues
    const location = one.announced?.mms.contentLocation
    const known: KnownRequest | undefined = location ? requestOf(location) : undefined
    const others = alternatives(engine, one.facts, one.app, known)
    const ways = others.filter(other => other.tariff === 'free')
    // without a free way there is nothing that the subscriber could have done
    if (ways.length === 0) return undefined
    const evidence = this.#evidence(one, freeUrl, userAgent)
    const advice = remedy(others, wapVersion(userAgent))
    const server = formatAddress(one.facts.server)
    const decision = { l1: one.level1, row: -1, charge: engine.chargeOf(one.level1, -1) }
    const { owner } = one
    return {
      type: 'finding',
      schema: 'tollgate.finding/1',
      finding: 'intended-free-but-charged',
      flows: one.flows,
      ...(owner === undefined || owner.imsi === '' ? {} : { imsi: owner.imsi }),
      ...(owner === undefined || owner.msisdn === '' ? {} : { msisdn: owner.msisdn }),
      server,
      server_port: one.facts.port,
      protocol: protocolName(one.facts.protocol),
      rule_id: charge.id,
      rule_id_hex: charge.idHex,
      ...(engine.set.level1[one.level1] ? { level1: engine.set.level1[one.level1]!.id } : {}),
      up_packets: one.up[0],
      down_packets: one.down[0],
      up_bytes: one.up[1],
      down_bytes: one.down[1],
      confidence: one.announced ? 'high' : freeUrl !== '' ? 'medium' : 'low',
      evidence,
      text: sentence(engine, {
        server,
        port: one.facts.port,
        app: one.app,
        decision,
        asked: false,
        others,
        remedy: advice,
      }),
      alternatives: others,
      ...(advice === undefined ? {} : { remedy: advice }),
    }
  }

  #evidence(one: Case, freeUrl: string, userAgent: string): string[] {
    const evidence: string[] = []
    const { announced } = one
    if (announced !== undefined) {
      const seconds = Math.round(
        (one.facts.timeUs ?? announced.timeUs) / 1e6 - announced.timeUs / 1e6,
      )
      evidence.push(
        `${announced.mms.type} in frame ${announced.frame}, ${seconds} s before, announced ${announced.mms.contentLocation}`,
      )
    }
    if (freeUrl !== '') evidence.push(`the same subscriber fetched ${freeUrl} free`)
    if (one.app === 'wtls') {
      evidence.push(
        `payload is WTLS: the same service in the clear is on other ports of the server`,
      )
    }
    if (userAgent !== '') evidence.push(`handset: ${userAgent}`)
    return evidence
  }
}

/** What the handset's name says of its WAP generation: WAP 1.x browsers name WSP or UP.Link gateways. */
function wapVersion(userAgent: string): WapVersion | undefined {
  if (/MIDP-2|Profile\/MIDP-2|WAP2|AppleWebKit|Mozilla\/5/i.test(userAgent)) return '2.0'
  if (/WAP1|UP\.Browser\/[34]|MIDP-1\.0|WML/i.test(userAgent)) return '1.x'
  return undefined
}
