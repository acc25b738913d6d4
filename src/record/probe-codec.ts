/** Messages of probe.proto as octets and back, and their framing: the length as a varint, then the message
 * (protobuf "delimited"). What comes from a peer is checked; what does not fit is a ProbeFault, never a crash. */

import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

/** Raised when a peer of the other side could not follow any more. */
export const protocolMajor = 1
export const protocolMinor = 0

/** The other side sent something that is not this protocol. */
export class ProbeFault extends Error {}

/** Counts are below 2^53: as numbers, not as objects of two halves. */
Reflect.set(protobuf.util, 'Long', undefined)
protobuf.configure()

const file = new URL('../../../src/record/probe.proto', import.meta.url)
const { root } = protobuf.parse(readFileSync(file, 'utf8'), { keepCase: true })

export type MessageName = 'Hello' | 'Welcome' | 'Request' | 'Reply'

const asObjects = { defaults: true, arrays: true, objects: true, oneofs: false } as const

/** One message with its length before it. Throws for what the message cannot hold: a mistake of the caller. */
export function encodeMessage(name: MessageName, value: object): Uint8Array {
  const type = root.lookupType(`tollgate.probe.${name}`)
  const wrong = type.verify(value)
  if (wrong !== null) throw new TypeError(`${name}: ${wrong}`)
  return type.encodeDelimited(value).finish()
}

/** A whole message without its length. Throws a ProbeFault. */
export function decodeMessage<T>(name: MessageName, octets: Uint8Array): T {
  const type = root.lookupType(`tollgate.probe.${name}`)
  try {
    return type.toObject(type.decode(octets), asObjects) as T
  } catch (error) {
    throw new ProbeFault(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const mostLengthOctets = 5

/** Cuts a stream into messages. */
export class MessageReader {
  readonly #most: number
  #held: Uint8Array = new Uint8Array(0)

  /** `most`: octets of the longest message that is taken. */
  constructor(most: number) {
    this.#most = most
  }

  /** The messages that are whole now. Throws a ProbeFault, after which the stream cannot be read on. */
  take(piece: Uint8Array): Uint8Array[] {
    const octets = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    const messages: Uint8Array[] = []
    let at = 0
    for (;;) {
      const head = lengthAt(octets, at)
      if (head === undefined) break
      if (head.length > this.#most) throw new ProbeFault(`a message of ${head.length} octets`)
      if (octets.length < head.end + head.length) break
      messages.push(octets.subarray(head.end, head.end + head.length))
      at = head.end + head.length
    }
    // a copy: the pieces of a socket are used again
    this.#held = Uint8Array.prototype.slice.call(octets, at)
    return messages
  }
}

/** The varint at `at`; undefined when it is not whole yet. */
function lengthAt(octets: Uint8Array, at: number): { length: number; end: number } | undefined {
  let length = 0
  for (let i = 0; i < mostLengthOctets; i++) {
    const octet = octets[at + i]
    if (octet === undefined) return undefined
    length += (octet & 0x7f) * 2 ** (7 * i)
    if (octet < 0x80) return { length, end: at + i + 1 }
  }
  throw new ProbeFault('no length before a message')
}
