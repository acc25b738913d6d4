/** What a view asks of a run that is going on. Whoever runs the packets answers; looks at every flow or subscriber
 * are made in pieces, so that packets are never kept waiting for long. */

import type { ExplainRecord } from '../record/explain-record.js'
import type { Verdict } from '../record/flow-record.js'
import type { FlowRow, RuleRow, RulesState, SubscriberRow } from '../record/snapshot.js'

/** Lets others work; a long look calls it now and then. */
export type Turn = () => Promise<void>

/** Sums over the whole run, cheap to ask. */
export interface RunCounters {
  /** the first and the last packet; 0 before there was one */
  firstUs: number
  packetUs: number
  frames: number
  /** inner IP packets of users, and their octets */
  userPackets: number
  octets: number
  controlMessages: number
  unknownTeidPackets: number
  decodeErrors: number
  faults: Record<string, number>
  found: Record<string, number>
  sessions: number
  sessionsCreated: number
  sessionsClosed: number
  subscribers: number
  openFlows: number
  endedFlows: number
  /** of the flow table, 0 to 1 */
  flowTableShare: number
  overload: string | undefined
}

/** Flows and octets, up and down. */
export interface FlowSum {
  flows: number
  upPackets: number
  downPackets: number
  up: number
  down: number
}

/** One look at all open flows. */
export interface Census {
  verdicts: Map<Verdict, FlowSum>
  /** by the label of the level-1 rule: `L1-3`, `default`, `unmatched` */
  rules: Map<string, FlowSum>
}

/** A flow that is open as a filter sees it; only valid until the next one is looked at. */
export interface OpenFlowView {
  readonly flow: string
  /** to keep */
  row(): FlowRow
}

export interface ProbeState {
  readonly rules: RulesState
  counters(): RunCounters
  census(turn: Turn): Promise<Census>
  /** Calls `visit` with each open flow, the same object every time. */
  eachOpenFlow(turn: Turn, visit: (flow: OpenFlowView) => void): Promise<void>
  subscribers(turn: Turn): Promise<SubscriberRow[]>
  /** sessions by APN and RAT, and how many have no IMSI */
  access(): { shares: { apn: string; rat: string; sessions: number }[]; withoutImsi: number }
  /** the rules that are in force, without what they decided */
  ruleRows(): readonly RuleRow[]
  openFlow(flow: string): FlowRow | undefined
  /** undefined: the flow is not open */
  explainOpen(flow: string): ExplainRecord | undefined
  /** Of a flow that has ended, from what its record says, by the rules of that label, or by those of now. */
  explainRecord(flow: FlowRow, rules: string | undefined): ExplainRecord
  /** the free rule that fails the fewest conditions, and why */
  nearestFree(flow: FlowRow): { rule: string; why: string } | undefined
}

export function noFlows(): FlowSum {
  return { flows: 0, upPackets: 0, downPackets: 0, up: 0, down: 0 }
}
