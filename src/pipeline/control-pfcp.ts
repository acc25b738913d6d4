/** PFCP session messages as control records: whether the user plane forwards a subscriber's packets after each. Read
 * 3GPP TS 29.244 clauses 5.2.1 (PDR, FAR), 5.2.2 (URR, quota), 5.4.3 (gates), 7.5.2 to 7.5.8 (messages). */

import type { ControlRecord } from '../record/control-record.js'
import type { RecordSink } from '../record/sink.js'
import { utcTime } from '../record/time.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { PfcpType } from '../wire/pfcp.js'
import {
  PfcpAction,
  PfcpGate,
  PfcpInterface,
  pfcpCauseAccepts,
  pfcpCauseName,
} from '../wire/pfcp-code.js'
import { type PfcpMessage, readPfcp } from '../wire/pfcp-message.js'
import { partyFields } from './control-records.js'
import type { Moment } from './signalled-session.js'

const maxSessions = 1 << 16

interface Far {
  action: number
  destination: number
  redirect: string
}

interface UserPlaneSession {
  readonly name: string
  imsi: string
  msisdn: string
  apn: string
  ue: string
  readonly fars: Map<number, Far>
  /** gates closed, by QER */
  readonly closed: Map<number, boolean>
  /** quota of nothing, by URR */
  readonly empty: Map<number, boolean>
  mbrDown: number
}

interface Asked {
  readonly message: PfcpMessage
  readonly session: UserPlaneSession
}

const names: Readonly<Record<number, string>> = {
  [PfcpType.SessionEstablishmentResponse]: 'session-establishment-response',
  [PfcpType.SessionModificationResponse]: 'session-modification-response',
  [PfcpType.SessionDeletionResponse]: 'session-deletion-response',
  [PfcpType.SessionReportRequest]: 'session-report-request',
}

export class ControlPfcp {
  readonly #sink: RecordSink
  readonly #fault = new Fault()
  /** by user plane node and its SEID, by control plane node and its SEID */
  readonly #byUp = new Map<string, UserPlaneSession>()
  readonly #byCp = new Map<string, UserPlaneSession>()
  readonly #asked = new Map<string, Asked>()

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  /** A datagram of port 8805. */
  datagram(
    buf: Uint8Array,
    off: number,
    end: number,
    source: string,
    destination: string,
    at: Moment,
  ): void {
    for (let from = off; from < end; ) {
      const message = readPfcp(buf, from, end, this.#fault)
      if (message === undefined) return
      this.#message(message, source, destination, at)
      if (!message.followOn || this.#fault.code !== FaultCode.None) return
      from = message.end
    }
  }

  #message(message: PfcpMessage, source: string, destination: string, at: Moment): void {
    switch (message.type) {
      case PfcpType.SessionEstablishmentRequest: {
        const session = newSession(`${destination} of ${message.fSeid?.seid ?? ''}`)
        keep(this.#byCp, `${source} ${message.fSeid?.seid ?? ''}`, session)
        this.#ask(message, session, source, destination)
        return
      }
      case PfcpType.SessionModificationRequest:
      case PfcpType.SessionDeletionRequest: {
        const session = this.#byUp.get(`${destination} ${message.seid}`)
        if (session !== undefined) this.#ask(message, session, source, destination)
        return
      }
      case PfcpType.SessionEstablishmentResponse:
      case PfcpType.SessionModificationResponse:
      case PfcpType.SessionDeletionResponse:
        this.#answer(message, source, destination, at)
        return
      case PfcpType.SessionReportRequest: {
        const session = this.#byCp.get(`${destination} ${message.seid}`)
        const count = message.errorIndications.length
        if (session !== undefined && count > 0) {
          this.#tell(session, message, at, { error_indications: count })
        }
      }
    }
  }

  #ask(message: PfcpMessage, session: UserPlaneSession, cp: string, up: string): void {
    keep(this.#asked, `${cp} ${up} ${message.sequence}`, { message, session })
  }

  #answer(message: PfcpMessage, up: string, cp: string, at: Moment): void {
    const key = `${cp} ${up} ${message.sequence}`
    const asked = this.#asked.get(key)
    if (asked === undefined) return
    this.#asked.delete(key)
    const { session } = asked
    const { cause } = message
    if (cause === undefined || pfcpCauseAccepts(cause)) take(session, asked.message)
    const seid = message.fSeid?.seid
    if (seid !== undefined) keep(this.#byUp, `${up} ${seid}`, session)
    const ended = message.type === PfcpType.SessionDeletionResponse
    const forwarding = ended ? undefined : forwardingOf(session)
    this.#tell(session, message, at, {
      ...(forwarding === undefined ? {} : { forwarding }),
      ...(session.mbrDown < 0 ? {} : { mbr_down: session.mbrDown }),
    })
    if (ended) this.#byUp.delete(`${up} ${message.seid}`)
  }

  #tell(
    session: UserPlaneSession,
    message: PfcpMessage,
    at: Moment,
    said: Partial<ControlRecord>,
  ): void {
    const { cause } = message
    this.#sink.write({
      type: 'control',
      schema: 'tollgate.control/1',
      ts: utcTime(at.timeUs),
      frame: at.frame,
      interface: 'pfcp',
      message: names[message.type] ?? `message ${message.type}`,
      session: session.name,
      ...partyFields(session),
      ...(cause === undefined ? {} : { result: cause, result_name: pfcpCauseName(cause) }),
      ...said,
    })
  }
}

function newSession(name: string): UserPlaneSession {
  return {
    name,
    imsi: '',
    msisdn: '',
    apn: '',
    ue: '',
    fars: new Map(),
    closed: new Map(),
    empty: new Map(),
    mbrDown: -1,
  }
}

/** The oldest makes room: a hostile capture could open sessions without end. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= maxSessions) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/** What an accepted request asked for is so from now on. What a modification leaves out stays (7.5.4). */
function take(session: UserPlaneSession, said: PfcpMessage): void {
  session.imsi ||= said.userId?.imsi ?? ''
  session.msisdn ||= said.userId?.msisdn ?? ''
  session.apn ||= said.dnn ?? ''
  for (const pdr of said.pdrs) {
    for (const { v4, v6 } of [...pdr.ueIps, ...(pdr.pdi?.ueIps ?? [])])
      session.ue ||= v4 ?? v6 ?? ''
  }
  for (const far of said.fars) {
    const id = far.farId ?? -1
    if (far.operation === 'remove') {
      session.fars.delete(id)
      continue
    }
    const known = session.fars.get(id)
    const { redirect, destinationInterface } = far.forwarding ?? {}
    session.fars.set(id, {
      action: far.action ?? known?.action ?? PfcpAction.Forward,
      destination: destinationInterface ?? known?.destination ?? -1,
      redirect: far.forwarding === undefined ? (known?.redirect ?? '') : (redirect?.address ?? ''),
    })
  }
  for (const qer of said.qers) {
    const id = qer.qerId ?? -1
    if (qer.operation === 'remove') session.closed.delete(id)
    else if (qer.gateUp !== undefined) session.closed.set(id, qer.gateUp === PfcpGate.Closed)
    if (qer.mbr !== undefined) session.mbrDown = qer.mbr.downKbps * 1000
  }
  for (const urr of said.urrs) {
    const id = urr.urrId ?? -1
    if (urr.operation === 'remove') session.empty.delete(id)
    else if (urr.volumeQuota !== undefined) session.empty.set(id, urr.volumeQuota.total === 0n)
  }
}

/** By what stops the uplink: downlink is buffered or dropped also for terminals that are idle. */
function forwardingOf(session: UserPlaneSession): ControlRecord['forwarding'] {
  const uplink = [...session.fars.values()].filter(far => far.destination !== PfcpInterface.Access)
  if (uplink.some(far => far.redirect !== '')) return 'redirect'
  if (uplink.some(far => (far.action & PfcpAction.Drop) !== 0)) return 'drop'
  if ([...session.closed.values()].some(Boolean)) return 'gate-closed'
  if ([...session.empty.values()].some(Boolean)) return 'no-quota'
  return uplink.length === 0 ? undefined : 'forward'
}
