/** QUIC packets: Initial ones as either end protects them, others that nobody can read. Read RFC 9000 section
 * 17.2, RFC 9001 section 5 and RFC 9369 section 3. Shares no code with the decoder. */

import { createCipheriv, createHmac } from 'node:crypto'
import { octetsOf } from './octet-builder.js'
import type { Xorshift32 } from './xorshift.js'

export interface QuicProtection {
  /** hexadecimal */
  version: string
  salt: string
  /** `quic` or `quicv2` */
  label: string
  /** first octet of an Initial with a packet number of four octets, in clear */
  initial: number
  /** the same of a Handshake packet */
  handshake: number
}

const draftSalts = {
  from23: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502',
  from29: 'afbfec289993d24c9e9786f19c6111e04390a899',
}

function draft(number: number): QuicProtection {
  return {
    version: `ff0000${number.toString(16)}`,
    salt: number < 29 ? draftSalts.from23 : draftSalts.from29,
    label: 'quic',
    initial: 0xc3,
    handshake: 0xe3,
  }
}

export const quicProtections = {
  v1: {
    version: '00000001',
    salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
    label: 'quic',
    initial: 0xc3,
    handshake: 0xe3,
  },
  v2: {
    version: '6b3343cf',
    salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
    label: 'quicv2',
    initial: 0xd3,
    handshake: 0xf3,
  },
  'draft-23': draft(23),
  'draft-27': draft(27),
  'draft-29': draft(29),
  'draft-32': draft(32),
} satisfies Record<string, QuicProtection>
export type QuicVersionName = keyof typeof quicProtections

const tagOctets = 16
const ackFrame = 2
const cryptoFrame = 6

const hmac = (key: Uint8Array, data: Uint8Array) => createHmac('sha256', key).update(data).digest()

/** HKDF-Expand-Label of RFC 8446 section 7.1, for at most 32 octets. */
function expandLabel(secret: Uint8Array, name: string, length: number): Buffer {
  const text = octetsOf(`tls13 ${name}`)
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])])
  return hmac(secret, info).subarray(0, length)
}

/** Integer of RFC 9000 section 16 in two octets, or in four when it must be. */
export function emitQuicInteger(value: number): Buffer {
  if (value < 16384) return Buffer.from([0x40 | (value >> 8), value & 255])
  return Buffer.from([0x80 | (value >>> 24), (value >> 16) & 255, (value >> 8) & 255, value & 255])
}

export function emitCryptoFrame(offset: number, data: Uint8Array): Buffer {
  const head = [emitQuicInteger(offset), emitQuicInteger(data.length)]
  return Buffer.concat([Buffer.from([cryptoFrame]), ...head, data])
}

/** ACK of packets 0 to `largest`. */
export function emitAckFrame(largest: number): Buffer {
  return Buffer.from([ackFrame, largest, 0, 0, largest])
}

export interface InitialOptions {
  protection?: QuicProtection
  /** the server's; the client's when absent */
  fromServer?: boolean
  /** connection id that the keys come from; `dcid` when absent */
  keyDcid?: Uint8Array
  scid?: Uint8Array
  token?: Uint8Array
  number?: number
  /** octets of frames, filled up with PADDING */
  size?: number
}

/** An Initial packet; its packet number takes four octets. */
export function emitInitial(
  dcid: Uint8Array,
  frames: Uint8Array,
  options: InitialOptions = {},
): Buffer {
  const { keyDcid = dcid, token = Buffer.alloc(0), number = 0, fromServer = false } = options
  const protection = options.protection ?? quicProtections.v1
  const payload = Buffer.alloc(Math.max(options.size ?? 1162, frames.length))
  payload.set(frames)
  const head = Buffer.concat([
    longHeader(protection.initial, protection, dcid, options.scid ?? Buffer.alloc(0)),
    token.length < 64 ? Buffer.from([token.length]) : emitQuicInteger(token.length),
    token,
    emitQuicInteger(4 + payload.length + tagOctets),
    Buffer.from([number >>> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255]),
  ])
  const initial = hmac(Buffer.from(protection.salt, 'hex'), keyDcid)
  const secret = expandLabel(initial, fromServer ? 'server in' : 'client in', 32)
  const iv = Buffer.from(expandLabel(secret, `${protection.label} iv`, 12))
  for (let i = 0; i < 4; i++) iv[8 + i]! ^= head[head.length - 4 + i]!
  const key = expandLabel(secret, `${protection.label} key`, 16)
  const cipher = createCipheriv('aes-128-gcm', key, iv)
  cipher.setAAD(head)
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const maskKey = expandLabel(secret, `${protection.label} hp`, 16)
  const mask = createCipheriv('aes-128-ecb', maskKey, null).update(sealed.subarray(0, 16))
  const packet = Buffer.concat([head, sealed])
  packet[0]! ^= mask[0]! & 15
  for (let i = 0; i < 4; i++) packet[head.length - 4 + i]! ^= mask[1 + i]!
  return packet
}

function longHeader(
  first: number,
  { version }: QuicProtection,
  dcid: Uint8Array,
  scid: Uint8Array,
): Buffer {
  const ids = [Buffer.from([dcid.length]), dcid, Buffer.from([scid.length]), scid]
  return Buffer.concat([Buffer.from([first]), Buffer.from(version, 'hex'), ...ids])
}

/** A Handshake packet of `size` octets behind its header: its keys are not in the capture. */
export function emitHandshake(
  protection: QuicProtection,
  dcid: Uint8Array,
  scid: Uint8Array,
  size: number,
  random: Xorshift32,
): Buffer {
  const first = (protection.handshake & 0xf0) | random.below(16)
  const head = longHeader(first, protection, dcid, scid)
  return Buffer.concat([head, emitQuicInteger(size), random.octets(size)])
}

/** A packet with a short header (RFC 9000 section 17.3.1), `size` octets in all. */
export function emitShort(dcid: Uint8Array, size: number, random: Xorshift32): Buffer {
  const least = 1 + dcid.length + 4 + tagOctets
  const rest = random.octets(Math.max(size, least) - 1 - dcid.length)
  return Buffer.concat([Buffer.from([0x40 | random.below(64)]), dcid, rest])
}
