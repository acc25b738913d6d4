/** The flow descriptions of a rule in JSON, each filter once: both directions usually repeat them. */

import type { FlowTerm } from './flow-term.js'
import { filterMeaning } from './ip-filter-rule.js'
import type { JsonView } from './json-view.js'

/** `key` holds the IPFilterRule of each entry. What a filter asks besides its term is added to `wider`, and listed. */
export function describedFlows(
  entries: readonly JsonView[],
  key: string,
  precedence: number,
  wider: string[],
): FlowTerm[] {
  const seen = new Map<string, FlowTerm>()
  for (const entry of entries) {
    const description = entry.get(key)
    const meaning = filterMeaning(description?.text() ?? '')
    if ('why' in meaning) {
      ;(description ?? entry).leave(meaning.why, precedence)
      continue
    }
    if (meaning.wider !== undefined) {
      wider.push(meaning.wider)
      description?.leave(meaning.wider)
    }
    seen.set(JSON.stringify(meaning.term), meaning.term)
  }
  return [...seen.values()]
}
