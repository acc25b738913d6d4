/** Diameter messages out of packets: user messages of SCTP, the octets of TCP. Read RFC 6733 section 2.1
 * (transport: port 3868 of both), and sctp-stream.ts, ordered-octets.ts and diameter-octets.ts first.
 * TLS and DTLS (port 5868) cannot be read.
 *
 * Nothing here looks at a packet unless a port, a payload protocol identifier or the first octets of a
 * segment say Diameter. */

import { diameterLength, looksLikeDiameter } from '../wire/diameter.js'
import { Fault, FaultCode, layer } from '../wire/fault.js'
import { ipText } from '../wire/octets.js'
import { SctpChunks, SctpChunkType, SctpPpid, verificationTag } from '../wire/sctp-data.js'
import { DiameterOctets } from './diameter-octets.js'
import type { FaultCounter } from './fault-counter.js'
import { OrderedOctets } from './ordered-octets.js'
import { PacketView } from './packet-view.js'
import { SctpPart, SctpStreams, sctpDirection } from './sctp-stream.js'
import { Protocol } from './transport.js'

export const diameterPort = 3868

/** Directions of TCP connections that are remembered; the longest idle gives way. */
const maxDirections = 1024

const tcpSyn = 2
const tcpReset = 4

/** Takes messages as they become whole. */
export interface DiameterSink {
  /** A message [off, end), valid during the call; a message that the capture cut ends early. `view` is
   * the packet that completed it. */
  diameter(buf: Uint8Array, off: number, end: number, view: PacketView): void
}

const layerDiameter = layer('diameter')

interface TcpDirection {
  octets: OrderedOctets
  messages: DiameterOctets
}

export class DiameterStreams {
  readonly #sink: DiameterSink
  readonly #faults: FaultCounter
  readonly #fault = new Fault()
  /** the packet that is being read */
  #view = new PacketView()
  readonly #sctp = new SctpStreams()
  readonly #chunks = new SctpChunks()
  /** in order of idleness */
  readonly #directions = new Map<string, TcpDirection>()
  /** port pairs besides 3868 on which Diameter was seen: source * 65536 + destination */
  readonly #pairs = new Set<number>()

  constructor(sink: DiameterSink, faults: FaultCounter) {
    this.#sink = sink
    this.#faults = faults
  }

  /** Reads a packet outside tunnels (PacketKind.Plain). */
  add(view: PacketView): void {
    this.#view = view
    if (view.protocol === Protocol.Sctp) this.#addSctp(view)
    else if (view.protocol === Protocol.Tcp) this.#addTcp(view)
  }

  /** The capture ends: what waited behind octets that were lost is read. */
  end(): void {
    for (const { octets } of this.#directions.values()) octets.end()
    this.#directions.clear()
  }

  #addSctp(view: PacketView): void {
    const { buf } = view
    const chunks = this.#chunks
    const fault = this.#fault
    const ported = isDiameterPort(view)
    let key = ''
    chunks.open(view.payloadOff, view.payloadEnd)
    while (chunks.next(buf, fault)) {
      if (chunks.type !== SctpChunkType.Data) continue
      const { ppid } = chunks
      if (ppid !== SctpPpid.Diameter && !(ported && ppid === SctpPpid.Unspecified)) continue
      if (key === '') key = directionKey(view)
      if (fault.code !== FaultCode.None) this.#faults.count(fault)
      const part = this.#sctp.add(key, chunks, buf, view.timeUs, fault)
      if (part === SctpPart.Refused) this.#faults.count(fault)
      else if (part === SctpPart.Whole) this.#userMessage(view)
    }
    if (ported && fault.code !== FaultCode.None) this.#faults.count(fault)
  }

  /** RFC 6733 section 2.1.1 puts one message into a user message; more than one does no harm. */
  #userMessage(view: PacketView): void {
    const { octets, end } = this.#sctp
    let at = this.#sctp.off
    while (at < end) {
      const length = diameterLength(octets, at, end)
      if (length <= 0) {
        this.#faults.add(layerDiameter, length < 0 ? FaultCode.BadValue : FaultCode.Truncated)
        return
      }
      this.#sink.diameter(octets, at, Math.min(at + length, end), view)
      at += length
    }
  }

  #addTcp(view: PacketView): void {
    const { buf, payloadOff, payloadEnd } = view
    if (!isDiameterPort(view) && !this.#recognised(view)) return
    const key = directionKey(view)
    if ((view.tcpFlags & tcpReset) !== 0) {
      this.#directions.delete(key)
      return
    }
    const { octets, messages } = this.#direction(key)
    let seq = view.tcpSeq
    if ((view.tcpFlags & tcpSyn) !== 0) {
      seq = (seq + 1) | 0
      octets.open(seq)
      messages.begin()
    }
    octets.segment(seq, buf, payloadOff, payloadEnd, view.payloadLen, view.timeUs)
  }

  #recognised(view: PacketView): boolean {
    const { srcPort, dstPort } = view
    const pair = srcPort * 65536 + dstPort
    if (this.#pairs.has(pair)) return true
    if (!looksLikeDiameter(view.buf, view.payloadOff, view.payloadEnd)) return false
    if (this.#pairs.size >= maxDirections) return false
    this.#pairs.add(pair)
    this.#pairs.add(dstPort * 65536 + srcPort)
    return true
  }

  #direction(key: string): TcpDirection {
    let direction = this.#directions.get(key)
    if (direction === undefined) {
      const messages = new DiameterOctets(
        (buf, off, end) => this.#sink.diameter(buf, off, end, this.#view),
        () => this.#faults.add(layerDiameter, FaultCode.BadValue),
      )
      direction = { octets: new OrderedOctets(messages), messages }
    } else this.#directions.delete(key)
    this.#directions.set(key, direction)
    if (this.#directions.size > maxDirections) {
      const [longest] = this.#directions.keys()
      if (longest !== undefined) this.#directions.delete(longest)
    }
    return direction
  }
}

function isDiameterPort(view: PacketView): boolean {
  return view.srcPort === diameterPort || view.dstPort === diameterPort
}

/** The direction of an association or of a TCP connection. */
function directionKey(view: PacketView): string {
  const { buf, version, srcPort, dstPort } = view
  const tag = view.protocol === Protocol.Sctp ? verificationTag(buf, view.l4Off) : 0
  const src = ipText(version, buf, view.srcOff)
  return sctpDirection(tag, srcPort, dstPort, src, ipText(version, buf, view.dstOff))
}
