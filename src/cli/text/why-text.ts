/** An explain record for people, in the order in which the question is asked: who, what was seen,
 * which rules were tried, what came out, what was counted, and how near free it was. */

import type {
  ConditionTest,
  ExplainedTransaction,
  ExplainRecord,
  Fact,
  NearMiss,
  RuleDecision,
  RuleTry,
} from '../../record/explain-record.js'
import {
  endpointText,
  groupDigits,
  octetsText,
  tariffLabels,
  verdictLabels,
} from '../../record/figures.js'
import type { FlagNote } from '../../record/flag.js'
import { terminalText, wrap } from '../../record/text.js'
import { type Column, tableLines } from '../output/table.js'
import { bold, paintVerdict, type Terminal } from '../terminal.js'
import { alternativeLines, remedyLines, withoutRemedy } from './finding-text.js'
import { chargeParts, chargeText } from './rule-text.js'
import { counted, modelParts } from './summary-text.js'
import { sentence, titled, titleWidth } from './titled.js'

/** Facts that come from the control plane. */
const sessionFacts = new Set([
  'session',
  'teid',
  'teid_up',
  'teid_down',
  'imsi',
  'msisdn',
  'imei',
  'apn',
  'rat',
  'uli',
  'context',
  'charging_characteristics',
  'charging_id',
  'sgsn',
  'ggsn',
])

/** Requests and slices shown without `--all`. */
const mostListed = 10

/** `record` is as the reader may see it (masked or not). */
export function whyLines(record: ExplainRecord, terminal: Terminal, all: boolean): string[] {
  const width = terminal.columns
  const session = record.facts.filter(fact => sessionFacts.has(fact.name))
  const facts = record.facts.filter(fact => !sessionFacts.has(fact.name))
  return [
    ...headLines(record, terminal),
    ...(record.flow === undefined ? [] : sessionSection(session, width)),
    ...section('2 FACTS', factLines(record.flow === undefined ? record.facts : facts, width)),
    ...rulesSection(record, terminal, all),
    ...verdictSection(record, terminal),
    ...countedSection(record, terminal, all),
    ...nearestSection(record, width),
  ].map(line => heading(terminal, line))
}

const titles = [
  '1 SESSION',
  '2 FACTS',
  '3 RULES',
  '4 VERDICT',
  '5 COUNTED',
  '6 NEAREST FREE RULE',
] as const

/** Section names in bold. */
function heading(terminal: Terminal, line: string): string {
  const name = titles.find(title => line.startsWith(title))
  return name === undefined ? line : bold(terminal, name) + line.slice(name.length)
}

function headLines(record: ExplainRecord, terminal: Terminal): string[] {
  const server = endpointText(record.server, record.server_port)
  const ue = endpointText(record.ue ?? '', record.ue_port)
  const way = ue === '' ? server : `${ue} > ${server}`
  return [
    ...titled(
      record.flow === undefined ? 'What if' : `Flow ${record.flow}`,
      [`${way} ${record.protocol}`, record.app ?? '', imsiText(record)].map(terminalText),
      terminal.columns,
    ),
    ...titled('Predicted', modelParts(record), terminal.columns),
  ]
}

function imsiText(record: ExplainRecord): string {
  return record.imsi === undefined ? '' : `IMSI ${record.imsi}`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(titleWidth)}${line}`.trimEnd())
}

function sessionSection(facts: readonly Fact[], width: number): string[] {
  if (facts.length > 0) return section('1 SESSION', factLines(facts, width))
  return section('1 SESSION', ['none seen for the tunnel of this flow'])
}

const factColumns: readonly Column[] = [{ head: '' }, { head: '' }, { head: '' }]

/** Each fact with the packet that it came from. Long values are broken, never cut. */
function factLines(facts: readonly Fact[], width: number): string[] {
  const room = width - titleWidth
  const rows = facts.map(fact => {
    const place = fact.frame === undefined ? '' : `packet ${fact.frame}`
    const source = [terminalText(fact.source), place].filter(part => part !== '').join(', ')
    return [fact.name, terminalText(fact.value), source]
  })
  const widest = (column: number) => Math.max(0, ...rows.map(row => row[column]?.length ?? 0))
  const nameWidth = widest(0) + 2
  if (nameWidth + widest(1) + 2 + widest(2) <= room)
    return tableLines(factColumns, rows, room, false)
  return rows.flatMap(([name = '', value = '', source = '']) =>
    wrap(`${value}  (${source})`, room - nameWidth).map(
      (line, i) => `${(i === 0 ? name : '').padEnd(nameWidth)}${line}`,
    ),
  )
}

function rulesSection(record: ExplainRecord, terminal: Terminal, all: boolean): string[] {
  const width = terminal.columns
  const first = record.level1.tried.filter(entry => all || entry.result !== 'shadowed')
  const lines = [`3 RULES    ${counted(first.length, 'rule')} tried in order`]
  lines.push(...tryLines(first, width), ...noteLines(record.level1, width))
  const shown = all ? record.transactions : record.transactions.slice(0, mostListed)
  for (const transaction of shown) lines.push(...transactionLines(transaction, width, all))
  const more = record.transactions.length - shown.length
  if (more > 0) lines.push(`  ${groupDigits(more)} more requests (--all lists them)`)
  return lines
}

function transactionLines(
  transaction: ExplainedTransaction,
  width: number,
  all: boolean,
): string[] {
  const { decision, method, url, status, url_source, frame } = transaction
  const tried = decision.tried.filter(
    entry => entry.level === 2 && (all || entry.result !== 'shadowed'),
  )
  const place = frame > 0 ? `, packet ${frame}` : ''
  const what = [method, url ?? 'no URL'].filter(part => part !== undefined).join(' ')
  const told = [
    url_source === undefined ? '' : `URL from ${url_source}`,
    status === undefined ? '' : `status ${status}`,
  ].filter(part => part !== '')
  const rest = told.length > 0 ? ` (${told.join(', ')})` : ''
  return [
    ...hanging(`request ${transaction.n}${place}: ${what}${rest}`, 4, width),
    ...tryLines(tried, width),
    ...(transaction.url_conflict ?? []).flatMap(other =>
      hanging(`but ${other.source} says ${other.url}`, 4, width),
    ),
    ...noteLines(decision, width),
    ...hanging(`= ${chargeText(decision)}`, 4, width),
  ]
}

/** A paragraph that begins two columns in, its further lines `indent`. */
function hanging(text: string, indent: number, width: number): string[] {
  const safe = terminalText(text)
  const [first = '', ...rest] = wrap(safe, width - 2)
  if (rest.length === 0) return [`  ${first}`]
  // from the text, not from its lines: a word that was broken must not get a blank inside
  const more = wrap(safe.slice(first.length).trimStart(), width - indent)
  return [`  ${first}`, ...more.map(line => ' '.repeat(indent) + line)]
}

function noteLines(decision: RuleDecision, width: number): string[] {
  return decision.notes.flatMap(note => hanging(`note: ${note}`, 8, width))
}

const ruleWidth = 12
const resultWidth = 7

/** Rule, result, and for a miss the first condition that failed with both values; then its place. */
function tryLines(tried: readonly RuleTry[], room: number): string[] {
  return tried.flatMap(entry => {
    const name = `  ${terminalText(entry.rule)}`.padEnd(ruleWidth)
    const result = resultWord(entry).padEnd(resultWidth)
    const left = `${name}${result}`
    const reason = terminalText(tryReason(entry))
    const at = terminalText(lineOf(entry.at))
    const rest = room - left.length
    if (reason.length + 2 + at.length <= rest) {
      return [`${left}${reason}${at.padStart(rest - reason.length)}`]
    }
    const lines = wrap(reason, rest)
    const last = lines.at(-1) ?? ''
    if (last.length + 2 + at.length <= rest) {
      lines[lines.length - 1] = last + at.padStart(rest - last.length)
    } else {
      lines.push(at.padStart(rest))
    }
    return lines.map((line, i) => (i === 0 ? left + line : ' '.repeat(left.length) + line))
  })
}

function resultWord(entry: RuleTry): string {
  if (entry.result === 'hit') return 'MATCH'
  return entry.result === 'miss' ? 'no' : 'would'
}

function tryReason(entry: RuleTry): string {
  const named = entry.name === undefined ? '' : `${entry.name}: `
  const failed = entry.tests.find(test => !test.hit)
  if (failed !== undefined) return `${named}${failedText(failed)}`
  if (entry.tests.length === 0) return `${named}every flow`
  return named + entry.tests.map(test => `${test.field} ${test.expected}`).join(', ')
}

function failedText(test: ConditionTest): string {
  return `${test.field} is ${test.actual}, needs ${test.expected}`
}

/** `rules/newspaper.yaml:9:24` as `newspaper.yaml:9`; the machine output has the whole. */
function lineOf(at: string): string {
  return at.replace(/:\d+$/, '').replace(/^.*\//, '')
}

function verdictSection(record: ExplainRecord, terminal: Terminal): string[] {
  const width = terminal.columns
  const decision = soleDecision(record)
  const group = decision?.rating_group
  const parts = [
    verdictLabels[record.verdict],
    ...(decision === undefined
      ? ['differs from request to request (see above)']
      : chargeParts({ ...decision, tariff: undefined })),
    decision?.charge_name === undefined ? '' : `"${terminalText(decision.charge_name)}"`,
    group === undefined || group === decision?.rule_id ? '' : `rating group ${group}`,
  ]
  const reasons = record.reasons.length > 0 ? ` (${record.reasons.join('; ')})` : ''
  const [first = '', ...rest] = titled('4 VERDICT', parts, width)
  return [
    first.replace(verdictLabels[record.verdict], paintVerdict(terminal, record.verdict)),
    ...rest,
    ...sentence('', `certainty ${record.certainty}${reasons}`, width),
    ...sentence('', withoutRemedy(record), width),
    ...(record.flags ?? []).flatMap(flag => flagLines(flag, width)),
  ]
}

function flagLines(note: FlagNote, width: number): string[] {
  const { flag, evidence, confidence, at_risk_bytes } = note
  const risk = at_risk_bytes > 0 ? `${octetsText(at_risk_bytes)} free only because of it` : ''
  return [
    ...titled('  ! flag', [flag, risk, `certainty ${confidence}`], width),
    ...sentence('', evidence, width),
  ]
}

/** The decision when all of the flow has the same; undefined when requests differ. */
export function soleDecision(record: ExplainRecord): RuleDecision | undefined {
  const [first, ...rest] = record.transactions.map(transaction => transaction.decision)
  if (first === undefined) return record.level1
  return rest.every(one => one.rule_id === first.rule_id) ? first : undefined
}

const sliceColumns: readonly Column[] = [
  { head: 'class' },
  { head: 'up', right: true },
  { head: 'down', right: true },
  { head: 'tariff' },
  { head: 'id', right: true },
  { head: 'packets', right: true },
  { head: 'policy', flexible: 10, wraps: true },
]

function countedSection(record: ExplainRecord, terminal: Terminal, all: boolean): string[] {
  if (record.flow === undefined) return []
  const octets = [
    `up ${groupDigits(record.up_bytes ?? 0)} B`,
    `down ${groupDigits(record.down_bytes ?? 0)} B`,
    '(inner IP length)',
  ]
  const lines = titled('5 COUNTED', octets, terminal.columns)
  const shown = all ? record.slices : record.slices.slice(0, 2 * mostListed)
  const rows = shown.map(slice => [
    slice.transaction === undefined ? slice.class : `${slice.class} ${slice.transaction}`,
    groupDigits(slice.up_bytes),
    groupDigits(slice.down_bytes),
    tariffLabels[slice.tariff],
    slice.rule_id === undefined ? '-' : String(slice.rule_id >>> 0),
    slice.first_frame === slice.last_frame
      ? String(slice.first_frame)
      : `${slice.first_frame}-${slice.last_frame}`,
    terminalText(slice.policy),
  ])
  if (rows.length > 0) {
    lines.push(...tableLines(sliceColumns, rows, terminal.columns - 2).map(line => `  ${line}`))
  }
  const more = record.slices.length - shown.length
  if (more > 0) lines.push(`  ${groupDigits(more)} more parts (--all lists them)`)
  return lines
}

function nearestSection(record: ExplainRecord, width: number): string[] {
  if (record.verdict === 'FREE') return []
  const lines: string[] = []
  const decisions = [record.level1, ...record.transactions.map(({ decision }) => decision)]
  const free = new Map<string, NearMiss>()
  for (const miss of decisions.flatMap(decision => decision.near_miss)) {
    if (miss.tariff === 'free' && !free.has(miss.rule)) free.set(miss.rule, miss)
  }
  for (const { rule, failed } of [...free.values()].slice(0, 3)) {
    const text =
      `${rule}: would be free if ${failed.field} were ${failed.expected}` +
      ` (it is ${failed.actual})  ${lineOf(failed.at)}`
    lines.push(...hanging(text, 4, width))
  }
  lines.push(...alternativeLines('  instead', record.alternatives, width))
  lines.push(...remedyLines(record.remedy, width))
  return ['6 NEAREST FREE RULE', ...(lines.length > 0 ? lines : ['  none'])]
}
