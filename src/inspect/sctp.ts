/** SCTP for `dissect`: chunks, and user messages put together from their fragments. Read RFC 9260 sections
 * 3.1 and 3.3.1, and dissect/sctp-stream.ts first. */

import { SctpPart, SctpStreams, sctpDirection } from '../dissect/sctp-stream.js'
import { FaultCode } from '../wire/fault.js'
import { Sctp } from '../wire/sctp.js'
import { SctpChunks, SctpChunkType, verificationTag } from '../wire/sctp-data.js'
import type { Inspector, Walk } from './inspector.js'

const header = new Sctp('sctp')
const chunks = new SctpChunks()

export const sctp: Inspector = {
  name: 'sctp',
  doc: {
    standard: 'RFC 9260',
    decoded: 'ports, chunk types, DATA chunks put together to user messages, each TSN once',
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
    eachChunk(buf, off, end, walk)
  },
}

function eachChunk(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault, ends } = walk
  const key = sctpDirection(
    verificationTag(buf, off),
    ends.srcPort,
    ends.dstPort,
    ends.src,
    ends.dst,
  )
  const streams = walk.state('sctp', () => new SctpStreams())
  chunks.open(header.payload, end)
  while (chunks.next(buf, fault)) {
    out.add('sctp.chunk_type', chunks.type)
    const cut = fault.code !== FaultCode.None
    if (cut) walk.malformed(fault)
    if (chunks.type !== SctpChunkType.Data) continue
    out.add('sctp.data_tsn_raw', chunks.tsn)
    out.add('sctp.data_sid', chunks.stream)
    out.add('sctp.data_payload_proto_id', chunks.ppid)
    const part = streams.add(key, chunks, buf, walk.timeUs, fault)
    if (part === SctpPart.Refused && !cut) walk.malformed(fault)
    if (part === SctpPart.Whole) userMessage(streams, walk)
  }
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}

function userMessage(streams: SctpStreams, walk: Walk): void {
  const { octets, off, end, length, ppid } = streams
  const { srcPort, dstPort } = walk.ends
  const inspector = walk.registry.userMessage(ppid, srcPort, dstPort)
  if (inspector !== undefined) walk.enter(inspector.name, octets, off, end, off + length)
}
