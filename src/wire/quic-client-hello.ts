/** The ClientHello of a QUIC connection, out of the client's datagrams. Read RFC 9001 section 4 (how TLS
 * goes over QUIC), RFC 9000 sections 12.2 (several packets in a datagram), 17.2.2 (Initial), 17.2.5
 * (Retry) and 6 (Version Negotiation) before changing this file.
 *
 * The keys come from the connection id of the client's first Initial. A Retry changes it, and need not
 * have been captured: an Initial that the keys at hand do not open is tried with its own connection id,
 * and when that opens it, a new attempt has begun. */

import { type Fault, FaultCode, layer } from './fault.js'
import { latin1, u24 } from './octets.js'
import { QuicCryptoStream } from './quic-crypto-stream.js'
import { QuicFrames, QuicFrameType } from './quic-frame.js'
import { QuicForm, QuicHeader } from './quic-header.js'
import { clientInitialKeys, type QuicInitialKeys, QuicPayload } from './quic-protection.js'
import { QuicPacketType, quicVersion } from './quic-version.js'
import { ClientHello } from './tls-client-hello.js'
import { HandshakeType } from './tls-record.js'

const quic = layer('quic')

export const QuicHelloState = {
  /** nothing against it so far; show the client's next datagram */
  NeedMore: 0,
  /** `hello` is read to its end */
  Complete: 1,
  /** there is a ClientHello that contradicts itself or is cut: `hello` holds what could be read */
  Damaged: 2,
  /** no ClientHello will come: the handshake is over, or this is something else */
  None: 3,
} as const
export type QuicHelloState = (typeof QuicHelloState)[keyof typeof QuicHelloState]

const HANDSHAKE_HEADER = 4

// one datagram is read at a time: these are used within one call
const header = new QuicHeader()
const payload = new QuicPayload()
const frames = new QuicFrames()

export class QuicClientHello {
  readonly hello = new ClientHello()
  /** version of the Initial packets read */
  version = 0
  readonly #stream = new QuicCryptoStream()
  /** place in the stream of the message that comes next */
  #from = 0
  #dcid = ''
  #keys: QuicInitialKeys | undefined = undefined

  reset(): void {
    this.version = 0
    this.#stream.reset()
    this.#from = 0
    this.#dcid = ''
    this.#keys = undefined
  }

  /** Reads one datagram of the client, also after Complete: a server that wants another key share gets a
   * second ClientHello (RFC 8446 section 4.1.4). `cut`: the capture holds fewer octets of it than were sent; what is
   * left of a packet is then believed without its proof. `fault` is raised when a packet could not be
   * read, whatever the result. */
  read(buf: Uint8Array, off: number, end: number, cut: boolean, fault: Fault): QuicHelloState {
    fault.clear()
    let at = off
    while (at < end) {
      if (!header.decode(buf, at, end, fault)) return QuicHelloState.NeedMore
      if (header.form === QuicForm.Short) {
        // padding behind the last packet looks like one; first in a datagram it ends the handshake
        return at === off ? QuicHelloState.None : QuicHelloState.NeedMore
      }
      if (header.form !== QuicForm.Long) return QuicHelloState.NeedMore
      if (header.type === QuicPacketType.Initial && (header.whole || cut)) {
        const state = this.#initial(buf, fault)
        if (state !== QuicHelloState.NeedMore) return state
      }
      at = header.end
    }
    return QuicHelloState.NeedMore
  }

  #initial(buf: Uint8Array, fault: Fault): QuicHelloState {
    if (!this.#open(buf, fault)) return QuicHelloState.NeedMore
    frames.start(payload.payload, 0, payload.payload.length)
    while (frames.next(fault)) {
      if (frames.type !== QuicFrameType.Crypto) continue
      const { cryptoOffset, dataOff, dataEnd } = frames
      if (!this.#stream.add(cryptoOffset, payload.payload, dataOff, dataEnd, fault)) break
    }
    return this.#message(header.whole, fault)
  }

  /** Opens the packet of `header` into `payload`. */
  #open(buf: Uint8Array, fault: Fault): boolean {
    const { dcidOff, dcidEnd } = header
    const version = quicVersion(header.version)
    if (version === undefined) return false
    const dcid = latin1(buf, dcidOff, dcidEnd)
    const known = this.#keys !== undefined && this.version === header.version
    if (known && this.#keys !== undefined && payload.open(buf, header, this.#keys, fault))
      return true
    if (known && dcid === this.#dcid) return false
    const keys = clientInitialKeys(version, buf, dcidOff, dcidEnd)
    const good = payload.open(buf, header, keys, fault)
    if (known && !good) return false
    // the same hello is sent again, from its beginning (RFC 9000 section 17.2.5.3)
    this.#stream.reset()
    this.#from = 0
    this.#keys = keys
    this.#dcid = dcid
    this.version = header.version
    if (good) fault.clear()
    return good
  }

  #message(whole: boolean, fault: Fault): QuicHelloState {
    const { octets, length } = this.#stream
    const from = this.#from
    if (length < from + HANDSHAKE_HEADER) {
      return whole ? QuicHelloState.NeedMore : QuicHelloState.None
    }
    if (octets[from] !== HandshakeType.ClientHello) {
      fault.raise(FaultCode.BadValue, quic, from, HandshakeType.ClientHello, octets[from]!)
      return QuicHelloState.None
    }
    const end = from + HANDSHAKE_HEADER + u24(octets, from + 1)
    if (length < end) {
      if (whole) return QuicHelloState.NeedMore
      this.hello.decodePartialMessage(octets, from, length, fault)
      return QuicHelloState.Damaged
    }
    this.#from = end
    const good = this.hello.decodeMessage(octets, from, end, fault)
    return good ? QuicHelloState.Complete : QuicHelloState.Damaged
  }
}
