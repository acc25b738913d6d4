/** Diameter messages for tests, written from RFC 6733 sections 3 and 4.1: no code of the decoders is used. */

export type AvpValue = string | number | bigint | Uint8Array | readonly Uint8Array[]

export const tgpp = 10415

const flagVendor = 0x80
const flagMandatory = 0x40

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function valueOctets(value: AvpValue): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof Uint8Array) return value
  if (typeof value === 'object') return joined(value)
  const octets = new DataView(new ArrayBuffer(typeof value === 'bigint' ? 8 : 4))
  if (typeof value === 'bigint') octets.setBigUint64(0, value)
  else octets.setUint32(0, value)
  return new Uint8Array(octets.buffer)
}

/** One AVP: text, Unsigned32 (number), Unsigned64 (bigint), octets, or the AVPs of a group. */
export function avp(code: number, value: AvpValue, vendor = 0): Uint8Array {
  const data = valueOctets(value)
  const header = vendor === 0 ? 8 : 12
  const length = header + data.length
  const octets = new Uint8Array((length + 3) & ~3)
  const view = new DataView(octets.buffer)
  view.setUint32(0, code)
  view.setUint32(4, length)
  octets[4] = (vendor === 0 ? 0 : flagVendor) | flagMandatory
  if (vendor !== 0) view.setUint32(8, vendor)
  octets.set(data, header)
  return octets
}

export function avp3gpp(code: number, value: AvpValue): Uint8Array {
  return avp(code, value, tgpp)
}

export interface MessageHead {
  command: number
  application: number
  /** request when absent */
  answer?: boolean
  hopByHop?: number
  endToEnd?: number
}

export function message(head: MessageHead, avps: readonly Uint8Array[]): Uint8Array {
  const body = joined(avps)
  const octets = new Uint8Array(20 + body.length)
  const view = new DataView(octets.buffer)
  view.setUint32(0, octets.length)
  octets[0] = 1
  view.setUint32(4, head.command)
  octets[4] = head.answer === true ? 0x40 : 0xc0
  view.setUint32(8, head.application)
  view.setUint32(12, head.hopByHop ?? 0x8000_0001)
  view.setUint32(16, head.endToEnd ?? 0xf000_0001)
  octets.set(body, 20)
  return octets
}

const gy = 4
const gx = 16777238
const s6a = 16777251
const sy = 16777302

export const session = 'pgw.example.net;3573;17;4011'

const peers = [avp(264, 'pgw.example.net'), avp(296, 'example.net')]
const subscriber = avp(443, [avp(450, 1), avp(444, '460011234567890')])
const number = avp(443, [avp(450, 0), avp(444, '8801711000017')])

export function watchdog(hopByHop: number, answer = false): Uint8Array {
  const result = answer ? [avp(268, 2001)] : []
  return message({ command: 280, application: 0, answer, hopByHop }, [...result, ...peers])
}

/** Gy: an update that reports what was used and asks for more, in one service of two identifiers. */
export const creditUpdate = message({ command: 272, application: gy }, [
  avp(263, session),
  ...peers,
  avp(283, 'ocs.example.net'),
  avp(258, gy),
  avp(461, '32251@3gpp.org'),
  avp(416, 2),
  avp(415, 0xffff_fffe),
  avp(1, 'user@example.net'),
  subscriber,
  number,
  avp(456, [
    avp(437, []),
    avp(446, [
      avp3gpp(872, 3),
      avp(420, 61),
      // more than 32 bits of octets
      avp(421, 0x1_0000_0002n),
      avp(412, 0x1_0000_0000n),
      avp(414, 2n),
    ]),
    avp(439, 7),
    avp(439, 8),
    avp(432, 0x8000_0064),
  ]),
  avp3gpp(873, [
    avp3gpp(874, [
      avp3gpp(1227, new Uint8Array([0, 1, 10, 45, 0, 7])),
      avp3gpp(1227, new Uint8Array([0, 2, 0x20, 1, 0xd, 0xb8, 0, 7, 0, 0, ...Array(8).fill(0)])),
      avp(30, 'internet'),
    ]),
  ]),
])

/** Gy: the last units, and a portal behind them; another service refused. */
export const creditFinal = message({ command: 272, application: gy, answer: true }, [
  avp(263, session),
  avp(268, 2001),
  ...peers,
  avp(258, gy),
  avp(416, 2),
  avp(415, 3),
  avp(456, [
    avp(431, [avp(421, 1048576n)]),
    avp(432, 100),
    avp(448, 3600),
    avp(268, 2001),
    avp(430, [
      avp(449, 1),
      avp(434, [avp(433, 2), avp(435, 'http://portal.example.net/renew')]),
      avp(438, 'permit out ip from 192.0.2.80 to any'),
      avp(11, 'portal'),
    ]),
    avp3gpp(868, 30),
    avp3gpp(869, 65536),
    avp3gpp(871, 600),
    avp3gpp(1264, [avp3gpp(870, 4), avp3gpp(870, 61)]),
  ]),
  avp(456, [avp(432, 200), avp(268, 4012)]),
])

/** Gx: the PCRF opens what it had closed. */
export const policyChange = message({ command: 258, application: gx }, [
  avp(263, session),
  avp(258, gx),
  ...peers,
  avp(285, 0),
  avp3gpp(1006, 15),
  avp3gpp(1006, 33),
  avp3gpp(1002, [avp3gpp(1005, 'redirect-all'), avp3gpp(1004, 'stopped')]),
  avp3gpp(1001, [
    avp3gpp(1003, [
      avp3gpp(1005, 'web-free'),
      avp(439, 5),
      avp(432, 9),
      avp3gpp(1058, [
        avp3gpp(507, 'permit out 6 from 192.0.2.80 80 to 10.45.0.7'),
        avp3gpp(1080, 1),
      ]),
      avp3gpp(507, 'permit in 6 from 10.45.0.7 to 192.0.2.80 80'),
      avp3gpp(511, 3),
      avp3gpp(1016, [
        avp3gpp(1028, 9),
        avp3gpp(516, 4_000_000_000),
        avp3gpp(515, 1000),
        avp3gpp(1034, [avp3gpp(1046, 15)]),
      ]),
      avp3gpp(1011, 1),
      avp3gpp(1009, 1),
      avp3gpp(1008, 0),
      avp3gpp(1007, 1),
      avp3gpp(1010, 100),
      avp3gpp(1066, 'month'),
      avp3gpp(1088, 'app-1'),
      avp3gpp(1085, [avp3gpp(1086, 1), avp(433, 2), avp(435, 'http://portal.example.net/')]),
    ]),
    avp3gpp(1005, 'predefined'),
    avp3gpp(1004, 'base'),
    // 2015-01-01T00:00:00Z in NTP seconds
    avp3gpp(1043, 3_629_059_200),
  ]),
  avp3gpp(1016, [avp3gpp(1041, 1_000_000), avp3gpp(1040, 2_000_000)]),
  avp3gpp(1049, [avp3gpp(1028, 8)]),
])

/** Gx: what the gateway could not do. */
export const policyFailure = message({ command: 258, application: gx, answer: true }, [
  avp(263, session),
  avp(297, [avp(266, tgpp), avp(298, 5142)]),
  ...peers,
  avp3gpp(1018, [avp3gpp(1005, 'web-free'), avp3gpp(1019, 1), avp3gpp(1031, 10)]),
])

/** S6a: roaming not allowed because of barring. */
export const locationRefused = message({ command: 316, application: s6a, answer: true }, [
  avp(263, session),
  avp(277, 1),
  ...peers,
  avp(297, [avp(266, tgpp), avp(298, 5004)]),
  avp3gpp(1614, 3),
])

export const locationUpdate = message({ command: 316, application: s6a }, [
  avp(263, session),
  avp(277, 1),
  ...peers,
  avp(283, 'hss.example.net'),
  avp(1, '460011234567890'),
  avp3gpp(1032, 1004),
  avp3gpp(1405, 0x22),
  avp3gpp(1407, new Uint8Array([0x64, 0xf0, 0x10])),
])

/** S6a: the subscription, barred. */
export const locationAnswer = message({ command: 316, application: s6a, answer: true }, [
  avp(263, session),
  avp(268, 2001),
  ...peers,
  avp3gpp(1406, 1),
  avp3gpp(1400, [
    avp3gpp(701, new Uint8Array([0x88, 0x10, 0x17, 0x01, 0x00, 0x10, 0xf7])),
    avp3gpp(1424, 1),
    avp3gpp(1425, 1),
    avp3gpp(1417, 2),
    avp3gpp(1435, [avp3gpp(516, 50_000_000), avp3gpp(515, 100_000_000)]),
    avp3gpp(1429, [
      avp3gpp(1423, 1),
      avp3gpp(1428, 0),
      avp3gpp(1430, [
        avp3gpp(1423, 1),
        avp3gpp(1456, 2),
        avp(493, 'internet'),
        avp3gpp(1431, [avp3gpp(1028, 9)]),
        avp3gpp(1435, [avp3gpp(516, 1000), avp3gpp(515, 2000)]),
      ]),
      avp3gpp(1430, [avp3gpp(1423, 2), avp3gpp(1456, 0), avp(493, '*')]),
    ]),
  ]),
])

export const locationCancel = message({ command: 317, application: s6a }, [
  avp(263, session),
  ...peers,
  avp(1, '460011234567890'),
  avp3gpp(1420, 2),
  avp3gpp(1638, 2),
])

/** Sy: a counter changed, and will change again. */
export const spendingNotice = message({ command: 8388636, application: sy }, [
  avp(263, session),
  ...peers,
  avp3gpp(2903, [
    avp3gpp(2901, 'monthly'),
    avp3gpp(2902, 'exhausted'),
    avp3gpp(2905, [avp3gpp(2902, 'normal'), avp3gpp(2906, 3_629_059_200)]),
  ]),
])

export const everyMessage: Readonly<Record<string, Uint8Array>> = {
  watchdog: watchdog(1),
  creditUpdate,
  creditFinal,
  policyChange,
  policyFailure,
  locationUpdate,
  locationAnswer,
  locationRefused,
  locationCancel,
  spendingNotice,
}
