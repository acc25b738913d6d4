/** Reassembly of IP fragments with bounds on datagrams, octets and age. Read RFC 791 section 3.2,
 * RFC 8200 section 4.5 and RFC 5722 (overlaps) first. Every fragment that is added is counted in
 * exactly one group, and every group comes out exactly once: complete from `add`, or through `take`
 * after its time or place ran out. Charge units are thereby neither lost nor doubled.
 *
 * Overlaps are an attack or a broken stack (RFC 5722 has the datagram dropped, which for IPv4 is not
 * the rule): the octets that came first are kept, a difference is counted as a fault. */

import { FaultCode, type Layer, layer } from '../wire/fault.js'
import type { FaultCounter } from './fault-counter.js'
import { FinishedDatagrams } from './finished-datagram.js'
import { FragmentArena, noRecord } from './fragment-arena.js'
import { DatagramKey, DatagramLayout, FragmentGroup } from './fragment-group.js'
import type { IpLayer } from './ip-layer.js'
import type { PacketView } from './packet-view.js'

export interface ReassemblyBounds {
  /** datagrams that wait at the same time */
  datagrams: number
  /** octets of fragments that wait, rounded up to 256 KiB */
  octets: number
  /** packet clock from a datagram's first fragment to its expiry */
  ageUs: number
}

export const FragmentResult = {
  /** kept; `take` may have a group that had to make room */
  Held: 0,
  /** `complete` is whole, its octets are in `datagram` */
  Complete: 1,
  /** belongs to a datagram that is done; `finished` has its ports. It is the caller's to count */
  Late: 2,
} as const
export type FragmentResult = (typeof FragmentResult)[keyof typeof FragmentResult]

const maxDatagram = 65535
/** A 64 KiB datagram over the smallest usual MTU, 576 octets, has 119 fragments. */
const maxRecords = 256
/** Pieces that one overlapping fragment may fall into; more is an attack on the list. */
const maxPieces = 8
const minArena = 1 << 18

export class IpFragments {
  readonly finished: FinishedDatagrams
  /** holds one datagram, laid out as DatagramLayout, until the next call */
  readonly datagram = new Uint8Array(DatagramLayout.Payload + maxDatagram)
  /** one past the complete datagram's captured octets in `datagram`, and past all its octets */
  end = 0
  wireEnd = 0
  /** datagrams that were given up to make room for others */
  evicted = 0

  private readonly self: Layer
  private readonly tunnel: boolean
  private readonly bounds: ReassemblyBounds
  private readonly faults: FaultCounter
  private readonly arena: FragmentArena
  private readonly key = new DatagramKey()
  private readonly buckets: (FragmentGroup | null)[]
  private oldest: FragmentGroup | null = null
  private newest: FragmentGroup | null = null
  private closedFirst: FragmentGroup | null = null
  private closedLast: FragmentGroup | null = null
  private free: FragmentGroup | null = null
  private inUse = 0
  private completed: FragmentGroup | null = null

  constructor(bounds: ReassemblyBounds, inner: boolean, faults: FaultCounter) {
    this.bounds = bounds
    this.tunnel = inner
    this.faults = faults
    this.self = layer(inner ? 'inner-reassembly' : 'ip-reassembly')
    this.arena = new FragmentArena(Math.max(bounds.octets, minArena))
    this.finished = new FinishedDatagrams(bounds.ageUs)
    let size = 1
    while (size < bounds.datagrams) size *= 2
    this.buckets = new Array<FragmentGroup | null>(size).fill(null)
  }

  /** Packet time at which `take` has something, if no fragment comes before: -Infinity for at once. */
  get dueUs(): number {
    if (this.closedFirst !== null) return -Infinity
    return this.oldest === null ? Infinity : this.oldest.firstUs + this.bounds.ageUs
  }

  /** Takes the fragment that `ip` describes, with its octets in `buf`; `view` gives frame, time and,
   * when these are inner fragments, the tunnel. */
  add(ip: IpLayer, view: PacketView, buf: Uint8Array): FragmentResult {
    this.expire(view.timeUs)
    this.key.set(ip, view, this.tunnel, buf)
    let group = this.find()
    if (group === null) {
      if (ip.fragOff > 0 && this.finished.find(this.key, view.timeUs)) return FragmentResult.Late
      group = this.open(ip, view)
    }
    group.count(ip, view, buf)
    const stored = this.check(group, ip) && this.store(group, ip, buf)
    if (!stored || group.held !== group.total) return FragmentResult.Held
    this.assemble(group)
    this.unlink(group)
    this.completed = group
    return FragmentResult.Complete
  }

  /** The group that `add` completed. Give it to `release`. */
  complete(): FragmentGroup | null {
    const group = this.completed
    this.completed = null
    return group
  }

  /** The next group that will never complete, or null. Give it to `release`. */
  take(): FragmentGroup | null {
    const group = this.closedFirst
    if (group === null) return null
    this.closedFirst = group.newer
    if (this.closedFirst === null) this.closedLast = null
    group.newer = null
    return group
  }

  release(group: FragmentGroup): void {
    group.newer = this.free
    this.free = group
    this.inUse--
  }

  /** Gives up groups whose age has passed at `nowUs`; Infinity gives up all. */
  expire(nowUs: number): void {
    while (this.oldest !== null && nowUs - this.oldest.firstUs > this.bounds.ageUs) {
      this.close(this.oldest, FaultCode.Incomplete)
    }
  }

  private find(): FragmentGroup | null {
    let group = this.buckets[this.key.hash & (this.buckets.length - 1)] ?? null
    while (group !== null && !this.key.matches(group.words, 0)) group = group.chain
    return group
  }

  private open(ip: IpLayer, view: PacketView): FragmentGroup {
    // one more than the bound may exist until the caller has taken the group that made room
    if (this.inUse >= this.bounds.datagrams && this.closedFirst === null && this.oldest !== null) {
      this.close(this.oldest, FaultCode.Limit)
    }
    const group = this.free ?? new FragmentGroup()
    this.free = group.newer
    this.inUse++
    group.open(this.key, ip, view, this.arena.written, noRecord)
    const bucket = group.hash & (this.buckets.length - 1)
    group.chain = this.buckets[bucket] ?? null
    this.buckets[bucket] = group
    group.older = this.newest
    group.newer = null
    if (this.newest === null) this.oldest = group
    else this.newest.newer = group
    this.newest = group
    return group
  }

  private close(group: FragmentGroup, code: FaultCode): void {
    this.faults.add(this.self, code)
    if (code === FaultCode.Limit) this.evicted++
    this.unlink(group)
    if (this.closedLast === null) this.closedFirst = group
    else this.closedLast.newer = group
    this.closedLast = group
  }

  private unlink(group: FragmentGroup): void {
    const bucket = group.hash & (this.buckets.length - 1)
    let at = this.buckets[bucket] ?? null
    if (at === group) this.buckets[bucket] = group.chain
    while (at !== null && at.chain !== group) at = at.chain
    if (at !== null) at.chain = group.chain
    if (group.older === null) this.oldest = group.newer
    else group.older.newer = group.newer
    if (group.newer === null) this.newest = group.older
    else group.newer.older = group.older
    group.chain = null
    group.older = null
    group.newer = null
  }

  /** Whether the fragment's offset and length can be true beside those that came before. */
  private check(group: FragmentGroup, ip: IpLayer): boolean {
    const octets = ip.wireEnd - ip.l4Off
    const end = ip.fragOff + octets
    // RFC 791: all but the last are a multiple of 8
    let good = octets > 0 && end <= maxDatagram && !(ip.more && (octets & 7) !== 0)
    if (ip.more) good &&= group.total < 0 || end <= group.total
    else good &&= group.total < 0 ? end >= group.highest : end === group.total
    if (!good) {
      this.faults.add(this.self, FaultCode.BadLength)
      return false
    }
    if (!ip.more) group.total = end
    if (end > group.highest) group.highest = end
    return true
  }

  /** Puts what is new of the fragment among the group's records, which are in order of offset and
   * never overlap. False when it was given up: the group may then be closed. */
  private store(group: FragmentGroup, ip: IpLayer, buf: Uint8Array): boolean {
    if (!this.makeRoom(group, ip.end - ip.l4Off)) return false
    const end = ip.fragOff + ip.wireEnd - ip.l4Off
    const arena = this.arena
    let at = ip.fragOff
    let before = noRecord
    let record = group.firstRecord
    if (group.lastRecord !== noRecord && arena.end(group.lastRecord) <= at) {
      before = group.lastRecord
      record = noRecord
    }
    let differs = false
    for (let pieces = 0; at < end; ) {
      while (record !== noRecord && arena.end(record) <= at) {
        before = record
        record = arena.next(record)
      }
      const gapEnd = record === noRecord ? end : Math.min(arena.start(record), end)
      if (gapEnd > at) {
        if (pieces++ === maxPieces) {
          this.faults.add(this.self, FaultCode.Limit)
          break
        }
        before = this.insert(group, before, record, at, gapEnd, ip, buf)
        at = gapEnd
      } else {
        const overlapEnd = Math.min(arena.end(record), end)
        const from = ip.l4Off + at - ip.fragOff
        differs ||= !arena.same(record, at, overlapEnd, buf, from, ip.end)
        at = overlapEnd
      }
    }
    if (differs) this.faults.add(this.self, FaultCode.BadValue)
    return true
  }

  /** Gives groups up, the oldest first, until a fragment fits; false when that was `group` itself or
   * when it has too many records already. */
  private makeRoom(group: FragmentGroup, captured: number): boolean {
    if (group.records >= maxRecords) {
      this.faults.add(this.self, FaultCode.Limit)
      return false
    }
    const need = this.arena.need(captured, maxPieces)
    while (this.oldest !== null && !this.arena.fits(need, this.oldest.begin)) {
      const own = this.oldest === group
      this.close(this.oldest, FaultCode.Limit)
      if (own) return false
    }
    this.arena.reserve(need)
    return true
  }

  private insert(
    group: FragmentGroup,
    before: number,
    after: number,
    start: number,
    end: number,
    ip: IpLayer,
    buf: Uint8Array,
  ): number {
    const from = Math.min(ip.l4Off + start - ip.fragOff, ip.end)
    const captured = Math.min(end - start, ip.end - from)
    const record = this.arena.put(start, end, buf, from, captured)
    this.arena.link(record, after)
    if (before === noRecord) group.firstRecord = record
    else this.arena.link(before, record)
    if (after === noRecord) group.lastRecord = record
    group.held += end - start
    group.records++
    return record
  }

  /** Copies the records to `datagram`, up to the first octet that was not captured. */
  private assemble(group: FragmentGroup): void {
    group.copyHead(this.datagram)
    let record = group.firstRecord
    let end: number = DatagramLayout.Payload
    while (record !== noRecord) {
      const to = DatagramLayout.Payload + this.arena.start(record)
      end = to + this.arena.copyTo(record, this.datagram, to)
      if (end < DatagramLayout.Payload + this.arena.end(record)) break
      record = this.arena.next(record)
    }
    this.end = end
    this.wireEnd = DatagramLayout.Payload + group.total
  }
}
