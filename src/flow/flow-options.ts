/** What the flow stage is told at its start. */

import type { PacketView } from '../dissect/packet-view.js'
import type { SliceTrace } from './accounts.js'
import type { DnsWatch } from './dns-names.js'
import type { Load } from './load.js'
import type { SlicePolicy } from './slice-policy.js'
import type { WtpReassemblyOptions } from './wtp-reassembly.js'

export type PacketWatch = (view: PacketView, flowFrame: number) => void

export interface FlowOptions {
  policy: SlicePolicy
  maxFlows: number
  /** octets that wait behind holes of TCP, in all flows */
  holeOctets: number
  /** octets of heads that are being collected, in all flows */
  headOctets: number
  /** messages of WTP that wait for segments */
  wtp: Partial<WtpReassemblyOptions>
  udpIdleMs: number
  tcpIdleMs: number
  /** explain the flow that this frame opens; 0 = none */
  traceFrame: number
  trace?: SliceTrace
  /** is told, before a flow ends together with others, which frame opened it */
  onSweep?: (frame: number) => void
  /** every flow's slices are traced, as if each was explained */
  traceAll?: boolean
  /** is shown every DNS answer; nobody: they are not read */
  dns?: DnsWatch
  /** is shown every packet with the frame that opened its flow */
  onPacket?: PacketWatch | undefined
  /** what is left out under overload */
  load: Load
}
