/** User messages of SCTP associations, whole and once: fragments put together, retransmissions left out.
 * Read RFC 9260 sections 6.9 (fragmentation: consecutive TSNs from B to E) and 6.2 (duplicate TSNs),
 * and wire/sctp-data.ts first. Messages come as they become whole, not in the order of the stream:
 * what a probe shows belongs to the frame that it came with. */

import { type Fault, FaultCode, layer } from '../wire/fault.js'
import type { SctpChunks } from '../wire/sctp-data.js'

/** Bounds; a sender that goes over one loses its own fragments, never the probe its memory. */
export interface SctpBounds {
  /** directions of associations that are remembered; the longest idle gives way */
  directions: number
  /** fragments of one direction that wait */
  fragments: number
  /** octets of them, which also bounds a message */
  octets: number
  /** time by the packets' clock after which a fragment is given up, microseconds */
  ageUs: number
}

export const sctpBounds: SctpBounds = {
  directions: 1024,
  fragments: 512,
  octets: 512 * 1024,
  ageUs: 60_000_000,
}

/** What became of a DATA chunk. */
export const SctpPart = {
  /** kept; the message is not whole yet */
  Kept: 0,
  /** the message is whole: `octets`, `off` to `end` */
  Whole: 1,
  /** this TSN came before */
  Duplicate: 2,
  /** it cannot become part of a message: `fault` says why */
  Refused: 3,
} as const
export type SctpPart = (typeof SctpPart)[keyof typeof SctpPart]

/** TSNs that a direction remembers. A sender may not have more under way than its peer's window takes. */
const window = 4096

interface Fragment {
  octets: Uint8Array
  beginning: boolean
  ending: boolean
  stream: number
  sequence: number
  ppid: number
  timeUs: number
}

class Direction {
  /** highest TSN so far; the bits of `window` TSNs up to it say which came */
  highest = -1
  readonly seen = new Uint32Array(window / 32)
  /** by TSN, in the order of arrival */
  readonly fragments = new Map<number, Fragment>()
  octets = 0
}

const none = new Uint8Array(0)
const layerStream = layer('sctp-stream')

/** Which direction of which association. Without a tag (synthetic captures) the addresses must do. */
export function sctpDirection(
  tag: number,
  srcPort: number,
  dstPort: number,
  src: string,
  dst: string,
): string {
  const ports = `${srcPort}>${dstPort}`
  return tag === 0 ? `${src}>${dst} ${ports}` : `${tag} ${ports}`
}

export class SctpStreams {
  /** the message that `add` found whole: valid until the next `add` */
  octets: Uint8Array = none
  off = 0
  end = 0
  /** octets of the message on the wire, more than `end - off` when the capture cut it */
  length = 0
  ppid = 0
  readonly #bounds: SctpBounds
  /** in order of idleness */
  readonly #directions = new Map<string, Direction>()

  constructor(bounds: Partial<SctpBounds> = {}) {
    this.#bounds = { ...sctpBounds, ...bounds }
  }

  /** Directions remembered. */
  get size(): number {
    return this.#directions.size
  }

  /** Octets of all fragments that wait. */
  get waiting(): number {
    let octets = 0
    for (const direction of this.#directions.values()) octets += direction.octets
    return octets
  }

  /** Takes the DATA chunk at which `chunk` stands; `key` of sctpDirection. */
  add(key: string, chunk: SctpChunks, buf: Uint8Array, timeUs: number, fault: Fault): SctpPart {
    const direction = this.#direction(key)
    if (!isNew(direction, chunk.tsn)) return SctpPart.Duplicate
    if (chunk.beginning && chunk.ending) {
      this.octets = buf
      this.off = chunk.off
      this.end = chunk.end
      this.length = chunk.length
      this.ppid = chunk.ppid
      return SctpPart.Whole
    }
    // half a fragment would put what follows it in the wrong place
    if (chunk.end - chunk.off < chunk.length) {
      fault.raise(FaultCode.Incomplete, layerStream, chunk.off, chunk.length, chunk.end - chunk.off)
      return SctpPart.Refused
    }
    this.#keep(direction, chunk, buf, timeUs)
    if (
      direction.octets > this.#bounds.octets ||
      direction.fragments.size > this.#bounds.fragments
    ) {
      fault.raise(FaultCode.Limit, layerStream, chunk.off, direction.octets, this.#bounds.octets)
      while (
        direction.octets > this.#bounds.octets ||
        direction.fragments.size > this.#bounds.fragments
      ) {
        dropOldest(direction)
      }
      return SctpPart.Refused
    }
    return this.#join(direction, chunk.tsn) ? SctpPart.Whole : SctpPart.Kept
  }

  #direction(key: string): Direction {
    let direction = this.#directions.get(key)
    if (direction === undefined) direction = new Direction()
    else this.#directions.delete(key)
    this.#directions.set(key, direction)
    if (this.#directions.size > this.#bounds.directions) {
      const [longest] = this.#directions.keys()
      if (longest !== undefined) this.#directions.delete(longest)
    }
    return direction
  }

  #keep(direction: Direction, chunk: SctpChunks, buf: Uint8Array, timeUs: number): void {
    for (const fragment of direction.fragments.values()) {
      if (timeUs - fragment.timeUs <= this.#bounds.ageUs) break
      dropOldest(direction)
    }
    direction.fragments.set(chunk.tsn, {
      octets: buf.slice(chunk.off, chunk.end),
      beginning: chunk.beginning,
      ending: chunk.ending,
      stream: chunk.stream,
      sequence: chunk.sequence,
      ppid: chunk.ppid,
      timeUs,
    })
    direction.octets += chunk.end - chunk.off
  }

  /** Looks from `tsn` back to the beginning and on to the end of its message, and puts it together. */
  #join(direction: Direction, tsn: number): boolean {
    const { fragments } = direction
    let first = tsn
    let begin = fragments.get(first)
    while (begin !== undefined && !begin.beginning) {
      first = before(first)
      begin = fragments.get(first)
    }
    if (begin === undefined) return false
    const parts: Fragment[] = []
    let length = 0
    let last = first
    for (let part: Fragment | undefined = begin; ; part = fragments.get(last)) {
      if (part === undefined || !continues(begin, part)) return false
      parts.push(part)
      length += part.octets.length
      if (part.ending) break
      last = after(last)
    }
    const octets = new Uint8Array(length)
    let at = 0
    for (let i = 0, number = first; i < parts.length; i++, number = after(number)) {
      octets.set(parts[i]?.octets ?? none, at)
      at += parts[i]?.octets.length ?? 0
      fragments.delete(number)
    }
    direction.octets -= length
    this.octets = octets
    this.off = 0
    this.end = length
    this.length = length
    this.ppid = begin.ppid
    return true
  }
}

/** RFC 9260 section 6.9: all fragments have the stream and the sequence of the first. */
function continues(begin: Fragment, part: Fragment): boolean {
  return part.stream === begin.stream && part.sequence === begin.sequence
}

function before(tsn: number): number {
  return (tsn - 1) >>> 0
}

function after(tsn: number): number {
  return (tsn + 1) >>> 0
}

function dropOldest(direction: Direction): void {
  for (const [tsn, fragment] of direction.fragments) {
    direction.fragments.delete(tsn)
    direction.octets -= fragment.octets.length
    return
  }
}

/** Whether `tsn` did not come before, by serial number arithmetic (RFC 9260 section 1.6). One that is far
 * behind is no retransmission: the association began anew, or the sender lies. */
function isNew(direction: Direction, tsn: number): boolean {
  const ahead = (tsn - direction.highest) | 0
  if (direction.highest < 0 || ahead >= window || ahead <= -window) {
    direction.seen.fill(0)
    direction.highest = tsn
  } else if (ahead > 0) {
    for (let i = 1; i <= ahead; i++) mark(direction, after(direction.highest + i - 1), false)
    direction.highest = tsn
  } else if (marked(direction, tsn)) {
    return false
  }
  mark(direction, tsn, true)
  return true
}

function mark(direction: Direction, tsn: number, came: boolean): void {
  const at = tsn % window
  const bit = 1 << (at & 31)
  const word = direction.seen[at >> 5] ?? 0
  direction.seen[at >> 5] = came ? word | bit : word & ~bit
}

function marked(direction: Direction, tsn: number): boolean {
  const at = tsn % window
  return ((direction.seen[at >> 5] ?? 0) & (1 << (at & 31))) !== 0
}
