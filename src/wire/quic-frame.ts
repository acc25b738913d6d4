/** The frames of a QUIC Initial packet in clear. Read RFC 9000 sections 12.4 (which frames an Initial may
 * hold), 19.3 (ACK), 19.6 (CRYPTO) and 19.19 (CONNECTION_CLOSE) before changing this file. */

import { type Fault, FaultCode, layer } from './fault.js'
import { varint, varintLength } from './quic-header.js'

const quic = layer('quic')

/** All frame types of an Initial; each is one octet, "the shortest possible encoding" being required. */
export const QuicFrameType = {
  Padding: 0x00,
  Ping: 0x01,
  Ack: 0x02,
  AckEcn: 0x03,
  Crypto: 0x06,
  ConnectionClose: 0x1c,
} as const

export class QuicFrames {
  type = -1
  /** CRYPTO only: place of the data in the handshake stream, and where it lies in the buffer */
  cryptoOffset = 0
  dataOff = 0
  dataEnd = 0
  /** the frame's length ends inside the packet */
  whole = false
  #buf: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  start(buf: Uint8Array, off: number, end: number): void {
    this.#buf = buf
    this.#at = off
    this.#end = end
    this.type = -1
    this.whole = false
  }

  /** Goes to the next frame that is no padding. False at the end, and, with `fault` raised, at octets that
   * are no frame; a caller that must know which calls `fault.clear()` before. A CRYPTO frame that the
   * end cuts off is given with `whole` false, and is the last. */
  next(fault: Fault): boolean {
    const buf = this.#buf
    while (this.#at < this.#end && buf[this.#at] === QuicFrameType.Padding) this.#at++
    if (this.#at >= this.#end) return false
    const start = this.#at
    this.type = buf[start]!
    this.whole = true
    this.#at++
    switch (this.type) {
      case QuicFrameType.Ping:
        return true
      case QuicFrameType.Ack:
      case QuicFrameType.AckEcn:
        return this.#ack(fault)
      case QuicFrameType.Crypto:
        return this.#crypto(fault)
      case QuicFrameType.ConnectionClose:
        return this.#close(fault)
      default:
        return this.#stop(fault, FaultCode.BadValue, start, 1, this.type)
    }
  }

  #stop(fault: Fault, code: FaultCode, at: number, need: number, have: number): false {
    this.#at = this.#end
    return fault.raise(code, quic, at, need, have)
  }

  /** The integer at the cursor, which moves past it; -1 with the fault raised when it does not end. */
  #integer(fault: Fault): number {
    const at = this.#at
    const size = at < this.#end ? varintLength(this.#buf[at]!) : 1
    if (at + size > this.#end) {
      this.#stop(fault, FaultCode.Truncated, at, size, this.#end - at)
      return -1
    }
    this.#at += size
    return varint(this.#buf, at)
  }

  #crypto(fault: Fault): boolean {
    this.cryptoOffset = this.#integer(fault)
    const length = this.cryptoOffset < 0 ? -1 : this.#integer(fault)
    if (length < 0) return false
    this.dataOff = this.#at
    this.whole = this.#at + length <= this.#end
    this.dataEnd = this.#at = this.whole ? this.#at + length : this.#end
    if (!this.whole) {
      const have = this.dataEnd - this.dataOff
      fault.raise(FaultCode.Truncated, quic, this.dataOff, length, have)
    }
    return true
  }

  /** Largest acknowledged, delay, number of ranges, first range, pairs of gap and length. */
  #ack(fault: Fault): boolean {
    if (this.#integer(fault) < 0 || this.#integer(fault) < 0) return false
    const ranges = this.#integer(fault)
    if (ranges < 0 || this.#integer(fault) < 0) return false
    const counts = this.type === QuicFrameType.AckEcn ? 3 : 0
    // each integer has an octet at least, so a count beyond the packet ends at the packet's end
    for (let n = 0; n < 2 * ranges + counts; n++) if (this.#integer(fault) < 0) return false
    return true
  }

  /** Error code, frame type, length of the reason, reason. */
  #close(fault: Fault): boolean {
    if (this.#integer(fault) < 0 || this.#integer(fault) < 0) return false
    const length = this.#integer(fault)
    if (length < 0) return false
    if (this.#at + length > this.#end) {
      return this.#stop(fault, FaultCode.Truncated, this.#at, length, this.#end - this.#at)
    }
    this.#at += length
    return true
  }
}
