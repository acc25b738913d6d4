/** What the rules say of a request that nobody captured. The answer is an explain record, as for a flow
 * of a capture; what the caller did not give is inferred from the port and said so. */

import type { ExplainRecord, Fact } from '../record/explain-record.js'
import type { App, Verdict } from '../record/flow-record.js'
import { formatAddress, parseAddress } from './address.js'
import { alternatives } from './alternatives.js'
import type { RuleEngine } from './engine.js'
import { explain } from './explain.js'
import { hasPorts, protocolNumber, protocolNumbers, protocolText } from './protocol-number.js'
import { remedy, type WapVersion } from './remedy.js'
import type { AddressWords, AppFacts, FlowFacts } from './rule-facts.js'
import { sentence } from './sentence.js'
import { isOpaque, type KnownRequest, knownPort, requestOf, visibleFacts } from './visible.js'

export interface WhatIf {
  server: string
  port: number
  /** name or number; inferred from the port when absent */
  protocol?: string | number | undefined
  url?: string | undefined
  sni?: string | undefined
  method?: string | undefined
  userAgent?: string | undefined
  contentType?: string | undefined
  apn?: string | undefined
  rat?: string | undefined
  imsi?: string | undefined
  ue?: string | undefined
  roaming?: boolean | undefined
  timeUs?: number | undefined
  /** inferred from the port when absent */
  app?: App | undefined
  wap?: WapVersion | undefined
  /** list also rules that would match after the winner */
  all?: boolean | undefined
}

/** A question that cannot be asked; the message says which part is wrong. */
export class WhatIfError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WhatIfError'
  }
}

function addressOf(name: string, text: string): AddressWords {
  const address = parseAddress(text)
  if (!address) throw new WhatIfError(`${name} "${text}" is not an IP address`)
  return address
}

function protocolOf(ask: WhatIf): { number: number; inferred: boolean } {
  if (ask.protocol !== undefined) {
    const number = protocolNumber(ask.protocol)
    if (number === undefined) throw new WhatIfError(`unknown protocol "${ask.protocol}"`)
    return { number, inferred: false }
  }
  return { number: knownPort(ask.port)?.protocol ?? protocolNumbers.tcp, inferred: true }
}

function flowOf(ask: WhatIf, protocol: number): FlowFacts {
  if (!Number.isInteger(ask.port) || ask.port < 0 || ask.port > 65535)
    throw new WhatIfError(`port ${ask.port} is not a whole number from 0 to 65535`)
  const { apn, rat, imsi, roaming, timeUs } = ask
  return {
    server: addressOf('server', ask.server),
    protocol,
    port: hasPorts(protocol) ? ask.port : 0,
    ...(ask.ue === undefined ? {} : { ue: addressOf('ue', ask.ue) }),
    ...(apn === undefined ? {} : { apn }),
    ...(rat === undefined ? {} : { rat }),
    ...(imsi === undefined ? {} : { imsi }),
    ...(roaming === undefined ? {} : { roaming }),
    ...(timeUs === undefined ? {} : { timeUs }),
  }
}

/** What the asker knows of the request, whether or not a gateway would see it. */
function requestKnown(ask: WhatIf): KnownRequest | undefined {
  const { url, sni, method, userAgent, contentType } = ask
  const known: KnownRequest = {
    ...(url === undefined ? {} : requestOf(url)),
    ...(sni === undefined ? {} : { sni }),
    ...(method === undefined ? {} : { method }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(contentType === undefined ? {} : { contentType }),
  }
  return Object.keys(known).length === 0 ? undefined : known
}

const verdicts: Record<string, Verdict> = { free: 'FREE', charged: 'CHRG' }

function factsOf(ask: WhatIf, protocol: string, app: App, inferred: boolean): Fact[] {
  const given = 'as asked'
  const byPort = `usual for port ${ask.port}`
  const facts: Fact[] = [
    { name: 'server', value: ask.server, source: given },
    { name: 'port', value: String(ask.port), source: given },
    { name: 'protocol', value: protocol, source: inferred ? byPort : given },
    { name: 'app', value: app, source: ask.app === undefined ? byPort : given },
  ]
  for (const name of ['url', 'sni', 'method', 'apn', 'rat', 'ue'] as const) {
    const value = ask[name]
    if (value === undefined) continue
    const hidden = name === 'url' && isOpaque(app)
    facts.push({ name, value, source: hidden ? 'as asked; not visible to the gateway' : given })
  }
  return facts
}

function reasonsOf(ask: WhatIf, app: App, seen: AppFacts | undefined, inferred: boolean): string[] {
  const reasons: string[] = []
  if (inferred) reasons.push('protocol-inferred')
  if (isOpaque(app)) reasons.push('opaque')
  else if (!seen) reasons.push('no-request-given')
  if (ask.app === undefined && !knownPort(ask.port)) reasons.push('app-unknown')
  return reasons
}

/** Explains a request from its description. Throws a `WhatIfError` for a part that makes no sense. */
export function whatIf(engine: RuleEngine, ask: WhatIf): ExplainRecord {
  const { number, inferred } = protocolOf(ask)
  const flow = flowOf(ask, number)
  const app = ask.app ?? knownPort(ask.port, number)?.app ?? (ask.url ? 'http' : 'other')
  const known = requestKnown(ask)
  const seen = known && visibleFacts(app, known)
  const decision = engine.decide(flow, seen)
  const explained = explain(engine, flow, seen, { all: ask.all })
  const level1 = seen ? explain(engine, flow, undefined, { all: ask.all }) : explained
  const tariff = engine.charges[decision.charge]?.tariff ?? 'unknown'
  const others = tariff === 'free' ? [] : alternatives(engine, flow, app, known)
  const advice = remedy(others, ask.wap)
  const server = formatAddress(flow.server)
  const assumed = engine.isAssumed(decision.l1, decision.row)
  const reasons = reasonsOf(ask, app, seen, inferred)
  if (assumed) reasons.push('assumed-rule')
  const doubtful = engine.isDoubtful(decision.l1, decision.row)
  if (doubtful) reasons.push('unsupported-condition')
  const certainty = doubtful ? 'low' : assumed ? 'medium' : 'high'
  const { set, profile } = engine
  const text = sentence(engine, {
    server,
    port: flow.port,
    app,
    decision,
    asked: seen !== undefined,
    url: seen?.url ?? seen?.sni,
    others,
    remedy: advice,
  })
  return {
    type: 'explain',
    schema: 'tollgate.explain/1',
    ...(ask.imsi === undefined ? {} : { imsi: ask.imsi }),
    ...(ask.ue === undefined ? {} : { ue: ask.ue }),
    server,
    ...(flow.port === 0 ? {} : { server_port: flow.port }),
    protocol: protocolText(number),
    app,
    verdict: verdicts[tariff] ?? 'UNKN',
    text,
    facts: factsOf(ask, protocolText(number), app, inferred),
    level1,
    transactions: seen
      ? [
          {
            n: 1,
            frame: 0,
            app,
            ...(seen.method === undefined ? {} : { method: seen.method }),
            ...(seen.url === undefined ? {} : { url: seen.url }),
            ...(isOpaque(app) || ask.url === undefined || ask.url === seen.url
              ? {}
              : { url_raw: ask.url }),
            ...(seen.urlSource === undefined ? {} : { url_source: seen.urlSource }),
            decision: explained,
            certainty,
            reasons,
            up_packets: 0,
            down_packets: 0,
            up_bytes: 0,
            down_bytes: 0,
          },
        ]
      : [],
    slices: [],
    alternatives: others,
    ...(advice === undefined ? {} : { remedy: advice }),
    certainty,
    reasons,
    rules: { name: set.name, version: set.version, sha256: set.source.sha256 },
    profile: profile.name,
    profile_version: profile.version,
  }
}
