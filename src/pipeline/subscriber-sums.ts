/** Subscribers of a run that is going on: their sessions, and the octets of flows that ended and of those that are
 * open. */

import type { Tariff } from '../record/flow-record.js'
import type { SubscriberRow } from '../record/snapshot.js'
import { utcTime } from '../record/time.js'
import { teidText } from '../session/context-summary.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { Turn } from '../view/probe-state.js'
import type { OpenFlow } from './open-flow.js'
import type { RatedFlows } from './rated-flows.js'
import type { RunStages } from './rules-in-force.js'
import { tariffOf } from './run-records.js'
import type { SubscriberTotals } from './run-totals.js'

interface Sums extends Record<Tariff, number> {
  flows: number
  blocked: number
  up: number
  down: number
  lastUs: number
}

/** no IMSI is this long */
const othersKey = 'all others together'

export class SubscriberSums {
  readonly #stages: () => RunStages
  /** of rule sets whose last flow has ended */
  readonly #past = new Map<string, Sums>()
  #sums = new Map<string, Sums>()

  constructor(stages: () => RunStages) {
    this.#stages = stages
  }

  begin(): void {
    const { rules } = this.#stages()
    for (const rated of rules.takeFinished()) addLedger(this.#past, rated)
    this.#sums = new Map()
    for (const [imsi, sums] of this.#past) this.#sums.set(imsi, { ...sums })
    for (const rated of rules.all) addLedger(this.#sums, rated)
  }

  /** A flow that is open. */
  open(flow: OpenFlow): void {
    const sums = sumsOf(this.#sums, flow.imsi ?? '')
    sums.flows++
    if (flow.verdict === 'BLCK') sums.blocked++
    const d = flow.detail
    sums.up += flow.up_bytes - d.settledUpOctets
    sums.down += flow.down_bytes - d.settledDownOctets
    const { free, charged, unknown } = flow.byTariff()
    sums.free += free
    sums.charged += charged
    sums.unknown += unknown
    sums.lastUs = Math.max(sums.lastUs, flow.lastUs)
  }

  async rows(turn: Turn, piece: number): Promise<SubscriberRow[]> {
    const { totals } = this.#stages()
    const rows: SubscriberRow[] = []
    for (const [imsi, one] of totals.subscribers) {
      if (rows.length % piece === piece - 1) await turn()
      rows.push(rowOf(imsi, one, this.#sums.get(imsi)))
    }
    const { others } = totals
    if (others.flows > 0 || others.contextsLeftOut > 0) {
      rows.push({ ...rowOf('', others, this.#sums.get(othersKey)), others: true })
    }
    return rows
  }
}

function addLedger(sums: Map<string, Sums>, { engine, rater }: RatedFlows): void {
  const { ledger } = rater
  for (const row of ledger.rows()) {
    const one = sumsOf(sums, row.owner === ledger.others ? othersKey : row.owner.imsi)
    one.up += row.up_bytes
    one.down += row.down_bytes
    one[tariffOf(engine, row)] += row.up_bytes + row.down_bytes
    one.lastUs = Math.max(one.lastUs, row.lastUs)
  }
}

function sumsOf(sums: Map<string, Sums>, imsi: string): Sums {
  let one = sums.get(imsi)
  if (one === undefined) {
    one = { flows: 0, blocked: 0, up: 0, down: 0, lastUs: 0, free: 0, charged: 0, unknown: 0 }
    sums.set(imsi, one)
  }
  return one
}

function rowOf(imsi: string, totals: SubscriberTotals, sums: Sums | undefined): SubscriberRow {
  const context = totals.contexts.findLast(one => one.endedUs < 0) ?? totals.contexts.at(-1)
  const lastUs = Math.max(sums?.lastUs ?? 0, context?.createdUs ?? 0, context?.endedUs ?? 0)
  return {
    state: context !== undefined && context.endedUs < 0 ? 'ACTIVE' : 'ENDED',
    ...(imsi === '' ? {} : { imsi }),
    ...factsOf(context),
    ...(lastUs > 0 ? { end: utcTime(lastUs) } : {}),
    sessions: totals.contexts.length - totals.dropped + totals.contextsLeftOut,
    flows: totals.flows + (sums?.flows ?? 0),
    blocked_flows: totals.blockedFlows + (sums?.blocked ?? 0),
    up_bytes: sums?.up ?? 0,
    down_bytes: sums?.down ?? 0,
    free_bytes: sums?.free ?? 0,
    charged_bytes: sums?.charged ?? 0,
    unknown_bytes: sums?.unknown ?? 0,
  }
}

function factsOf(context: PdpContext | undefined): Partial<SubscriberRow> {
  if (context === undefined) return {}
  const { msisdn, imei, apn, rat, ueV4, ueV6, teidUp, createdUs } = context
  const ue = ueV4 || ueV6
  return {
    ...(msisdn === '' ? {} : { msisdn }),
    ...(imei === '' ? {} : { imei }),
    ...(apn === '' ? {} : { apn }),
    ...(rat === '' ? {} : { rat }),
    ...(ue === '' ? {} : { ue }),
    ...(teidUp < 0 ? {} : { teid: teidText(teidUp) }),
    since: utcTime(createdUs),
  }
}
