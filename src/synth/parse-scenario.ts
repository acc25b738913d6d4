/** From the text of a scenario file to checked values, or to complaints with their places. */

import type { z } from 'zod'
import { nearestWord } from '../record/filter/nearest.js'
import { checkNames } from './check-names.js'
import { ScenarioError, type ScenarioIssue } from './scenario-error.js'
import { type Scenario, scenarioSchema } from './scenario-schema.js'
import { type Path, pathText, ScenarioText } from './scenario-text.js'
import { knownKeys } from './schema-keys.js'

/** Of a value that fits none of several shapes, the complaints of the shape that it fits best. */
function flatten(issue: z.core.$ZodIssue, prefix: Path): { issue: z.core.$ZodIssue; path: Path }[] {
  const path = [...prefix, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ issue, path }]
  const deeper = issue.errors.find(branch =>
    branch.some(inner => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  )
  return (deeper ?? issue.errors[0] ?? []).flatMap(inner => flatten(inner, path))
}

/** Complaints of the schema. A missing key that a mistyped one stands for is one mistake, not two. */
function schemaIssues(text: ScenarioText, error: z.ZodError): ScenarioIssue[] {
  const found = error.issues.flatMap(one => flatten(one, []))
  const issues: ScenarioIssue[] = []
  const explained = new Set<string>()
  for (const { issue, path } of found) {
    if (issue.code !== 'unrecognized_keys') continue
    for (const key of issue.keys) {
      const near = nearestWord(key, knownKeys(path))
      const hint = near === undefined ? '' : `, did you mean: ${near}`
      if (near !== undefined) explained.add(pathText([...path, near]))
      issues.push(text.issue([...path, key], `unknown key${hint}`, true))
    }
  }
  for (const { issue, path } of found) {
    if (issue.code === 'unrecognized_keys' || explained.has(pathText(path))) continue
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    issues.push(text.issue(path, missing ? 'is missing' : issue.message))
  }
  return issues.sort((a, b) => a.line - b.line || a.column - b.column)
}

export interface ParsedScenario {
  scenario: Scenario
  /** a complaint with the place of a path in the file */
  issueAt(path: Path, message: string): ScenarioIssue
}

/** @throws ScenarioError */
export function parseScenario(content: string, fileName: string): ParsedScenario {
  const text = new ScenarioText(content, fileName)
  let values: unknown
  try {
    values = text.values()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new ScenarioError(fileName, [text.issue([], 'too many aliases')])
  }
  const result = scenarioSchema.safeParse(values)
  if (!result.success) throw new ScenarioError(fileName, schemaIssues(text, result.error))
  const issues: ScenarioIssue[] = []
  checkNames(result.data, (path, message) => issues.push(text.issue(path, message)))
  if (issues.length > 0) throw new ScenarioError(fileName, issues)
  return { scenario: result.data, issueAt: (path, message) => text.issue(path, message) }
}
