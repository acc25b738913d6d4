/** A case's life: from the renewal to its end, judged at every moment at which something may have changed. Computed from
 * all that is known each time, so that what comes late changes the past, and nothing else does
 * (blocked-after-renewal.md B4 step 10). */

import { createHash } from 'node:crypto'
import type {
  AlertRecord,
  CaseState,
  RenewalVerdict,
  TimelineEntry,
} from '../record/alert-record.js'
import { utcTime } from '../record/time.js'
import { caseTimeline } from './case-timeline.js'
import { usOf } from './history.js'
import { eventUs, type Renewal } from './orders.js'
import { causeName, recoveryOf } from './recovery.js'
import { type Judged, type Judgement, judge } from './verdict.js'

/** What was told to the subscriber, by whoever did. */
export interface Notice {
  timeUs: number
  text: string
}

interface Step {
  atUs: number
  judgement: Judgement
}

const secondUs = 1e6

/** Names a case in lists and files; says nobody's number. */
export function caseId(imsi: string, renewal: Renewal): string {
  const hash = createHash('sha256').update(`${imsi} ${renewal.t0Us} ${renewal.order.event_id}`)
  return hash.digest('hex').slice(0, 12)
}

/** An alarm is held until something settles it: a handset that is off for a minute settles nothing. */
const settles: ReadonlySet<RenewalVerdict> = new Set([
  'BLOCKED',
  'DEGRADED',
  'RECOVERED',
  'EXPLAIN',
])

/** The verdicts up to `nowUs`, one a change. */
export function stepsOf(judged: Judged, nowUs: number): Step[] {
  const { renewal } = judged
  const toUs = Math.min(nowUs, renewal.endUs)
  const steps: Step[] = []
  let alarmed = false
  for (const atUs of momentsOf(judged, toUs)) {
    const judgement = judge(judged, atUs)
    const last = steps.at(-1)?.judgement
    if (alarmed && !settles.has(judgement.verdict)) continue
    if (last !== undefined && isSame(last, judgement)) {
      // the latest evidence stays with the verdict
      last.evidence = judgement.evidence
      last.hints = judgement.hints
      continue
    }
    steps.push({ atUs, judgement })
    alarmed ||= judgement.verdict === 'BLOCKED' || judgement.verdict === 'DEGRADED'
    if (judgement.verdict === 'RECOVERED') return steps
  }
  if (nowUs >= renewal.endUs) steps.push({ atUs: renewal.endUs, judgement: closed(renewal) })
  return steps
}

function closed(renewal: Renewal): Judgement {
  const text = renewal.endReason
  return { verdict: 'CLOSED', apn: '', text, evidence: [], hints: [], shown: [] }
}

function isSame(a: Judgement, b: Judgement): boolean {
  return a.verdict === b.verdict && a.cause === b.cause && a.confidence === b.confidence
}

/** On the grid of evaluation: behind everything that happened, and behind every deadline. */
function momentsOf({ history, renewal, settings }: Judged, toUs: number): number[] {
  const { evaluation_s, grace_s, backoff_s, provision_s, refresh_s } = settings.times
  const gridUs = evaluation_s * secondUs
  const { t0Us } = renewal
  const moments = new Set<number>()
  const add = (timeUs: number) => {
    if (timeUs < t0Us) return
    const atUs = Math.ceil(timeUs / gridUs) * gridUs
    if (atUs <= toUs) moments.add(atUs)
  }
  for (const after of [0, evaluation_s, grace_s, backoff_s, provision_s])
    add(t0Us + after * secondUs)
  for (const { points } of history.flows.values()) for (const { endUs } of points) add(endUs)
  for (const { timeUs } of history.sessions) add(timeUs)
  for (const { timeUs, record } of history.controls) {
    add(timeUs)
    if (record.message === 'RAR' || record.message === 'RAA') add(timeUs + refresh_s * secondUs)
  }
  for (const { timeUs } of history.nas) add(timeUs)
  for (const event of renewal.provisions) add(eventUs(event))
  return [...moments].sort((a, b) => a - b)
}

/** When the case has to be judged again although nothing happens; Infinity: never. */
export function dueAfter({ history, renewal, settings }: Judged, nowUs: number): number {
  const { evaluation_s, grace_s, backoff_s, provision_s, refresh_s } = settings.times
  const gridUs = evaluation_s * secondUs
  const { t0Us, endUs } = renewal
  const deadlines = [0, evaluation_s, grace_s, backoff_s, provision_s].map(
    after => t0Us + after * secondUs,
  )
  const last = history.controls.at(-1)
  if (last !== undefined) deadlines.push(last.timeUs + refresh_s * secondUs)
  const grid = deadlines.map(us => Math.ceil(us / gridUs) * gridUs)
  return Math.min(Number.POSITIVE_INFINITY, ...[...grid, endUs].filter(us => us > nowUs))
}

/** The record of a case as it stands. Undefined: nothing is to be said before the renewal is in force. */
export function alertOf(
  judged: Judged,
  nowUs: number,
  notices: readonly Notice[] = [],
): AlertRecord | undefined {
  const { history, renewal } = judged
  const steps = stepsOf(judged, nowUs)
  const last = steps.at(-1)
  if (last === undefined) return undefined
  const alarm = steps.find(({ judgement }) => isAlarm(judgement.verdict))
  // what is over is told with what it was
  const said =
    isAlarm(last.judgement.verdict) || alarm === undefined ? last : (lastAlarm(steps) ?? last)
  const { cause, confidence, evidence, hints } = said.judgement
  const recovered = last.judgement.verdict === 'RECOVERED' ? last : undefined
  const notified = notices.find(one => one.timeUs >= (alarm?.atUs ?? Number.POSITIVE_INFINITY))
  const apn = said.judgement.apn
  return {
    type: 'alert',
    schema: 'tollgate.alert/1',
    case: caseId(history.imsi, renewal),
    ts: utcTime(last.atUs),
    imsi: history.imsi,
    ...(history.msisdn === '' ? {} : { msisdn: history.msisdn }),
    ...(apn === '' ? {} : { apn }),
    state: stateOf(last.judgement.verdict, notified !== undefined),
    verdict: last.judgement.verdict,
    ...(cause === undefined ? {} : { cause }),
    ...(confidence === undefined ? {} : { confidence }),
    alarm: alarm !== undefined,
    ...(renewal.cap === undefined ? {} : { t_cap: utcTime(renewal.capUs) }),
    t0: utcTime(renewal.t0Us),
    evidence,
    hints,
    ...(cause === undefined ? {} : { recovery: recoveryOf(cause) }),
    ...alarmTimes(alarm, said, recovered, renewal.t0Us),
    ...(notified === undefined ? {} : { notified_at: utcTime(notified.timeUs) }),
    ...(recovered === undefined || alarm === undefined
      ? {}
      : { reattached: hasReattached(judged, alarm.atUs, recovered.atUs) }),
    timeline: caseTimeline(judged, nowUs, [...verdictEntries(steps), ...noticeEntries(notices)]),
  }
}

function isAlarm(verdict: RenewalVerdict): boolean {
  return verdict === 'BLOCKED' || verdict === 'DEGRADED'
}

function lastAlarm(steps: readonly Step[]): Step | undefined {
  return steps.findLast(({ judgement }) => isAlarm(judgement.verdict))
}

function alarmTimes(
  alarm: Step | undefined,
  said: Step,
  recovered: Step | undefined,
  t0Us: number,
): Partial<AlertRecord> {
  const over = recovered === undefined ? {} : { recovered_at: utcTime(recovered.atUs) }
  if (alarm === undefined) return over
  const first = said.judgement.evidence.map(one => usOf(one.ts)).filter(us => us >= t0Us)
  const earliestUs = Math.min(alarm.atUs, ...first)
  return {
    alarm_at: utcTime(alarm.atUs),
    detect_us: alarm.atUs - earliestUs,
    ...over,
    ...(recovered === undefined ? {} : { recover_us: recovered.atUs - alarm.atUs }),
  }
}

const states: Partial<Record<RenewalVerdict, CaseState>> = {
  AT_RISK: 'at-risk',
  BLOCKED: 'blocked',
  DEGRADED: 'blocked',
  RECOVERED: 'recovered',
  CLOSED: 'closed',
}

function stateOf(verdict: RenewalVerdict, notified: boolean): CaseState {
  const state = states[verdict] ?? 'pending'
  return state === 'blocked' && notified ? 'notified' : state
}

/** The handset was off the network and came back between the alarm and the recovery. */
function hasReattached({ history }: Judged, fromUs: number, toUs: number): boolean {
  const between = (timeUs: number) => timeUs > fromUs && timeUs <= toUs
  return (
    history.sessions.some(({ timeUs, event }) => between(timeUs) && event.event === 'created') ||
    history.nas.some(({ timeUs, event }) => between(timeUs) && event.procedure === 'attach')
  )
}

function verdictEntries(steps: readonly Step[]): TimelineEntry[] {
  return steps.flatMap(({ atUs, judgement }) => {
    const { verdict, cause, text, shown } = judgement
    const why = cause === undefined ? '' : ` ${cause} (${causeName(cause)})`
    const entry = { ts: utcTime(atUs), what: 'verdict', text: `${verdict}${why}: ${text}` } as const
    return [...shown, entry]
  })
}

function noticeEntries(notices: readonly Notice[]): TimelineEntry[] {
  return notices.map(({ timeUs, text }) => ({ ts: utcTime(timeUs), what: 'notice', text }))
}
