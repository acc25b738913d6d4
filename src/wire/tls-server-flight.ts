/** The server's first messages on a TLS connection, up to its certificate. Read RFC 5246 section 7.3 (the
 * flights of TLS 1.2) and RFC 8446 section 4.1.3 (how TLS 1.3 shows itself) first. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u24 } from './octets.js'
import { CertificateNames } from './tls-certificate.js'
import { HandshakeType, joinHandshake, maxHandshakeOctets } from './tls-record.js'

const tls = layer('tls')

export const FlightState = {
  /** no certificate yet; show more octets of the stream */
  NeedMore: 0,
  /** `certificate` is read */
  Found: 1,
  /** none will come in clear: TLS 1.3, a resumed session, an alert, no TLS */
  None: 2,
} as const
export type FlightState = (typeof FlightState)[keyof typeof FlightState]

const HANDSHAKE_HEADER = 4
/** Messages before the certificate: ServerHello, and HelloRequest or SupplementalData at most. */
const maxMessages = 4

export class ServerFlight {
  readonly certificate = new CertificateNames()
  #joined = new Uint8Array(4096)

  /** Reads from the server's octets of the connection seen so far, from its first one on. Call it again
   * with more after NeedMore; nothing is kept between calls. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): FlightState {
    let at = 0
    for (let n = 0; n < maxMessages; n++) {
      if (!this.#reach(buf, off, end, at + HANDSHAKE_HEADER)) return this.#state(buf, off, end)
      const type = this.#joined[at]!
      const next = at + HANDSHAKE_HEADER + u24(this.#joined, at + 1)
      if (next > maxHandshakeOctets) {
        fault.raise(FaultCode.Limit, tls, off, next, maxHandshakeOctets)
        return FlightState.None
      }
      if (type !== HandshakeType.ServerHello && type !== HandshakeType.Certificate) {
        return FlightState.None
      }
      if (!this.#reach(buf, off, end, next)) return this.#state(buf, off, end)
      if (type === HandshakeType.Certificate) {
        const good = this.certificate.decode(this.#joined, at + HANDSHAKE_HEADER, next, fault)
        return good ? FlightState.Found : FlightState.None
      }
      at = next
    }
    return FlightState.None
  }

  /** Whether `need` octets of handshake messages are there; they are in `#joined` then. */
  #reach(buf: Uint8Array, off: number, end: number, need: number): boolean {
    if (this.#joined.length < need) this.#joined = new Uint8Array(Math.max(need, 8192))
    return joinHandshake(buf, off, end, this.#joined, need) >= need
  }

  /** More may come unless a record of another kind is next. */
  #state(buf: Uint8Array, off: number, end: number): FlightState {
    const room = Math.min(maxHandshakeOctets, end - off)
    if (this.#joined.length < room) this.#joined = new Uint8Array(room)
    const have = joinHandshake(buf, off, end, this.#joined, room)
    const full = end - off >= maxHandshakeOctets
    return have < 0 || full ? FlightState.None : FlightState.NeedMore
  }
}
