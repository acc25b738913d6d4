/** PFCP session messages into sessions and their rules. Read 3GPP TS 29.244 clauses 5.2.1 (PDR, precedence), 7.5.2 to
 * 7.5.7 (establishment, modification, deletion) first. PFCP knows no rating group: URRs name the charge. */

import { type Fault, FaultCode } from '../wire/fault.js'
import { PfcpType } from '../wire/pfcp.js'
import { pfcpCauseAccepts } from '../wire/pfcp-code.js'
import { type PfcpMessage, readPfcp } from '../wire/pfcp-message.js'
import type { PfcpPdr } from '../wire/pfcp-pdr.js'
import type { Moment, RuleDescription, SessionBook, SignalledSession } from './signalled-session.js'

const MOST_WAITING = 1 << 16

interface Waiting {
  readonly message: PfcpMessage
  readonly session: SignalledSession | undefined
  readonly up: string
}

/** A modification leaves out what stays as it was (clause 7.5.4.2). */
function described(pdr: PfcpPdr, known: RuleDescription | undefined): RuleDescription {
  const flows = pdr.pdi?.sdfFilters.flatMap(({ flow }) => flow ?? [])
  const urrs = [...pdr.urrIds].sort((a, b) => a - b)
  return {
    name: `PDR ${pdr.pdrId}`,
    precedence: pdr.precedence ?? known?.precedence ?? -1,
    flows: flows ?? known?.flows ?? [],
    application: pdr.pdi ? (pdr.pdi.applicationId ?? '') : (known?.application ?? ''),
    ratingGroup: -1,
    serviceId: -1,
    online: -1,
    offline: -1,
    charge: urrs.length > 0 ? `URR ${urrs.join(', ')}` : (known?.charge ?? 'no URR'),
  }
}

export class PfcpRules {
  readonly #book: SessionBook
  /** user plane node and SEID -> session */
  readonly #open = new Map<string, SignalledSession>()
  /** nodes and sequence -> request without its response yet, in order */
  readonly #waiting = new Map<string, Waiting>()

  constructor(book: SessionBook) {
    this.#book = book
  }

  /** A datagram of port 8805; false with `fault` when it could not be read to its end. */
  datagram(
    buf: Uint8Array,
    off: number,
    end: number,
    source: string,
    destination: string,
    at: Moment,
    fault: Fault,
  ): boolean {
    for (let from = off; from < end; ) {
      const message = readPfcp(buf, from, end, fault)
      if (!message) return false
      this.#message(message, source, destination, at)
      if (!message.followOn || fault.code !== FaultCode.None) break
      from = message.end
    }
    return fault.code === FaultCode.None
  }

  #message(message: PfcpMessage, source: string, destination: string, at: Moment): void {
    switch (message.type) {
      case PfcpType.SessionEstablishmentRequest:
      case PfcpType.SessionModificationRequest:
      case PfcpType.SessionDeletionRequest:
        this.#request(message, source, destination, at)
        return
      case PfcpType.SessionEstablishmentResponse:
      case PfcpType.SessionModificationResponse:
      case PfcpType.SessionDeletionResponse:
        this.#response(message, `${destination} ${source} ${message.sequence}`, at)
    }
  }

  #request(message: PfcpMessage, cp: string, up: string, at: Moment): void {
    const key = `${cp} ${up} ${message.sequence}`
    if (this.#waiting.has(key)) return
    const first = message.type === PfcpType.SessionEstablishmentRequest
    const session = first ? this.#book.open('pfcp', at) : this.#open.get(`${up} ${message.seid}`)
    if (session && first) {
      this.#names(session, message)
      this.#rules(session, message, at, true)
    }
    this.#waiting.set(key, { message, session, up })
    if (this.#waiting.size <= MOST_WAITING) return
    const [oldest] = this.#waiting.keys()
    if (oldest !== undefined) this.#waiting.delete(oldest)
  }

  #response(message: PfcpMessage, key: string, at: Moment): void {
    const asked = this.#waiting.get(key)
    this.#waiting.delete(key)
    const session = asked?.session
    if (!asked || !session) return
    const accepted = message.cause === undefined || pfcpCauseAccepts(message.cause)
    if (asked.message.type === PfcpType.SessionEstablishmentRequest) {
      const seid = message.fSeid?.seid
      if (!accepted) this.#book.refuse(session, at)
      else if (seid !== undefined) this.#open.set(`${asked.up} ${seid}`, session)
      this.#addresses(session, message)
    } else if (!accepted) return
    else if (asked.message.type === PfcpType.SessionModificationRequest)
      this.#rules(session, asked.message, at, false)
    else this.#book.close(session, at)
  }

  #names(session: SignalledSession, { userId, dnn }: PfcpMessage): void {
    session.imsi = userId?.imsi ?? ''
    session.apn = dnn ?? ''
  }

  #addresses(session: SignalledSession, { pdrs, trafficEndpoints }: PfcpMessage): void {
    const ueIps = [
      ...pdrs.flatMap(pdr => [...pdr.ueIps, ...(pdr.pdi?.ueIps ?? [])]),
      ...trafficEndpoints.flatMap(({ pdi }) => pdi.ueIps),
    ]
    for (const { v4, v6, prefixLength, delegatedBits } of ueIps) {
      if (v4 !== undefined) session.ue.add(`${v4}/32`)
      if (v6 !== undefined) session.ue.add(`${v6}/${prefixLength ?? 64 - (delegatedBits ?? 0)}`)
    }
  }

  #rules(session: SignalledSession, message: PfcpMessage, at: Moment, initial: boolean): void {
    this.#addresses(session, message)
    for (const pdr of message.pdrs) {
      const key = String(pdr.pdrId)
      const { operation } = pdr
      if (operation === 'remove') this.#book.remove(session, key, at)
      else if (operation === 'create' || operation === 'update')
        this.#book.install(session, key, described(pdr, session.rules.get(key)), at, initial)
      for (const name of pdr.activated) session.predefined.set(name, at)
      for (const name of pdr.deactivated) session.predefined.delete(name)
    }
  }
}
