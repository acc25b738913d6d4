/** `tollgate cdr compare`: what is predicted against what was billed, and what would close the gaps. */

import { Actual, type Span } from '../charging/actual.js'
import {
  actualTotals,
  type ComparedRow,
  compare,
  isDifferent,
  type Tolerance,
} from '../charging/compare.js'
import { GapCandidates } from '../charging/gap-candidates.js'
import { Predicted, type PredictedSubscriber } from '../charging/predicted.js'
import type { ComparisonCandidate, ComparisonSummary } from '../record/comparison-record.js'
import { maskImsi } from '../record/mask.js'
import type { RecordType } from '../record/sink.js'
import { terminalText } from '../record/text.js'
import { RuleEngine } from '../rules/engine.js'
import { type PolicyVariant, policyVariants } from '../rules/policy-choice.js'
import { standardInput } from '../source/capture-file.js'
import { type Analysis, analyse, capturePaths, ending, withoutFolder } from './analyse.js'
import { type ActualRead, readActual, sameCapture, usageMapOf } from './cdr-actual.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import type { Options } from './options.js'
import { objectLine } from './output/json.js'
import { formatOf, forReader, RecordWriter } from './output/record-writer.js'
import { selectionOf, spanOf } from './select.js'
import { comparisonLines } from './text/comparison-text.js'

export async function cdrCompare(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = capturePaths('cdr compare', options.read)
  const tolerance = toleranceOf(options)
  const map = usageMapOf(options.map)
  const format = formatOf(options)
  const names = actualNames(options, paths)
  const engine = chooseRules(options, terminal)
  const writer =
    format === 'text' ? undefined : new RecordWriter(terminal.out, options, ['comparison'])
  const { predicted, analysis } = await predict(call, paths, engine)
  const span = spanInUs(analysis)
  const only = soleSubscriber(options, predicted, analysis)
  const actual = new Actual(predicted, span, only)
  const read = await readActual(names, paths, map, actual)
  const rows = compare(predicted, actual.sums, tolerance, only)
  if (options.candidates !== 'no') await explainGaps(call, paths, engine, rows, span)
  const summary = summaryOf(analysis, options, predicted, actual, read, rows)
  const records = rows.map(row => row.record)
  if (writer === undefined) {
    const shown = records.map(record => forReader(record, options))
    for (const line of comparisonLines(shown, summary, read, options, terminal)) {
      terminal.out.line(line)
    }
  } else {
    for (const record of records) writer.write(record)
    if (format === 'json') terminal.out.line(objectLine(summary))
  }
  return exitOf(call, analysis, actual, rows)
}

/** Damage is worse than a difference: the figures may be of half a bill. */
function exitOf(
  { options, terminal }: Invocation,
  analysis: Analysis,
  actual: Actual,
  rows: readonly ComparedRow[],
): ExitCode {
  const code = ending(analysis, options, terminal)
  for (const damage of actual.damages) terminal.talk(`tollgate: ${terminalText(damage)}`)
  if (code !== exitCode.done) return code
  if (actual.damages.length > 0) return exitCode.usage
  const isSilent = rows.every(({ record }) => record.source === undefined)
  if (isSilent)
    terminal.talk('tollgate: nothing of --actual is about the subscribers of the capture')
  return isSilent || rows.some(({ record }) => isDifferent(record)) ? exitCode.no : exitCode.done
}

function actualNames(options: Options, paths: readonly string[]): readonly string[] {
  if (options.actual.length === 0) {
    throw usageFailure(
      'cdr compare needs --actual',
      'tollgate cdr compare -r FILE --actual FILE|capture',
    )
  }
  const twice = options.actual.includes(sameCapture) || options.actual.includes(standardInput)
  if (paths.includes(standardInput) && twice) {
    throw usageFailure('--actual: standard input can be read only once')
  }
  return options.actual
}

function toleranceOf({ tolerance = '0' }: Options): Tolerance {
  if (/^\d{1,15}$/.test(tolerance)) return { octets: Number(tolerance), share: 0 }
  const [, percent = ''] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(tolerance) ?? []
  if (percent !== '') return { octets: 0, share: Number(percent) / 100 }
  throw usageFailure(`--tolerance: "${terminalText(tolerance)}" is no amount`, '1000 or 0.5%')
}

function spanInUs({ summary }: Analysis): Span {
  const { first, last } = spanOf(summary)
  return { firstUs: first, lastUs: last }
}

interface Prediction {
  predicted: Predicted
  analysis: Analysis
}

async function predict(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
): Promise<Prediction> {
  const predicted = new Predicted()
  const funnel = new Funnel(['usage', 'subscriber'], selectionOf(call.options), record => {
    if (record.type === 'usage') predicted.usage(record)
    else if (record.type === 'subscriber') predicted.contexts(record)
  })
  return { predicted, analysis: await analyse(call, paths, engine, funnel) }
}

function soleSubscriber(
  options: Options,
  predicted: Predicted,
  analysis: Analysis,
): PredictedSubscriber | undefined {
  const { imsi } = options
  if (imsi === undefined) return undefined
  const found = predicted.find(imsi, imsi)
  if (found !== undefined) return found
  const shown = terminalText(options.reveal ? imsi : maskImsi(imsi))
  throw new Failure(exitCode.no, `no subscriber ${shown} in ${terminalText(analysis.status.name)}`)
}

/** Runs the capture again: once for flows of the size of a gap, once for each choice of the profile. */
async function explainGaps(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  rows: readonly ComparedRow[],
  span: Span,
): Promise<void> {
  const gaps = new GapCandidates(rows, span)
  if (!gaps.wanted || paths.includes(standardInput)) return
  const { set, profile } = engine
  for (const variant of policyVariants(profile)) {
    const other = new RuleEngine(set, variant.profile)
    const { predicted, analysis } = await predict(call, paths, other)
    if (analysis.interrupted) return
    gaps.variant(predicted, policyCandidate(variant))
  }
  const owners = new Map(rows.map(({ subscriber }) => [ownerKey(subscriber), subscriber]))
  const types: readonly RecordType[] = ['flow', 'transaction']
  const funnel = new Funnel(types, selectionOf(call.options), record => {
    if (record.type !== 'flow' && record.type !== 'transaction') return
    const owner = owners.get(ownerKey(record))
    if (owner !== undefined) gaps.sized(record, owner)
  })
  await analyse(call, paths, engine, funnel)
}

function ownerKey({ imsi = '', msisdn = '' }: { imsi?: string; msisdn?: string }): string {
  return imsi === '' ? `+${msisdn}` : imsi
}

function policyCandidate({ policy, value, insteadOf }: PolicyVariant): ComparisonCandidate {
  if (policy === '') {
    return { kind: 'profile', text: `${value} instead of ${insteadOf}`, profile: value }
  }
  const text = `${policy} ${value} instead of ${insteadOf}`
  return { kind: 'policy', text, policy, value }
}

function summaryOf(
  { summary }: Analysis,
  options: Options,
  predicted: Predicted,
  actual: Actual,
  { records }: ActualRead,
  rows: readonly ComparedRow[],
): ComparisonSummary {
  const reasons = [...summary.reasons, ...actual.damages.map(withoutFolder)]
  return {
    type: 'summary',
    schema: 'tollgate.comparison-summary/1',
    complete: reasons.length === 0,
    reasons,
    rows: rows.length,
    different: rows.filter(({ record }) => isDifferent(record)).length,
    predicted_bytes: predicted.bytes,
    actual: actualTotals(rows),
    unowned_bytes: predicted.unowned,
    ungrouped_bytes: predicted.ungrouped,
    lines_elsewhere: actual.linesElsewhere,
    lines_other_time: actual.linesOtherTime,
    records: {
      counted: records.records,
      repeated: records.repeated,
      damaged: records.damaged,
      other_kinds: records.otherKinds,
    },
    tolerance: options.tolerance ?? '0',
    rules: summary.rules,
    profile: summary.profile,
    profile_version: summary.profile_version,
  }
}
