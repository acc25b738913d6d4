/** GTP control messages from fields, for scenarios: just enough of TS 29.060 clause 7, GSM 09.60 and TS 29.274
 * clause 8 to say who creates what. */

import { PacketKind, PacketView } from '../../src/dissect/packet-view.js'
import { int32 } from '../../src/wire/octets.js'

export type Octets = readonly number[]

export const u16 = (n: number): Octets => [(n >> 8) & 255, n & 255]
export const u32 = (n: number): Octets => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]

/** '10.0.0.1', or eight groups of IPv6 written in full. */
export function address(text: string): Octets {
  if (text.includes('.')) return text.split('.').map(Number)
  return text.split(':').flatMap(group => [...u16(Number.parseInt(group, 16))])
}

export function tbcd(digits: string, octets = Math.ceil(digits.length / 2)): Octets {
  const nibble = (i: number) => (i < digits.length ? Number(digits[i]) : 15)
  return Array.from({ length: octets }, (_, i) => nibble(2 * i) | (nibble(2 * i + 1) << 4))
}

const labels = (name: string): Octets =>
  name.split('.').flatMap(l => [l.length, ...[...l].map(c => c.charCodeAt(0))])

const tlv = (type: number, value: Octets): Octets => [type, ...u16(value.length), ...value]

/** Elements of GTPv1; version 0 has two-octet flow labels in the place of TEIDs. */
export const ie1 = {
  cause: (n: number): Octets => [1, n],
  imsi: (digits: string): Octets => [2, ...tbcd(digits, 8)],
  rai: (plmn: Octets, lac: number, rac: number): Octets => [3, ...plmn, ...u16(lac), rac],
  recovery: (n: number): Octets => [14, n],
  teidData: (n: number): Octets => [16, ...u32(n)],
  teidControl: (n: number): Octets => [17, ...u32(n)],
  flowData: (n: number): Octets => [16, ...u16(n)],
  flowControl: (n: number): Octets => [17, ...u16(n)],
  teardown: (): Octets => [19, 0xff],
  nsapi: (n: number): Octets => [20, 0xf0 | n],
  chargingCharacteristics: (n: number): Octets => [26, ...u16(n)],
  chargingId: (n: number): Octets => [127, ...u32(n)],
  eua4: (ip?: string): Octets => tlv(128, [0xf1, 0x21, ...(ip ? address(ip) : [])]),
  eua6: (ip: string): Octets => tlv(128, [0xf1, 0x57, ...address(ip)]),
  apn: (name: string): Octets => tlv(131, labels(name)),
  gsn: (ip: string): Octets => tlv(133, address(ip)),
  msisdn: (digits: string): Octets => tlv(134, [0x91, ...tbcd(digits)]),
  rat: (n: number): Octets => tlv(151, [n]),
  sai: (plmn: Octets, lac: number, sac: number): Octets =>
    tlv(152, [1, ...plmn, ...u16(lac), ...u16(sac)]),
  imei: (digits: string): Octets => tlv(154, tbcd(digits, 8)),
} as const

/** A GTPv1 message with a sequence number. */
export function gtp1(type: number, teid: number, sequence: number, ...ies: Octets[]): Uint8Array {
  const body = ies.flat()
  const head = [0x32, type, ...u16(body.length + 4), ...u32(teid), ...u16(sequence), 0, 0]
  return Uint8Array.from([...head, ...body])
}

/** TID in the standard's order. */
export function tid(imsi: string, nsapi: number): Octets {
  const octets = [...tbcd(imsi, 8)]
  octets[7] = (octets[7]! & 15) | (nsapi << 4)
  return octets
}

export function gtp0(
  type: number,
  tidOctets: Octets,
  sequence: number,
  ...ies: Octets[]
): Uint8Array {
  const body = ies.flat()
  const head = [0x1e, type, ...u16(body.length), ...u16(sequence), 0, 0, 0xff, 0xff, 0xff, 0xff]
  return Uint8Array.from([...head, ...tidOctets, ...body])
}

const element2 = (type: number, value: Octets, instance = 0): Octets => [
  type,
  ...u16(value.length),
  instance,
  ...value,
]

export const ie2 = {
  imsi: (digits: string): Octets => element2(1, tbcd(digits, 8)),
  cause: (n: number): Octets => element2(2, [n, 0]),
  recovery: (n: number): Octets => element2(3, [n]),
  apn: (name: string): Octets => element2(71, labels(name)),
  ebi: (n: number, instance = 0): Octets => element2(73, [n], instance),
  mei: (digits: string): Octets => element2(75, tbcd(digits, 8)),
  msisdn: (digits: string): Octets => element2(76, tbcd(digits)),
  indication: (a: number, b: number): Octets => element2(77, [a, b]),
  paa4: (ip: string): Octets => element2(79, [1, ...address(ip)]),
  paa46: (ip4: string, ip6: string): Octets =>
    element2(79, [3, 64, ...address(ip6), ...address(ip4)]),
  rat: (n: number): Octets => element2(82, [n]),
  servingNetwork: (plmn: Octets): Octets => element2(83, plmn),
  tai: (plmn: Octets, tac: number): Octets => element2(86, [8, ...plmn, ...u16(tac)]),
  fTeid: (interfaceType: number, teid: number, ip: string, instance = 0): Octets =>
    element2(
      87,
      [(ip.includes('.') ? 0x80 : 0x40) | interfaceType, ...u32(teid), ...address(ip)],
      instance,
    ),
  bearer: (ies: Octets[], instance = 0): Octets => element2(93, ies.flat(), instance),
  chargingId: (n: number): Octets => element2(94, u32(n)),
} as const

/** A GTPv2 message; `teid` undefined leaves the T flag out. `more` sets the P flag. */
export function gtp2(
  type: number,
  teid: number | undefined,
  sequence: number,
  ies: Octets[],
  more = false,
): Uint8Array {
  const body = ies.flat()
  const tail = [(sequence >> 16) & 255, ...u16(sequence), 0]
  const named = teid === undefined ? tail : [...u32(teid), ...tail]
  const flags = 0x40 | (teid === undefined ? 0 : 8) | (more ? 16 : 0)
  return Uint8Array.from([flags, type, ...u16(named.length + body.length), ...named, ...body])
}

/** 460-01 */
export const plmn46001: Octets = [0x64, 0xf0, 0x10]

/** The view that a dissector would make of `message` between two nodes. */
export function viewOf(
  message: Uint8Array,
  from: string,
  to: string,
  frame: number,
  timeUs: number,
): PacketView {
  const view = new PacketView()
  const addresses = [...address(from), ...address(to)]
  const length = addresses.length / 2
  // octets around the message: a reader that leaves it finds something wrong, not the end of a buffer
  view.buf = Uint8Array.from([...addresses, ...message, 0x85, 0xff, 0xff])
  view.kind = PacketKind.GtpControl
  view.frame = frame
  view.timeUs = timeUs
  view.outerVersion = length === 4 ? 4 : 6
  view.outerSrcOff = 0
  view.outerDstOff = length
  view.outerSrc = int32(view.buf, 0)
  view.outerDst = int32(view.buf, length)
  view.outerSrcPort = 2123
  view.outerDstPort = 2123
  view.gtpOff = 2 * length
  view.gtpEnd = 2 * length + message.length
  view.gtpVersion = message[0]! >> 5
  view.gtpType = message[1]!
  if (view.gtpVersion === 0) view.tidOff = view.gtpOff + 12
  else view.teid = int32(view.buf, view.gtpOff + 4)
  return view
}
