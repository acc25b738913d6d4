/** PFCP, Diameter and RADIUS messages, and plain views of the packets that carry them. */

import { PacketKind, PacketView } from '../../src/dissect/packet-view.js'
import { int32 } from '../../src/wire/octets.js'
import { address, u16 as half, type Octets, tbcd, u32 as word } from './message-builder.js'

const ascii = (text: string): Octets => [...Buffer.from(text)]

/** A packet outside tunnels with `payload` behind UDP. */
export function plainView(payload: Octets, from: string, to: string, at: number): PacketView {
  const view = new PacketView()
  const src = address(from)
  view.kind = PacketKind.Plain
  view.buf = Uint8Array.from([...src, ...address(to), ...payload])
  view.version = src.length === 4 ? 4 : 6
  view.src = int32(view.buf, 0)
  view.dst = int32(view.buf, src.length)
  view.srcOff = 0
  view.dstOff = src.length
  view.protocol = 17
  view.payloadOff = 2 * src.length
  view.payloadEnd = view.buf.length
  view.frame = at
  view.timeUs = at * 1000
  return view
}

/** TS 29.244 clause 8.1.1: type, length, value. */
export function pie(type: number, ...value: Octets[]): Octets {
  const octets = value.flat()
  return [...half(type), ...half(octets.length), ...octets]
}

/** Clause 7.2.2: version 1, S flag, type, length, SEID, sequence number. */
export function pfcp(type: number, seid: number, sequence: number, ...ies: Octets[]): Octets {
  const body = [...word(0), ...word(seid), ...word(sequence << 8), ...ies.flat()]
  return [0x21, type, ...half(body.length), ...body]
}

/** Association Setup Request without SEID: Recovery Time Stamp, NTP seconds. */
export function association(sequence: number, seconds: number): Octets {
  const body = [...word(sequence << 8), ...pie(96, word(seconds))]
  return [0x20, 5, ...half(body.length), ...body]
}

export const pfcpIe = {
  cause: (cause: number) => pie(19, [cause]),
  fSeid: (seid: number, node: string) => pie(57, [2], word(0), word(seid), address(node)),
  fTeid: (teid: number, node: string) => pie(21, [1], word(teid), address(node)),
  /** CH: the UP function chooses */
  choose: () => pie(21, [5]),
  ue: (ue: string) => pie(93, [2], address(ue)),
  dnn: (name: string) => pie(159, [name.length], ascii(name)),
  /** IMSI as TBCD */
  user: (imsi: string) => pie(141, [1, Math.ceil(imsi.length / 2)], tbcd(imsi)),
  uplink: (...more: Octets[]) =>
    pie(1, pie(56, [0, 1]), pie(2, pie(20, [0]), ...more), pie(108, word(1))),
  downlink: (ue: string) =>
    pie(1, pie(56, [0, 2]), pie(2, pie(20, [1]), pie(93, [6], address(ue))), pie(108, word(2))),
  /** PDR 3 of the core side with a Network Instance */
  core: (instance: string, ue: string) =>
    pie(
      1,
      pie(56, [0, 3]),
      pie(2, pie(20, [1]), pie(22, ascii(instance)), pie(93, [6], address(ue))),
    ),
  created: (fTeid: Octets) => pie(8, pie(56, [0, 1]), fTeid),
  /** Update FAR 2: outer header towards the access */
  towards: (teid: number, node: string) =>
    pie(10, pie(108, word(2)), pie(11, pie(42, [0]), pie(84, [1, 0], word(teid), address(node)))),
}

/** RFC 6733 section 4.1; M flag, padded to four octets. */
export function avp(code: number, ...value: Octets[]): Octets {
  const octets = value.flat()
  const length = 8 + octets.length
  const pad = new Array((4 - (length % 4)) % 4).fill(0)
  return [...word(code), 0x40, ...word(length).slice(1), ...octets, ...pad]
}

export interface CreditControl {
  application: number
  session: string
  /** 1 initial, 2 update, 3 termination */
  type: number
  imsi?: string
  msisdn?: string
  apn?: string
  ue?: string
  /** makes an answer */
  result?: number
}

/** CCR or CCA of RFC 8506 section 3. */
export function creditControl(c: CreditControl): Octets {
  const subscription = (type: number, data: string) =>
    avp(443, avp(450, word(type)), avp(444, ascii(data)))
  const body = [
    avp(263, ascii(c.session)),
    ...(c.result === undefined ? [] : [avp(268, word(c.result))]),
    avp(416, word(c.type)),
    ...(c.imsi === undefined ? [] : [subscription(1, c.imsi)]),
    ...(c.msisdn === undefined ? [] : [subscription(0, c.msisdn)]),
    ...(c.ue === undefined ? [] : [avp(8, address(c.ue))]),
    ...(c.apn === undefined ? [] : [avp(30, ascii(c.apn))]),
  ].flat()
  const length = word(20 + body.length).slice(1)
  const flags = c.result === undefined ? 0xc0 : 0x40
  return [1, ...length, flags, 0, 1, 0x10, ...word(c.application), ...word(1), ...word(1), ...body]
}

export interface Account {
  /** 1 start, 2 stop, 3 interim, 7 on */
  status: number
  session?: string
  imsi?: string
  msisdn?: string
  apn?: string
  ue?: string
}

/** Accounting-Request of RFC 2866 section 4.1 from NAS 192.0.2.7. */
export function accounting(a: Account): Octets {
  const attribute = (type: number, value: Octets): Octets => [type, 2 + value.length, ...value]
  const imsi = a.imsi === undefined ? [] : [...word(10415), ...attribute(1, ascii(a.imsi))]
  const body = [
    attribute(40, word(a.status)),
    attribute(4, address('192.0.2.7')),
    ...(a.session === undefined ? [] : [attribute(44, ascii(a.session))]),
    ...(a.msisdn === undefined ? [] : [attribute(31, ascii(a.msisdn))]),
    ...(a.apn === undefined ? [] : [attribute(30, ascii(a.apn))]),
    ...(a.ue === undefined ? [] : [attribute(8, address(a.ue))]),
    ...(imsi.length === 0 ? [] : [attribute(26, imsi)]),
  ].flat()
  return [4, 1, ...half(20 + body.length), ...new Array(16).fill(0), ...body]
}
