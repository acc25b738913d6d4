/** What the control plane still holds against a subscriber after the renewal: the candidate cause, most specific first
 * (blocked-after-renewal.md B1, B4 step 4). */

import type { Evidence, RenewalCause } from '../record/alert-record.js'
import { utcTime } from '../record/time.js'
import { type ControlState, isFailedAnswer, type Refresh } from './control-state.js'
import type { ControlSeen, History, SessionSeen } from './history.js'
import type { NameLists } from './name-lists.js'
import { eventUs, type Renewal } from './orders.js'
import type { Pdn } from './pdn.js'
import type { RenewalSettings } from './settings.js'

export interface Candidate {
  cause: RenewalCause
  evidence: Evidence[]
  /** a refused or lost refresh: the network side need not wait for the grace to end */
  hard: boolean
}

export interface CandidateInput {
  history: History
  renewal: Renewal
  pdn: Pdn
  state: ControlState
  lists: NameLists
  settings: RenewalSettings
  atUs: number
}

type Find = (input: CandidateInput) => Candidate | undefined

/** The order of B4 step 4. */
const finders: readonly Find[] = [
  stopApn,
  provisioning,
  creditDenied,
  creditRedirect,
  refreshRefused,
  policyStale,
  throttled,
  userPlaneClosed,
  staleTunnel,
]

export function candidateOf(input: CandidateInput): Candidate | undefined {
  for (const find of finders) {
    const found = find(input)
    if (found !== undefined) return found
  }
  return undefined
}

export function evidenceOf(seen: ControlSeen, kind: Evidence['class'], text: string): Evidence {
  return { class: kind, ts: utcTime(seen.timeUs), text, frame: seen.record.frame }
}

export function sessionEvidence(
  seen: SessionSeen,
  kind: Evidence['class'],
  text: string,
): Evidence {
  return { class: kind, ts: utcTime(seen.timeUs), text, frame: seen.event.frame }
}

/** C3: the session is where stopped subscribers are put. */
function stopApn({ history, pdn, lists, renewal, atUs }: CandidateInput): Candidate | undefined {
  if (!pdn.present) return undefined
  const pool = [pdn.ueV4, pdn.ueV6.replace(/\/.*/, '')].find(text => lists.isArrears(text))
  if (!lists.isStop(pdn.apn) && pool === undefined) return undefined
  const opened = history.sessions.findLast(
    one => one.event.event === 'created' && one.event.apn === pdn.apn && one.timeUs <= atUs,
  )
  const what = lists.isStop(pdn.apn)
    ? `session on the stop APN ${pdn.apn}`
    : `UE address ${pool} is of the arrears pool`
  const when = opened === undefined || opened.timeUs > renewal.t0Us ? 'after' : 'before'
  const text = `${what}, opened ${when} the renewal`
  return {
    cause: 'C3',
    hard: false,
    evidence: [
      opened === undefined
        ? { class: 'E7', ts: utcTime(renewal.t0Us), text }
        : sessionEvidence(opened, 'E7', text),
    ],
  }
}

const fine = new Set(['ok', 'success', 'done', '0', '2001'])

/** C11: an order to HSS, PCRF, OCS or PGW failed, or was never acknowledged. */
function provisioning({ renewal, settings, atUs }: CandidateInput): Candidate | undefined {
  const seen = renewal.provisions.filter(one => eventUs(one) <= atUs)
  const byTarget = new Map(seen.map(one => [one.target ?? '', one]))
  for (const [target, event] of byTarget) {
    const bad =
      event.status === 'failed' ||
      (event.result !== undefined && !fine.has(event.result.toLowerCase()))
    if (!bad) continue
    const text = `provisioning of ${target === '' ? 'the network' : target}: ${event.result ?? 'failed'}`
    return { cause: 'C11', hard: false, evidence: [businessEvidence(event, text)] }
  }
  const due = renewal.t0Us + settings.times.provision_s * 1e6
  const missing = settings.provisioning.targets.find(target => !byTarget.has(target))
  if (missing === undefined || atUs < due) return undefined
  const text = `no acknowledgement of ${missing} for the order`
  return { cause: 'C11', hard: false, evidence: [businessEvidence(renewal.order, text)] }
}

function businessEvidence(event: Renewal['order'], text: string): Evidence {
  return { class: 'E8', ts: utcTime(eventUs(event)), text, event_id: event.event_id }
}

/** C5: the renewal is not on the account that is asked. */
function creditDenied({ state, renewal }: CandidateInput): Candidate | undefined {
  const { refused } = state
  if (refused === undefined || refused.timeUs < renewal.t0Us) return undefined
  const { result_name, refused: code, message } = refused.record
  const why = code === undefined ? (result_name ?? '') : `service refused with ${code}`
  return {
    cause: 'C5',
    hard: false,
    evidence: [evidenceOf(refused, 'E7', `Gy ${message}: ${why} after the renewal`)],
  }
}

/** C4: the final unit's redirect or restriction stands. */
function creditRedirect({ state, renewal, settings, atUs }: CandidateInput): Candidate | undefined {
  const { finalUnit } = state
  if (finalUnit === undefined) return undefined
  const { final_unit, redirect, message } = finalUnit.record
  const to = redirect === undefined ? '' : ` to ${redirect}`
  const evidence = [evidenceOf(finalUnit, 'E7', `Gy ${message}: final unit, ${final_unit}${to}`)]
  const refreshes = state.refreshes.gy.filter(one => one.asked.timeUs >= renewal.t0Us)
  const last = refreshes.at(-1)
  const failed = last === undefined ? undefined : refreshFault(last, settings, atUs)
  if (last === undefined) {
    evidence.push({
      class: 'E7',
      ts: utcTime(renewal.t0Us),
      text: 'no RAR of the charging system after the renewal',
    })
  } else if (failed !== undefined) evidence.push(failed)
  return { cause: 'C4', hard: failed !== undefined, evidence }
}

/** E8: the answer refuses or is missing, or no CCR-U follows it (magma issue 3549). */
function refreshFault(
  refresh: Refresh,
  settings: RenewalSettings,
  atUs: number,
): Evidence | undefined {
  const { asked, answer, followed } = refresh
  const waitUs = settings.times.refresh_s * 1e6
  if (answer === undefined) {
    if (atUs - asked.timeUs < waitUs) return undefined
    return evidenceOf(asked, 'E8', `${asked.record.interface} RAR without answer`)
  }
  const { result = 0, result_name = '' } = answer.record
  if (isFailedAnswer(answer.record)) {
    return evidenceOf(answer, 'E8', `RAA ${result} ${result_name}`)
  }
  if (asked.record.interface === 'gx' || followed !== undefined) return undefined
  if (atUs - answer.timeUs < waitUs) return undefined
  return evidenceOf(answer, 'E8', 'RAR and RAA, but no CCR-U follows')
}

/** C7: the policy server tried. */
function refreshRefused({ state, renewal, settings, atUs }: CandidateInput): Candidate | undefined {
  const { inactive } = state
  if (inactive !== undefined && inactive.timeUs >= renewal.t0Us) {
    const names = inactive.record.inactive_rules?.join(', ') ?? ''
    const code = inactive.record.rule_failure
    const why = code === undefined ? '' : `, Rule-Failure-Code ${code}`
    return {
      cause: 'C7',
      hard: true,
      evidence: [evidenceOf(inactive, 'E8', `rules not in force: ${names}${why}`)],
    }
  }
  const refreshes = [...state.refreshes.gx, ...state.refreshes.gy]
  const last = refreshes
    .filter(one => one.asked.timeUs >= renewal.t0Us)
    .sort((a, b) => a.asked.timeUs - b.asked.timeUs)
    .at(-1)
  const fault = last === undefined ? undefined : refreshFault(last, settings, atUs)
  return fault === undefined ? undefined : { cause: 'C7', hard: true, evidence: [fault] }
}

/** C6: the rules that block are still those from before. */
function policyStale({ state, renewal }: CandidateInput): Candidate | undefined {
  const { blocking, spending } = state
  if (blocking === undefined) return undefined
  const evidence = [
    evidenceOf(blocking.seen, 'E7', `Gx rule ${blocking.rule} ${blocking.why}`),
    {
      class: 'E7' as const,
      ts: utcTime(renewal.t0Us),
      text: 'no Gx refresh after the renewal opened it',
    },
  ]
  if (spending !== undefined && spending.timeUs < renewal.t0Us) {
    const states = spending.record.counters?.map(({ id, status }) => `${id} ${status}`).join(', ')
    evidence.push(evidenceOf(spending, 'E7', `last Sy report is from before: ${states ?? ''}`))
  }
  return { cause: 'C6', hard: false, evidence }
}

/** The throttle that is still in the policy, in bits per second; 0: none. */
export function throttleOf({ renewal, state }: Pick<CandidateInput, 'renewal' | 'state'>): number {
  if (renewal.throttleKbps === 0) return 0
  const bits = renewal.throttleKbps * 1000
  const { rate } = state
  // a rate that is told after the throttle, and is above it, ends it
  if (rate !== undefined && rate.bits > bits * 2) return 0
  return bits
}

/** C9 */
function throttled(input: CandidateInput): Candidate | undefined {
  const bits = throttleOf(input)
  if (bits === 0) return undefined
  const { state, renewal } = input
  const text = `rate is held at ${bits / 1000} kbit/s`
  if (state.rate !== undefined) {
    return { cause: 'C9', hard: false, evidence: [evidenceOf(state.rate.seen, 'E7', text)] }
  }
  // nothing of the policy is captured: the order to throttle alone says little
  return state.visible || renewal.cap === undefined
    ? undefined
    : { cause: 'C9', hard: false, evidence: [businessEvidence(renewal.cap, text)] }
}

/** C8: policy and credit are open, the user plane is not. */
function userPlaneClosed({ history, state, renewal, atUs }: CandidateInput): Candidate | undefined {
  const { forwarding } = state
  const how = forwarding?.record.forwarding
  if (forwarding !== undefined && how !== undefined && how !== 'forward') {
    const to = how === 'redirect' ? 'redirects' : `is closed: ${how}`
    return {
      cause: 'C8',
      hard: false,
      evidence: [
        evidenceOf(forwarding, 'E7', `PFCP ${forwarding.record.message}: user plane ${to}`),
      ],
    }
  }
  const refused = history.sessions.findLast(
    ({ timeUs, event }) =>
      timeUs > renewal.t0Us &&
      timeUs <= atUs &&
      event.event === 'rejected' &&
      (event.detail ?? '').startsWith('Update Bearer'),
  )
  if (refused === undefined) return undefined
  const text = `Update Bearer refused: ${refused.event.cause_name ?? ''}`
  return { cause: 'C8', hard: false, evidence: [sessionEvidence(refused, 'E8', text)] }
}

/** GTPv2 cause "Context Not Found" (TS 29.274 clause 8.4). */
const contextNotFound = 64

/** C13: one end of the tunnel has forgotten it. */
function staleTunnel({
  history,
  state,
  renewal,
  pdn,
  atUs,
}: CandidateInput): Candidate | undefined {
  const evidence: Evidence[] = []
  const from = Math.max(renewal.t0Us, pdn.sinceUs)
  for (const one of history.sessions) {
    const { timeUs, event } = one
    if (timeUs <= from || timeUs > atUs) continue
    if (event.event === 'error-indication') {
      evidence.push(sessionEvidence(one, 'E7', `Error Indication: ${event.detail ?? ''}`))
    } else if (
      event.event === 'rejected' &&
      event.cause === contextNotFound &&
      event.gtp_version === 2
    ) {
      evidence.push(sessionEvidence(one, 'E7', `${event.detail ?? ''}: ${event.cause_name ?? ''}`))
    }
  }
  for (const seen of state.errorIndications) {
    if (seen.timeUs > from) evidence.push(evidenceOf(seen, 'E7', 'PFCP report: Error Indication'))
  }
  return evidence.length === 0
    ? undefined
    : { cause: 'C13', hard: false, evidence: evidence.slice(0, 8) }
}
