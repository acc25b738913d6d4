/** The complaint cases that a command works with: those that come with the program, then those of `--dir` or
 * TOLLGATE_CASES, which add to them or replace them by id. */

import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CaseEntry, type CaseLibrary, loadCaseLibrary } from '../cases/library.js'
import { type Language, languages } from '../record/case-record.js'
import { nearestWord } from '../record/filter/nearest.js'
import { terminalText } from '../record/text.js'
import { type Problem, problemMessage } from '../rules/rule-error.js'
import { exitCode, Failure } from './fail.js'
import type { Options } from './options.js'

const bundledCases = '../../../rules/cases'

/** In the order in which they are read. */
export function caseFolders(options: Options): string[] {
  const bundled = fileURLToPath(new URL(bundledCases, import.meta.url))
  const near = relative(process.cwd(), bundled)
  return [near !== '' && near.length < bundled.length ? near : bundled, ...ownFolders(options)]
}

/** `--dir`, else TOLLGATE_CASES. */
function ownFolders(options: Options): readonly string[] {
  const named = process.env.TOLLGATE_CASES ?? ''
  return options.dir.length > 0 || named === '' ? options.dir : [named]
}

/** Throws a Failure with exit code 3 that shows the first wrong place. */
export function caseLibrary(options: Options): CaseLibrary {
  const library = loadCaseLibrary(caseFolders(options))
  const [first, ...rest] = library.problems
  if (first === undefined) return library
  const lines = problemLines(first).slice(1)
  if (rest.length > 0) lines.push(`  and ${rest.length} more: tollgate cases check`)
  const message = terminalText(problemMessage(first))
  throw new Failure(exitCode.rules, message, { lines })
}

export function caseOf(library: CaseLibrary, id: string): CaseEntry {
  const entry = library.cases.get(id)
  if (entry !== undefined) return entry
  const near = nearestWord(id, [...library.cases.keys()])
  const hint = near === undefined ? 'tollgate cases list' : `tollgate cases show ${near}`
  throw new Failure(exitCode.no, `no case "${terminalText(id)}"`, { hint })
}

export function languageOf(options: Options): Language {
  return languages.find(one => one === options.lang) ?? 'en'
}

/** The message, the line of the file with a mark, what to write instead. */
export function problemLines(problem: Problem): string[] {
  const lines = [terminalText(problemMessage(problem))]
  if (problem.excerpt !== '') lines.push(...problem.excerpt.split('\n'))
  if (problem.hint !== undefined) lines.push(terminalText(`  try: ${problem.hint}`))
  return lines
}
