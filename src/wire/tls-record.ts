/** TLS record framing: telling TLS from other octets, and joining a handshake message that is cut over
 * several records. Read RFC 8446 section 5.1 first; SSLv2 framing (RFC 5246 appendix E.2) is not read. */

import { u16 } from './octets.js'

/** type 1, legacy version 2, length 2 */
export const recordHeader = 5
/** RFC 5246 section 6.2.3: 2^14 octets and at most 2048 of protection. */
const maxRecord = 16384 + 2048
/** Handshake messages that are joined. A ClientHello with post-quantum key shares has 2 kB, one with
 * padding or tickets up to 16 kB. */
export const maxHandshakeOctets = 32768

export const ContentType = {
  ChangeCipherSpec: 20,
  Alert: 21,
  Handshake: 22,
  ApplicationData: 23,
  Heartbeat: 24,
} as const

export const HandshakeType = { ClientHello: 1, ServerHello: 2, Certificate: 11 } as const

/** Can [off, ...) be a TLS record of any type, SSL 3.0 to TLS 1.3? 1 yes, 0 no, -1 too few octets. */
export function startsTlsRecord(buf: Uint8Array, off: number, end: number): 1 | 0 | -1 {
  const have = end - off
  if (have < 1) return -1
  if (buf[off]! < ContentType.ChangeCipherSpec || buf[off]! > ContentType.Heartbeat) return 0
  if (have < 2) return -1
  if (buf[off + 1] !== 3) return 0
  if (have < 3) return -1
  if (buf[off + 2]! > 4) return 0
  if (have < recordHeader) return -1
  const length = u16(buf, off + 3)
  return length > 0 && length <= maxRecord ? 1 : 0
}

/** Can [off, ...) be the client's first octets of a TLS connection: a handshake record that begins with a
 * ClientHello? 1 yes, 0 no, -1 too few octets. */
export function startsTls(buf: Uint8Array, off: number, end: number): 1 | 0 | -1 {
  const record = startsTlsRecord(buf, off, end)
  if (end > off && buf[off] !== ContentType.Handshake) return 0
  if (record !== 1) return record
  if (end - off < recordHeader + 1) return -1
  return buf[off + recordHeader] === HandshakeType.ClientHello ? 1 : 0
}

/** Copies the first `need` octets of handshake data from the records of [off, end) into `to` and returns
 * how many there are so far; -1 when another kind of record comes between (RFC 8446 section 5.1
 * forbids it: "Handshake messages MUST NOT be interleaved with other record types"). */
export function joinHandshake(
  buf: Uint8Array,
  off: number,
  end: number,
  to: Uint8Array,
  need: number,
): number {
  let have = 0
  let i = off
  while (have < need && i < end) {
    const start = startsTlsRecord(buf, i, end)
    if (start === 0 || buf[i] !== ContentType.Handshake) return -1
    if (start < 0) return have
    const recordEnd = i + recordHeader + u16(buf, i + 3)
    const from = i + recordHeader
    const take = Math.min(recordEnd, end) - from
    const n = Math.min(take, need - have)
    for (let j = 0; j < n; j++) to[have + j] = buf[from + j]!
    have += n
    i = recordEnd
  }
  return have
}
