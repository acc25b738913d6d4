/** Gx messages into sessions and their rules. Read 3GPP TS 29.212 clauses 4.5.1 to 4.5.6 (procedures) and 5.3.2
 * (Charging-Rule-Definition: what a modification leaves out stays as it was) first. */

import { DiameterHeader } from '../wire/diameter.js'
import { DiameterApplication, DiameterCommand } from '../wire/diameter-code.js'
import { CcRequestType } from '../wire/diameter-enumerated.js'
import { type DiameterFacts, readDiameter } from '../wire/diameter-facts.js'
import { policyFacts, type RuleDefinition } from '../wire/diameter-policy.js'
import { isSuccess } from '../wire/diameter-result.js'
import type { Fault } from '../wire/fault.js'
import type { Moment, RuleDescription, SessionBook, SignalledSession } from './signalled-session.js'

/** PCC-Rule-Status INACTIVE (clause 5.3.19). */
const inactive = 1

function described(own: RuleDefinition, known: RuleDescription | undefined): RuleDescription {
  const number = (value: number, before: number | undefined) => (value < 0 ? (before ?? -1) : value)
  return {
    name: own.name,
    precedence: number(own.precedence, known?.precedence),
    flows: own.flows.length > 0 ? own.flows.map(flow => flow.description) : (known?.flows ?? []),
    application: own.application === '' ? (known?.application ?? '') : own.application,
    ratingGroup: number(own.ratingGroup, known?.ratingGroup),
    serviceId: number(own.serviceIdentifier, known?.serviceId),
    online: number(own.online, known?.online),
    offline: number(own.offline, known?.offline),
    charge: '',
  }
}

export class GxRules {
  readonly #book: SessionBook
  /** Session-Id -> session that is open */
  readonly #open = new Map<string, SignalledSession>()
  readonly #header = new DiameterHeader()

  constructor(book: SessionBook) {
    this.#book = book
  }

  /** One Diameter message; false with `fault` when it could not be read to its end. */
  message(buf: Uint8Array, off: number, end: number, at: Moment, fault: Fault): boolean {
    const header = this.#header
    if (!header.decode(buf, off, end, fault)) return false
    if (header.application !== DiameterApplication.Gx) return true
    const { command, request } = header
    if (command !== DiameterCommand.CreditControl && command !== DiameterCommand.ReAuth) return true
    const facts = readDiameter(header, buf, fault)
    const control = command === DiameterCommand.CreditControl
    const session = facts.sessionId === '' ? undefined : this.#session(facts.sessionId, at)
    if (session) this.#said(session, facts, control, request, at)
    return true
  }

  #session(id: string, at: Moment): SignalledSession | undefined {
    const known = this.#open.get(id)
    if (known) return known
    const session = this.#book.open('gx', at)
    if (session) this.#open.set(id, session)
    return session
  }

  #said(
    session: SignalledSession,
    facts: DiameterFacts,
    control: boolean,
    request: boolean,
    at: Moment,
  ): void {
    if (facts.imsi !== '') session.imsi = facts.imsi
    if (facts.calledStationId !== '') session.apn = facts.calledStationId
    if (facts.framedIpv4 !== '') session.ue.add(`${facts.framedIpv4}/32`)
    if (facts.framedIpv6Prefix !== '') session.ue.add(facts.framedIpv6Prefix)
    const policy = policyFacts(facts.avps)
    for (const report of policy.reports)
      if (report.status === inactive)
        for (const name of report.names) this.#book.remove(session, name, at)
    // rules come from the PCRF: in an answer of credit control, in a request of re-authorisation
    const fromPcrf = control !== request
    if (!fromPcrf) {
      if (control && facts.requestType === CcRequestType.Termination) this.#end(session, facts, at)
      return
    }
    if (control && facts.result >= 0 && !isSuccess(facts.result)) return
    for (const { names } of policy.removes)
      for (const name of names) this.#book.remove(session, name, at)
    const initial = control && facts.requestType === CcRequestType.Initial
    for (const { definitions, names, baseNames } of policy.installs) {
      for (const own of definitions)
        this.#book.install(
          session,
          own.name,
          described(own, session.rules.get(own.name)),
          at,
          initial,
        )
      for (const name of [...names, ...baseNames])
        if (!session.rules.has(name)) session.predefined.set(name, at)
    }
  }

  #end(session: SignalledSession, facts: DiameterFacts, at: Moment): void {
    this.#book.close(session, at)
    this.#open.delete(facts.sessionId)
  }
}
