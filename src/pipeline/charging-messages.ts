/** What a capture itself says of charging: records in GTP', used units of Gy, usage reports of PFCP. A pass of
 * its own over the frames, because nothing of it changes what a packet is rated as. */

import type { UsageSink } from '../charging/charged-usage.js'
import { RecordIntake } from '../charging/record-intake.js'
import { DiameterStreams } from '../dissect/diameter-stream.js'
import { Dissector } from '../dissect/dissector.js'
import { GtpPrimeStreams } from '../dissect/gtp-prime-stream.js'
import { PacketKind, type PacketView } from '../dissect/packet-view.js'
import { Protocol } from '../dissect/transport.js'
import { FrameBatch, type Source } from '../source/source.js'
import { ipText } from '../wire/octets.js'
import { pfcpPort } from '../wire/pfcp.js'
import { CreditUsage } from './credit-usage.js'
import { GtpPrimeRecords } from './gtp-prime-records.js'
import { ReportUsage } from './report-usage.js'

export class ChargingMessages {
  readonly intake: RecordIntake
  readonly credit: CreditUsage
  readonly reports: ReportUsage
  readonly #dissector = new Dissector({ plainIp: false })
  readonly #records: GtpPrimeRecords
  readonly #recordStreams: GtpPrimeStreams
  readonly #diameter: DiameterStreams
  readonly #sink: UsageSink

  constructor(sink: UsageSink, ratingGroups: ReadonlyMap<number, number>) {
    this.#sink = sink
    this.intake = new RecordIntake(sink)
    this.credit = new CreditUsage(sink)
    this.reports = new ReportUsage(sink, ratingGroups)
    const tell = (text: string) => sink.damage(text)
    this.#records = new GtpPrimeRecords(this.intake, tell)
    this.#recordStreams = new GtpPrimeStreams(
      (buf, off, end, from, view) =>
        this.#records.message(buf, off, end, from, view.frame, view.timeUs),
      () => tell(`frame ${this.#dissector.view.frame}: octets of GTP' are missing`),
    )
    const credit = {
      diameter: (buf: Uint8Array, off: number, end: number, view: PacketView) =>
        this.credit.message(buf, off, end, view.frame, view.timeUs),
    }
    this.#diameter = new DiameterStreams(credit, this.#dissector.faults)
  }

  /** Reads the source to its end. */
  async read(source: Source): Promise<void> {
    const batch = new FrameBatch()
    for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
      for (let i = 0; i < n; i++) this.#frame(batch, i)
    }
    for (const damage of source.status.damage) this.#sink.damage(damage)
    const { held } = this.#records
    if (held > 0) {
      this.#sink.damage(
        `${held} possibly duplicated packets of GTP' were not released; not counted`,
      )
    }
  }

  #frame(batch: FrameBatch, i: number): void {
    const dissector = this.#dissector
    const nowUs = batch.timeUs[i]!
    if (nowUs >= dissector.dueUs) while (dissector.expired(nowUs) !== PacketKind.None);
    const kind = dissector.decode(batch, i)
    const { view } = dissector
    if (kind === PacketKind.GtpPrime) this.#prime(view)
    else if (kind === PacketKind.Plain) this.#plain(view)
  }

  #prime(view: PacketView): void {
    const { buf, gtpOff, gtpEnd, frame, timeUs } = view
    const from = `${ipText(view.outerVersion, buf, view.outerSrcOff)}:${view.outerSrcPort}`
    this.#records.message(buf, gtpOff, gtpEnd, from, frame, timeUs)
  }

  #plain(view: PacketView): void {
    if (view.protocol !== Protocol.Udp) {
      this.#recordStreams.add(view)
      this.#diameter.add(view)
    } else if (view.srcPort === pfcpPort || view.dstPort === pfcpPort) {
      const { buf, payloadOff, payloadEnd, frame, timeUs } = view
      const to = ipText(view.version, buf, view.dstOff)
      this.reports.datagram(buf, payloadOff, payloadEnd, to, frame, timeUs)
    }
  }
}
