/** Captured Gx and PFCP as the rules that were in force: reads a capture once and keeps the rules of its sessions. */

import { DiameterStreams, diameterPort } from '../dissect/diameter-stream.js'
import { Dissector } from '../dissect/dissector.js'
import { PacketKind, type PacketView } from '../dissect/packet-view.js'
import { Protocol } from '../dissect/transport.js'
import { FrameBatch, type Source, type SourceStatus } from '../source/source.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { ipText } from '../wire/octets.js'
import { pfcpPort } from '../wire/pfcp.js'
import { GxRules } from './signalled-gx.js'
import { PfcpRules } from './signalled-pfcp.js'
import { type OnChange, SessionBook, type SignalledSession } from './signalled-session.js'

export class SignalledRules {
  readonly #book: SessionBook
  readonly #gx: GxRules
  readonly #pfcp: PfcpRules
  readonly #dissector = new Dissector({ plainIp: false, dedupe: 'off' })
  readonly #diameter: DiameterStreams
  readonly #fault = new Fault()
  #frames = 0

  constructor(onChange: OnChange) {
    this.#book = new SessionBook(onChange)
    this.#gx = new GxRules(this.#book)
    this.#pfcp = new PfcpRules(this.#book)
    const { faults } = this.#dissector
    this.#diameter = new DiameterStreams(
      {
        diameter: (buf, off, end, { timeUs, frame }) => {
          this.#counted(this.#gx.message(buf, off, end, { timeUs, frame }, this.#fault))
        },
      },
      faults,
    )
  }

  get sessions(): readonly SignalledSession[] {
    return this.#book.sessions
  }

  get frames(): number {
    return this.#frames
  }

  /** Sessions or rules that were beyond the bounds. */
  get dropped(): number {
    return this.#book.dropped
  }

  get faults(): Record<string, number> {
    return this.#dissector.faults.toRecord()
  }

  /** Reads the source to its end, or until `signal`. */
  async run(
    source: Source,
    onProgress?: (status: SourceStatus) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const batch = new FrameBatch()
    for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
      for (let i = 0; i < n; i++) {
        this.#frames++
        if (this.#dissector.decode(batch, i) === PacketKind.Plain)
          this.#packet(this.#dissector.view)
      }
      onProgress?.(source.status)
      if (signal?.aborted) return
    }
  }

  #packet(view: PacketView): void {
    const { srcPort, dstPort, protocol } = view
    if (protocol === Protocol.Udp) {
      if (srcPort === pfcpPort || dstPort === pfcpPort) this.#datagram(view)
    } else if (protocol === Protocol.Sctp || srcPort === diameterPort || dstPort === diameterPort) {
      this.#diameter.add(view)
    }
  }

  #datagram(view: PacketView): void {
    const { buf, payloadOff, payloadEnd, version, timeUs, frame } = view
    const source = ipText(version, buf, view.srcOff)
    const destination = ipText(version, buf, view.dstOff)
    const at = { timeUs, frame }
    this.#counted(
      this.#pfcp.datagram(buf, payloadOff, payloadEnd, source, destination, at, this.#fault),
    )
  }

  #counted(good: boolean): void {
    const { layer, code } = this.#fault
    if (!good && code !== FaultCode.None) this.#dissector.faults.add(layer, code)
  }
}
