/** The library of complaint cases from disk: a folder of case files (`*.yaml`), and in it a folder `handsets` of
 * handset files. Folders are read in order; a case or handset of the same id replaces that of a folder
 * before. Problems have a place in the file; nothing of a file with a problem is used. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { decodeText } from '../record/text.js'
import { reportForm } from '../rules/form-issues.js'
import type { Problem } from '../rules/rule-error.js'
import { YamlSource } from '../rules/yaml-source.js'
import { type CaseShape, caseKeys, caseShape } from './case-file.js'
import { compileEvidence, type Evidence } from './evidence.js'
import { type HandsetShape, handsetKeys, handsetShape } from './handset-file.js'

/** A case file is a page of text. */
const largestFile = 256 * 1024
const mostFiles = 2000

export interface Placed {
  readonly file: string
  /** the file of an earlier folder that it replaces */
  readonly replaces: string | undefined
}

export interface CaseEntry extends Placed {
  readonly shape: CaseShape
  readonly evidence: readonly Evidence[]
}

export interface HandsetEntry extends Placed {
  readonly shape: HandsetShape
}

export interface CaseLibrary {
  readonly cases: ReadonlyMap<string, CaseEntry>
  readonly handsets: ReadonlyMap<string, HandsetEntry>
  readonly problems: readonly Problem[]
}

export function loadCaseLibrary(folders: readonly string[]): CaseLibrary {
  const cases = new Map<string, CaseEntry>()
  const handsets = new Map<string, HandsetEntry>()
  const problems: Problem[] = []
  for (const folder of folders) {
    const own = new Map<string, string>()
    for (const file of filesOf(folder, true, problems)) {
      const entry = readCase(file, problems)
      if (entry === undefined) continue
      const id = entry.shape.case
      if (isTwice(entry.source, 'case', id, own, problems)) continue
      const { shape, evidence } = entry
      cases.set(id, { shape, evidence, file, replaces: cases.get(id)?.file })
    }
    own.clear()
    for (const file of filesOf(join(folder, 'handsets'), false, problems)) {
      const entry = readHandset(file, problems)
      if (entry === undefined) continue
      const id = entry.shape.handset
      if (isTwice(entry.source, 'handset', id, own, problems)) continue
      handsets.set(id, { shape: entry.shape, file, replaces: handsets.get(id)?.file })
    }
  }
  return { cases, handsets, problems }
}

/** In name order. A folder that is not there is a problem only when it `must` be. */
function filesOf(folder: string, must: boolean, problems: Problem[]): string[] {
  try {
    const names = readdirSync(folder).filter(name => /^[^.].*\.ya?ml$/.test(name))
    if (names.length > mostFiles) {
      problems.push(unreadable(folder, `more than ${mostFiles} files`))
      return []
    }
    return names.sort().map(name => join(folder, name))
  } catch (error) {
    const code = codeOf(error)
    if (must || code !== 'ENOENT') problems.push(unreadable(folder, reasonOf(error, 'folder')))
    return []
  }
}

function readCase(
  file: string,
  problems: Problem[],
): { shape: CaseShape; evidence: Evidence[]; source: YamlSource } | undefined {
  const read = readShape(file, caseShape, caseKeys, problems)
  if (read === undefined) return undefined
  const { shape, source } = read
  const compiled = shape.evidence.map((one, i) => compileEvidence(source, ['evidence', i], one))
  const evidence = compiled.filter(one => one !== undefined)
  const about = evidence.filter(one => one.needed && one.of !== 'handset')
  if (about.length === 0 && evidence.length === compiled.length) {
    const text = 'evidence needs a pattern of traffic that is not optional'
    source.refuse(['evidence'], 'key', 'BAD-VALUE', text)
  }
  const { capture } = shape
  if (capture !== undefined && !existsSync(join(dirname(file), capture))) {
    source.refuse(['capture'], 'value', 'UNDEFINED-REF', `no such capture "${capture}"`)
  }
  problems.push(...source.problems)
  return source.problems.length === 0 ? { shape, evidence, source } : undefined
}

function readHandset(
  file: string,
  problems: Problem[],
): { shape: HandsetShape; source: YamlSource } | undefined {
  const read = readShape(file, handsetShape, handsetKeys, problems)
  if (read === undefined) return undefined
  problems.push(...read.source.problems)
  return read.source.problems.length === 0 ? read : undefined
}

/** The checked value of a file, and its source for what else is to be said of it. */
function readShape<T>(
  file: string,
  schema: z.ZodType<T>,
  known: readonly string[],
  problems: Problem[],
): { shape: T; source: YamlSource } | undefined {
  const text = readText(file, problems)
  if (text === undefined) return undefined
  const source = new YamlSource(file, text)
  if (source.problems.length === 0) {
    const form = schema.safeParse(source.value)
    if (form.success) return { shape: form.data, source }
    reportForm(source, [], source.value, form.error.issues, known)
  }
  problems.push(...source.problems)
  return undefined
}

function readText(file: string, problems: Problem[]): string | undefined {
  try {
    if (statSync(file).size > largestFile) {
      problems.push(unreadable(file, `larger than ${largestFile} octets`))
      return undefined
    }
    const { text, lossy } = decodeText(readFileSync(file))
    if (!lossy) return text
    problems.push(unreadable(file, 'not UTF-8 text'))
  } catch (error) {
    problems.push(unreadable(file, reasonOf(error, 'file')))
  }
  return undefined
}

function isTwice(
  source: YamlSource,
  key: string,
  id: string,
  own: Map<string, string>,
  problems: Problem[],
): boolean {
  const before = own.get(id)
  own.set(id, source.file)
  if (before === undefined) return false
  source.refuse([key], 'value', 'DUPLICATE-ID', `${key} "${id}" is also in ${before}`)
  problems.push(...source.problems)
  return true
}

function unreadable(file: string, text: string): Problem {
  return { id: 'UNREADABLE', file, line: 0, col: 0, text, excerpt: '', hint: undefined }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}

/** The system's reason in words; codes of POSIX.1. */
function reasonOf(error: unknown, what: string): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return `no such ${what}`
  if (code === 'ENOTDIR') return 'not a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return error instanceof Error ? error.message : String(error)
}
