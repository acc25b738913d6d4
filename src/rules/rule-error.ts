/** What is wrong in a rule file, where, and what to try instead. One problem is a value, so that a
 * reading of the file can go on and report all of them; `RuleError` carries them out. */

import { terminalText } from '../record/text.js'
import { type Place, placeText } from './rule-set.js'

/** Kinds of problem; the same ids appear in `rules check`. */
export type ProblemId =
  | 'SYNTAX' // not YAML, or not one document
  | 'LIMIT' // too deep, too many aliases, too long: a bound against hostile files
  | 'UNKNOWN-KEY'
  | 'MISSING-KEY'
  | 'DUPLICATE-KEY'
  | 'BAD-VALUE'
  | 'HOST-BITS-SET'
  | 'ID-OUT-OF-RANGE'
  | 'UNDEFINED-REF'
  | 'DUPLICATE-ID'
  | 'UNREADABLE' // no such file, no permission, no rule file in the directory

/** Lines and columns from 1; line 0 is the file as a whole. */
export interface Problem extends Place {
  readonly id: ProblemId
  /** `unknown tariff "fre"` */
  readonly text: string
  /** the line of the file and a caret line under it; empty when there is no text to show */
  readonly excerpt: string
  readonly hint?: string | undefined
}

const WIDEST_EXCERPT = 96
/** Characters before the mark that stay visible when a line is cut. */
const LEAD = 60

/** The line of `text` that `offset` lies in, and under it a mark of `length` characters. A rule file is
 * somebody else's text: nothing in it may steer the terminal it is shown on. */
export function excerptOf(text: string, offset: number, length: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const newline = text.indexOf('\n', offset)
  const end = newline < 0 ? text.length : newline
  const fits = end - start <= WIDEST_EXCERPT
  const from = fits ? start : Math.max(start, offset - LEAD)
  const to = Math.min(end, from + WIDEST_EXCERPT)
  const markTo = Math.max(offset, Math.min(offset + length, to))
  const plain = (a: number, b: number) => terminalText(text.slice(a, b).replaceAll('\t', ' '))
  const before = plain(from, offset)
  const marked = plain(offset, markTo)
  const line = `${before}${marked}${plain(markTo, to).trimEnd()}`
  return `    ${line}\n    ${' '.repeat(before.length)}^${'~'.repeat(Math.max(0, marked.length - 1))}`
}

/** `rules/x.yaml:8:31: unknown tariff "fre"`; a problem with a whole file (line 0) has no place. */
export function problemMessage(problem: Problem): string {
  return `${problem.line === 0 ? problem.file : placeText(problem)}: ${problem.text}`
}

/** An operator's mistake in a rule file. The first problem is the error's own; `problems` holds all. */
export class RuleError extends Error {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly excerpt: string
  readonly hint: string | undefined
  readonly problems: readonly Problem[]

  constructor(problems: readonly [Problem, ...Problem[]]) {
    const first = problems[0]
    super(problemMessage(first))
    this.name = 'RuleError'
    this.file = first.file
    this.line = first.line
    this.col = first.col
    this.excerpt = first.excerpt
    this.hint = first.hint
    this.problems = problems
  }
}
