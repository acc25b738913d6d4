/** Packets that a capture holds twice because it was made at two points: on both sides of a router, on Gn
 * and Gi, on S1-U and S5. Rules.md 2.2: such a packet is charged at the first point. Two copies have
 * the same inner IP packet but for what a hop changes (TTL, header checksum, DSCP, flow label), lie
 * within 50 ms of packet time, and differ in interface, VLAN, mirror or tunnel. What comes again at the
 * same point was sent again, by the sender or by the network, and counts.
 *
 * Looking at every packet has its cost, and nearly all captures have one point. So the first packets are
 * watched, and the others only when something says that there may be two points: `expect`. */

import { int32 } from '../wire/octets.js'
import type { IpLayer } from './ip-layer.js'
import type { PacketView } from './packet-view.js'

/** auto: as described above; off: every packet that was captured is charged */
export type Dedupe = 'auto' | 'off'

/** rules.md 2.2 */
export const duplicateWindowUs = 50_000
/** Packets after which a capture without a sign of a second point is no longer watched. */
const trialPackets = 8192

/** words of an entry: hash and hop facts, second hash, its point, the low 32 bits of its time in us, outer
 * destination, TEID and outer IP version */
const entryWords = 8
const SECOND = 1
const POINT = 2
const TIME = 3
const OUTER_DST = 4
const TEID = 5
const VERSION = 6
/** Entries of a set share a line of the processor's cache. */
const ways = 2
/** 65,536 packets: 50 ms of 1.3 million a second. */
const setsMask = (1 << 15) - 1
/** low bits of the first word: TTL, and whether there is a tunnel */
const ttlMask = 0xff
const tunnelBit = 0x100
const hopMask = ttlMask | tunnelBit

/** Octets behind the IP header that are compared: with the IP identification enough to tell packets of one
 * conversation apart, and few enough to be there at each point when a snap length of 96 cut them. */
const prefixOctets = 16

export class DuplicateFilter {
  /** ask `isCopy`; the rest of the time it costs one look at this */
  watching: boolean
  /** after `isCopy` said yes: the tunnel in which the packet was seen first; version 0: in none */
  firstVersion = 0
  firstDst = 0
  firstTeid = 0
  /** a second point was seen, or is to be expected, until the end of the capture */
  #expected = false
  /** another tunnel is another point */
  #tunnels = false
  readonly #dedupe: Dedupe
  #left = trialPackets
  /** `ways` entries a set; made with the first packet */
  #entries = new Int32Array(0)
  #firstPoint = 0

  constructor(dedupe: Dedupe) {
    this.#dedupe = dedupe
    this.watching = dedupe === 'auto'
  }

  /** From now on packets may come twice. */
  expect(): void {
    if (this.#dedupe === 'off') return
    this.#expected = true
    this.watching = true
  }

  /** A session has tunnels on both sides of a gateway: from now on another tunnel is another point. Before,
   * two equal packets in two tunnels of one line may be of two subscribers with one address. */
  expectTunnels(): void {
    this.#tunnels = true
    this.expect()
  }

  /** For a while packets may come twice: another file begins. */
  watch(wanted: boolean): void {
    if (this.#dedupe === 'off') return
    this.watching = wanted || this.#expected || this.#left > 0
  }

  /** Whether the packet in `ip`, whose octets are in `buf`, was seen at another point just now. Remembers
   * it when not. The view gives time, interface, link and tunnel. */
  isCopy(view: PacketView, ip: IpLayer, buf: Uint8Array): boolean {
    if (this.#left > 0) this.#trial(view)
    const words = ip.octets ^ (ip.protocol << 17) ^ (ip.version << 28)
    const place = ip.fragmented ? (ip.fragOff << 1) | (ip.more ? 1 : 0) : 0
    let h = Math.imul(ip.src ^ Math.imul(ip.dst, 0x9e3779b1), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15) ^ words, 0xc2b2ae35)
    h = Math.imul(h ^ (h >>> 13) ^ ip.id ^ (place << 16), 0x27d4eb2f)
    let g = h ^ 0x165667b1
    const end = Math.min(ip.end, ip.l4Off + prefixOctets)
    let at = ip.l4Off
    for (; at + 4 <= end; at += 4) {
      const word = int32(buf, at)
      h = Math.imul(h ^ word, 0x9e3779b1)
      h ^= h >>> 15
      g = Math.imul(g + word, 0x85ebca6b)
      g ^= g >>> 13
    }
    for (; at < end; at++) {
      h = Math.imul(h ^ buf[at]!, 0x27d4eb2f)
      g = Math.imul(g + buf[at]!, 0xc2b2ae35)
    }
    h ^= h >>> 16
    const hop = (ip.ttl & ttlMask) | (view.outerVersion === 0 ? 0 : tunnelBit)
    // never 0, which is an empty entry
    return this.#find((h & ~hopMask) | hop, g | 1, view)
  }

  #find(first: number, second: number, view: PacketView): boolean {
    const point = pointOf(view, this.#tunnels)
    const time = view.timeUs | 0
    if (this.#entries.length === 0) {
      this.#entries = new Int32Array((setsMask + 1) * ways * entryWords)
    }
    const entries = this.#entries
    const set = ((second >>> 1) & setsMask) * ways * entryWords
    let oldest = set
    let oldestAge = -1
    for (let at = set; at < set + ways * entryWords; at += entryWords) {
      // times of merged captures are in order but for the clocks of their probes
      const age = Math.abs((time - entries[at + TIME]!) | 0)
      if (
        entries[at + SECOND] === second &&
        age <= duplicateWindowUs &&
        isSamePacket(entries[at]!, first)
      ) {
        if (entries[at + POINT] !== point) {
          this.#expected = true
          this.firstVersion = entries[at + VERSION]!
          this.firstDst = entries[at + OUTER_DST]!
          this.firstTeid = entries[at + TEID]!
          return true
        }
        entries[at + TIME] = time
        return false
      }
      if (entries[at + SECOND] === 0) {
        oldest = at
        break
      }
      if (age > oldestAge) {
        oldestAge = age
        oldest = at
      }
    }
    entries[oldest] = first
    entries[oldest + SECOND] = second
    entries[oldest + POINT] = point
    entries[oldest + TIME] = time
    entries[oldest + OUTER_DST] = view.outerDst
    entries[oldest + TEID] = view.teid
    entries[oldest + VERSION] = view.outerVersion
    return false
  }

  #trial(view: PacketView): void {
    const point = mix(view.iface, view.link)
    if (this.#left === trialPackets) this.#firstPoint = point
    else if (point !== this.#firstPoint) this.#expected = true
    this.#left--
    if (this.#left === 0) this.watching = this.#expected
  }
}

/** First words of two entries. From tunnel to tunnel nobody touches the inner TTL; who does has routed the
 * packet from one subscriber to another, and it costs both. */
function isSamePacket(a: number, b: number): boolean {
  const differ = a ^ b
  return (differ & ~hopMask) === 0 && ((differ & ttlMask) === 0 || (a & b & tunnelBit) === 0)
}

/** Interface, VLANs and mirror, inside a tunnel or not, and between which nodes when `tunnels` counts. The TEID
 * is left out: two tunnels between the same nodes are those of two subscribers, or of two bearers. */
function pointOf(view: PacketView, tunnels: boolean): number {
  const place = mix(view.iface, view.link)
  if (view.outerVersion === 0) return place
  if (!tunnels) return mix(place, tunnelBit)
  return mix(mix(place, view.outerSrc), view.outerDst)
}

/** Order counts: an eNodeB's address as source is another point than as destination. */
export function mix(a: number, b: number): number {
  const h = Math.imul(a ^ 0x2545f491, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
  return h ^ (h >>> 15)
}
