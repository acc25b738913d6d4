/** WTLS records of one datagram: WAP-261-WTLS clause 10, record, alert and handshake protocols.
 * Framing only; nothing is decrypted. It shows that a flow is encrypted, and, by a ServerHello that
 * chooses no cipher, that it is not. */

import { Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'
import { looksLikeWsp } from './wsp-datagram.js'

const wtls = layer('wtls')

/** Content types, the low four bits of the first octet. */
export const WtlsType = { ChangeCipherSpec: 1, Alert: 2, Handshake: 3, ApplicationData: 4 } as const

/** Index = content type. */
export const wtlsTypeNames = [
  '0',
  'change_cipher_spec',
  'alert',
  'handshake',
  'application_data',
] as const

/** Handshake types by number. */
export const wtlsHandshakeNames: { readonly [type: number]: string } = {
  0: 'hello_request',
  1: 'client_hello',
  2: 'server_hello',
  11: 'certificate',
  12: 'server_key_exchange',
  13: 'certificate_request',
  14: 'server_hello_done',
  15: 'certificate_verify',
  16: 'client_key_exchange',
  20: 'finished',
}
const clientHello = 1
const serverHello = 2

/** Bits of the first octet above the content type. */
const lengthBit = 0x80
const sequenceBit = 0x40
const cipherBit = 0x20
const reservedBit = 0x10

/** Handshake header: type, 16-bit length. */
const handshakeHeader = 3
/** Octets of a hello before its session id: version, 4 of time, 12 of random. */
const helloFixed = 17
/** Version that both hellos carry. */
const wtlsVersion = 1
/** A session id has at most 8 octets. */
const maxSessionId = 8
/** Largest number believed of an encrypted record that has no length: they count from 0. */
const maxOpenSequence = 1023
/** Alert: level, description, 4 octets of checksum. */
const alertOctets = 6

export class WtlsRecord {
  /** content type 1 to 4; others come out as they are */
  type = 0
  /** the present cipher spec is in use; its cipher may still be NULL */
  encrypted = false
  /** sequence number, or -1 where the record has none */
  sequence = -1
  hasLength = false
  /** octets of the record, header included */
  off = 0
  end = 0
  fragmentOff = 0
  fragmentEnd = 0
  /** of a handshake in the clear, else -1 */
  handshakeType = -1
  /** of a ServerHello in the clear, else -1: bulk cipher (0 = NULL) and MAC number */
  cipher = -1
  mac = -1

  /** Reads the record at `off`; a record without a length goes on to `end`. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.type = 0
    this.encrypted = this.hasLength = false
    this.sequence = this.handshakeType = this.cipher = this.mac = -1
    this.off = off
    this.end = this.fragmentOff = this.fragmentEnd = end
    if (off >= end) return fault.raise(FaultCode.Truncated, wtls, off, 1, 0)
    const first = buf[off]!
    let at = off + 1
    const need = 1 + ((first & sequenceBit) !== 0 ? 2 : 0) + ((first & lengthBit) !== 0 ? 2 : 0)
    if (off + need > end) return fault.raise(FaultCode.Truncated, wtls, off, need, end - off)
    if ((first & sequenceBit) !== 0) {
      this.sequence = u16(buf, at)
      at += 2
    }
    this.hasLength = (first & lengthBit) !== 0
    if (this.hasLength) {
      const length = u16(buf, at)
      at += 2
      if (at + length > end) return fault.raise(FaultCode.BadLength, wtls, at - 2, length, end - at)
      this.end = at + length
    }
    this.type = first & 15
    this.encrypted = (first & cipherBit) !== 0
    this.fragmentOff = at
    this.fragmentEnd = this.end
    if (this.type === WtlsType.Handshake && !this.encrypted) this.#handshake(buf)
    return true
  }

  /** A ServerHello that chose the NULL cipher: what follows on this connection can be read. */
  get nullCipher(): boolean {
    return this.cipher === 0
  }

  #handshake(buf: Uint8Array): void {
    const off = this.fragmentOff
    if (off + handshakeHeader > this.fragmentEnd) return
    this.handshakeType = buf[off]!
    const stop = off + handshakeHeader + u16(buf, off + 1)
    if (this.handshakeType !== serverHello || stop > this.fragmentEnd) return
    const sessionId = off + handshakeHeader + helloFixed
    if (sessionId >= stop) return
    const keyId = sessionId + 1 + buf[sessionId]!
    if (keyId + 3 > stop) return
    this.cipher = buf[keyId + 1]!
    this.mac = buf[keyId + 2]!
  }
}

/** Iterates over the records of a datagram. `record.off`..`record.end` of all of them are the datagram,
 * unless a record is damaged: then `next` is false with `fault` raised. */
export class WtlsDatagram {
  readonly record = new WtlsRecord()
  #buf: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  start(buf: Uint8Array, off: number, end: number): void {
    this.#buf = buf
    this.#at = off
    this.#end = end
  }

  next(fault: Fault): boolean {
    fault.clear()
    if (this.#at >= this.#end) return false
    const good = this.record.decode(this.#buf, this.#at, this.#end, fault)
    this.#at = good ? this.record.end : this.#end
    return good
  }
}

const scratch = new WtlsDatagram()
const scratchFault = new Fault()

/** Whether the datagram [off, end) can only be WTLS. WTLS wants explicit sequence numbers on a
 * datagram bearer, so a record without one is believed only when its plaintext is right. An encrypted
 * record without a length has nothing but its first octet (`a` to `d` in ASCII) and a low number to
 * know it by, and gives way to connectionless WSP, whose TID may be that octet. */
export function looksLikeWtls(buf: Uint8Array, off: number, end: number): boolean {
  if (off >= end || (buf[off]! & reservedBit) !== 0) return false
  scratch.start(buf, off, end)
  const record = scratch.record
  let records = 0
  while (scratch.next(scratchFault)) {
    if ((buf[record.off]! & reservedBit) !== 0) return false
    if (!plausible(buf, record)) return false
    records++
  }
  if (scratchFault.code !== FaultCode.None || records === 0) return false
  return (buf[off]! & (lengthBit | cipherBit)) !== cipherBit || !looksLikeWsp(buf, off, end)
}

function plausible(buf: Uint8Array, record: WtlsRecord): boolean {
  const size = record.fragmentEnd - record.fragmentOff
  if (size === 0) return false
  if (record.encrypted) {
    if (record.type < 1 || record.type > 4 || record.sequence < 0) return false
    return record.hasLength || record.sequence <= maxOpenSequence
  }
  const first = buf[record.fragmentOff]!
  switch (record.type) {
    case WtlsType.ChangeCipherSpec:
      return size === 1 && first === 1
    case WtlsType.Alert:
      return size === alertOctets && first >= 1 && first <= 3
    case WtlsType.Handshake:
      return handshakePlausible(buf, record, size)
    default:
      return false
  }
}

/** The handshake messages of the fragment fill it, and a hello in it is one of WTLS version 1. */
function handshakePlausible(buf: Uint8Array, record: WtlsRecord, size: number): boolean {
  let at = record.fragmentOff
  if (size < handshakeHeader) return false
  while (at + handshakeHeader <= record.fragmentEnd) {
    const type = buf[at]!
    const body = at + handshakeHeader
    const next = body + u16(buf, at + 1)
    if (wtlsHandshakeNames[type] === undefined || next > record.fragmentEnd) return false
    if (type === clientHello || type === serverHello) {
      if (next - body <= helloFixed || buf[body] !== wtlsVersion) return false
      if (buf[body + helloFixed]! > maxSessionId) return false
    }
    at = next
  }
  return at === record.fragmentEnd
}
