/** Initial packets for tests, protected as a client does it: RFC 9001 section 5. Shares no code with the
 * decoder. */

import { createCipheriv, createHmac } from 'node:crypto'

export interface Protection {
  version: string
  salt: string
  /** `quic` or `quicv2` */
  label: string
  /** first octet of an Initial with a packet number of four octets, in clear */
  initial: number
}

export const v1: Protection = {
  version: '00000001',
  salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  label: 'quic',
  initial: 0xc3,
}
export const v2: Protection = {
  version: '6b3343cf',
  salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  label: 'quicv2',
  initial: 0xd3,
}
export const draft29: Protection = {
  version: 'ff00001d',
  salt: 'afbfec289993d24c9e9786f19c6111e04390a899',
  label: 'quic',
  initial: 0xc3,
}
export const draft23: Protection = {
  version: 'ff000017',
  salt: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502',
  label: 'quic',
  initial: 0xc3,
}

const hmac = (key: Uint8Array, data: Uint8Array) => createHmac('sha256', key).update(data).digest()

function label(secret: Uint8Array, name: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${name}`)
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])])
  return hmac(secret, info).subarray(0, length)
}

/** Integer of RFC 9000 section 16 in two octets, or in four when it must be. */
export function integer(value: number): Buffer {
  if (value < 16384) return Buffer.from([0x40 | (value >> 8), value & 255])
  return Buffer.from([0x80 | (value >>> 24), (value >> 16) & 255, (value >> 8) & 255, value & 255])
}

/** CRYPTO frame. */
export function crypto(offset: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([6]), integer(offset), integer(data.length), data])
}

export interface InitialOptions {
  protection?: Protection
  /** connection id that the keys come from; `dcid` when absent */
  keyDcid?: Uint8Array
  scid?: Uint8Array
  token?: Uint8Array
  number?: number
  /** octets of frames, filled up with PADDING */
  size?: number
}

/** The packet; its packet number takes four octets. */
export function initialPacket(
  dcid: Uint8Array,
  frames: Uint8Array,
  options: InitialOptions = {},
): Buffer {
  const { protection = v1, keyDcid = dcid, token = Buffer.alloc(0), number = 0 } = options
  const scid = options.scid ?? Buffer.alloc(0)
  const payload = Buffer.alloc(Math.max(options.size ?? 1162, frames.length))
  payload.set(frames)
  const head = Buffer.concat([
    Buffer.from([protection.initial]),
    Buffer.from(protection.version, 'hex'),
    Buffer.from([dcid.length]),
    dcid,
    Buffer.from([scid.length]),
    scid,
    token.length < 64 ? Buffer.from([token.length]) : integer(token.length),
    token,
    integer(4 + payload.length + 16),
    Buffer.from([number >>> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255]),
  ])
  const secret = label(hmac(Buffer.from(protection.salt, 'hex'), keyDcid), 'client in', 32)
  const iv = Buffer.from(label(secret, `${protection.label} iv`, 12))
  for (let i = 0; i < 4; i++) iv[8 + i]! ^= head[head.length - 4 + i]!
  const cipher = createCipheriv('aes-128-gcm', label(secret, `${protection.label} key`, 16), iv)
  cipher.setAAD(head)
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const hp = createCipheriv('aes-128-ecb', label(secret, `${protection.label} hp`, 16), null)
  const mask = hp.update(sealed.subarray(0, 16))
  const packet = Buffer.concat([head, sealed])
  packet[0]! ^= mask[0]! & 15
  for (let i = 0; i < 4; i++) packet[head.length - 4 + i]! ^= mask[1 + i]!
  return packet
}

export interface HelloOptions {
  alpn?: readonly string[]
  /** more octets of an extension that nobody reads */
  filler?: number
  ech?: boolean
}

/** A ClientHello message, without a name when `name` is ''. */
export function clientHello(name: string, options: HelloOptions = {}): Buffer {
  const u16 = (n: number) => Buffer.from([n >> 8, n & 255])
  const extension = (type: number, ...parts: Uint8Array[]) => {
    const data = Buffer.concat(parts)
    return Buffer.concat([u16(type), u16(data.length), data])
  }
  const extensions: Buffer[] = []
  if (options.filler) extensions.push(extension(21, Buffer.alloc(options.filler)))
  if (name !== '') {
    const entry = Buffer.concat([Buffer.from([0]), u16(name.length), Buffer.from(name)])
    extensions.push(extension(0, u16(entry.length), entry))
  }
  const protocols = (options.alpn ?? ['h3']).map(one =>
    Buffer.concat([Buffer.from([one.length]), Buffer.from(one)]),
  )
  const list = Buffer.concat(protocols)
  extensions.push(extension(16, u16(list.length), list))
  if (options.ech) extensions.push(extension(0xfe0d, Buffer.from([0, 0, 1, 0, 1, 7])))
  const all = Buffer.concat(extensions)
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 0x5a),
    Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0]),
    u16(all.length),
    all,
  ])
  return Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])
}
