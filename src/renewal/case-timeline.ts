/** The story of a case in order of time: billing, sessions, control messages, NAS, user plane, verdicts. */

import type { TimelineEntry } from '../record/alert-record.js'
import type { BusinessEvent } from '../record/business-event.js'
import type { ControlRecord } from '../record/control-record.js'
import type { SessionEvent } from '../record/subscriber-record.js'
import { utcTime } from '../record/time.js'
import { controlState } from './control-state.js'
import { eventUs } from './orders.js'
import { pdnsAt } from './pdn.js'
import { userPlane } from './user-plane.js'
import { failureEvidence, redirectEvidence } from './user-plane-evidence.js'
import type { Judged } from './verdict.js'

const mostEntries = 200
/** What led to the cap and the stop is told, too. */
const beforeUs = 600_000_000

/** `extra`: entries of whoever asks. */
export function caseTimeline(
  judged: Judged,
  nowUs: number,
  extra: readonly TimelineEntry[],
): TimelineEntry[] {
  const { history, renewal } = judged
  const fromUs = (Number.isFinite(renewal.capUs) ? renewal.capUs : renewal.acceptedUs) - beforeUs
  const toUs = Math.min(nowUs, renewal.endUs)
  const within = (timeUs: number) => timeUs >= fromUs && timeUs <= toUs
  const entries: TimelineEntry[] = [...extra]
  const events = [renewal.cap, renewal.order, ...renewal.provisions].filter(
    one => one !== undefined,
  )
  for (const event of events) entries.push(businessEntry(event))
  if (renewal.t0Us !== renewal.acceptedUs && renewal.t0Us <= nowUs) {
    entries.push({ ts: utcTime(renewal.t0Us), what: 'business', text: 'the renewal is in force' })
  }
  for (const { timeUs, event } of history.sessions) {
    if (within(timeUs)) entries.push(sessionEntry(event))
  }
  for (const { timeUs, record } of history.controls) {
    if (within(timeUs)) entries.push(controlEntry(record))
  }
  for (const { timeUs, event } of history.nas) {
    if (!within(timeUs)) continue
    const cause = event.cause === undefined ? '' : `, cause ${event.cause}`
    const text = `${event.protocol} ${event.procedure}${cause}`
    const id = event.event_id === undefined ? {} : { event_id: event.event_id }
    entries.push({ ts: utcTime(timeUs), what: 'nas', text, ...id })
  }
  entries.push(...userPlaneEntries(judged, toUs))
  entries.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : (a.frame ?? 0) - (b.frame ?? 0)))
  return cut(entries)
}

/** The middle goes first: how it began and how it stands are what one wants to know. */
function cut(entries: readonly TimelineEntry[]): TimelineEntry[] {
  if (entries.length <= mostEntries) return [...entries]
  const half = mostEntries / 2
  return [...entries.slice(0, half), ...entries.slice(-half)]
}

function businessEntry(event: BusinessEvent): TimelineEntry {
  const parts = [event.type.replaceAll('_', ' ')]
  if (event.package_id !== undefined) parts.push(event.package_id)
  if (event.order_id !== undefined) parts.push(`order ${event.order_id}`)
  if (event.enforce !== undefined) parts.push(event.enforce)
  if (event.scope !== undefined) parts.push(`scope ${event.scope}`)
  if (event.target !== undefined) parts.push(event.target)
  if (event.status !== undefined) parts.push(event.status)
  if (event.result !== undefined) parts.push(event.result)
  return {
    ts: utcTime(eventUs(event)),
    what: 'business',
    text: parts.join(', '),
    event_id: event.event_id,
  }
}

function sessionEntry({ ts, event, apn, cause_name, detail, frame }: SessionEvent): TimelineEntry {
  const parts = [event, apn, cause_name, detail].filter(part => part !== undefined)
  return { ts, what: 'session', text: parts.join(', '), frame }
}

function controlEntry(record: ControlRecord): TimelineEntry {
  const { ts, frame, message, result_name, final_unit, redirect, rules, forwarding } = record
  const parts = [`${record.interface} ${message}`]
  if (result_name !== undefined) parts.push(result_name)
  if (final_unit !== undefined) parts.push(`final unit: ${final_unit}`)
  if (redirect !== undefined) parts.push(`-> ${redirect}`)
  for (const rule of rules?.slice(0, 4) ?? []) parts.push(`${rule.name} ${rule.status}`)
  if (forwarding !== undefined) parts.push(forwarding)
  return { ts, what: 'control', text: parts.join(', '), frame }
}

function userPlaneEntries(judged: Judged, toUs: number): TimelineEntry[] {
  const { history, renewal, lists, settings, population } = judged
  const isBlind = (timeUs: number) => population.isBlind(timeUs)
  return pdnsAt(history, lists, toUs).flatMap(pdn => {
    const failuresFromUs = Math.max(renewal.t0Us, controlState(history, pdn, lists, toUs).openedUs)
    const window = { apn: pdn.apn, fromUs: renewal.t0Us, failuresFromUs, toUs, isBlind }
    const plane = userPlane(history, window, lists, settings)
    const found = [...redirectEvidence(plane), ...failureEvidence(plane)]
    return found.map(({ class: _class, ...rest }) => ({ what: 'user-plane' as const, ...rest }))
  })
}
