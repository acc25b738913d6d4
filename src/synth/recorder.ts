/** What was put on the wire while a scenario was played: frames in the order of time, and beside them
 * what they mean (charge units, flows, transactions, contexts, session events). */

import type { Expectation } from './scenario-expect.js'

export interface Frame {
  timeUs: number
  /** order of making: breaks ties of time */
  order: number
  octets: Uint8Array
  wireLength: number
  iface: number
  /** true: on the wire but not in the capture */
  hidden: boolean
  /** from 1, once the capture is in order; 0 for a hidden frame */
  number: number
}

export type UnitKind = 'handshake' | 'data' | 'ack' | 'teardown' | 'datagram'

/** One inner IP packet (or inner fragment). */
export interface ChargeUnit {
  up: boolean
  /** length of the inner IP packet as its header says it, or as it is when the header says 0 */
  octets: number
  kind: UnitKind
  flow: FlowLog
  /** transactions whose messages it carries octets of */
  transactions: TransactionLog[]
  frames: Frame[]
}

export interface FlowLog {
  ue: string
  uePort: number | undefined
  server: string
  serverPort: number | undefined
  protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6'
  app: string
  context: ContextLog | undefined
  units: ChargeUnit[]
  transactions: TransactionLog[]
  expect: Expectation | undefined
  /** time of the first payload of a byte stream that the capture misses or cuts short; Infinity: none */
  holeUs: number
  /** the capture has its beginning: what comes before the first request waits for it */
  fromStart: boolean
  /** DNS names, TLS SNI and the like, in order */
  names: string[]
}

export interface TransactionLog {
  flow: FlowLog
  method: string | undefined
  url: string | undefined
  status: number | undefined
  userAgent: string | undefined
  mms: { request?: Record<string, string>; response?: Record<string, string> }
  expect: Expectation | undefined
  /** packets with the first octet of the request, with which its headers are whole, and with the last
   * octet of the response */
  requestFirst: ChargeUnit | undefined
  identifiedBy: ChargeUnit | undefined
  responseLast: ChargeUnit | undefined
}

export interface ContextLog {
  /** scenario name of the subscriber */
  subscriber: string
  /** keys of `ContextSummary` in the subscriber record, without times */
  facts: Record<string, string | number | undefined>
  imsi: string
  msisdn: string | undefined
  imeisv: string | undefined
  created: Frame | undefined
  ended: Frame | undefined
  endReason: string | undefined
}

export interface EventLog {
  event: string
  frame: Frame
  subscriber: string | undefined
  cause: number | undefined
  detail: string | undefined
}

/** The capture holds every octet of the packet. */
export function isWhole(unit: ChargeUnit): boolean {
  return unit.frames.every(frame => frame.number > 0 && frame.octets.length === frame.wireLength)
}

export class Recorder {
  readonly frames: Frame[] = []
  readonly units: ChargeUnit[] = []
  readonly flows: FlowLog[] = []
  readonly contexts: ContextLog[] = []
  readonly events: EventLog[] = []
  /** what later points saw of a packet that another point saw before */
  readonly copies: ChargeUnit[] = []

  frame(timeUs: number, octets: Uint8Array, iface: number, hidden: boolean): Frame {
    const order = this.frames.length
    const wireLength = octets.length
    const frame = { timeUs, order, octets, wireLength, iface, hidden, number: 0 }
    this.frames.push(frame)
    return frame
  }

  unit(unit: ChargeUnit): ChargeUnit {
    this.units.push(unit)
    unit.flow.units.push(unit)
    return unit
  }

  flow(start: Omit<FlowLog, 'units' | 'transactions' | 'names' | 'holeUs' | 'fromStart'>): FlowLog {
    const holeUs = Number.POSITIVE_INFINITY
    const flow = { ...start, holeUs, fromStart: true, units: [], transactions: [], names: [] }
    this.flows.push(flow)
    return flow
  }

  transaction(
    flow: FlowLog,
    facts: Partial<Pick<TransactionLog, 'method' | 'url' | 'userAgent' | 'expect'>>,
  ): TransactionLog {
    const log: TransactionLog = {
      flow,
      method: facts.method,
      url: facts.url,
      userAgent: facts.userAgent,
      mms: {},
      expect: facts.expect,
      status: undefined,
      requestFirst: undefined,
      identifiedBy: undefined,
      responseLast: undefined,
    }
    flow.transactions.push(log)
    return log
  }

  event(event: string, frame: Frame, facts: Partial<EventLog> = {}): void {
    const { subscriber, cause, detail } = facts
    this.events.push({ event, frame, subscriber, cause, detail })
  }

  /** Puts the frames in the order of time, numbers those that the capture holds and cuts them. */
  settle(snaplen: number, directions: 'both' | 'up' | 'down'): Frame[] {
    this.frames.sort((a, b) => a.timeUs - b.timeUs || a.order - b.order)
    const captured = this.frames.filter(frame => !frame.hidden)
    captured.forEach((frame, i) => {
      frame.number = i + 1
      frame.octets = frame.octets.subarray(0, snaplen)
    })
    for (const unit of this.units) {
      // a direction that is not captured at all is no hole in the other one
      if (directions !== 'both' && unit.up !== (directions === 'up')) continue
      const time = unit.frames[0]?.timeUs ?? 0
      if (unit.kind === 'data' && !isWhole(unit) && time < unit.flow.holeUs) unit.flow.holeUs = time
    }
    return captured
  }
}
