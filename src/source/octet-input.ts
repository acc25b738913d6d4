/** Octets of one input in order, as they lie on disk or come through a pipe: the contract below the
 * capture formats, with the plain implementations. Decompression wraps one input in another. */

import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

export interface OctetInput {
  /** Puts octets into `into` from `off` on, as many as are at hand without waiting for more, at most
   * up to the end of `into`. Resolves to their count, 0 at the end. Never rejects: see `damage`. */
  read(into: Uint8Array, off: number): Promise<number>
  /** Why the input ended early: `damaged gzip data`; empty when it ended well. Final after a 0. */
  readonly damage: string
  /** Octets taken from disk or pipe so far, before decompression. */
  readonly octetsRead: number
  close(): Promise<void>
}

/** Text of an error of the operating system: `read error (EIO)`. */
export function readError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return `read error (${code})`
}

/** Reads of a file between two looks at what else has happened: signals, timers, output to be written. */
const readsPerTurn = 16

/** A regular file. Reads name their position, so that nothing else can move it. They wait for the file: its
 * octets mostly are in the page cache, where the kernel reads ahead, and a read by another thread cost four times as
 * much to hand over as to do (bench/source.ts: 2.8 against 7.9 million frames a second). */
export class FileInput implements OctetInput {
  damage = ''
  octetsRead = 0
  #reads = 0
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async read(into: Uint8Array, off: number): Promise<number> {
    try {
      const length = into.length - off
      if (++this.#reads % readsPerTurn === 0) await turn()
      const bytesRead = readSync(this.#handle.fd, into, off, length, this.octetsRead)
      this.octetsRead += bytesRead
      return bytesRead
    } catch (error) {
      this.damage = readError(error)
      return 0
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** Standard input, a FIFO, a character device: whatever cannot be read at a position. */
export class StreamInput implements OctetInput {
  damage = ''
  octetsRead = 0
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)

  constructor(stream: Readable) {
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async read(into: Uint8Array, off: number): Promise<number> {
    try {
      while (this.#chunk.length === 0) {
        const { done, value } = await this.#chunks.next()
        if (done === true) return 0
        this.#chunk = value
      }
    } catch (error) {
      this.damage = readError(error)
      return 0
    }
    const count = Math.min(this.#chunk.length, into.length - off)
    into.set(this.#chunk.subarray(0, count), off)
    this.#chunk = this.#chunk.subarray(count)
    this.octetsRead += count
    return count
  }

  async close(): Promise<void> {
    this.#stream.destroy()
  }
}

/** An input whose first octets have been looked at: gives them again, then goes on. */
export class ReplayedInput implements OctetInput {
  readonly #input: OctetInput
  #head: Uint8Array

  constructor(head: Uint8Array, input: OctetInput) {
    this.#head = head
    this.#input = input
  }

  get damage(): string {
    return this.#input.damage
  }

  get octetsRead(): number {
    return this.#input.octetsRead
  }

  async read(into: Uint8Array, off: number): Promise<number> {
    if (this.#head.length === 0) return this.#input.read(into, off)
    const count = Math.min(this.#head.length, into.length - off)
    into.set(this.#head.subarray(0, count), off)
    this.#head = this.#head.subarray(count)
    return count
  }

  close(): Promise<void> {
    return this.#input.close()
  }
}

/** A reused window over an input for readers that need a few octets at a time (decompressors). */
export class OctetWindow {
  readonly octets: Uint8Array
  pos = 0
  end = 0
  readonly #input: OctetInput

  /** `size` bounds what `ensure` can be asked for. */
  constructor(input: OctetInput, size: number) {
    this.#input = input
    this.octets = new Uint8Array(size)
  }

  /** Makes at least `count` octets readable from `pos`; false when the input ends before. */
  async ensure(count: number): Promise<boolean> {
    while (this.end - this.pos < count) {
      if (this.pos > 0 && this.pos + count > this.octets.length) {
        this.octets.copyWithin(0, this.pos, this.end)
        this.end -= this.pos
        this.pos = 0
      }
      if (this.pos === this.end) {
        this.pos = 0
        this.end = 0
      }
      const more = await this.#input.read(this.octets, this.end)
      if (more === 0) return false
      this.end += more
    }
    return true
  }
}
