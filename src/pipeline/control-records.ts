/** Diameter as control records: what Gx, Gy, Sy and S6a said of a subscriber's service, message by message. Later
 * messages of a session leave out who it is of: that is remembered by Session-Id. Read 3GPP TS 29.212 clause 4.5
 * (Gx), RFC 8506 section 5 and TS 32.299 clause 5.2 (Gy), TS 29.219 clause 4.5 (Sy), TS 29.272 clause 5 (S6a). */

import type { ControlInterface, ControlRecord, RuleState } from '../record/control-record.js'
import type { RecordSink } from '../record/sink.js'
import { utcTime } from '../record/time.js'
import { DiameterHeader } from '../wire/diameter.js'
import { commandLetters, DiameterApplication, DiameterCommand } from '../wire/diameter-code.js'
import { creditFacts } from '../wire/diameter-credit.js'
import {
  CcRequestType,
  FinalUnitAction,
  FlowStatus,
  SubscriberStatus,
} from '../wire/diameter-enumerated.js'
import { type DiameterFacts, readDiameter } from '../wire/diameter-facts.js'
import { policyFacts, type RuleDefinition } from '../wire/diameter-policy.js'
import { experimentalResultName, isSuccess, resultName } from '../wire/diameter-result.js'
import { spendingFacts } from '../wire/diameter-spending.js'
import { subscriberFacts } from '../wire/diameter-subscriber.js'
import { Fault } from '../wire/fault.js'
import type { Moment } from './signalled-session.js'

const maxSessions = 1 << 16

const interfaces: Readonly<Record<number, ControlInterface>> = {
  [DiameterApplication.Gx]: 'gx',
  [DiameterApplication.CreditControl]: 'gy',
  [DiameterApplication.Sy]: 'sy',
  [DiameterApplication.S6a]: 's6a',
}

const requestTypes: Readonly<Record<number, string>> = {
  [CcRequestType.Initial]: '-I',
  [CcRequestType.Update]: '-U',
  [CcRequestType.Termination]: '-T',
}

const finalUnits = {
  [FinalUnitAction.Terminate]: 'terminate',
  [FinalUnitAction.Redirect]: 'redirect',
  [FinalUnitAction.RestrictAccess]: 'restrict',
} as const

const flowStates = {
  [FlowStatus.EnabledUplink]: 'enabled-uplink',
  [FlowStatus.EnabledDownlink]: 'enabled-downlink',
  [FlowStatus.Enabled]: 'enabled',
  [FlowStatus.Disabled]: 'disabled',
  [FlowStatus.Removed]: 'removed',
} as const

/** PCC-Rule-Status INACTIVE (TS 29.212 clause 5.3.19). */
const inactive = 1

interface Party {
  imsi: string
  msisdn: string
  apn: string
  ue: string
}

export class ControlRecords {
  readonly #sink: RecordSink
  readonly #header = new DiameterHeader()
  readonly #fault = new Fault()
  /** by interface and Session-Id, in order of use */
  readonly #parties = new Map<string, Party>()

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  /** A whole Diameter message. One that is damaged was counted by whoever reads identities from it. */
  message(buf: Uint8Array, off: number, end: number, at: Moment): void {
    const header = this.#header
    if (!header.decode(buf, off, end, this.#fault)) return
    const protocol = interfaces[header.application]
    if (protocol === undefined) return
    const facts = readDiameter(header, buf, this.#fault)
    if (facts.sessionId === '') return
    const { command, request } = header
    const credit = command === DiameterCommand.CreditControl
    const kind = credit ? (requestTypes[facts.requestType] ?? '') : ''
    this.#sink.write({
      type: 'control',
      schema: 'tollgate.control/1',
      ts: utcTime(at.timeUs),
      frame: at.frame,
      interface: protocol,
      message: `${commandLetters(command, request)}${kind}`,
      session: facts.sessionId,
      ...partyFields(this.#party(protocol, facts)),
      ...resultFields(facts),
      ...said(protocol, facts),
    })
  }

  #party(protocol: ControlInterface, facts: DiameterFacts): Party {
    const key = `${protocol} ${facts.sessionId}`
    const party = this.#parties.get(key) ?? { imsi: '', msisdn: '', apn: '', ue: '' }
    this.#parties.delete(key)
    party.imsi ||= facts.imsi
    party.msisdn ||= facts.msisdn
    party.apn ||= facts.calledStationId
    party.ue ||= facts.framedIpv4 || facts.framedIpv6Prefix
    this.#parties.set(key, party)
    if (this.#parties.size > maxSessions) {
      const [oldest] = this.#parties.keys()
      if (oldest !== undefined) this.#parties.delete(oldest)
    }
    return party
  }
}

export function partyFields(party: Party): Partial<ControlRecord> {
  return {
    ...(party.imsi === '' ? {} : { imsi: party.imsi }),
    ...(party.msisdn === '' ? {} : { msisdn: party.msisdn }),
    ...(party.apn === '' ? {} : { apn: party.apn }),
    ...(party.ue === '' ? {} : { ue: party.ue }),
  }
}

function resultFields(facts: DiameterFacts): Partial<ControlRecord> {
  const { result, experimentalResult, resultVendor } = facts
  if (result >= 0) return { result, result_name: resultName(result) }
  if (experimentalResult < 0) return {}
  return {
    result: experimentalResult,
    result_name: experimentalResultName(resultVendor, experimentalResult),
  }
}

function said(protocol: ControlInterface, facts: DiameterFacts): Partial<ControlRecord> {
  switch (protocol) {
    case 'gx':
      return policySaid(facts)
    case 'gy':
      return creditSaid(facts)
    case 'sy': {
      const { counters } = spendingFacts(facts.avps)
      const states = counters.map(({ identifier, status }) => ({ id: identifier, status }))
      return states.length === 0 ? {} : { counters: states }
    }
    default:
      return subscriptionSaid(facts)
  }
}

function creditSaid(facts: DiameterFacts): Partial<ControlRecord> {
  const { services } = creditFacts(facts.avps)
  const granted = services.some(one => one.granted !== undefined)
  const refused = services.find(one => one.result >= 0 && !isSuccess(one.result))?.result
  const final = services.find(one => one.finalUnit !== undefined)?.finalUnit
  const action = final === undefined ? undefined : finalUnits[final.action as 0 | 1 | 2]
  const redirect = final?.redirect?.address ?? ''
  return {
    ...(granted ? { granted } : {}),
    ...(refused === undefined ? {} : { refused }),
    ...(action === undefined ? {} : { final_unit: action }),
    ...(redirect === '' ? {} : { redirect }),
  }
}

function policySaid(facts: DiameterFacts): Partial<ControlRecord> {
  const policy = policyFacts(facts.avps)
  const rules: RuleState[] = []
  for (const { names, baseNames } of policy.removes) {
    for (const name of [...names, ...baseNames]) rules.push({ name, status: 'removed' })
  }
  for (const { definitions, names, baseNames } of policy.installs) {
    rules.push(...definitions.map(stateOf))
    for (const name of [...names, ...baseNames]) rules.push({ name, status: 'enabled' })
  }
  const reports = policy.reports.filter(report => report.status === inactive)
  const failure = reports.find(report => report.failure >= 0)?.failure
  const ambr = policy.qos?.apnBitsDown ?? -1
  return {
    ...(rules.length === 0 ? {} : { rules }),
    ...(reports.length === 0
      ? {}
      : { inactive_rules: reports.flatMap(({ names, baseNames }) => [...names, ...baseNames]) }),
    ...(failure === undefined ? {} : { rule_failure: failure }),
    ...(ambr < 0 ? {} : { ambr_down: ambr }),
  }
}

function stateOf(rule: RuleDefinition): RuleState {
  const status = flowStates[rule.flowStatus as 0 | 1 | 2 | 3 | 4] ?? 'enabled'
  const { redirect } = rule
  if (redirect === undefined || !redirect.enabled) return { name: rule.name, status }
  return { name: rule.name, status, redirect: redirect.server.address }
}

function subscriptionSaid(facts: DiameterFacts): Partial<ControlRecord> {
  const { subscription } = subscriberFacts(facts.avps)
  if (!subscription.present) return {}
  const { status, barring, homeBarring } = subscription
  const isBarred =
    status === SubscriberStatus.OperatorDeterminedBarring || barring > 0 || homeBarring > 0
  return { barred: isBarred }
}
