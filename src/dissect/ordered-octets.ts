/** The octets of one direction of a TCP connection in order and once, for protocols whose messages are read
 * from the stream (Diameter). Read RFC 9293 section 3.4 (sequence numbers wrap) and 3.10.7.4 (what is
 * old, what is new). User traffic has its own, flow/tcp-stream.ts, which accounts for every octet.
 *
 * The attack is a hole that is never filled: what waits behind it is bounded in segments, octets and
 * time, and then the hole is skipped. */

/** Bounds on what waits behind a hole. */
export const maxWaitingSegments = 64
export const maxWaitingOctets = 256 * 1024
export const maxWaitUs = 5_000_000

/** Takes what became contiguous. */
export interface OctetSink {
  /** The next captured octets of the stream. */
  octets(buf: Uint8Array, off: number, end: number): void
  /** Octets are missing here: lost by the capture, or cut by its snap length. */
  gap(): void
}

interface Waiting {
  seq: number
  octets: Uint8Array
  /** octets on the wire, >= octets.length */
  length: number
}

export class OrderedOctets {
  readonly #sink: OctetSink
  /** int32 pattern of the next octet; undefined before the first segment */
  #next: number | undefined
  /** in order of sequence numbers */
  #waiting: Waiting[] = []
  #waitingOctets = 0
  #holeUs = 0

  constructor(sink: OctetSink) {
    this.#sink = sink
  }

  /** Segments that wait behind a hole. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** A SYN: a connection begins, its first octet has the number `seq`. */
  open(seq: number): void {
    if (this.#next === seq) return
    if (this.#next !== undefined) this.#sink.gap()
    this.#next = seq
    this.#waiting = []
    this.#waitingOctets = 0
  }

  /** The payload [off, end) of the segment `seq` (int32 pattern), `length` octets on the wire. */
  segment(
    seq: number,
    buf: Uint8Array,
    off: number,
    end: number,
    length: number,
    timeUs: number,
  ): void {
    if (length === 0) return
    this.#next ??= seq
    if (this.#waiting.length > 0 && timeUs - this.#holeUs > maxWaitUs) this.#skipHole()
    const ahead = (seq - this.#next) | 0
    if (ahead <= 0) this.#take(-ahead, buf, off, end, length)
    else this.#wait({ seq, octets: buf.slice(off, end), length }, timeUs)
    this.#drain()
    if (this.#waiting.length > maxWaitingSegments || this.#waitingOctets > maxWaitingOctets) {
      this.#skipHole()
    }
  }

  /** No more segments come: what waits is all there is. */
  end(): void {
    while (this.#waiting.length > 0) this.#skipHole()
  }

  /** `seen` octets of the payload were here before. */
  #take(seen: number, buf: Uint8Array, off: number, end: number, length: number): void {
    if (seen >= length) return
    this.#next = ((this.#next ?? 0) + length - seen) | 0
    if (off + seen < end) this.#sink.octets(buf, off + seen, end)
    if (end - off < length) this.#sink.gap()
  }

  #wait(segment: Waiting, timeUs: number): void {
    if (this.#waiting.length === 0) this.#holeUs = timeUs
    let at = this.#waiting.length
    while (at > 0 && (((this.#waiting[at - 1]?.seq ?? 0) - segment.seq) | 0) > 0) at--
    this.#waiting.splice(at, 0, segment)
    this.#waitingOctets += segment.octets.length
  }

  #skipHole(): void {
    const first = this.#waiting[0]
    if (first === undefined) return
    this.#sink.gap()
    this.#next = first.seq
    this.#drain()
  }

  #drain(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const ahead = (first.seq - (this.#next ?? 0)) | 0
      if (ahead > 0) return
      this.#waiting.shift()
      this.#waitingOctets -= first.octets.length
      this.#take(-ahead, first.octets, 0, first.octets.length, first.length)
    }
  }
}
