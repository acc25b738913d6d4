/** Settings of the detector from a YAML file: `--detector`, TOLLGATE_DETECTOR; without one, its defaults. */

import { readFileSync } from 'node:fs'
import { terminalText } from '../record/text.js'
import {
  defaultSettings,
  type RenewalSettings,
  settingKeys,
  settingsSchema,
} from '../renewal/settings.js'
import { reportForm } from '../rules/form-issues.js'
import { YamlSource } from '../rules/yaml-source.js'
import { ruleFailure } from './choose-rules.js'
import { exitCode, Failure } from './fail.js'
import type { Options } from './options.js'

const largestFile = 16 * 1024 * 1024

/** Throws a Failure with exit code 3 that shows the place in the file. */
export function detectorSettings(options: Options): RenewalSettings {
  const path = options.detector
  if (path === undefined || path === '') return defaultSettings
  const source = new YamlSource(path, readText(path))
  if (source.problems.length === 0) {
    const value = source.value ?? {}
    const result = settingsSchema.safeParse(value)
    if (result.success) return result.data
    reportForm(source, [], value, result.error.issues, settingKeys())
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
