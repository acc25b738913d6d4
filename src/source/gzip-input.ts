/** Decompressed octets of a gzip input, member after member.
 * Read RFC 1952 section 2.2 and 2.3.1 (members, header, trailer) before changing this file. The
 * members are framed here and only DEFLATE is left to node:zlib, because its Gunzip throws away what
 * it has already decoded when the input is cut, and a cut capture is worth reading up to the cut. */

import type { InflateRaw } from 'node:zlib'
import { constants, crc32, createInflateRaw } from 'node:zlib'
import { word } from '../wire/pcap.js'
import type { OctetInput } from './octet-input.js'
import { OctetWindow } from './octet-input.js'

const FLAGS = 3
const headerOctets = 10
const trailerOctets = 8
const flagHeaderCrc = 2
const flagExtra = 4
const flagName = 8
const flagComment = 16

const windowOctets = 256 * 1024
const outputOctets = 64 * 1024
/** DEFLATE gets pieces that grow with what was read: wrong octets lose what is made of one piece. */
const firstPieceOctets = 256
const pieceOctetsMax = 64 * 1024

export function isGzipMagic(buf: Uint8Array, off: number): boolean {
  return buf[off] === 0x1f && buf[off + 1] === 0x8b && buf[off + 2] === 8
}

const cut = 'cut short in the gzip data'

export class GzipInput implements OctetInput {
  #damage = ''
  readonly #input: OctetInput
  readonly #window: OctetWindow
  #inflate: InflateRaw | undefined
  #output: AsyncIterator<Uint8Array> | undefined
  #feeding: Promise<boolean> | undefined
  #members = 0
  #crc = 0
  #octets = 0
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
      if (this.#output === undefined) {
        if (!(await this.#startMember())) return this.#end('')
        continue
      }
      let result: IteratorResult<Uint8Array>
      try {
        result = await this.#output.next()
      } catch {
        return this.#end('damaged gzip data')
      }
      if (result.done === true) {
        const fault = await this.#endMember()
        if (fault !== '') return this.#end(fault)
        continue
      }
      this.#chunk = result.value
      this.#crc = crc32(this.#chunk, this.#crc)
      this.#octets += this.#chunk.length
    }
    const count = Math.min(this.#chunk.length, into.length - off)
    into.set(this.#chunk.subarray(0, count), off)
    this.#chunk = this.#chunk.subarray(count)
    return count
  }

  async close(): Promise<void> {
    this.#ended = true
    this.#inflate?.destroy()
    await this.#input.close()
  }

  #end(fault: string): number {
    this.#ended = true
    if (this.#damage === '') this.#damage = this.#input.damage !== '' ? this.#input.damage : fault
    return 0
  }

  /** Reads a member's header and starts DEFLATE; false when there is no further member. */
  async #startMember(): Promise<boolean> {
    const window = this.#window
    while (this.#members > 0 && (await window.ensure(1)) && window.octets[window.pos] === 0) {
      window.pos++ // zeros after the last member fill a tape block
    }
    if (this.#members > 0 && !(await window.ensure(1))) return false
    if (!(await window.ensure(headerOctets))) return this.#refuse(cut)
    if (!isGzipMagic(window.octets, window.pos)) return this.#refuse('octets after the gzip data')
    const flags = window.octets[window.pos + FLAGS]!
    window.pos += headerOctets
    if ((flags & flagExtra) !== 0) {
      if (!(await window.ensure(2))) return this.#refuse(cut)
      const extra = window.octets[window.pos]! | (window.octets[window.pos + 1]! << 8)
      if (!(await window.ensure(2 + extra))) return this.#refuse(cut)
      window.pos += 2 + extra
    }
    if ((flags & flagName) !== 0 && !(await this.#skipText())) return this.#refuse(cut)
    if ((flags & flagComment) !== 0 && !(await this.#skipText())) return this.#refuse(cut)
    if ((flags & flagHeaderCrc) !== 0) {
      if (!(await window.ensure(2))) return this.#refuse(cut)
      window.pos += 2
    }
    this.#members++
    this.#crc = 0
    this.#octets = 0
    // Z_SYNC_FLUSH: the end of a cut input is not an error, and everything decoded comes out
    const inflate = createInflateRaw({
      chunkSize: outputOctets,
      finishFlush: constants.Z_SYNC_FLUSH,
    })
    this.#inflate = inflate
    this.#output = inflate[Symbol.asyncIterator]()
    this.#feeding = this.#feed(inflate)
    return true
  }

  #refuse(fault: string): false {
    this.#damage = fault
    return false
  }

  async #skipText(): Promise<boolean> {
    const window = this.#window
    for (;;) {
      if (!(await window.ensure(1))) return false
      if (window.octets[window.pos++] === 0) return true
    }
  }

  /** Gives DEFLATE its input until it has enough; resolves to true when it found its end, with the
   * window at the octet after it, and to false when the input ended first. */
  async #feed(inflate: InflateRaw): Promise<boolean> {
    const window = this.#window
    let wake = (): void => undefined
    inflate.once('end', () => wake())
    inflate.once('error', () => wake())
    let fed = 0
    while (await window.ensure(1)) {
      const size = Math.min(Math.max(firstPieceOctets, fed >> 3), pieceOctetsMax)
      const from = window.pos
      const piece = window.octets.subarray(from, Math.min(from + size, window.end))
      // after the end of its data, zlib may never call back for octets that it did not take
      await new Promise<void>(resolve => {
        wake = resolve
        inflate.write(piece, () => resolve())
      })
      const taken = inflate.bytesWritten - fed
      if (taken < piece.length) {
        window.pos = from + taken
        return true
      }
      fed += piece.length
      window.pos = from + piece.length
    }
    inflate.end()
    return false
  }

  /** Checks the trailer: CRC-32 and length modulo 2^32 of what the member held. */
  async #endMember(): Promise<string> {
    const complete = await this.#feeding
    this.#output = undefined
    const window = this.#window
    if (complete !== true || !(await window.ensure(trailerOctets))) return cut
    const crc = word(window.octets, window.pos, true)
    const octets = word(window.octets, window.pos + 4, true)
    window.pos += trailerOctets
    if (crc !== this.#crc || octets !== this.#octets % 4294967296) return 'gzip check sum is wrong'
    return ''
  }
}
