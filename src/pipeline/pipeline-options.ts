/** What a run is told at its start. */

import type { Dedupe } from '../dissect/duplicate-filter.js'
import type { SliceTrace } from '../flow/accounts.js'
import type { PacketWatch } from '../flow/flow-options.js'
import type { FlowTable } from '../flow/flow-table.js'
import type { RuleEngine } from '../rules/engine.js'
import type { AccountWatch } from './account-watch.js'
import type { RunBounds } from './bounds.js'
import type { CaptureOrder } from './capture-order.js'
import type { FlowRater } from './flow-rater.js'
import type { IntentEvents } from './free-intent.js'
import type { Share } from './shard/share.js'

export interface PipelineOptions {
  engine: RuleEngine
  /** IP packets outside tunnels are user traffic too */
  plainIp?: boolean
  /** prefixes of UE addresses, as text */
  uePools?: readonly string[]
  /** packets that the capture holds from two points: charged at the first (auto, the default), or at each */
  dedupe?: Dedupe
  /** stop at the first fault */
  strict?: boolean
  maxPackets?: number
  /** what is not named has its default */
  bounds?: Partial<RunBounds>
  /** flow to explain: number of the frame that opens it */
  explainFlow?: string
  /** list also the rules that would match after the winner */
  explainAll?: boolean
  /** is shown every packet with the frame that opened its flow */
  onPacket?: PacketWatch
  /** told of every slice of every flow (bounds of a policy): the slow way for all packets */
  trace?: SliceTrace
  /** follows accounts beside the ledger: another rule set, or the bounds of a policy */
  observe?: (rater: FlowRater, table: () => FlowTable) => AccountWatch
  /** other rules may take the place of `engine` on the way (`useRules`) */
  reloads?: boolean
}

/** A run of which this pipeline does a part, beside others of the same capture and options. */
export interface PipelinePart {
  /** whose flows it keeps */
  share: Share
  order: CaptureOrder
  /** findings are made of what all parts tell */
  intent: IntentEvents
}
