/** Cases of "renewed, still blocked" for people: rows of the list, and one case with its story and what to do. */

import type { AlertRecord } from '../../record/alert-record.js'
import { groupDigits } from '../../record/figures.js'
import { plainText, terminalText, wrap } from '../../record/text.js'
import { clockTime, dateText, parseTime, zoneText } from '../../record/time.js'
import { causeName } from '../../renewal/recovery.js'
import type { Options } from '../options.js'
import type { Cell, Column } from '../output/table.js'
import { titled } from './titled.js'

export const alertColumns: readonly Column[] = [
  { head: 'Case' },
  { head: 'State' },
  { head: 'IMSI' },
  { head: 'MSISDN', leaves: 3 },
  { head: 'Renewed at', leaves: 5 },
  { head: 'Blocked for', right: true, leaves: 4 },
  { head: 'Cause', flexible: 12 },
  { head: 'Sure', leaves: 2 },
  { head: 'Evidence', leaves: 1 },
]

function usOf(text: string | undefined): number {
  return parseTime(text ?? '') ?? 0
}

/** `alert` as the reader may see it. */
export function alertCells(alert: AlertRecord, options: Options): readonly Cell[] {
  const last = alert.evidence.at(-1)
  return [
    alert.case,
    stateText(alert),
    alert.imsi ?? '-',
    alert.msisdn ?? '-',
    clockTime(usOf(alert.t0), options.utc).slice(0, 8),
    blockedFor(alert),
    alert.cause === undefined ? '-' : `${alert.cause} ${causeName(alert.cause)}`,
    alert.confidence ?? '-',
    last === undefined ? '-' : terminalText(`${last.class} ${last.text}`),
  ]
}

/** NEW while it is an alarm, CLEARED when it is over; else the verdict itself. */
function stateText({ alarm, state, verdict }: AlertRecord): string {
  if (!alarm) return verdict
  if (state === 'recovered' || state === 'closed') return 'CLEARED'
  return state === 'notified' ? 'TOLD' : verdict === 'DEGRADED' ? 'SLOW' : 'NEW'
}

/** From the renewal to the recovery, or to the latest evidence. */
function blockedFor({ alarm, recovered_at, ts, t0, evidence }: AlertRecord): string {
  if (!alarm) return '-'
  const last = recovered_at ?? [ts, ...evidence.map(one => one.ts)].sort().at(-1)
  return spanText(usOf(last) - usOf(t0))
}

/** `04:12`, `2:04:12`. */
function spanText(us: number): string {
  const all = Math.max(0, Math.round(us / 1e6))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(all / 3600)
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`
  return hours === 0 ? rest : `${hours}:${rest}`
}

/** `alerts show ID`. */
export function alertLines(alert: AlertRecord, options: Options, width: number): string[] {
  const { utc } = options
  const t0Us = usOf(alert.t0)
  const clock = (text: string) => clockTime(usOf(text), utc).slice(0, 8)
  const lines = [
    ...titled(
      'Case',
      [
        alert.case,
        `IMSI ${alert.imsi ?? 'unknown'}`,
        alert.msisdn === undefined ? '' : `MSISDN ${alert.msisdn}`,
        alert.apn === undefined ? '' : `APN ${terminalText(alert.apn)}`,
      ],
      width,
    ),
    ...titled(
      'Renewed',
      [
        `${dateText(t0Us, utc)} ${clock(alert.t0)} ${zoneText(t0Us, utc)}`,
        alert.t_cap === undefined ? '' : `cap met ${clock(alert.t_cap)}`,
      ],
      width,
    ),
    ...titled('Verdict', verdictParts(alert), width),
    ...timesLines(alert, clock, width),
  ]
  for (const one of alert.evidence) {
    const where = placeText(one)
    lines.push(
      ...titled('Evidence', [one.class, clock(one.ts), terminalText(one.text), where], width),
    )
  }
  for (const hint of alert.hints) lines.push(...titled('Hint', [terminalText(hint)], width))
  lines.push(...recoveryLines(alert, width), '', 'Timeline')
  for (const { ts, what, text, ...place } of alert.timeline) {
    const words = `${terminalText(text)}  ${placeText(place)}`.trimEnd()
    const [first = '', ...more] = wrap(words, width - 23)
    lines.push(`${clock(ts)}  ${what.padEnd(11)} ${first}`)
    for (const line of more) lines.push(`${' '.repeat(22)}${line}`)
  }
  return lines
}

function verdictParts({ verdict, cause, confidence, alarm, state }: AlertRecord): string[] {
  return [
    verdict,
    cause === undefined ? '' : `${cause} ${causeName(cause)}`,
    confidence === undefined ? '' : `${confidence} confidence`,
    alarm ? state : 'no alarm',
  ]
}

function timesLines(alert: AlertRecord, clock: (text: string) => string, width: number): string[] {
  if (alert.alarm_at === undefined) return []
  const parts = [
    `${clock(alert.alarm_at)}, ${spanText(usOf(alert.alarm_at) - usOf(alert.t0))} after the renewal`,
    alert.detect_us === undefined ? '' : `${spanText(alert.detect_us)} after the first evidence`,
    alert.recovered_at === undefined ? '' : `recovered ${clock(alert.recovered_at)}`,
    alert.recover_us === undefined ? '' : `${spanText(alert.recover_us)} later`,
    alert.reattached === true ? 'the handset had attached again' : '',
  ]
  return titled('Alarm', parts, width)
}

function placeText(one: { frame?: number; flow?: string; event_id?: string }): string {
  if (one.frame !== undefined) return `packet ${groupDigits(one.frame)}`
  if (one.flow !== undefined) return `flow ${one.flow}`
  return one.event_id === undefined ? '' : `event ${terminalText(one.event_id)}`
}

function recoveryLines({ recovery }: AlertRecord, width: number): string[] {
  if (recovery === undefined) return []
  return [
    ...titled('Tell', [terminalText(recovery.user)], width),
    `           ${plainText(recovery.user_zh)}`,
    ...titled('Network', [terminalText(recovery.network)], width),
    `           ${plainText(recovery.network_zh)}`,
  ]
}
