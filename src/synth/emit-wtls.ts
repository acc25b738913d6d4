/** WTLS records and the messages of a handshake. Read WAP-261-WTLS clauses 9.2 (records), 10.2 (alerts)
 * and 10.5 (handshake). What is encrypted is noise of the right size. */

import { OctetBuilder } from './octet-builder.js'
import type { Xorshift32 } from './xorshift.js'

export const WtlsContent = { changeCipher: 1, alert: 2, handshake: 3, application: 4 } as const

const HAS_LENGTH = 0x80
const HAS_SEQUENCE = 0x40
const ENCRYPTED = 0x20
const VERSION = 1
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const SERVER_KEY_EXCHANGE = 12
const SERVER_HELLO_DONE = 14
const CLIENT_KEY_EXCHANGE = 16
const IDENTIFIER_NONE = 0
const DH_ANON = 2
const RC5_CBC_56 = 2
const SHA_80 = 2
const SEQUENCE_EXPLICIT = 2

export function emitWtlsRecord(
  content: number,
  encrypted: boolean,
  seq: number,
  fragment: Uint8Array,
): Uint8Array {
  return new OctetBuilder()
    .u8(HAS_LENGTH | HAS_SEQUENCE | (encrypted ? ENCRYPTED : 0) | content)
    .u16(seq)
    .u16(fragment.length)
    .octets(fragment)
    .take()
}

function handshake(type: number, body: OctetBuilder): Uint8Array {
  return new OctetBuilder().u8(type).u16(body.length).octets(body.take()).take()
}

function putRandom(out: OctetBuilder, timeUs: number, random: Xorshift32): OctetBuilder {
  return out.u32(Math.floor(timeUs / 1_000_000)).octets(random.octets(12))
}

export function emitClientHello(timeUs: number, random: Xorshift32): Uint8Array {
  const body = putRandom(new OctetBuilder().u8(VERSION), timeUs, random)
    .u8(0) // session id: none
    .u16(3) // client key ids: one
    .u8(DH_ANON)
    .u8(0) // parameter index: none
    .u8(IDENTIFIER_NONE)
    .u16(0) // trusted key ids: none
    .u8(2)
    .u8(RC5_CBC_56)
    .u8(SHA_80)
    .u8(1)
    .u8(0) // compression: none
    .u8(SEQUENCE_EXPLICIT)
    .u8(0) // key refresh
  return handshake(CLIENT_HELLO, body)
}

export function emitServerHello(timeUs: number, random: Xorshift32): Uint8Array {
  const hello = putRandom(new OctetBuilder().u8(VERSION), timeUs, random)
    .u8(8)
    .octets(random.octets(8)) // session id
    .u8(1) // client key id chosen
    .u8(RC5_CBC_56)
    .u8(SHA_80)
    .u8(0)
    .u8(SEQUENCE_EXPLICIT)
    .u8(0)
  const keys = new OctetBuilder().u8(0).u8(96).octets(random.octets(96))
  return new OctetBuilder()
    .octets(handshake(SERVER_HELLO, hello))
    .octets(handshake(SERVER_KEY_EXCHANGE, keys))
    .octets(handshake(SERVER_HELLO_DONE, new OctetBuilder()))
    .take()
}

export function emitClientKeyExchange(random: Xorshift32): Uint8Array {
  return handshake(CLIENT_KEY_EXCHANGE, new OctetBuilder().u8(96).octets(random.octets(96)))
}

export function emitChangeCipher(): Uint8Array {
  return Uint8Array.of(1)
}
