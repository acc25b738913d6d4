/** Decompressed octets of a Zstandard input, frame after frame.
 * Read RFC 8878 section 3.1.1 (frames and blocks) before changing this file. Frames and blocks are
 * walked here and handed to fzstd one block at a time: a block makes at most 2 MiB, so that a hostile
 * input (4 octets for 128 KiB, again and again) cannot pile up output, and a cut is seen exactly. */

import { Decompress } from 'fzstd'
import { word } from '../wire/pcap.js'
import type { OctetInput } from './octet-input.js'
import { OctetWindow } from './octet-input.js'
import { Xxh64 } from './xxh64.js'

const frameMagic = 0xfd2fb528
/** 0x184D2A50 to 0x184D2A5F: a frame to be passed over */
const skippableMagic = 0x184d2a50
const blockOctetsMax = 128 * 1024
const windowOctets = 3 * blockOctetsMax
/** What a decoder should take at least is 8 MiB; zstd's own limit without `--long=31` is this. */
const historyOctetsMax = 128 * 1024 * 1024

const compressedBlock = 2
const runLengthBlock = 1

const cut = 'cut short in the zstd data'

export function isZstdMagic(buf: Uint8Array, off: number): boolean {
  const magic = word(buf, off, true)
  return magic === frameMagic || (magic & 0xfffffff0) >>> 0 === skippableMagic
}

/** Octets of the frame header from its magic number on (section 3.1.1.1). */
function frameHeaderOctets(descriptor: number): number {
  const single = (descriptor >> 5) & 1
  const sizeFlag = descriptor >> 6
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  return 5 + (1 - single) + dictionary + (sizeFlag === 0 ? single : 1 << sizeFlag)
}

/** Octets of history that the frame at `off` asks for (sections 3.1.1.1.2 and 3.1.1.1.4). */
function historyOctets(buf: Uint8Array, off: number, headerOctets: number): number {
  const descriptor = buf[off + 4]!
  if ((descriptor & 0x20) === 0) {
    const window = buf[off + 5]!
    return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)
  }
  let size = 0
  const sizeOctets = 1 << (descriptor >> 6)
  for (let i = 1; i <= sizeOctets; i++) size = size * 256 + buf[off + headerOctets - i]!
  return size
}

export class ZstdInput implements OctetInput {
  #damage = ''
  readonly #input: OctetInput
  readonly #window: OctetWindow
  readonly #hash = new Xxh64()
  #decompress: Decompress | undefined
  #checksum = false
  #chunk: Uint8Array = new Uint8Array(0)
  #ended = false

  constructor(input: OctetInput) {
    this.#input = input
    this.#window = new OctetWindow(input, windowOctets)
  }

  get damage(): string {
    return this.#damage
  }

  get octetsRead(): number {
    return this.#input.octetsRead
  }

  async read(into: Uint8Array, off: number): Promise<number> {
    while (this.#chunk.length === 0) {
      if (this.#ended) return 0
      const good = this.#decompress === undefined ? await this.#frame() : await this.#block()
      if (!good) {
        this.#ended = true
        if (this.#input.damage !== '') this.#damage = this.#input.damage
      }
    }
    const count = Math.min(this.#chunk.length, into.length - off)
    into.set(this.#chunk.subarray(0, count), off)
    this.#chunk = this.#chunk.subarray(count)
    return count
  }

  close(): Promise<void> {
    this.#ended = true
    return this.#input.close()
  }

  #refuse(fault: string): false {
    this.#damage = fault
    return false
  }

  /** Reads a frame header, or passes over a skippable frame; false at the end of the input. */
  async #frame(): Promise<boolean> {
    const window = this.#window
    if (!(await window.ensure(1))) return false
    if (!(await window.ensure(8))) return this.#refuse(cut)
    const { octets, pos } = window
    if (!isZstdMagic(octets, pos)) return this.#refuse('octets after the zstd data')
    if (word(octets, pos, true) !== frameMagic) return this.#skip(8 + word(octets, pos + 4, true))
    const descriptor = octets[pos + 4]!
    const headerOctets = frameHeaderOctets(descriptor)
    if (!(await window.ensure(headerOctets))) return this.#refuse(cut)
    if ((descriptor & 8) !== 0) return this.#refuse('damaged zstd data')
    if (historyOctets(window.octets, window.pos, headerOctets) > historyOctetsMax) {
      return this.#refuse('zstd window over 128 MiB')
    }
    this.#checksum = (descriptor & 4) !== 0
    this.#hash.reset()
    this.#decompress = new Decompress(chunk => this.#take(chunk))
    return this.#push(headerOctets, false)
  }

  async #skip(octets: number): Promise<boolean> {
    const window = this.#window
    let left = octets
    while (left > 0) {
      if (!(await window.ensure(1))) return this.#refuse(cut)
      const step = Math.min(left, window.end - window.pos)
      window.pos += step
      left -= step
    }
    return true
  }

  /** One block: three octets of header, then content (section 3.1.1.2). */
  async #block(): Promise<boolean> {
    const window = this.#window
    if (!(await window.ensure(3))) return this.#refuse(cut)
    const { octets, pos } = window
    const header = octets[pos]! | (octets[pos + 1]! << 8) | (octets[pos + 2]! << 16)
    const last = (header & 1) === 1
    const type = (header >> 1) & 3
    const size = type === runLengthBlock ? 1 : header >> 3
    if (type > compressedBlock || header >> 3 > blockOctetsMax) {
      return this.#refuse('damaged zstd data')
    }
    const trailer = last && this.#checksum ? 4 : 0
    const whole = await window.ensure(3 + size + trailer)
    // a cut in the check sum leaves the last block good
    if (!whole && !(await window.ensure(3 + size))) return this.#refuse(cut)
    if (!this.#push(3 + size, last)) return false
    if (!last) return true
    this.#decompress = undefined
    if (!whole) return this.#refuse(cut)
    if (trailer === 0) return true
    const expected = word(window.octets, window.pos, true)
    window.pos += trailer
    return expected === this.#hash.digestLow() || this.#refuse('zstd check sum is wrong')
  }

  #take(chunk: Uint8Array): void {
    if (this.#checksum) this.#hash.update(chunk)
    if (this.#chunk.length === 0) {
      this.#chunk = chunk
      return
    }
    const both = new Uint8Array(this.#chunk.length + chunk.length)
    both.set(this.#chunk)
    both.set(chunk, this.#chunk.length)
    this.#chunk = both
  }

  /** Hands the next `octets` to fzstd, which holds back the first 17 and else calls `#take` once a
   * block. It wants the check sum after the last block but does not look at it. */
  #push(octets: number, last: boolean): boolean {
    const window = this.#window
    const piece = new Uint8Array(octets + (last && this.#checksum ? 4 : 0))
    piece.set(window.octets.subarray(window.pos, window.pos + octets))
    window.pos += octets
    try {
      this.#decompress?.push(piece, last)
      return true
    } catch {
      return this.#refuse('damaged zstd data')
    }
  }
}
