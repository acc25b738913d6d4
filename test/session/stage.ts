/** A session stage with everything that it tells written down, and a clock of its own. */

import { PacketKind, PacketView } from '../../src/dissect/packet-view.js'
import type { PdpContext } from '../../src/session/pdp-context.js'
import type { SessionEventData } from '../../src/session/session-event.js'
import { type SessionOptions, Sessions } from '../../src/session/sessions.js'
import { faultCodeNames, layerNames } from '../../src/wire/fault.js'
import { int32 } from '../../src/wire/octets.js'
import { address, gtp1, ie1, type Octets, plmn46001, viewOf } from './message-builder.js'

export interface Subscriber {
  imsi: string
  nsapi?: number
  apn?: string
  sgsn?: string
  ggsn?: string
  teidDown: number
  teidUp: number
  ue?: string
  recovery?: number
}

export class Stage {
  readonly events: SessionEventData[] = []
  /** `open 1`, `close 1 deleted`, `update 1` with the instance numbers */
  readonly calls: string[] = []
  readonly faults: string[] = []
  readonly sessions: Sessions
  frame = 0
  nowUs = 1_000_000
  #sequence = 0

  constructor(opts: Partial<SessionOptions> = {}) {
    this.sessions = new Sessions({
      ...opts,
      onOpen: row => this.calls.push(`open ${this.at(row).context}`),
      onClose: (row, reason) => this.calls.push(`close ${this.at(row).context} ${reason}`),
      onUpdate: row => this.calls.push(`update ${this.at(row).context}`),
      onEvent: event => this.events.push(event),
      faults: { count: (l, c) => this.faults.push(`${layerNames[l]}/${faultCodeNames[c]}`) },
    })
  }

  at(row: number): PdpContext {
    return this.sessions.contexts.get(row)
  }

  nextSequence(): number {
    return ++this.#sequence
  }

  send(
    message: Uint8Array,
    from: string,
    to: string,
    kind: PacketKind = PacketKind.GtpControl,
  ): void {
    this.nowUs += 1000
    const view = viewOf(message, from, to, ++this.frame, this.nowUs)
    view.kind = kind
    this.sessions.control(view)
  }

  /** `3 up`, `3 down`: instance and direction of a G-PDU, or 'unknown'. */
  gPdu(to: string, teid: number, from = '192.0.2.1'): string {
    return this.#show(this.gPduView(to, teid, from))
  }

  gPduView(to: string, teid: number, from: string): PacketView {
    return viewOf(gtp1(255, teid, 0), from, to, 0, this.nowUs)
  }

  tPdu0(to: string, tidOctets: Octets, from = '192.0.2.1'): string {
    const view = new PacketView()
    view.buf = Uint8Array.from([...address(from), ...address(to), ...tidOctets])
    view.outerVersion = 4
    view.outerSrc = int32(view.buf, 0)
    view.outerDst = int32(view.buf, 4)
    view.outerDstOff = 4
    view.gtpVersion = 0
    view.tidOff = 8
    return this.#show(view)
  }

  #show(view: PacketView): string {
    const tunnel = this.sessions.tunnel(view)
    if (tunnel < 0) return 'unknown'
    return `${this.at(tunnel >> 1).context} ${(tunnel & 1) === 0 ? 'up' : 'down'}`
  }

  kinds(): string[] {
    return this.events.map(e => e.event)
  }

  live(): PdpContext[] {
    const list: PdpContext[] = []
    this.sessions.contexts.forEach((_, context) => {
      list.push(context)
    })
    return list
  }

  /** GTPv1 create, answered with `cause`; the sequence number. */
  create1(s: Subscriber, cause = 128): number {
    const sequence = this.nextSequence()
    this.send(request1(s, sequence), s.sgsn ?? '10.1.0.1', s.ggsn ?? '10.2.0.1')
    this.send(response1(s, sequence, cause), s.ggsn ?? '10.2.0.1', s.sgsn ?? '10.1.0.1')
    return sequence
  }

  delete1(s: Subscriber, cause = 128, ...more: Octets[]): number {
    const sequence = this.nextSequence()
    const sgsn = s.sgsn ?? '10.1.0.1'
    const ggsn = s.ggsn ?? '10.2.0.1'
    const nsapi = ie1.nsapi(s.nsapi ?? 5)
    this.send(gtp1(20, s.teidUp, sequence, ...more, nsapi), sgsn, ggsn)
    this.send(gtp1(21, s.teidDown, sequence, ie1.cause(cause)), ggsn, sgsn)
    return sequence
  }
}

export function request1(s: Subscriber, sequence: number): Uint8Array {
  const sgsn = s.sgsn ?? '10.1.0.1'
  return gtp1(
    16,
    0,
    sequence,
    ie1.imsi(s.imsi),
    ie1.rai(plmn46001, 4660, 1),
    ...(s.recovery === undefined ? [] : [ie1.recovery(s.recovery)]),
    ie1.teidData(s.teidDown),
    ie1.teidControl(s.teidDown),
    ie1.nsapi(s.nsapi ?? 5),
    ie1.chargingCharacteristics(0x0800),
    ie1.eua4(),
    ie1.apn(s.apn ?? '3gwap'),
    ie1.gsn(sgsn),
    ie1.gsn(sgsn),
    ie1.msisdn('8613012345678'),
    ie1.rat(1),
    ie1.sai(plmn46001, 4660, 22136),
    ie1.imei('3512345678901201'),
  )
}

export function response1(s: Subscriber, sequence: number, cause = 128): Uint8Array {
  const ggsn = s.ggsn ?? '10.2.0.1'
  if (cause !== 128) return gtp1(17, s.teidDown, sequence, ie1.cause(cause))
  return gtp1(
    17,
    s.teidDown,
    sequence,
    ie1.cause(cause),
    ie1.recovery(1),
    ie1.teidData(s.teidUp),
    ie1.teidControl(s.teidUp),
    ie1.chargingId(0xfffffff0 + s.teidUp),
    ie1.eua4(s.ue ?? '10.160.0.1'),
    ie1.gsn(ggsn),
    ie1.gsn(ggsn),
  )
}
