/** What the generator knows of its capture: rules/newspaper.yaml with profile article must say the same.
 * Lies beside the capture as `.truth.json`. */

import type { FlowKind } from './capture-shape.js'

/** Charging ids of rules/newspaper.yaml. */
export const ChargeId = {
  /** URL with mmsc, through the gateway */
  FreeByName: 168165378,
  /** URL with 10.23.241.4, through the gateway */
  FreeByAddress: 168165379,
  /** everything else to 10.0.0.172 on ports 80, 9200, 9201, 9203 */
  Data: 4261871614,
  /** everything that does not go through the gateway */
  Default: 4294967294,
} as const
export type ChargeId = (typeof ChargeId)[keyof typeof ChargeId]

export interface CaptureTruth {
  version: number
  seed: number
  /** frames and octets of the file */
  packets: number
  octets: number
  subscribers: number
  flows: number
  flowsByKind: Partial<Record<FlowKind, number>>
  /** HTTP and WSP requests, TLS ClientHellos */
  transactions: number
  cutRequests: number
  /** G-PDUs and their inner IP octets */
  innerPackets: number
  innerOctetsUp: number
  innerOctetsDown: number
  /** inner octets by charging id, as text */
  octetsByCharge: Record<string, number>
  /** inner packets up to 120 octets, between, and from 1280 on */
  sizes: { small: number; middle: number; full: number }
}

/** Counts while the capture is written. */
export class TruthCounter {
  readonly octetsByCharge = new Map<ChargeId, number>()
  readonly flowsByKind = new Map<FlowKind, number>()
  innerPackets = 0
  innerOctetsUp = 0
  innerOctetsDown = 0
  transactions = 0
  cutRequests = 0
  small = 0
  full = 0

  packet(octets: number, up: boolean, charge: ChargeId): void {
    this.innerPackets++
    if (up) this.innerOctetsUp += octets
    else this.innerOctetsDown += octets
    if (octets <= 120) this.small++
    else if (octets >= 1280) this.full++
    this.octetsByCharge.set(charge, (this.octetsByCharge.get(charge) ?? 0) + octets)
  }

  flow(kind: FlowKind): void {
    this.flowsByKind.set(kind, (this.flowsByKind.get(kind) ?? 0) + 1)
  }
}
