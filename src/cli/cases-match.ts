/** `tollgate cases match -r FILE [FLOW] [--imsi N | --msisdn N]`: which complaint cases a flow, a subscriber, or
 * every subscriber of a capture fits, and what to do on his handset. */

import { CaseHits, type SubjectHits } from '../cases/case-hits.js'
import { type CaseMatch, matchSubject, type SubjectMatches } from '../cases/case-matcher.js'
import { HandsetBook } from '../cases/handset-book.js'
import type { CaseMatchRecord, CaseSummary, Language } from '../record/case-record.js'
import { maskImsi, maskMsisdn } from '../record/mask.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { type Analysis, analyse, capturePaths, ending } from './analyse.js'
import { caseLibrary, languageOf } from './case-folders.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import type { Options } from './options.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { selectionOf } from './select.js'
import { matchLines, noCaseLines, subjectLines } from './text/case-text.js'
import { counted } from './text/summary-text.js'

const wanted = ['flow', 'transaction', 'session', 'subscriber', 'finding'] as const

export async function casesMatch(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const [flow] = positionals
  checkSubject(options, flow)
  const paths = capturePaths('cases match', options.read)
  const library = caseLibrary(options)
  const engine = chooseRules(options, terminal)
  const hits = new CaseHits(library.cases.values())
  let ownerOfFlow: string | undefined
  const funnel = new Funnel(wanted, selectionOf(options), record => {
    hits.take(record)
    if (record.type === 'flow' && record.flow === flow) ownerOfFlow = subjectKey(record)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  const subjects = subjectsOf(hits, options, flow, ownerOfFlow)
  const isOne = flow !== undefined || options.imsi !== undefined || options.msisdn !== undefined
  if (isOne && subjects.length === 0) {
    const code = ending(analysis, options, terminal)
    if (code !== exitCode.done) return code
    throw notThere(analysis, options, flow)
  }
  const book = new HandsetBook(library.handsets)
  const lang = languageOf(options)
  const results = subjects.map(one => matchSubject(library.cases.values(), book, one, lang, flow))
  const summary = summaryOf(analysis, library.cases.size, results, hits.leftOut)
  if (options.json) writeJson(call, results, engine, lang, summary)
  else writeText(call, results, engine, lang, { isOne, summary })
  const code = ending(analysis, options, terminal)
  return code === exitCode.done && summary.matches === 0 ? exitCode.no : code
}

function checkSubject(options: Options, flow: string | undefined): void {
  if (flow !== undefined && !/^[1-9]\d*$/.test(flow)) {
    throw usageFailure(`"${terminalText(flow)}" is not the number of a flow`, 'tollgate flows')
  }
  const named = [flow, options.imsi, options.msisdn].filter(one => one !== undefined)
  if (named.length > 1) throw usageFailure('cases match takes a flow, --imsi or --msisdn, not two')
  for (const name of ['imsi', 'msisdn'] as const) {
    const number = options[name]
    if (number !== undefined && !/^\d{5,18}$/.test(number)) {
      throw usageFailure(`--${name}: "${terminalText(number)}" is not a number`)
    }
  }
}

/** As case-hits.ts tells subscribers apart. */
function subjectKey(record: { imsi?: string; ue: string }): string {
  return record.imsi ?? `ue ${record.ue}`
}

function subjectsOf(
  hits: CaseHits,
  options: Options,
  flow: string | undefined,
  ownerOfFlow: string | undefined,
): SubjectHits[] {
  const all = [...hits.subjects]
  if (flow !== undefined) return all.filter(([key]) => key === ownerOfFlow).map(([, one]) => one)
  const { imsi, msisdn } = options
  return all
    .filter(([key, one]) => key !== '' && (one.flowCount > 0 || one.imsi !== undefined))
    .map(([, one]) => one)
    .filter(one => imsi === undefined || one.imsi === imsi)
    .filter(one => msisdn === undefined || one.msisdn === msisdn)
}

function notThere(analysis: Analysis, options: Options, flow: string | undefined): Failure {
  const name = terminalText(analysis.status.name)
  if (flow !== undefined) {
    return new Failure(exitCode.no, `flow ${flow} is not in ${name}`, {
      hint: 'tollgate flows -r FILE',
    })
  }
  const { imsi, msisdn, reveal } = options
  const clear = imsi ?? msisdn ?? ''
  const shown = reveal ? clear : imsi === undefined ? maskMsisdn(clear) : maskImsi(clear)
  return new Failure(exitCode.no, `no subscriber ${shown} in ${name}`)
}

function summaryOf(
  analysis: Analysis,
  cases: number,
  results: readonly SubjectMatches[],
  leftOut: number,
): CaseSummary {
  const { complete, reasons } = analysis.summary
  return {
    type: 'summary',
    schema: 'tollgate.case-summary/1',
    complete: complete && leftOut === 0,
    reasons,
    cases,
    subscribers: results.length,
    matches: results.reduce((sum, one) => sum + one.matches.length, 0),
    unmatched: results.filter(one => one.matches.length === 0).length,
    left_out: leftOut,
  }
}

/** What his other texts are masked by. */
function numbersOf(subject: SubjectHits): { imsi?: string; msisdn?: string; imei?: string } {
  const { imsi, msisdn, clues } = subject
  return {
    ...(imsi === undefined ? {} : { imsi }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(clues.imei === undefined ? {} : { imei: clues.imei }),
  }
}

function matchRecord(
  { subject, handset }: SubjectMatches,
  match: CaseMatch,
  engine: RuleEngine,
  lang: Language,
): CaseMatchRecord {
  const { shape } = match.entry
  const { set, profile } = engine
  return {
    type: 'case-match',
    schema: 'tollgate.case-match/1',
    case: shape.case,
    title: shape.title[lang],
    ...numbersOf(subject),
    flows: [...match.flows],
    ...(match.flowsLeftOut === 0 ? {} : { flows_left_out: match.flowsLeftOut }),
    bytes: match.octets,
    charged_bytes: match.charged,
    evidence: [...match.evidence],
    handset,
    symptom: shape.symptom[lang],
    cause: shape.cause[lang],
    remedy: shape.remedy[lang],
    ...(shape.tell === undefined ? {} : { tell: shape.tell[lang] }),
    steps: [...match.steps],
    ...(match.advice === undefined ? {} : { advice: match.advice }),
    lang,
    rules: { name: set.name, version: set.version, sha256: set.source.sha256 },
    profile: profile.name,
    profile_version: profile.version,
  }
}

function writeJson(
  { options, terminal }: Invocation,
  results: readonly SubjectMatches[],
  engine: RuleEngine,
  lang: Language,
  summary: CaseSummary,
): void {
  const records = results.flatMap(result =>
    result.matches.map(match => matchRecord(result, match, engine, lang)),
  )
  for (const record of records.slice(0, options.limit ?? records.length)) {
    terminal.out.line(objectLine(forReader(record, options)))
  }
  terminal.out.line(objectLine(summary))
}

function writeText(
  { options, terminal }: Invocation,
  results: readonly SubjectMatches[],
  engine: RuleEngine,
  lang: Language,
  { isOne, summary }: { isOne: boolean; summary: CaseSummary },
): void {
  const { out, columns } = terminal
  // whoever asked for one subscriber is told of him even when no case fits
  const told = results.filter(one => isOne || one.matches.length > 0)
  for (const result of told.slice(0, options.limit ?? told.length)) {
    const shown = forReader({ ...numbersOf(result.subject), handset: result.handset }, options)
    for (const line of subjectLines(shown, shown.handset, lang, columns)) out.line(line)
    if (result.matches.length === 0) {
      for (const line of noCaseLines(lang, columns)) out.line(line)
    }
    for (const match of result.matches) {
      const record = forReader(matchRecord(result, match, engine, lang), options)
      for (const line of matchLines(record, options.read, columns)) out.line(line)
    }
    out.line('')
  }
  if (options.quiet) return
  const { set, profile } = engine
  const plural = summary.matches === 1 ? '' : 'es'
  const found = `${summary.matches} match${plural} with ${counted(summary.cases, 'case')}`
  const rest = `${counted(summary.subscribers, 'subscriber')}, ${summary.unmatched} without a case`
  out.line(`${found}; ${rest}`)
  const rules = terminalText(`${set.name} ${set.version}`)
  out.line(`predicted by ${rules}, profile ${profile.name} ${profile.version}`)
  if (summary.left_out > 0) {
    terminal.talk(`tollgate: ${summary.left_out} records that fit a case were not kept`)
  }
}
