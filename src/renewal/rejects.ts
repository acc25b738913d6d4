/** Refusals and silence of the control plane: what a reject means, and whether a handset was told not to try again
 * (blocked-after-renewal.md B1 C1, C2; B4 steps 6 and 8). */

import type { Evidence } from '../record/alert-record.js'
import type { NasEvent } from '../record/business-event.js'
import type { SessionEvent } from '../record/subscriber-record.js'
import { utcTime } from '../record/time.js'
import { evidenceOf, sessionEvidence } from './candidate.js'
import type { ControlState } from './control-state.js'
import type { History, NasSeen } from './history.js'
import type { NameLists } from './name-lists.js'
import { requestsBetween } from './pdn.js'
import type { RenewalSettings } from './settings.js'

type Causes = RenewalSettings['causes']
export type RejectKind = 'subscription' | 'congestion' | 'other'

export interface Reject {
  timeUs: number
  kind: RejectKind
  evidence: Evidence
}

const mobility = new Set(['EMM', 'GMM', '5GMM'])

function isPermanent({ protocol, cause = -1 }: NasEvent, causes: Causes): boolean {
  return (mobility.has(protocol) ? causes.mobility_permanent : causes.session_permanent).includes(
    cause,
  )
}

function nasKind({ protocol, cause = -1 }: NasEvent, causes: Causes): RejectKind {
  if (causes.congestion.includes(cause)) return 'congestion'
  const list = mobility.has(protocol) ? causes.mobility_subscription : causes.session_subscription
  return list.includes(cause) ? 'subscription' : 'other'
}

function gtpKind({ cause = -1, gtp_version }: SessionEvent, causes: Causes): RejectKind {
  const two = gtp_version === 2
  const subscription = two ? causes.gtp2_subscription : causes.gtp1_subscription
  const congestion = two ? causes.gtp2_congestion : causes.gtp1_congestion
  if (congestion.includes(cause)) return 'congestion'
  return subscription.includes(cause) ? 'subscription' : 'other'
}

function nasText({ protocol, procedure, cause }: NasEvent): string {
  return `${protocol} ${procedure}${cause === undefined ? '' : ` refused with cause ${cause}`}`
}

function nasEvidence(seen: NasSeen, kind: Evidence['class']): Evidence {
  const { event_id } = seen.event
  return {
    class: kind,
    ts: utcTime(seen.timeUs),
    text: nasText(seen.event),
    ...(event_id === undefined ? {} : { event_id }),
  }
}

/** Refusals after `fromUs`, in the order of time. */
export function rejectsBetween(
  history: History,
  lists: NameLists,
  settings: RenewalSettings,
  fromUs: number,
  toUs: number,
): Reject[] {
  const { causes } = settings
  const found: Reject[] = requestsBetween(history, lists, fromUs, toUs).rejected.map(one => ({
    timeUs: one.timeUs,
    kind: gtpKind(one.event, causes),
    evidence: sessionEvidence(
      one,
      'E1',
      `${one.event.detail ?? 'request'} refused: ${one.event.cause_name ?? `cause ${one.event.cause}`}`,
    ),
  }))
  for (const seen of history.nas) {
    if (seen.timeUs <= fromUs || seen.timeUs > toUs || seen.event.cause === undefined) continue
    if (seen.event.procedure === 'paging') continue
    found.push({
      timeUs: seen.timeUs,
      kind: nasKind(seen.event, causes),
      evidence: nasEvidence(seen, 'E1'),
    })
  }
  return found.sort((a, b) => a.timeUs - b.timeUs)
}

/** S6a after the renewal: still barred, or the update of location refused for the subscription. */
const subscriptionResults = new Set([5004, 5420])

export function subscriptionFault(state: ControlState, fromUs: number): Evidence | undefined {
  const seen = state.subscription
  if (seen === undefined || seen.timeUs <= fromUs) return undefined
  const { message, result = 0, result_name = '', barred } = seen.record
  if (barred === true) return evidenceOf(seen, 'E7', `S6a ${message}: the subscription is barred`)
  if (!subscriptionResults.has(result)) return undefined
  return evidenceOf(seen, 'E7', `S6a ${message}: ${result} ${result_name}`)
}

/** Told while stopped that trying again is of no use; the network's own detach counts as that. */
export function earlierReject(
  history: History,
  settings: RenewalSettings,
  fromUs: number,
  toUs: number,
): Evidence | undefined {
  const seen = history.nas.findLast(({ timeUs, event }) => {
    if (timeUs <= fromUs || timeUs > toUs) return false
    const detached = event.procedure === 'detach' && event.initiator === 'network'
    return detached || isPermanent(event, settings.causes)
  })
  if (seen !== undefined) return nasEvidence(seen, 'E2')
  const gone = history.sessions.findLast(({ timeUs, event }) => {
    if (timeUs <= fromUs || timeUs > toUs) return false
    const refused = event.event === 'rejected' && gtpKind(event, settings.causes) === 'subscription'
    return refused || (event.event === 'deleted' && (event.detail ?? '').includes('network'))
  })
  if (gone === undefined) return undefined
  return sessionEvidence(gone, 'E2', `${gone.event.event} by the network before the renewal`)
}

const trying = new Set([
  'attach',
  'registration',
  'service-request',
  'pdn-connectivity',
  'pdu-session-establishment',
  'pdp-context-activation',
])

/** The handset asks for service on the radio side. */
export function nasDemand(history: History, fromUs: number, toUs: number): boolean {
  return history.nas.some(
    ({ timeUs, event }) =>
      timeUs > fromUs &&
      timeUs <= toUs &&
      trying.has(event.procedure) &&
      event.initiator !== 'network',
  )
}

/** The handset is gone: it detached, or paging finds nobody. */
export function isAway(history: History, toUs: number): boolean {
  const last = history.nas.findLast(({ timeUs }) => timeUs <= toUs)?.event
  if (last === undefined) return false
  return last.procedure === 'detach' || (last.procedure === 'paging' && last.cause !== undefined)
}
