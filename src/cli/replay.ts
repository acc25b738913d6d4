/** `tollgate replay FILE...`: analyse captures, print the summary or all records. */

import type { AlertRecord } from '../record/alert-record.js'
import type { FindingRecord } from '../record/explain-record.js'
import { groupDigits } from '../record/figures.js'
import { nearestWord } from '../record/filter/nearest.js'
import type { ProbeRecord, RecordType } from '../record/sink.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { type Analysis, analyse, ending, inputPaths } from './analyse.js'
import { BucketReport } from './bucket-report.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { Detection, isOpen } from './detection.js'
import { type ExitCode, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { interfaceLines } from './live-summary.js'
import type { Options } from './options.js'
import { objectLine } from './output/json.js'
import { formatOf, forReader, RecordWriter } from './output/record-writer.js'
import { type Selection, selectionOf } from './select.js'
import { findingLines } from './text/finding-text.js'
import { SubscriberBills } from './text/subscriber-text.js'
import {
  duplicateLines,
  fileLines,
  octetLines,
  problemLines,
  rulesLines,
  sessionLines,
  verdictLines,
} from './text/summary-text.js'
import { titled } from './text/titled.js'

type DataType = Exclude<RecordType, 'summary' | 'alert'>
const dataTypes = [
  'flow',
  'transaction',
  'usage',
  'session',
  'subscriber',
  'finding',
  'activity',
  'control',
] as const
const defaultTypes = ['flow', 'transaction', 'usage', 'finding'] as const
/** Blocks of subscribers and of findings in the text summary without `--limit`. */
const mostBlocks = 10

export async function replay(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = inputPaths('replay', options, [...options.read, ...call.positionals])
  if (options.bounds) {
    const { replayBounds } = await import('./replay-bounds.js')
    return await replayBounds(call, paths, chooseRules(options, terminal))
  }
  const selection = selectionOf(options)
  const machine = formatOf(options) !== 'text'
  if (!machine && (options.fields !== undefined || options.only !== undefined)) {
    throw usageFailure('--fields and --only need --json or --csv')
  }
  const types = typesOf(options)
  const engine = chooseRules(options, terminal)
  return machine
    ? await replayRecords(call, paths, engine, selection, types)
    : await replayText(call, paths, engine, selection)
}

/** Written after the run: alerts when there are events, buckets when there are products; the summary always. */
const laterTypes: ReadonlySet<string> = new Set(['alert', 'bucket', 'summary'])

/** Types named by --only that are written while the run goes on. */
function typesOf(options: Options): readonly DataType[] {
  if (options.only === undefined) return options.csv ? ['flow'] : defaultTypes
  const types: DataType[] = []
  for (const typed of options.only.split(',').map(text => text.trim())) {
    const type = dataTypes.find(name => name === typed)
    if (type !== undefined) types.push(type)
    else if (!laterTypes.has(typed)) {
      throw usageFailure(
        `--only: unknown record type "${terminalText(typed)}"`,
        nearestWord(typed, dataTypes) ?? [...dataTypes, ...laterTypes].join(','),
      )
    }
  }
  return types
}

async function replayRecords(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  selection: Selection,
  types: readonly DataType[],
): Promise<ExitCode> {
  const { options, terminal } = call
  const detection = await Detection.from(options, terminal)
  const buckets = await BucketReport.from(options, engine)
  const alerts = detection !== undefined && wantsLater(options, 'alert')
  const writer = new RecordWriter(terminal.out, options, alerts ? [...types, 'alert'] : types)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  const funnel = new Funnel(types, selection, record => {
    if (left-- > 0) writer.write(record)
  })
  detection?.watch(funnel)
  const analysis = await analyse(call, paths, engine, funnel, buckets?.watch)
  const found = alerts ? detection.cases(analysis.summary) : []
  for (const alert of found) if (alert.alarm && left-- > 0) writer.write(alert)
  const rated = buckets?.end(analysis.summary.reasons)
  if (rated !== undefined && wantsLater(options, 'bucket')) {
    buckets?.writeRecords(terminal)
    terminal.out.line(objectLine(rated))
  }
  writer.summary(analysis.summary)
  return ending(analysis, options, terminal)
}

function wantsLater({ only, csv }: Options, type: string): boolean {
  if (only === undefined) return !csv
  return only.split(',').some(text => text.trim() === type)
}

/** What the text summary is made from. */
interface Gathered {
  bills: SubscriberBills
  findings: FindingRecord[]
  findingCount: number
  verdicts: Record<string, { flows: number; bytes: number }>
  flows: number
}

async function replayText(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  selection: Selection,
): Promise<ExitCode> {
  const { options, terminal } = call
  const gathered: Gathered = {
    bills: new SubscriberBills(),
    findings: [],
    findingCount: 0,
    verdicts: {},
    flows: 0,
  }
  const most = options.limit ?? mostBlocks
  // a selection is made among flows; without one the ledger's totals are exact
  const counted: RecordType = selection.active ? 'flow' : 'usage'
  const funnel = new Funnel(
    [counted, 'subscriber', 'finding'],
    selection,
    record => gather(record, gathered, most),
    ['subscriber'],
  )
  const detection = await Detection.from(options, terminal)
  detection?.watch(funnel)
  const buckets = await BucketReport.from(options, engine)
  const analysis = await analyse(call, paths, engine, funnel, buckets?.watch)
  const alerts = detection?.cases(analysis.summary)
  const rated = buckets?.end(analysis.summary.reasons)
  if (!options.quiet) {
    const lines = summaryText(call, analysis, engine, selection, gathered, most, alerts)
    if (rated !== undefined) lines.push('', ...(buckets?.lines(rated, terminal.columns) ?? []))
    for (const line of lines) terminal.out.line(line)
  }
  return ending(analysis, options, terminal)
}

function gather(record: ProbeRecord, into: Gathered, most: number): void {
  switch (record.type) {
    case 'usage':
      into.bills.add(record)
      break
    case 'flow': {
      into.flows++
      into.bills.add(record)
      into.verdicts[record.verdict] ??= { flows: 0, bytes: 0 }
      const count = into.verdicts[record.verdict]
      if (count === undefined) break
      count.flows++
      count.bytes += record.up_bytes + record.down_bytes
      break
    }
    case 'subscriber':
      into.bills.describe(record)
      break
    case 'finding':
      into.findingCount++
      if (into.findings.length < most) into.findings.push(record)
      break
    default:
      break
  }
}

function summaryText(
  call: Invocation,
  analysis: Analysis,
  engine: RuleEngine,
  selection: Selection,
  gathered: Gathered,
  most: number,
  alerts: readonly AlertRecord[] | undefined,
): string[] {
  const { options, terminal } = call
  const { summary, status } = analysis
  const width = terminal.columns
  const { bills, findings, findingCount } = gathered
  const files = [...options.read, ...call.positionals]
  const names = new Map(engine.charges.map(charge => [charge.id, charge.name ?? '']))
  const lines = [
    ...fileLines(status, summary, options.utc, width),
    ...interfaceLines(status, width),
    ...rulesLines(summary, engine.set.source.file, width),
    ...sessionLines(summary, width),
  ]
  if (selection.active) {
    const shown = `${groupDigits(gathered.flows)} of ${groupDigits(summary.flows)} flows`
    lines.push(...titled('Selected', [shown, terminalText(options.filter ?? '')], width))
  }
  lines.push(...verdictLines(selection.active ? gathered.verdicts : summary.verdicts, terminal))
  if (!selection.active) {
    lines.push(...octetLines(summary, width), ...duplicateLines(summary, width))
  }
  if (alerts !== undefined) {
    const open = groupDigits(alerts.filter(isOpen).length)
    const seen = [`${open} still blocked after renewal`, '(tollgate alerts)']
    lines.push(...titled('Alerts', seen, width))
  }
  lines.push(...problemLines(summary, options.verbose > 0, width))
  if (bills.count > 0) lines.push('', ...bills.lines(most, names, options.reveal, width))
  if (bills.count > most) {
    lines.push(`${groupDigits(bills.count - most)} more subscribers: tollgate subs -r FILE`)
  }
  for (const finding of findings) {
    lines.push('', ...findingLines(forReader(finding, options), files, width))
  }
  if (findingCount > findings.length) {
    lines.push(
      `${groupDigits(findingCount - findings.length)} more findings: --json --only finding`,
    )
  }
  return lines
}
