/** Usage reports of PFCP: what a user plane function counted under each URR. Read 3GPP TS 29.244 clauses
 * 7.5.2.2 (CP F-SEID), 7.5.5.2, 7.5.7.2 and 7.5.8.3 (Usage Report), 5.2.2.3. A report names a URR, not a
 * rating group: the control plane knows which is which, and the operator can say it (`urr.3=1000`). */

import { nobody, type UsageSink } from '../charging/charged-usage.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { PfcpType } from '../wire/pfcp.js'
import { type PfcpMessage, readPfcp } from '../wire/pfcp-message.js'
import type { PfcpUsageReport } from '../wire/pfcp-usage.js'

const maxSessions = 1 << 16
/** reports of one session that are remembered to know one that is sent again */
const maxReports = 1 << 12

interface ReportingSession {
  imsi: string
  msisdn: string
  apn: string
  ue: string
  /** `URR ID/UR-SEQN` */
  seen: Set<string>
}

export class ReportUsage {
  reports = 0
  repeated = 0
  readonly #sink: UsageSink
  readonly #ratingGroups: ReadonlyMap<number, number>
  readonly #fault = new Fault()
  /** by address and SEID of the control plane function */
  readonly #sessions = new Map<string, ReportingSession>()

  /** `ratingGroups`: URR ID -> rating group, as far as somebody knows. */
  constructor(sink: UsageSink, ratingGroups: ReadonlyMap<number, number>) {
    this.#sink = sink
    this.#ratingGroups = ratingGroups
  }

  /** A datagram of port 8805 to `to`. */
  datagram(
    buf: Uint8Array,
    off: number,
    end: number,
    to: string,
    frame: number,
    timeUs: number,
  ): void {
    for (let at = off; at < end; ) {
      const message = readPfcp(buf, at, end, this.#fault)
      if (message === undefined) return
      if (this.#fault.code === FaultCode.None) this.#message(message, to, timeUs)
      else if (message.usage.length > 0) {
        this.#sink.damage(`frame ${frame}: ${this.#fault.key} in a usage report; not counted`)
      }
      if (!message.followOn) return
      at = message.end
    }
  }

  #message(message: PfcpMessage, to: string, timeUs: number): void {
    if (message.type === PfcpType.SessionEstablishmentRequest) {
      this.#establish(message)
      return
    }
    const session = this.#sessions.get(`${to} ${message.seid}`)
    if (session === undefined) return
    this.#takeUe(session, message)
    for (const report of message.usage) this.#report(session, report, timeUs)
  }

  #establish(message: PfcpMessage): void {
    const { fSeid, userId } = message
    if (fSeid === undefined) return
    const session: ReportingSession = {
      imsi: userId?.imsi ?? after('imsi-', userId?.supi),
      msisdn: userId?.msisdn ?? after('msisdn-', userId?.gpsi),
      apn: message.dnn ?? '',
      ue: '',
      seen: new Set(),
    }
    this.#takeUe(session, message)
    for (const address of [fSeid.v4, fSeid.v6]) {
      if (address !== undefined) this.#sessions.set(`${address} ${fSeid.seid}`, session)
    }
    while (this.#sessions.size > maxSessions) {
      const [oldest] = this.#sessions.keys()
      if (oldest !== undefined) this.#sessions.delete(oldest)
    }
  }

  #takeUe(session: ReportingSession, message: PfcpMessage): void {
    for (const pdr of message.pdrs) {
      for (const { v4, v6 } of [...(pdr.pdi?.ueIps ?? []), ...pdr.ueIps]) {
        session.ue ||= v4 ?? v6 ?? ''
      }
    }
  }

  #report(session: ReportingSession, report: PfcpUsageReport, timeUs: number): void {
    const { urrId, volume } = report
    if (urrId === undefined || volume === undefined) return
    const key = `${urrId}/${report.sequence ?? timeUs}`
    if (session.seen.has(key)) {
      this.repeated++
      return
    }
    if (session.seen.size < maxReports) session.seen.add(key)
    this.reports++
    const octetsUp = Number(volume.up ?? -1n)
    const octetsDown = Number(volume.down ?? -1n)
    const parts = Math.max(octetsUp, 0) + Math.max(octetsDown, 0)
    const group = this.#ratingGroups.get(urrId)
    this.#sink.usage({
      ...nobody,
      source: 'pfcp',
      imsi: session.imsi,
      msisdn: session.msisdn,
      apn: session.apn,
      ue: session.ue,
      ratingGroup: group ?? -1,
      urr: group === undefined ? urrId : -1,
      octetsUp,
      octetsDown,
      octets: volume.total === undefined ? parts : Number(volume.total),
      firstUs: report.startS === undefined ? timeUs : report.startS * 1e6,
      lastUs: report.endS === undefined ? timeUs : report.endS * 1e6,
    })
  }
}

function after(prefix: string, text = ''): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : ''
}
