/** A stretch of one direction of a TCP connection for `dissect`: segments in order of sequence numbers,
 * repeated octets left out, handed to the reader of the protocol. Read RFC 9293 section 3.4 (sequence
 * numbers wrap).
 *
 * The attacks are memory: a hole that is never filled, a message that never ends. Both have bounds,
 * behind which reading begins anew at the next segment; the protocol shows what it can of a message
 * whose rest does not come. */

import { giveUp, type StreamReader, type Walk } from './inspector.js'

/** Octets kept of a message that is not whole. */
const maxMessage = 1 << 20
/** Segments and octets that wait behind a hole. */
const maxWaiting = 64
const maxWaitingOctets = 1 << 18
/** Time of the capture that they wait, as in dissect/ordered-octets.ts. */
const maxWaitUs = 5_000_000

const empty = new Uint8Array(0)

/** A segment behind a hole. */
export interface Waiting {
  seq: number
  octets: Uint8Array
  /** octets on the wire, >= octets.length */
  length: number
}

export class TcpStretch {
  /** int32 pattern of the next octet; undefined before the first segment */
  #next: number | undefined
  #reader: StreamReader | undefined
  /** the octets in `#kept` begin where the connection or a message does, so far as anybody knows */
  #fromStart = false
  /** `#length` octets of a message that is not whole yet, or too few to tell the protocol */
  #kept: Uint8Array = empty
  #length = 0
  #waiting: Waiting[] = []
  #waitingOctets = 0
  #holeUs = 0
  /** where the next stretch begins; undefined in the last one */
  #limit: number | undefined

  /** Octets that are kept: of an unfinished message, and behind holes. */
  get held(): number {
    return this.#kept.length + this.#waitingOctets
  }

  /** Octets from the next one that is wanted to `seq`; negative when it is behind. */
  ahead(seq: number): number {
    return this.#next === undefined ? 0 : (seq - this.#next) | 0
  }

  /** No message is begun: what comes next may be one, wherever it lies. */
  get isBetween(): boolean {
    return this.#length === 0
  }

  /** Another stretch begins at `seq`: returns what waits for it. */
  end(seq: number): Waiting[] {
    this.#limit = seq
    const beyond = this.#waiting.filter(one => ((one.seq - seq) | 0) >= 0)
    this.#waiting = this.#waiting.filter(one => ((one.seq - seq) | 0) < 0)
    for (const one of beyond) this.#waitingOctets -= one.octets.length
    return beyond
  }

  /** Whether the octet at `seq` is wanted here; never once the next stretch is reached. */
  wants(seq: number): boolean {
    if (this.#limit === undefined) return true
    return this.ahead(seq) >= 0 && ((seq - this.#limit) | 0) < 0
  }

  get isFull(): boolean {
    return this.#limit !== undefined && this.ahead(this.#limit) <= 0
  }

  /** Gives up what is kept; reading goes on with the next segment that begins a message. */
  forget(): void {
    this.#restart()
    this.#waiting = []
    this.#waitingOctets = 0
    this.#next = undefined
  }

  /** Whether `seq` is where it begins, and nothing came yet: a SYN that was sent again. */
  opens(seq: number): boolean {
    return this.#next === seq
  }

  /** A SYN: octets begin at `seq`. */
  open(seq: number): void {
    this.#fromStart = true
    this.#next = seq
  }

  /** The payload [off, end) at `seq`; on the wire it went on to `wireEnd`. */
  segment(
    seq: number,
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
    walk: Walk,
  ): void {
    const room = this.#limit === undefined ? wireEnd - off : (this.#limit - seq) | 0
    const length = Math.min(wireEnd - off, room)
    const captured = Math.min(end, off + length)
    if (length <= 0) return
    this.#next ??= seq
    if (this.#waiting.length > 0 && walk.timeUs - this.#holeUs > maxWaitUs) this.#skipHole(walk)
    const ahead = (seq - this.#next) | 0
    if (ahead > 0) {
      this.#wait({ seq, octets: buf.slice(off, captured), length }, walk.timeUs)
      if (this.#waiting.length > maxWaiting || this.#waitingOctets > maxWaitingOctets) {
        this.#skipHole(walk)
      }
    } else this.#take(-ahead, buf, off, captured, length, walk)
    this.#drain(walk)
  }

  /** `seen` octets of the payload were here before. */
  #take(seen: number, buf: Uint8Array, off: number, end: number, length: number, walk: Walk): void {
    if (seen >= length) return
    this.#next = ((this.#next ?? 0) + length - seen) | 0
    if (off + seen < end) this.#deliver(buf, off + seen, end, walk)
    // what the capture cut off is a hole in the middle of the stream
    if (end - off < length) this.#broken(walk)
  }

  #deliver(buf: Uint8Array, off: number, end: number, walk: Walk): void {
    if (this.#length > 0 && this.#beginsAnew(buf, off, end, walk)) this.#restart()
    let data = buf
    let from = off
    let stop = end
    if (this.#length > 0) {
      this.#append(buf, off, end)
      data = this.#kept
      from = 0
      stop = this.#length
    }
    const reader = this.#reader ?? this.#choose(data, from, stop, walk)
    if (reader === 'wait') this.#keep(data, from, stop)
    else if (reader === undefined) this.#restart()
    else {
      this.#reader = reader
      const done = reader.read(data, from, stop, walk)
      if (done === giveUp) this.#restart()
      else this.#keep(data, done, stop)
    }
  }

  /** Keeps [off, end) for the next segment; `data` may be what is kept already. */
  #keep(data: Uint8Array, off: number, end: number): void {
    const length = end - off
    if (length > maxMessage) {
      this.#restart()
      return
    }
    if (data === this.#kept) {
      this.#kept.copyWithin(0, off, end)
      this.#length = length
    } else {
      this.#length = 0
      this.#append(data, off, end)
    }
    if (length === 0) this.#kept = empty
  }

  /** Grows by doubling: a message of many segments is copied twice, not once a segment. */
  #append(buf: Uint8Array, off: number, end: number): void {
    const length = this.#length + end - off
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#kept.length))
      grown.set(this.#kept.subarray(0, this.#length))
      this.#kept = grown
    }
    this.#kept.set(buf.subarray(off, end), this.#length)
    this.#length = length
  }

  /** In the middle of a connection, text that could have become a request may have been content: a
   * segment that certainly begins a message is believed instead. */
  #beginsAnew(buf: Uint8Array, off: number, end: number, walk: Walk): boolean {
    if (this.#reader !== undefined || this.#fromStart) return false
    const { srcPort, dstPort } = walk.ends
    const found = walk.registry.stream(srcPort, dstPort, buf, off, end)
    return found !== undefined && found !== 'wait'
  }

  /** The reader of a direction that begins, or goes on after a hole, with [off, end). */
  #choose(
    buf: Uint8Array,
    off: number,
    end: number,
    walk: Walk,
  ): StreamReader | 'wait' | undefined {
    const { srcPort, dstPort } = walk.ends
    const found = walk.registry.stream(srcPort, dstPort, buf, off, end)
    return found === 'wait' ? found : found?.stream?.()
  }

  /** The octets behind what is kept will not come. */
  #broken(walk: Walk): void {
    if (this.#length > 0) this.#reader?.cut?.(this.#kept, 0, this.#length, walk)
    this.#restart()
  }

  #restart(): void {
    this.#fromStart = false
    this.#reader = undefined
    this.#kept = empty
    this.#length = 0
  }

  #wait(segment: Waiting, timeUs: number): void {
    if (this.#waiting.length === 0) this.#holeUs = timeUs
    this.#waiting.push(segment)
    this.#waitingOctets += segment.octets.length
  }

  /** Goes on behind a hole that was not filled in time. */
  #skipHole(walk: Walk): void {
    const next = this.#next ?? 0
    let nearest = Number.POSITIVE_INFINITY
    for (const { seq } of this.#waiting) nearest = Math.min(nearest, (seq - next) | 0)
    this.#broken(walk)
    this.#next = (next + nearest) | 0
    this.#holeUs = walk.timeUs
    this.#drain(walk)
  }

  #drain(walk: Walk): void {
    for (let again = true; again; ) {
      again = false
      for (const [i, waiting] of this.#waiting.entries()) {
        const ahead = (waiting.seq - (this.#next ?? 0)) | 0
        if (ahead > 0) continue
        this.#waiting.splice(i, 1)
        this.#waitingOctets -= waiting.octets.length
        const { octets, length } = waiting
        this.#take(-ahead, octets, 0, octets.length, length, walk)
        again = true
        break
      }
    }
  }
}
