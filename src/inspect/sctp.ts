/** SCTP for `dissect`: chunks, and user messages put together from their fragments. Read RFC 9260 sections
 * 3.1, 3.3.1 (DATA) and 6.9 (fragmentation: consecutive TSNs from the B bit to the E bit). */

import { u16, u32 } from '../wire/octets.js'
import { Sctp } from '../wire/sctp.js'
import { LeastRecent } from './conversations.js'
import type { Inspector, Walk } from './inspector.js'

const dataChunk = 0
const chunkHeader = 4
const dataHeader = 16
const TSN = 4
const STREAM = 8
const PPID = 12
const flagEnd = 1
const flagBegin = 2

/** Bounds on what waits in one direction of an association. */
const maxFragments = 256
const maxOctets = 1 << 20

const header = new Sctp('sctp')

interface Fragment {
  flags: number
  octets: Uint8Array
}

/** Fragments of user messages of one direction, by TSN. */
class UserMessages {
  readonly #fragments = new Map<number, Fragment>()
  #octets = 0

  /** The message that this fragment completes. */
  add(tsn: number, fragment: Fragment): Uint8Array | undefined {
    const before = this.#fragments.get(tsn)
    if (before === undefined) this.#octets += fragment.octets.length
    else return undefined
    this.#fragments.set(tsn, fragment)
    if (this.#fragments.size > maxFragments || this.#octets > maxOctets) {
      this.#fragments.clear()
      this.#octets = 0
      return undefined
    }
    this.#complete(tsn)
    return
  }

  #complete(tsn: number): Uint8Array | undefined {
    let first = tsn
    while (((this.#fragments.get(first)?.flags ?? 0) & flagBegin) === 0) {
      first = (first - 1) >>> 0
      if (!this.#fragments.has(first)) return undefined
    }
    const parts: Uint8Array[] = []
    for (let at = first; ; at = (at + 1) >>> 0) {
      const fragment = this.#fragments.get(at)
      if (fragment === undefined) return undefined
      parts.push(fragment.octets)
      if ((fragment.flags & flagEnd) !== 0) break
    }
    for (let i = 0; i < parts.length; i++) this.#fragments.delete((first + i) >>> 0)
    const whole = Buffer.concat(parts)
    this.#octets -= whole.length
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.length)
  }
}

export const sctp: Inspector = {
  name: 'sctp',
  doc: {
    standard: 'RFC 9260',
    decoded: 'ports, chunk types, DATA chunks put together to user messages',
    missing: 'parameters of INIT, SACK ranges, I-DATA (RFC 8260), checksums',
  },
  fields: {
    'sctp.srcport': 'number',
    'sctp.dstport': 'number',
    'sctp.chunk_type': 'number',
    'sctp.data_tsn_raw': 'number',
    'sctp.data_sid': 'number',
    'sctp.data_payload_proto_id': 'number',
  },
  summary: ['sctp.chunk_type', 'sctp.data_payload_proto_id'],
  inspect(buf, off, end, walk) {
    walk.layer('sctp')
    const read = header.decode(buf, off, end, walk.fault)
    const { srcPort, dstPort } = header
    if (end - off >= 4) {
      walk.out.add('sctp.srcport', srcPort)
      walk.out.add('sctp.dstport', dstPort)
    }
    if (!read) {
      walk.malformed(walk.fault)
      return
    }
    walk.ends.srcPort = srcPort
    walk.ends.dstPort = dstPort
    chunks(buf, header.payload, end, walk)
  },
}

function chunks(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  let at = off
  while (end - at >= chunkHeader) {
    const type = buf[at] ?? 0
    const length = u16(buf, at + 2)
    walk.out.add('sctp.chunk_type', type)
    if (length < chunkHeader || length > end - at) {
      walk.malformed()
      return
    }
    if (type === dataChunk) data(buf, at, at + length, walk)
    // RFC 9260 section 3.2: padded to four octets, which Length does not count
    at += (length + 3) & ~3
  }
}

function data(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  if (end - off < dataHeader) {
    walk.malformed()
    return
  }
  const flags = buf[off + 1] ?? 0
  const tsn = u32(buf, off + TSN)
  const ppid = u32(buf, off + PPID)
  walk.out.add('sctp.data_tsn_raw', tsn)
  walk.out.add('sctp.data_sid', u16(buf, off + STREAM))
  walk.out.add('sctp.data_payload_proto_id', ppid)
  const from = off + dataHeader
  const whole = flagBegin | flagEnd
  if ((flags & whole) === whole) {
    userMessage(ppid, buf, from, end, walk)
    return
  }
  const messages = walk
    .state('sctp', () => new LeastRecent<UserMessages>())
    .take(directionKey(walk), () => new UserMessages())
  const message = messages.add(tsn, { flags, octets: buf.slice(from, end) })
  if (message !== undefined) userMessage(ppid, message, 0, message.length, walk)
}

function userMessage(ppid: number, buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { srcPort, dstPort } = walk.ends
  const inspector = walk.registry.userMessage(ppid, srcPort, dstPort)
  if (inspector !== undefined) walk.enter(inspector.name, buf, off, end)
}

function directionKey(walk: Walk): string {
  const { src, dst, srcPort, dstPort } = walk.ends
  return `${src} ${srcPort} ${dst} ${dstPort}`
}
