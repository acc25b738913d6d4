/** Names that steps use must be defined in the same file. */

import { nearestWord } from '../record/filter/nearest.js'
import { type Scenario, stepKindNames } from './scenario-schema.js'
import type { Path } from './scenario-text.js'

/** Names of subscribers and expectations that a step uses but the file does not define. */
export function checkNames(scenario: Scenario, add: (path: Path, message: string) => void): void {
  const check = (name: string, known: object, what: string, path: Path) => {
    if (Object.hasOwn(known, name)) return
    const near = nearestWord(name, Object.keys(known))
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
