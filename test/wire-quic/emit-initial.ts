/** ClientHello messages for tests, and the Initial packets of synth/, which share no code with the decoder. */

import { quicProtections } from '../../src/synth/emit-quic.js'

export {
  emitCryptoFrame as crypto,
  emitInitial as initialPacket,
  emitQuicInteger as integer,
} from '../../src/synth/emit-quic.js'

export const { v1, v2, 'draft-29': draft29, 'draft-23': draft23 } = quicProtections

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
