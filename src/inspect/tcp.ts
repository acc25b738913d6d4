/** TCP for `dissect`: the header, and the messages that a segment completes. Read RFC 9293 section 3.1
 * and tcp-direction.ts first. */

import { Tcp } from '../wire/tcp.js'
import { LeastRecent } from './conversations.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { TcpDirection } from './tcp-direction.js'

const maxDirections = 20_000
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

/** Hands the payload [off, end) of a segment, on the wire up to `walk.wireEnd`, to its direction. */
function segment(
  seq: number,
  flags: number,
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
): void {
  const directions = walk.state('tcp', () => new LeastRecent<TcpDirection>(maxDirections))
  const key = directionKey(walk)
  if ((flags & RST) !== 0) {
    directions.delete(key)
    return
  }
  const direction = directions.take(key, () => new TcpDirection())
  const first = (flags & SYN) === 0 ? seq : seq + 1
  if ((flags & SYN) !== 0) direction.open(first | 0)
  direction.segment(first | 0, buf, off, end, Math.max(end, walk.wireEnd), walk)
}

/** Two subscribers may have one private address: the tunnel tells them apart. */
function directionKey(walk: Walk): string {
  const { src, dst, srcPort, dstPort } = walk.ends
  const tunnel = walk.tunnel === undefined ? '' : `${walk.tunnel.version} ${walk.tunnel.teid}`
  return `${tunnel} ${src} ${srcPort} ${dst} ${dstPort}`
}
