/** Octets of fragments that wait, in one ring of fixed size: what is written last overwrites what is
 * oldest, so waiting fragments never take more memory than the ring, whatever a capture holds.
 *
 * A record is four int32 (link to the next record of the datagram, first and last offset within the
 * datagram, octets captured) and the octets. Positions are int32 indices into the ring; the owner
 * keeps the counter of its oldest record and must have given that record up before `reserve` passes. */

const NEXT = 0
const START = 1
const END = 2
const CAPTURED = 3
const headerWords = 4
const headerOctets = headerWords * 4

export const noRecord = -1

export class FragmentArena {
  private octets = new Uint8Array(0)
  private words = new Int32Array(0)
  private readonly size: number
  /** octets ever reserved; its remainder is where the next record goes */
  written = 0

  constructor(size: number) {
    this.size = Math.ceil(size / headerOctets) * headerOctets
  }

  /** Ring octets that `records` records with `payload` octets between them can take. */
  need(payload: number, records: number): number {
    return payload + records * (headerOctets + 3)
  }

  /** Whether `need` octets in one piece fit without overwriting what begins at counter `oldest`. */
  fits(need: number, oldest: number): boolean {
    const from = this.written + this.skip(need)
    return from + need - oldest <= this.size
  }

  /** Moves to where the next `need` octets lie in one piece. The ring is made here, at the first
   * fragment: most captures have none. */
  reserve(need: number): void {
    if (this.octets.length === 0) {
      this.octets = new Uint8Array(this.size)
      this.words = new Int32Array(this.octets.buffer)
    }
    this.written += this.skip(need)
  }

  /** Writes a record within what was reserved: [start, end) of the datagram, of which
   * buf[from, from + captured) is there. Returns its position. */
  put(start: number, end: number, buf: Uint8Array, from: number, captured: number): number {
    const at = this.written % this.size
    const word = at >> 2
    this.words[word + NEXT] = noRecord
    this.words[word + START] = start
    this.words[word + END] = end
    this.words[word + CAPTURED] = captured
    copy(buf, from, this.octets, at + headerOctets, captured)
    this.written += headerOctets + ((captured + 3) & ~3)
    return word
  }

  next(record: number): number {
    return this.words[record + NEXT]!
  }

  link(record: number, next: number): void {
    this.words[record + NEXT] = next
  }

  start(record: number): number {
    return this.words[record + START]!
  }

  end(record: number): number {
    return this.words[record + END]!
  }

  /** Copies the record's captured octets to `out` at `to`; returns how many octets of the datagram
   * that is, counted from the record's start. */
  copyTo(record: number, out: Uint8Array, to: number): number {
    const captured = this.words[record + CAPTURED]!
    copy(this.octets, record * 4 + headerOctets, out, to, captured)
    return captured
  }

  /** Whether the record holds the same octets as buf[from..] for [start, end) of the datagram, as far
   * as both were captured (`bufEnd` ends the octets of `buf`). */
  same(
    record: number,
    start: number,
    end: number,
    buf: Uint8Array,
    from: number,
    bufEnd: number,
  ): boolean {
    const own = record * 4 + headerOctets + start - this.start(record)
    const ownEnd = record * 4 + headerOctets + this.words[record + CAPTURED]!
    const n = Math.min(end - start, bufEnd - from, ownEnd - own)
    for (let i = 0; i < n; i++) if (this.octets[own + i] !== buf[from + i]) return false
    return true
  }

  /** Octets lost at the ring's end when `need` does not fit there. */
  private skip(need: number): number {
    const at = this.written % this.size
    return at + need > this.size ? this.size - at : 0
  }
}

/** A plain loop: `subarray` would allocate a view for each fragment. */
function copy(from: Uint8Array, off: number, to: Uint8Array, at: number, octets: number): void {
  for (let i = 0; i < octets; i++) to[at + i] = from[off + i]!
}
