/** Decides the flows one after another so that all of them together have the packets asked for: how
 * long the responses are is steered by what is left over. */

import type { CaptureShape, FlowKind } from './capture-shape.js'
import { flowShares } from './capture-shape.js'
import { Chance } from './chance.js'
import { dnsFlow, otherUdpFlow, wspFlow, wtlsFlow, wtpFlow } from './datagram-flows.js'
import type { FlowScript } from './flow-script.js'
import { httpFlow } from './http-flows.js'
import { otherTcpFlow, tlsFlow } from './tls-flows.js'

export interface PlannedFlow extends FlowScript {
  kind: FlowKind
}

/** Packets of a flow without its full segments, and full segments asked for a flow: first guesses,
 * replaced by what was seen. */
const firstBase = 9.5
const firstResponses = 1.2
const guessWeight = 200
/** a full segment with its share of an acknowledgement */
const packetsPerSegment = 1.28
/** packets that the last flow is to have */
const lastFlowPackets = 20

export class TrafficPlan {
  readonly #chance: Chance
  #packetsLeft: number
  #flowsLeft: number
  #flowsSeen = guessWeight
  #baseSeen = firstBase * guessWeight
  #responsesSeen = firstResponses * guessWeight
  /** of the flow being made */
  #segments = 0
  #responses = 0
  #budget = 0

  constructor(shape: CaptureShape, packets: number) {
    this.#chance = new Chance(shape)
    this.#packetsLeft = packets
    this.#flowsLeft = shape.flows
  }

  get chance(): Chance {
    return this.#chance
  }

  /** The next flow; undefined after the last. */
  next(): PlannedFlow | undefined {
    if (this.#flowsLeft === 0) return undefined
    const isLast = this.#flowsLeft === 1
    const kind = isLast ? 'udp-other' : this.#drawKind()
    this.#segments = 0
    this.#responses = 0
    this.#budget = this.#segmentBudget()
    const script = isLast ? otherUdpFlow(this.#chance, this.#packetsLeft) : this.#makeFlow(kind)
    this.#flowsLeft--
    this.#packetsLeft -= script.steps.length
    this.#flowsSeen++
    this.#baseSeen += script.steps.length - this.#segments * packetsPerSegment
    this.#responsesSeen += this.#responses
    return { ...script, kind }
  }

  #drawKind(): FlowKind {
    let draw = this.#chance.below(100_000) / 100_000
    let kind: FlowKind = 'udp-other'
    for (const [name, share] of Object.entries(flowShares)) {
      if (draw < 0) break
      draw -= share
      if (isKind(name)) kind = name
    }
    return kind
  }

  #makeFlow(kind: FlowKind): FlowScript {
    const chance = this.#chance
    const full = (): number => this.#fullSegments()
    switch (kind) {
      case 'http-gateway':
        return httpFlow(chance, true, full)
      case 'http-direct':
        return httpFlow(chance, false, full)
      case 'tls':
        return tlsFlow(chance, full)
      case 'tcp-other':
        return otherTcpFlow(chance, full)
      case 'dns':
        return dnsFlow(chance)
      case 'wsp-9200':
        return wspFlow(chance)
      case 'wtp-9201':
        return wtpFlow(chance)
      case 'wtls-9203':
        return wtlsFlow(chance)
      case 'udp-other':
        return otherUdpFlow(chance, chance.between(2, 12))
    }
  }

  /** Full segments of one response: a long tail around what the rest of the capture needs. */
  #fullSegments(): number {
    const base = this.#baseSeen / this.#flowsSeen
    const perFlow = (this.#packetsLeft - lastFlowPackets) / this.#flowsLeft - base
    const mean = perFlow / packetsPerSegment / (this.#responsesSeen / this.#flowsSeen)
    const wanted = Math.max(0, Math.round(mean * this.#chance.heavy()))
    const segments = Math.min(wanted, this.#budget)
    this.#budget -= segments
    this.#segments += segments
    this.#responses++
    return segments
  }

  /** What this flow may take so that every flow after it still gets its least. */
  #segmentBudget(): number {
    const forOthers = 14 * this.#flowsLeft
    return Math.max(0, Math.floor((this.#packetsLeft - forOthers) / packetsPerSegment))
  }
}

function isKind(name: string): name is FlowKind {
  return name in flowShares
}
