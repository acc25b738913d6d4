/** What was predicted for each subscriber and rating group, and which of them a line of a bill is about: by
 * IMSI, by MSISDN, by Charging ID and gateway, or by the terminal's address, the last two only while the
 * session lived (3GPP TS 32.251 clause 5.1.2: a Charging ID is one gateway's, and comes again). */

import type { Tariff } from '../record/flow-record.js'
import type { SubscriberRecord } from '../record/subscriber-record.js'
import { parseTime } from '../record/time.js'
import type { UsageRecord } from '../record/usage-record.js'
import { gatewayKey, terminalKey } from './address-key.js'
import type { ChargedUsage } from './charged-usage.js'

export interface PredictedRule {
  readonly ruleId: number
  readonly ruleIdHex: string
  up: number
  down: number
}

export interface PredictedGroup {
  up: number
  down: number
  readonly tariffs: Set<Tariff>
  readonly rules: Map<number, PredictedRule>
}

export interface PredictedSubscriber {
  readonly imsi: string
  readonly msisdn: string
  readonly groups: Map<number, PredictedGroup>
  /** all octets, but those that the profile leaves out */
  readonly all: PredictedGroup
}

/** When somebody had a Charging ID or an address. */
interface Holding {
  readonly subscriber: PredictedSubscriber
  readonly gateway: string
  readonly fromUs: number
  readonly toUs: number
}

/** Time stamps of bills have seconds. */
const slackUs = 1_000_000
const wholeNumber = /^\d+$/

export class Predicted {
  /** octets of nobody, and octets without a rating group */
  unowned = 0
  ungrouped = 0
  bytes = 0
  readonly #byImsi = new Map<string, PredictedSubscriber>()
  readonly #byMsisdn = new Map<string, PredictedSubscriber>()
  readonly #sharedNumbers = new Set<string>()
  readonly #holdings = new Map<string, Holding[]>()

  /** In the order of appearance. */
  get subscribers(): PredictedSubscriber[] {
    const nameless = [...this.#byMsisdn.values()].filter(one => one.imsi === '')
    return [...this.#byImsi.values(), ...nameless]
  }

  usage(record: UsageRecord): void {
    const { imsi = '', msisdn = '', row } = record
    const { up_bytes: up, down_bytes: down } = record
    if (row === 'excluded') return
    this.bytes += up + down
    if (imsi === '' && msisdn === '') {
      this.unowned += up + down
      return
    }
    const subscriber = this.#subscriber(imsi, msisdn)
    add(subscriber.all, record)
    if (record.rating_group === undefined) {
      this.ungrouped += up + down
      return
    }
    const group = subscriber.groups.get(record.rating_group) ?? emptyGroup()
    subscriber.groups.set(record.rating_group, group)
    add(group, record)
  }

  /** The contexts of a subscriber: what else than a number tells that a line is his. */
  contexts(record: SubscriberRecord): void {
    const { imsi = '', msisdn = '' } = record
    if (imsi === '' && msisdn === '') return
    const subscriber = this.#subscriber(imsi, msisdn)
    for (const context of record.contexts) {
      const holding = {
        subscriber,
        gateway: gatewayKey(context.ggsn ?? ''),
        fromUs: (parseTime(context.created) ?? 0) - slackUs,
        toUs: (parseTime(context.ended ?? '') ?? Number.POSITIVE_INFINITY) + slackUs,
      }
      const { charging_id: id, ue_v4: v4 = '', ue_v6: v6 = '' } = context
      const addresses = [terminalKey(v4), terminalKey(v6)]
      for (const key of [id === undefined ? '' : `#${id}`, ...addresses]) {
        if (key === '') continue
        const holdings = this.#holdings.get(key)
        if (holdings === undefined) this.#holdings.set(key, [holding])
        else holdings.push(holding)
      }
    }
  }

  find(imsi: string, msisdn: string): PredictedSubscriber | undefined {
    return this.#byImsi.get(imsi) ?? this.#byMsisdn.get(msisdn)
  }

  /** Whose line it is; undefined when nobody of the capture. */
  ownerOf(usage: ChargedUsage): PredictedSubscriber | undefined {
    const named = this.#byImsi.get(usage.imsi)
    if (named !== undefined) return named
    const found = this.#numberHolder(usage.msisdn) ?? this.#contextHolder(usage)
    if (found === undefined) return undefined
    // a line that names somebody else is not his, whatever number or address he has
    const isOther = wholeNumber.test(usage.imsi) && found.imsi !== ''
    return isOther ? undefined : found
  }

  /** Two SIMs of one number: the number says nothing. */
  #numberHolder(msisdn: string): PredictedSubscriber | undefined {
    return this.#sharedNumbers.has(msisdn) ? undefined : this.#byMsisdn.get(msisdn)
  }

  #contextHolder(usage: ChargedUsage): PredictedSubscriber | undefined {
    const held = usage.chargingId < 0 ? undefined : this.#holder(`#${usage.chargingId}`, usage)
    return held ?? this.#holder(terminalKey(usage.ue), usage)
  }

  #holder(key: string, usage: ChargedUsage): PredictedSubscriber | undefined {
    if (key === '') return undefined
    const isId = key.startsWith('#')
    const by = gatewayKey(usage.gateway)
    const found = new Set<PredictedSubscriber>()
    for (const holding of this.#holdings.get(key) ?? []) {
      const { gateway, fromUs, toUs } = holding
      const isElsewhere = gateway !== '' && by !== '' && gateway !== by
      const timed = usage.firstUs >= 0 && usage.lastUs >= 0
      const isThen = !timed || (usage.firstUs <= toUs && usage.lastUs >= fromUs)
      if (isThen && !(isId && isElsewhere)) found.add(holding.subscriber)
    }
    const [only, another] = found
    return another === undefined ? only : undefined
  }

  #subscriber(imsi: string, msisdn: string): PredictedSubscriber {
    const known = this.#byImsi.get(imsi) ?? (imsi === '' ? this.#byMsisdn.get(msisdn) : undefined)
    const subscriber = known ?? { imsi, msisdn, groups: new Map(), all: emptyGroup() }
    if (imsi !== '') this.#byImsi.set(imsi, subscriber)
    if (msisdn !== '') this.#hasNumber(subscriber, msisdn)
    return subscriber
  }

  #hasNumber(subscriber: PredictedSubscriber, msisdn: string): void {
    const other = this.#byMsisdn.get(msisdn)
    if (other === undefined) this.#byMsisdn.set(msisdn, subscriber)
    else if (other !== subscriber && other.imsi !== '') this.#sharedNumbers.add(msisdn)
  }
}

export function emptyGroup(): PredictedGroup {
  return { up: 0, down: 0, tariffs: new Set(), rules: new Map() }
}

function add(group: PredictedGroup, record: UsageRecord): void {
  const { up_bytes: up, down_bytes: down, rule_id: ruleId, rule_id_hex: ruleIdHex } = record
  group.up += up
  group.down += down
  group.tariffs.add(record.tariff)
  if (ruleId === undefined || ruleIdHex === undefined) return
  const rule = group.rules.get(ruleId) ?? { ruleId, ruleIdHex, up: 0, down: 0 }
  rule.up += up
  rule.down += down
  group.rules.set(ruleId, rule)
}
