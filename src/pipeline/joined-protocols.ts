/** From packets outside tunnels to the protocols that the session stage joins: PFCP, RADIUS, Diameter, by
 * their ports and by the payload protocol identifier of SCTP. Read 3GPP TS 29.244 clause 6.2, RFC 2866
 * section 3 and RFC 6733 section 2.1. */

import { DiameterStreams, diameterPort } from '../dissect/diameter-stream.js'
import type { FaultCounter } from '../dissect/fault-counter.js'
import type { PacketView } from '../dissect/packet-view.js'
import { Protocol } from '../dissect/transport.js'
import type { RecordSink } from '../record/sink.js'
import type { Sessions } from '../session/sessions.js'
import { ipText } from '../wire/octets.js'
import { pfcpPort } from '../wire/pfcp.js'
import { radiusPorts } from '../wire/radius.js'
import { ControlPfcp } from './control-pfcp.js'
import { ControlRecords } from './control-records.js'

const isRadius: ReadonlySet<number> = new Set(radiusPorts)

export class JoinedProtocols {
  readonly #sessions: Sessions
  readonly #diameter: DiameterStreams
  readonly #pfcp: ControlPfcp | undefined

  constructor(sessions: Sessions, faults: FaultCounter, sink: RecordSink) {
    this.#sessions = sessions
    const tells = sink.wants.has('control')
    const records = tells ? new ControlRecords(sink) : undefined
    this.#pfcp = tells ? new ControlPfcp(sink) : undefined
    const diameter = (buf: Uint8Array, off: number, end: number, view: PacketView) => {
      sessions.diameter(buf, off, end, view)
      records?.message(buf, off, end, view)
    }
    this.#diameter = new DiameterStreams({ diameter }, faults)
  }

  /** The capture ends. */
  end(): void {
    this.#diameter.end()
  }

  /** A packet of PacketKind.Plain. */
  packet(view: PacketView): void {
    const { srcPort, dstPort } = view
    if (view.protocol === Protocol.Udp) {
      if (srcPort === pfcpPort || dstPort === pfcpPort) this.#datagram(view)
      else if (isRadius.has(dstPort)) this.#sessions.radius(view)
    } else if (view.protocol === Protocol.Sctp) {
      this.#diameter.add(view)
    } else if (srcPort === diameterPort || dstPort === diameterPort) {
      this.#diameter.add(view)
    }
  }

  #datagram(view: PacketView): void {
    this.#sessions.pfcp(view)
    if (this.#pfcp === undefined) return
    const { buf, payloadOff, payloadEnd, version } = view
    const source = ipText(version, buf, view.srcOff)
    const destination = ipText(version, buf, view.dstOff)
    this.#pfcp.datagram(buf, payloadOff, payloadEnd, source, destination, view)
  }
}
