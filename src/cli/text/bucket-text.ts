/** Buckets for people: a block a subscriber, what each bucket paid and when it was empty, and what no bucket
 * took. */

import type {
  BucketRecord,
  RatedOctetSums,
  RatingRecord,
  RatingSummary,
} from '../../record/bucket-record.js'
import { groupDigits, octetsText } from '../../record/figures.js'
import { terminalText } from '../../record/text.js'
import { clockTime, dateText, parseTime } from '../../record/time.js'
import { type Cell, type Column, tableLines } from '../output/table.js'
import { counted } from './summary-text.js'
import { titled } from './titled.js'

const columns: readonly Column[] = [
  { head: ' bucket', flexible: 10 },
  { head: 'product', flexible: 8, leaves: 1 },
  { head: 'month', leaves: 0 },
  { head: 'state' },
  { head: 'used', right: true },
  { head: 'left', right: true },
  { head: 'empty at' },
]

/** Records in the clear; `shown` masks them unless the operator asked. */
export function bucketLines(
  ratings: readonly RatingRecord[],
  records: readonly BucketRecord[],
  shown: <T extends object>(record: T) => T,
  width: number,
  utc: boolean,
): string[] {
  const own = new Map<string, BucketRecord[]>()
  for (const record of records) {
    const key = ownerKey(record)
    own.set(key, [...(own.get(key) ?? []), record])
  }
  return ratings.flatMap(rating => [
    ...titled('Subscriber', identity(shown(rating)), width),
    ...bucketTable(own.get(ownerKey(rating)) ?? [], shown, width, utc),
    ...titled(' octets', sumParts(rating), width),
  ])
}

function bucketTable(
  records: readonly BucketRecord[],
  shown: <T extends object>(record: T) => T,
  width: number,
  utc: boolean,
): string[] {
  if (records.length === 0) return []
  const rows = records.map(row => cells(shown(row), utc))
  return tableLines(columns, rows, width)
}

export function ratingSummaryLines(summary: RatingSummary, width: number): string[] {
  const { catalogue, timezone } = summary
  const names = `${catalogue.name} ${catalogue.version}  ${catalogue.sha256.slice(0, 7)}`
  return [
    ...titled('Products', [terminalText(names), `months of ${timezone}`], width),
    ...titled(
      'Buckets',
      [
        counted(summary.buckets, 'bucket'),
        `${groupDigits(summary.exhausted)} exhausted`,
        `${groupDigits(summary.caps)} cap reached`,
        ...(summary.absent_holders > 0
          ? [`${counted(summary.absent_holders, 'holder')} without traffic`]
          : []),
      ],
      width,
    ),
    ...titled('Rated', sumParts(summary), width),
    ...(summary.complete ? [] : titled('INCOMPLETE', summary.reasons.map(terminalText), width)),
  ]
}

function ownerKey({ imsi = '', msisdn = '' }: { imsi?: string; msisdn?: string }): string {
  return `${imsi}|${msisdn}`
}

function identity({ imsi, msisdn, others }: RatingRecord): string[] {
  if (others) return ['several, above the bound of --max-subscribers']
  const number = msisdn === undefined ? '' : `MSISDN ${msisdn}`
  return [imsi ?? (number === '' ? 'nobody: no session seen' : ''), number]
}

function cells(row: BucketRecord, utc: boolean): readonly Cell[] {
  const timeUs = row.depleted === undefined ? undefined : parseTime(row.depleted)
  const at = timeUs === undefined ? '-' : emptyText(timeUs, row.depleted_frame ?? 0, utc)
  return [
    ` ${terminalText(row.bucket)}`,
    terminalText(row.product),
    row.month ?? '-',
    row.state,
    groupDigits(row.up_bytes + row.down_bytes),
    groupDigits(row.left_bytes),
    at,
  ]
}

/** Time and packet: `2014-11-21 01:30:08.590 #151`. */
function emptyText(timeUs: number, frame: number, utc: boolean): string {
  return `${dateText(timeUs, utc)} ${clockTime(timeUs, utc)} #${frame}`
}

const sumWords = [
  ['debited_bytes', 'from buckets'],
  ['billed_bytes', 'billed'],
  ['blocked_bytes', 'blocked'],
  ['free_bytes', 'free'],
  ['unknown_bytes', 'unknown'],
] as const

/** `1,200 B rated = from buckets 1,000 B  blocked 200 B`. */
function sumParts(sums: RatedOctetSums): string[] {
  const parts = sumWords
    .filter(([key]) => sums[key] > 0)
    .map(([key, word]) => `${word} ${octetsText(sums[key])}`)
  return [`rated ${octetsText(sums.rated_bytes)}:`, ...parts]
}
