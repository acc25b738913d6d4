/** The summary of a run for people: file, rules, sessions, verdicts, octets, problems. */

import {
  durationText,
  groupDigits,
  octetsText,
  shareText,
  verdictLabels,
  verdictOrder,
} from '../../record/figures.js'
import type { Verdict } from '../../record/flow-record.js'
import { terminalText } from '../../record/text.js'
import { clockTime, dateText, parseTime, zoneText } from '../../record/time.js'
import type { SummaryRecord } from '../../record/usage-record.js'
import type { SourceStatus } from '../../source/source.js'
import { type Cell, type Column, tableLines } from '../output/table.js'
import { paintVerdict, type Terminal } from '../terminal.js'
import { titled, titleWidth } from './titled.js'

/** Flows and octets of each verdict. */
export type VerdictCounts = Readonly<Record<string, { flows: number; bytes: number }>>

export function fileLines(
  status: SourceStatus,
  summary: SummaryRecord,
  utc: boolean,
  width: number,
): string[] {
  const size = status.octetsTotal > 0 ? status.octetsTotal : status.octetsRead
  const parts = [
    terminalText(status.name),
    octetsText(size),
    `${groupDigits(summary.frames)} packets`,
    spanText(summary, utc),
  ]
  return titled(status.live === undefined ? 'File' : 'Live', parts, width)
}

/** `2014-11-21 21:00:00.001 to 21:04:59.870 +06  (5 min)` */
function spanText(summary: SummaryRecord, utc: boolean): string {
  const first = parseTime(summary.first ?? '')
  const last = parseTime(summary.last ?? '')
  if (first === undefined || last === undefined) return ''
  const sameDay = dateText(first, utc) === dateText(last, utc)
  const end = sameDay ? clockTime(last, utc) : `${dateText(last, utc)} ${clockTime(last, utc)}`
  const zone = zoneText(last, utc)
  const length = durationText(last - first)
  return `${dateText(first, utc)} ${clockTime(first, utc)} to ${end} ${zone}  (${length})`
}

/** Rule set and profile stand beside the figures: those are a model's. */
export function rulesLines(summary: SummaryRecord, file: string, width: number): string[] {
  return titled('Rules', [terminalText(file), ...modelParts(summary)], width)
}

/** `newspaper 2014-11`, `9f3c1ab`, `profile article 1`. */
export function modelParts(
  record: Pick<SummaryRecord, 'rules' | 'profile' | 'profile_version'>,
): string[] {
  const { name, version, sha256 } = record.rules
  return [
    terminalText(`${name} ${version}`.trim()),
    sha256.slice(0, 7),
    terminalText(`profile ${record.profile} ${record.profile_version}`),
  ]
}

export function sessionLines(summary: SummaryRecord, width: number): string[] {
  return titled(
    'Sessions',
    [counted(summary.sessions, 'context'), counted(summary.subscribers, 'subscriber')],
    width,
  )
}

export function counted(count: number, noun: string): string {
  return `${groupDigits(count)} ${noun}${count === 1 ? '' : 's'}`
}

const verdictColumns: readonly Column[] = [
  { head: 'Verdict' },
  { head: 'flows', right: true },
  { head: 'bytes', right: true },
  { head: 'share', right: true },
]

export function verdictLines(counts: VerdictCounts, terminal: Terminal): string[] {
  const shown = verdictOrder.filter(verdict => (counts[verdict]?.flows ?? 0) > 0)
  const whole = shown.reduce((sum, verdict) => sum + (counts[verdict]?.bytes ?? 0), 0)
  const rows = shown.map(verdict => verdictRow(terminal, verdict, counts[verdict], whole))
  if (rows.length === 0) return titled('Verdict', ['no flows'], terminal.columns)
  return tableLines(padded(verdictColumns), rows, terminal.columns)
}

/** Columns at least as wide as in every other run, so that two summaries compare by eye. */
function padded(columns: readonly Column[]): Column[] {
  const widths = [titleWidth - 2, 7, 9, 6]
  return columns.map((column, i) => ({
    ...column,
    head: column.right ? column.head.padStart(widths[i] ?? 0) : column.head.padEnd(widths[i] ?? 0),
  }))
}

function verdictRow(
  terminal: Terminal,
  verdict: Verdict,
  count: { flows: number; bytes: number } | undefined,
  whole: number,
): Cell[] {
  const { flows, bytes } = count ?? { flows: 0, bytes: 0 }
  return [
    { text: verdictLabels[verdict], painted: paintVerdict(terminal, verdict) },
    groupDigits(flows),
    octetsText(bytes),
    shareText(bytes, whole),
  ]
}

/** Octets by tariff from the ledger: transactions of one flow may differ. */
export function octetLines(summary: SummaryRecord, width: number): string[] {
  const part = (name: string, octets: number, always = false) =>
    octets > 0 || always
      ? `${name} ${octetsText(octets)} (${shareText(octets, summary.bytes)})`
      : ''
  const parts = [
    part('free', summary.free_bytes, true),
    part('charged', summary.charged_bytes, true),
    part('unknown', summary.unknown_bytes),
    summary.overload?.not_sampled_bytes === undefined
      ? ''
      : `${octetsText(summary.overload.not_sampled_bytes)} of it not sampled`,
    part('no rule', summary.unmatched_bytes),
    part('excluded', summary.excluded_bytes),
    part('direction unknown', summary.direction_unknown_bytes),
    `of ${octetsText(summary.bytes)} in ${counted(summary.charge_units, 'packet')}`,
  ]
  return titled('Octets', parts, width)
}

/** What was left out, and why. */
export function duplicateLines(summary: SummaryRecord, width: number): string[] {
  const packets = summary.duplicate_packets ?? 0
  if (packets === 0) return []
  const octets = octetsText(summary.duplicate_bytes ?? 0)
  const why = 'seen at a second point of the capture, charged at the first (--dedupe off: at each)'
  return titled('Twice', [`${counted(packets, 'packet')}, ${octets}, ${why}`], width)
}

export function problemLines(summary: SummaryRecord, verbose: boolean, width: number): string[] {
  const faults = Object.entries(summary.faults)
  const total = faults.reduce((sum, [, count]) => sum + count, 0)
  const lines = titled(
    'Problems',
    [
      `${counted(total, 'fault')} in decoding`,
      `${groupDigits(summary.capture_drops)} lost by the capture`,
      summary.unknown_teid_packets > 0
        ? `${groupDigits(summary.unknown_teid_packets)} in tunnels of no session seen`
        : '',
      total > 0 && !verbose ? '(-v lists them)' : '',
    ],
    width,
  )
  if (verbose) {
    for (const [key, count] of faults) {
      lines.push(...titled('', [`${groupDigits(count).padStart(7)}  ${terminalText(key)}`], width))
    }
  }
  lines.push(...incompleteLines(summary, width))
  return lines
}

/** Why the results are not of the whole capture; none when they are. */
export function incompleteLines(
  { complete, reasons }: Pick<SummaryRecord, 'complete' | 'reasons'>,
  width: number,
): string[] {
  return complete ? [] : titled('INCOMPLETE', [terminalText(reasons.join('; '))], width)
}
