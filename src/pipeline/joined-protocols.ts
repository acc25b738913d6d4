/** From packets outside tunnels to the protocols that the session stage joins: PFCP, RADIUS, Diameter, by
 * their ports and by the payload protocol identifier of SCTP. Read 3GPP TS 29.244 clause 6.2, RFC 2866
 * section 3 and RFC 6733 section 2.1. */

import { DiameterStreams, diameterPort } from '../dissect/diameter-stream.js'
import type { FaultCounter } from '../dissect/fault-counter.js'
import type { PacketView } from '../dissect/packet-view.js'
import { Protocol } from '../dissect/transport.js'
import type { Sessions } from '../session/sessions.js'
import { pfcpPort } from '../wire/pfcp.js'
import { radiusPorts } from '../wire/radius.js'

const isRadius: ReadonlySet<number> = new Set(radiusPorts)

export class JoinedProtocols {
  readonly #sessions: Sessions
  readonly #diameter: DiameterStreams

  constructor(sessions: Sessions, faults: FaultCounter) {
    this.#sessions = sessions
    this.#diameter = new DiameterStreams(sessions, faults)
  }

  /** The capture ends. */
  end(): void {
    this.#diameter.end()
  }

  /** A packet of PacketKind.Plain. */
  packet(view: PacketView): void {
    const { srcPort, dstPort } = view
    if (view.protocol === Protocol.Udp) {
      if (srcPort === pfcpPort || dstPort === pfcpPort) this.#sessions.pfcp(view)
      else if (isRadius.has(dstPort)) this.#sessions.radius(view)
    } else if (view.protocol === Protocol.Sctp) {
      this.#diameter.add(view)
    } else if (srcPort === diameterPort || dstPort === diameterPort) {
      this.#diameter.add(view)
    }
  }
}
