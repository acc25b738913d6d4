/** TCP for `dissect`: the header, and the messages that a segment completes. Read RFC 9293 section 3.1
 * and tcp-direction.ts first. */

import { Tcp } from '../wire/tcp.js'
import { LeastRecent } from './conversations.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { TcpDirection } from './tcp-direction.js'

const maxDirections = 20_000
/** Octets kept of all directions together. */
const maxHeldOctets = 1 << 26
const SYN = 2
const RST = 4

const header = new Tcp('tcp')

export const tcp: Inspector = {
  name: 'tcp',
  doc: {
    standard: 'RFC 9293',
    decoded: 'the header; the octets of each direction in order, without repetitions',
    missing: 'options, checksums, urgent data',
  },
  fields: {
    'tcp.srcport': 'number',
    'tcp.dstport': 'number',
    'tcp.seq_raw': 'number',
    'tcp.ack_raw': 'number',
    'tcp.flags': 'number',
    'tcp.len': 'number',
  },
  summary: ['tcp.flags', 'tcp.len'],
  inspect(buf, off, end, walk) {
    walk.layer('tcp')
    const read = header.decode(buf, off, end, walk.fault)
    const { srcPort, dstPort, seq, ack, flags, headerOctets } = header
    if (end - off >= 4) {
      walk.out.add('tcp.srcport', srcPort)
      walk.out.add('tcp.dstport', dstPort)
    }
    if (headerOctets > 0) {
      walk.out.add('tcp.seq_raw', seq >>> 0)
      walk.out.add('tcp.ack_raw', ack >>> 0)
      walk.out.add('tcp.flags', hexNumber(flags, 4))
    }
    if (!read) {
      walk.malformed(walk.fault)
      return
    }
    const payload = off + headerOctets
    walk.out.add('tcp.len', Math.max(0, walk.wireEnd - payload))
    walk.ends.srcPort = srcPort
    walk.ends.dstPort = dstPort
    segment(seq, flags, buf, payload, Math.max(payload, end), walk)
  },
}

/** All directions of a capture, and how much they keep. */
class Directions {
  #held = 0
  readonly #all = new LeastRecent<TcpDirection>(maxDirections, direction => {
    this.#held -= direction.held
  })

  /** Lets `use` work on a direction; `undefined` ends it. */
  update(key: string, use: ((direction: TcpDirection) => void) | undefined): void {
    if (use === undefined) {
      this.#all.delete(key)
      return
    }
    const direction = this.#all.take(key, () => new TcpDirection())
    this.#held -= direction.held
    use(direction)
    if (this.#held + direction.held > maxHeldOctets) direction.forget()
    this.#held += direction.held
  }
}

/** Hands the payload [off, end) of a segment, on the wire up to `walk.wireEnd`, to its direction. */
function segment(
  seq: number,
  flags: number,
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
): void {
  const directions = walk.state('tcp', () => new Directions())
  const key = directionKey(walk)
  if ((flags & RST) !== 0) {
    directions.update(key, undefined)
    return
  }
  const opens = (flags & SYN) !== 0
  const first = (opens ? seq + 1 : seq) | 0
  const wireEnd = Math.max(end, walk.wireEnd)
  directions.update(key, direction => {
    if (opens) direction.open(first)
    direction.segment(first, buf, off, end, wireEnd, walk)
  })
}

/** Two subscribers may have one private address: the tunnel tells them apart. */
function directionKey(walk: Walk): string {
  const { src, dst, srcPort, dstPort } = walk.ends
  const tunnel = walk.tunnel === undefined ? '' : `${walk.tunnel.version} ${walk.tunnel.teid}`
  return `${tunnel} ${src} ${srcPort} ${dst} ${dstPort}`
}
