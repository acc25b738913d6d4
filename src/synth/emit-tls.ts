/** TLS records, ClientHello and ServerHello. Read RFC 8446 sections 4.1 and 5.1, RFC 6066 section 3
 * (server_name) and draft-ietf-tls-esni section 5 (encrypted_client_hello). */

import { OctetBuilder, octetsOf } from './octet-builder.js'
import type { Xorshift32 } from './xorshift.js'

export const TlsContent = { changeCipher: 20, handshake: 22, application: 23 } as const

const VERSION_1_0 = 0x0301
const VERSION_1_2 = 0x0303
const VERSION_1_3 = 0x0304
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const EXT_SERVER_NAME = 0
const EXT_GROUPS = 10
const EXT_SIGNATURES = 13
const EXT_ALPN = 16
const EXT_VERSIONS = 43
const EXT_KEY_SHARE = 51
const EXT_ECH = 0xfe0d
const EXT_QUIC_TRANSPORT_PARAMETERS = 57
const X25519 = 29
const X25519_MLKEM768 = 0x11ec
/** octets of the client's share of X25519MLKEM768 */
const HYBRID_SHARE = 1216
const SESSION_ID = 32
const AES_128_GCM_SHA256 = 0x1301

export function emitTlsRecord(content: number, fragment: Uint8Array, first = false): Uint8Array {
  return new OctetBuilder()
    .u8(content)
    .u16(first ? VERSION_1_0 : VERSION_1_2)
    .u16(fragment.length)
    .octets(fragment)
    .take()
}

function putExtension(out: OctetBuilder, type: number, data: OctetBuilder): void {
  out.u16(type).u16(data.length).octets(data.take())
}

function handshake(type: number, body: OctetBuilder): Uint8Array {
  return new OctetBuilder().u8(type).u24(body.length).octets(body.take()).take()
}

function serverName(sni: string): OctetBuilder {
  const name = octetsOf(sni)
  return new OctetBuilder()
    .u16(name.length + 3)
    .u8(0)
    .u16(name.length)
    .octets(name)
}

function encryptedClientHello(random: Xorshift32): OctetBuilder {
  const encapsulated = random.octets(32)
  const payload = random.octets(144)
  return new OctetBuilder()
    .u8(0) // outer
    .u16(1) // HKDF-SHA256
    .u16(1) // AES-128-GCM
    .u8(42) // config id
    .u16(encapsulated.length)
    .octets(encapsulated)
    .u16(payload.length)
    .octets(payload)
}

export interface ClientHelloOptions {
  /** as QUIC wants it: HTTP/3, transport parameters, no session id (RFC 9001 section 8) */
  quic?: boolean
  /** a post-quantum key share of 1,216 octets */
  hybrid?: boolean
}

/** A TLS 1.3 ClientHello handshake message, without record header. */
export function emitClientHello(
  sni: string | undefined,
  ech: boolean,
  random: Xorshift32,
  { quic = false, hybrid = false }: ClientHelloOptions = {},
): Uint8Array {
  const extensions = new OctetBuilder()
  if (sni !== undefined) putExtension(extensions, EXT_SERVER_NAME, serverName(sni))
  putExtension(extensions, EXT_GROUPS, new OctetBuilder().u16(2).u16(X25519))
  putExtension(extensions, EXT_SIGNATURES, new OctetBuilder().u16(4).u16(0x0403).u16(0x0804))
  putExtension(extensions, EXT_VERSIONS, new OctetBuilder().u8(2).u16(VERSION_1_3))
  putExtension(extensions, EXT_KEY_SHARE, keyShare(hybrid, random))
  if (quic) {
    putExtension(extensions, EXT_ALPN, new OctetBuilder().u16(3).u8(2).text('h3'))
    // initial_max_data: 1 MiB
    putExtension(
      extensions,
      EXT_QUIC_TRANSPORT_PARAMETERS,
      new OctetBuilder().u8(4).u8(4).u32(0x8010_0000),
    )
  }
  if (ech) putExtension(extensions, EXT_ECH, encryptedClientHello(random))
  const body = new OctetBuilder()
    .u16(VERSION_1_2)
    .octets(random.octets(32))
    .u8(quic ? 0 : SESSION_ID)
    .octets(random.octets(quic ? 0 : SESSION_ID))
    .u16(2)
    .u16(AES_128_GCM_SHA256)
    .u8(1)
    .u8(0)
    .u16(extensions.length)
    .octets(extensions.take())
  return handshake(CLIENT_HELLO, body)
}

function keyShare(hybrid: boolean, random: Xorshift32): OctetBuilder {
  const [group, octets] = hybrid ? [X25519_MLKEM768, HYBRID_SHARE] : [X25519, 32]
  return new OctetBuilder()
    .u16(octets + 4)
    .u16(group)
    .u16(octets)
    .octets(random.octets(octets))
}

export function emitServerHello(random: Xorshift32): Uint8Array {
  const extensions = new OctetBuilder()
  putExtension(extensions, EXT_VERSIONS, new OctetBuilder().u16(VERSION_1_3))
  const share = new OctetBuilder().u16(X25519).u16(32).octets(random.octets(32))
  putExtension(extensions, EXT_KEY_SHARE, share)
  const body = new OctetBuilder()
    .u16(VERSION_1_2)
    .octets(random.octets(32))
    .u8(0)
    .u16(AES_128_GCM_SHA256)
    .u8(0)
    .u16(extensions.length)
    .octets(extensions.take())
  return handshake(SERVER_HELLO, body)
}
