/** Two reused blocks: while one is parsed, the next part of an input that comes by itself (a pipe, what is being
 * unpacked) is read into the other; a regular file is read on the spot. What is
 * left over at a block's end (part of a record) is put right before the next part, so that a
 * record is always in one piece. 256 KiB stays in the processor's cache: measured best. */

import type { OctetInput } from './octet-input.js'

export const blockOctetsDefault = 256 * 1024

/** Octets kept free before the part that is read, for what is left over from the block before. */
function roomFor(blockOctets: number): number {
  return Math.max(4096, blockOctets >> 2)
}

interface Block {
  octets: Uint8Array<ArrayBuffer>
  room: number
}

function newBlock(room: number, octets: number): Block {
  return { octets: new Uint8Array(room + octets), room }
}

export class BlockReader {
  /** Octets not yet parsed: [pos, end) of `octets`. The parser moves `pos`. */
  octets: Uint8Array<ArrayBuffer>
  pos = 0
  end = 0
  /** Octets of input before `octets[0]`: `base + i` is the place of `octets[i]` in the input. */
  base = 0
  readonly #blockOctets: number
  #current: Block
  #other: Block
  #input: OctetInput | undefined
  #pending: Promise<number> | undefined

  constructor(blockOctets = blockOctetsDefault) {
    this.#blockOctets = blockOctets
    this.#current = this.#standardBlock()
    this.#other = this.#standardBlock()
    this.octets = this.#current.octets
  }

  /** Begins with another input; the blocks are kept. Call after `settle`. */
  start(input: OctetInput): void {
    this.#input = input
    this.pos = this.#current.room
    this.end = this.pos
    this.base = -this.pos
    this.#pending = input.read(this.#other.octets, this.#other.room)
  }

  /** Brings in more octets after [pos, end), which moves to another block; false at the end of the
   * input. The block that was current may be overwritten from now on. */
  async more(): Promise<boolean> {
    const pending = this.#pending
    const input = this.#input
    if (pending === undefined || input === undefined) return false
    const count = await pending
    if (count === 0) {
      this.#pending = undefined
      return false
    }
    const rest = this.end - this.pos
    if (rest > this.#other.room) this.#grow(rest, count)
    const next = this.#other
    let previous = this.#current
    next.octets.set(this.octets.subarray(this.pos, this.end), next.room - rest)
    const place = this.base + this.pos
    this.octets = next.octets
    this.pos = next.room - rest
    this.end = next.room + count
    this.base = place - this.pos
    const standardRoom = roomFor(this.#blockOctets)
    // a giant record is over: give its memory back
    if (previous.room > standardRoom && rest <= standardRoom) previous = this.#standardBlock()
    this.#current = next
    this.#other = previous
    this.#pending = input.read(previous.octets, previous.room)
    return true
  }

  /** Waits until nothing is being read into the blocks. */
  async settle(): Promise<void> {
    await this.#pending
    this.#pending = undefined
    this.#input = undefined
  }

  /** Room doubles, so that a record of n octets is copied O(log n) times while it comes in. */
  #grow(rest: number, count: number): void {
    const old = this.#other
    let room = old.room
    while (room < rest) room *= 2
    room *= 2
    const grown = newBlock(room, Math.max(this.#blockOctets, room))
    grown.octets.set(old.octets.subarray(old.room, old.room + count), room)
    this.#other = grown
  }

  #standardBlock(): Block {
    return newBlock(roomFor(this.#blockOctets), this.#blockOctets)
  }
}
