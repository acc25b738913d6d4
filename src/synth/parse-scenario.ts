/** From the text of a scenario file to checked values, or to complaints with their places. */

import type { Document } from 'yaml'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from './nearest-key.js'
import { ScenarioError, type ScenarioIssue } from './scenario-error.js'
import { type Scenario, scenarioSchema, stepKindNames } from './scenario-schema.js'
import { knownKeys } from './schema-keys.js'

type Path = readonly PropertyKey[]

function pathText(path: Path): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i ? '.' : ''}${String(key)}`))
    .join('')
}

/** Place of a path in the file; for a key that is absent, the place of what should hold it. */
function placeOf(document: Document, lines: LineCounter, path: Path, keyOnly: boolean) {
  for (let depth = path.length; depth >= 0; depth--) {
    const parent = depth > 0 ? document.getIn(path.slice(0, depth - 1), true) : undefined
    const node = document.getIn(path.slice(0, depth), true)
    if (keyOnly && depth === path.length && parent !== undefined) {
      const key = keyNode(parent, path[depth - 1])
      if (key !== undefined) return lines.linePos(key)
    }
    if (isNode(node) && node.range) return lines.linePos(node.range[0])
  }
  return { line: 1, col: 1 }
}

function keyNode(map: unknown, key: PropertyKey | undefined): number | undefined {
  if (typeof map !== 'object' || map === null || !('items' in map)) return undefined
  for (const item of map.items as { key?: { value?: unknown; range?: number[] } }[]) {
    if (item.key?.value === key) return item.key?.range?.[0]
  }
  return undefined
}

/** Of a value that fits none of several shapes, the complaints of the shape that it fits best. */
function flatten(issue: z.core.$ZodIssue, prefix: Path): { issue: z.core.$ZodIssue; path: Path }[] {
  const path = [...prefix, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ issue, path }]
  const deeper = issue.errors.find(branch =>
    branch.some(inner => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  )
  return (deeper ?? issue.errors[0] ?? []).flatMap(inner => flatten(inner, path))
}

export interface ParsedScenario {
  scenario: Scenario
  /** a complaint with the place of a path in the file */
  issueAt(path: Path, message: string): ScenarioIssue
}

/** @throws ScenarioError */
export function parseScenario(text: string, fileName: string): ParsedScenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const issues: ScenarioIssue[] = []
  const issueAt = (path: Path, message: string, keyOnly = false): ScenarioIssue => {
    const { line, col } = placeOf(document, lines, path, keyOnly)
    const where = pathText(path)
    return { line, column: col, message: where ? `${where}: ${message}` : message }
  }
  const add = (path: Path, message: string, keyOnly = false) => {
    issues.push(issueAt(path, message, keyOnly))
  }
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0])
    issues.push({ line, column: col, message: error.message.split(' at line ')[0] ?? error.code })
  }
  if (issues.length > 0) throw new ScenarioError(fileName, issues)
  const result = scenarioSchema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (!result.success) {
    for (const { issue, path } of result.error.issues.flatMap(one => flatten(one, []))) {
      if (issue.code !== 'unrecognized_keys') add(path, issue.message)
      else {
        for (const key of issue.keys) {
          const near = nearest(key, knownKeys(path))
          const hint = near === undefined ? '' : `, did you mean: ${near}`
          add([...path, key], `unknown key${hint}`, true)
        }
      }
    }
    throw new ScenarioError(fileName, issues)
  }
  checkNames(result.data, add)
  if (issues.length > 0) throw new ScenarioError(fileName, issues)
  return { scenario: result.data, issueAt }
}

/** Names of subscribers and expectations that a step uses but the file does not define. */
function checkNames(scenario: Scenario, add: (path: Path, message: string) => void): void {
  const check = (name: string, known: object, what: string, path: Path) => {
    if (Object.hasOwn(known, name)) return
    const near = nearest(name, Object.keys(known))
    add(path, `no ${what} "${name}"${near === undefined ? '' : `, did you mean: ${near}`}`)
  }
  const checkExpect = (value: unknown, path: Path) => {
    if (typeof value === 'string') check(value, scenario.expectations, 'expectation', path)
  }
  scenario.steps.forEach((step, i) => {
    checkExpect(step.expect, ['steps', i, 'expect'])
    for (const kind of stepKindNames) {
      const spec: Record<string, unknown> = { ...step[kind] }
      const path = ['steps', i, kind]
      for (const key of kind === 'echo' ? [] : (['subscriber', 'from', 'to'] as const)) {
        const name = spec[key]
        if (typeof name !== 'string' || (kind === 'error_indication' && key === 'from')) continue
        check(name, scenario.subscribers, 'subscriber', [...path, key])
      }
      for (const list of ['requests', 'exchanges', 'transactions']) {
        const items = (spec[list] ?? []) as { expect?: unknown }[]
        for (const [n, item] of items.entries())
          checkExpect(item.expect, [...path, list, n, 'expect'])
      }
    }
  })
}
