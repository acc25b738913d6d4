/** Rule files from disk: one file is one rule set; a directory is one set, in one file or in several that
 * are merged in name order. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText } from '../record/text.js'
import { parseRuleSet, type Reading, type RuleText, readRuleSet } from './parse.js'
import { type Problem, RuleError } from './rule-error.js'
import type { RuleSet } from './rule-set.js'

const LARGEST_FILE = 64 * 1024 * 1024

function unreadable(file: string, text: string, hint?: string): RuleError {
  const problem: Problem = { id: 'UNREADABLE', file, line: 0, col: 0, text, excerpt: '', hint }
  return new RuleError([problem])
}

/** The system's reason in words; codes of POSIX.1. */
function reason(error: unknown): string {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return error instanceof Error ? error.message : String(error)
}

/** A rule file; not the case files that stand beside it. */
function isRuleFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !/\.cases\.ya?ml$/.test(name) && !name.startsWith('.')
}

function readText(file: string): RuleText {
  if (statSync(file).size > LARGEST_FILE)
    throw unreadable(file, `larger than ${LARGEST_FILE} octets`)
  const { text, lossy } = decodeText(readFileSync(file))
  if (lossy) throw unreadable(file, 'not UTF-8 text')
  return { file, text }
}

/** Texts of a rule file, or of a directory's rule files by name. Throws a `RuleError`. */
export function readRuleTexts(path: string): RuleText[] {
  try {
    if (!statSync(path).isDirectory()) return [readText(path)]
    const names = readdirSync(path).filter(isRuleFile).sort()
    if (names.length === 0) throw unreadable(path, 'no rule file (*.yaml) in this directory')
    return names.map(name => readText(join(path, name)))
  } catch (error) {
    if (error instanceof RuleError) throw error
    throw unreadable(path, reason(error))
  }
}

/** Throws a `RuleError` that holds all problems. */
export function loadRuleSet(path: string): RuleSet {
  return parseRuleSet(path, readRuleTexts(path))
}

/** As `loadRuleSet`, with the problems as values. */
export function loadReading(path: string): Reading {
  try {
    return readRuleSet(path, readRuleTexts(path))
  } catch (error) {
    if (error instanceof RuleError) return { set: undefined, problems: error.problems }
    throw error
  }
}
