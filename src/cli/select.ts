/** Which records a command shows: `-Y`, `--since`, `--until`. Totals of the summary are never cut. */

import { recordFields } from '../record/filter/all.js'
import { compileFilter, type RecordTest } from '../record/filter/evaluate.js'
import type { FieldSet } from '../record/filter/field.js'
import { parseFilter } from '../record/filter/parser.js'
import { filterErrorLines } from '../record/filter/report.js'
import { terminalText } from '../record/text.js'
import { localMidnight, parseTime } from '../record/time.js'
import { exitCode, Failure, usageFailure } from './fail.js'
import type { Options } from './options.js'

/** First and last packet of the capture, in microseconds. */
export interface CaptureSpan {
  first: number
  last: number
}

/** A time that may need the capture's own times to be known. */
type Moment = (span: CaptureSpan) => number

export interface Selection {
  /** something is left out */
  readonly active: boolean
  /** the test can only be made when the capture's times are known */
  readonly needsSpan: boolean
  test(span: CaptureSpan): RecordTest
  /** packet times that were asked for; without end where none was */
  times(span: CaptureSpan): { from: number; to: number }
}

const everything: CaptureSpan = { first: 0, last: 0 }

/** Throws a Failure that points at what is wrong in a filter or time. */
export function selectionOf(options: Options): Selection {
  const filter = options.filter === undefined ? undefined : filterTest(options.filter)
  const since = moment('since', options.since, options.utc)
  const until = moment('until', options.until, options.utc)
  const times = (span: CaptureSpan) => ({
    from: since?.at(span) ?? Number.NEGATIVE_INFINITY,
    to: until?.at(span) ?? Number.POSITIVE_INFINITY,
  })
  return {
    active: filter !== undefined || since !== undefined || until !== undefined,
    times,
    needsSpan: since?.needsSpan === true || until?.needsSpan === true,
    test(span) {
      const { from, to } = times(span)
      const timed = since !== undefined || until !== undefined
      return record => (!timed || overlaps(record, from, to)) && (filter?.(record) ?? true)
    },
  }
}

export function filterTest(text: string, fields: FieldSet = recordFields): RecordTest {
  const result = parseFilter(text, fields)
  if (result.ok) return compileFilter(result.filter, fields)
  const [message = '', ...lines] = filterErrorLines(text, result.error)
  throw new Failure(exitCode.usage, `filter: ${message}`, { lines })
}

const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/
const ago = /^-(\d+(?:\.\d+)?)(s|m|h|d)$/
const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `09:30` is on the day of the first packet, `-1h` is before the last one. */
function moment(
  option: string,
  text: string | undefined,
  utc: boolean,
): { at: Moment; needsSpan: boolean } | undefined {
  if (text === undefined) return undefined
  const fixed = parseTime(text)
  if (fixed !== undefined) return { at: () => fixed, needsSpan: false }
  const [, hours = '', minutes = '', seconds = '0'] = clock.exec(text) ?? []
  if (hours !== '' && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60) {
    const intoDay = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6
    return { at: ({ first }) => localMidnight(first, utc) + intoDay, needsSpan: true }
  }
  const [, amount = '', unit = ''] = ago.exec(text) ?? []
  const span = Number(amount) * (unitSeconds[unit] ?? Number.NaN) * 1e6
  if (amount !== '') return { at: ({ last }) => last - span, needsSpan: true }
  throw usageFailure(
    `--${option}: "${terminalText(text)}" is not a time`,
    '09:30, -1h, or 2026-11-21T09:30:00+06:00',
  )
}

/** Does any part of the record lie between the times? Records without times pass. */
function overlaps(record: object, from: number, to: number): boolean {
  const row = record as Readonly<Record<string, unknown>>
  const start = timeOf(row.ts ?? row.first)
  const end = timeOf(row.end ?? row.last) ?? start
  return (start === undefined || start <= to) && (end === undefined || end >= from)
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseTime(value) : undefined
}

/** The span of a summary without packets. */
export function spanOf(summary: { first?: string; last?: string }): CaptureSpan {
  const first = timeOf(summary.first)
  const last = timeOf(summary.last)
  return first === undefined || last === undefined ? everything : { first, last }
}
