/** Findings of flags: for each subscriber, server and charge the octets that are free only because of one. A flag
 * that frees nothing under the loaded rules is in the records of its flow and no finding. */

import type { FindingRecord } from '../record/explain-record.js'
import { groupDigits } from '../record/figures.js'
import type { Flag } from '../record/flag.js'
import type { Certainty } from '../record/flow-record.js'
import type { RuleEngine } from '../rules/engine.js'
import { protocolName } from './flow-records.js'
import type { FlowOwner } from './free-intent.js'

const maxFlowsListed = 1000
const maxEvidence = 5

/** One flag of a flow that has ended, with octets at risk. */
export interface SuspectedFlow {
  owner: FlowOwner | undefined
  frame: number
  server: string
  port: number
  protocol: number
  flag: Flag
  evidence: string
  confidence: Certainty
  because: string
  /** what made the octets free */
  level1: number
  row: number
  charge: number
  atRisk: number
  up: readonly [packets: number, octets: number]
  down: readonly [packets: number, octets: number]
}

/** Flows with the same flag, subscriber, server and charge: the first one, and sums over all. */
interface Case extends SuspectedFlow {
  flows: string[]
  all: string[]
  up: [packets: number, octets: number]
  down: [packets: number, octets: number]
}

export class AbuseFindings {
  readonly #engine: RuleEngine
  readonly #most: number
  readonly #early: (finding: FindingRecord) => void
  /** in the order in which they began */
  readonly #cases = new Map<string, Case>()

  /** `most` are collected; to make room the oldest goes to `early`. */
  constructor(engine: RuleEngine, most: number, early: (finding: FindingRecord) => void) {
    this.#engine = engine
    this.#most = most
    this.#early = early
  }

  add(flow: SuspectedFlow): void {
    const { owner, flag, server, port, protocol, charge } = flow
    const key = `${flag}|${owner?.imsi ?? ''}|${server}|${protocol}|${port}|${charge}`
    const known = this.#cases.get(key)
    if (known === undefined) {
      if (this.#cases.size >= this.#most) this.#closeOldest()
      const flows = [String(flow.frame)]
      const all = [flow.evidence]
      const [up, down] = [[...flow.up] as Case['up'], [...flow.down] as Case['down']]
      this.#cases.set(key, { ...flow, flows, all, up, down })
      return
    }
    if (known.flows.length < maxFlowsListed) known.flows.push(String(flow.frame))
    if (known.all.length < maxEvidence) known.all.push(flow.evidence)
    known.atRisk += flow.atRisk
    for (const i of [0, 1] as const) {
      known.up[i] += flow.up[i]
      known.down[i] += flow.down[i]
    }
  }

  /** At the end: what is known of the owners then, by the number of their context. */
  settleOwners(known: (context: number) => FlowOwner | undefined): void {
    for (const one of this.#cases.values()) {
      if (one.owner !== undefined) one.owner = known(one.owner.context) ?? one.owner
    }
  }

  /** Those with most octets at risk first. */
  findings(): FindingRecord[] {
    return [...this.#cases.values()]
      .sort((a, b) => b.atRisk - a.atRisk || a.frame - b.frame)
      .map(one => this.#finding(one))
  }

  #closeOldest(): void {
    for (const [key, one] of this.#cases) {
      this.#cases.delete(key)
      this.#early(this.#finding(one))
      return
    }
  }

  #finding(one: Case): FindingRecord {
    const { rule_id = 0, rule_id_hex = '', level1, level2 } = this.#chargeFields(one)
    const rule = level2 ?? (level1 === undefined ? 'the default' : `L1-${level1}`)
    const { owner } = one
    const place = one.port === 0 ? one.server : `${one.server}:${one.port}`
    return {
      type: 'finding',
      schema: 'tollgate.finding/1',
      finding: one.flag,
      flows: one.flows,
      ...(owner === undefined || owner.imsi === '' ? {} : { imsi: owner.imsi }),
      ...(owner === undefined || owner.msisdn === '' ? {} : { msisdn: owner.msisdn }),
      server: one.server,
      server_port: one.port,
      protocol: protocolName(one.protocol),
      rule_id,
      rule_id_hex,
      ...(level1 === undefined ? {} : { level1 }),
      ...(level2 === undefined ? {} : { level2 }),
      at_risk_bytes: one.atRisk,
      up_packets: one.up[0],
      down_packets: one.down[0],
      up_bytes: one.up[1],
      down_bytes: one.down[1],
      confidence: one.confidence,
      evidence: one.all,
      text: `${place}: ${groupDigits(one.atRisk)} octets free by ${rule} only because ${one.because}`,
      alternatives: [],
    }
  }

  #chargeFields(one: Case): ReturnType<RuleEngine['chargeFields']> {
    return this.#engine.chargeFields(one.level1, one.row)
  }
}
