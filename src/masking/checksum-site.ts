/** Where the checksums of a capture are, and which octets each covers, also over the fragments of a datagram.
 * The inspectors find the headers, within tunnels and mirrors; read inspect/inspector.ts first. */

import { FaultCounter } from '../dissect/fault-counter.js'
import { IpLayer } from '../dissect/ip-layer.js'
import { inspectors } from '../inspect/all.js'
import { FrameInspector } from '../inspect/frame-inspector.js'
import type { Inspector } from '../inspect/inspector.js'
import { Registry } from '../inspect/registry.js'
import type { FrameRecord } from '../record/frame-record.js'
import { Fault } from '../wire/fault.js'
import type { CapturedFrames } from './captured-frames.js'

/** A stretch of the block of all frames, end exclusive. */
export interface Stretch {
  from: number
  to: number
}

/** Octets under one checksum; several stretches when they came in fragments. */
export interface ChecksumSite {
  protocol: 'udp' | 'tcp' | 'icmp' | 'icmpv6' | 'sctp'
  covered: readonly Stretch[]
  /** the capture has all octets of it */
  whole: boolean
}

const protocols: ReadonlySet<string> = new Set(['udp', 'tcp', 'icmp', 'icmpv6', 'sctp'])

interface Fragment {
  offset: number
  at: readonly Stretch[]
}

export class ChecksumSites {
  readonly sites: ChecksumSite[] = []
  readonly #frames: CapturedFrames
  readonly #inspector: FrameInspector
  readonly #ip = new IpLayer('', new FaultCounter())
  readonly #fault = new Fault()
  readonly #fragments = new Map<string, Fragment[]>()
  /** of the frame at hand: where the octets of reassembled datagrams came from */
  #origins = new Map<Uint8Array, { base: number; at: readonly Stretch[] }>()
  #fragmented: readonly Fragment[] | undefined

  constructor(frames: CapturedFrames) {
    this.#frames = frames
    this.#inspector = new FrameInspector(new Registry(inspectors.map(one => this.#watched(one))))
  }

  /** Reads frame `i`; frames must come in order. The record has numbers in the clear. */
  read(i: number): FrameRecord {
    this.#origins = new Map()
    this.#fragmented = undefined
    return this.#inspector.inspect(this.#frames, i)
  }

  #watched(own: Inspector): Inspector {
    const isIp = own.name === 'ip' || own.name === 'ipv6'
    if (!isIp && !protocols.has(own.name)) return own
    return {
      ...own,
      inspect: (buf, off, end, walk) => {
        if (isIp) this.#header(buf, off, end, walk.wireEnd)
        else this.#site(own.name as ChecksumSite['protocol'], buf, off, end, walk.wireEnd)
        own.inspect(buf, off, end, walk)
      },
    }
  }

  /** Remembers where a fragment's octets are. */
  #header(buf: Uint8Array, off: number, end: number, wireEnd: number): void {
    const ip = this.#ip
    if (!ip.read(buf, off, end, wireEnd, this.#fault) || !ip.fragmented) return
    const ends = Buffer.from(buf.subarray(ip.srcOff, ip.dstOff + (ip.version === 4 ? 4 : 16)))
    const key = `${ends.toString('hex')} ${ip.id}`
    const list = this.#fragments.get(key) ?? []
    list.push({ offset: ip.fragOff, at: this.#where(buf, ip.l4Off, ip.end) })
    this.#fragments.set(key, list)
    this.#fragmented = list
  }

  #site(
    protocol: ChecksumSite['protocol'],
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
  ): void {
    if (buf !== this.#frames.block && !this.#origins.has(buf) && this.#fragmented) {
      const at = [...this.#fragmented].sort((a, b) => a.offset - b.offset).flatMap(one => one.at)
      this.#origins.set(buf, { base: off, at })
    }
    const covered = this.#where(buf, off, end)
    if (covered.length > 0) this.sites.push({ protocol, covered, whole: end >= wireEnd })
  }

  /** [off, end) of a buffer as stretches of the block; none when that is not known. */
  #where(buf: Uint8Array, off: number, end: number): Stretch[] {
    if (buf === this.#frames.block) return [{ from: off, to: end }]
    const origin = this.#origins.get(buf)
    if (origin === undefined) return []
    const out: Stretch[] = []
    let at = origin.base
    for (const { from, to } of origin.at) {
      const start = Math.max(off, at)
      const stop = Math.min(end, at + to - from)
      if (start < stop) out.push({ from: from + start - at, to: from + stop - at })
      at += to - from
    }
    return out
  }
}
