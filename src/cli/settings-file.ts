/** A YAML file of settings against its schema, with mistakes told by file:line:col. */

import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { terminalText } from '../record/text.js'
import { reportForm } from '../rules/form-issues.js'
import { YamlSource } from '../rules/yaml-source.js'
import { ruleFailure } from './choose-rules.js'
import { exitCode, Failure } from './fail.js'

const largestFile = 16 * 1024 * 1024

/** `keys`: all that the file may have, for "did you mean". Throws a Failure with exit code 3 that shows the place. */
export function readSettings<T extends z.ZodType>(
  path: string,
  schema: T,
  keys: readonly string[],
): z.output<T> {
  const source = new YamlSource(path, readText(path))
  if (source.problems.length === 0) {
    const value = source.value ?? {}
    const result = schema.safeParse(value)
    if (result.success) return result.data
    reportForm(source, [], value, result.error.issues, keys)
  }
  throw ruleFailure(source.problems)
}

function readText(path: string): string {
  try {
    const octets = readFileSync(path)
    if (octets.length <= largestFile) return new TextDecoder().decode(octets)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const text = why === 'ENOENT' ? 'no such file' : why === 'EISDIR' ? 'is a directory' : why
    throw new Failure(exitCode.rules, `${terminalText(path)}: ${text}`)
  }
  throw new Failure(exitCode.rules, `${terminalText(path)}: longer than ${largestFile} octets`)
}
