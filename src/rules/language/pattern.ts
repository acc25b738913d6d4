/** Text patterns of rule files as automata over texts in lower case: matching ignores case, so a text
 * and its lower-case form are one. The same meaning as `text-pattern.ts` and `glob.ts` test. */

import type { TextPattern } from '../text-pattern.js'
import {
  type Automaton,
  anyPoint,
  anything,
  either,
  literal,
  maybe,
  oneOf,
  sequence,
} from './automaton.js'
import { regexAutomaton } from './regex-program.js'

function globAutomaton(glob: string): Automaton {
  const parts: Automaton[] = []
  for (const piece of glob.split(/([*?])/)) {
    if (piece === '*') parts.push(anything)
    else if (piece === '?') parts.push(oneOf(anyPoint))
    else if (piece !== '') parts.push(literal(piece))
  }
  return sequence(...parts)
}

function oneAutomaton({ operator, text }: TextPattern, domain: boolean): Automaton | undefined {
  const low = text.toLowerCase()
  switch (operator) {
    case 'glob':
      return globAutomaton(low)
    case 'equals':
      return literal(low)
    case 'prefix':
      return sequence(literal(low), anything)
    case 'contains':
      return sequence(anything, literal(low), anything)
    case 'suffix':
      return domain
        ? sequence(maybe(sequence(anything, literal('.'))), literal(low.replace(/^\.+/, '')))
        : sequence(anything, literal(low))
    case 'regex':
      return regexAutomaton(text)
  }
}

/** Texts that one of the patterns matches; undefined for a regex that is no regular language or has
 * assertions that are not followed (line ends, word boundaries). `domain`: as `compileText`. */
export function patternAutomaton(
  patterns: readonly TextPattern[],
  domain: boolean,
): Automaton | undefined {
  const parts: Automaton[] = []
  for (const pattern of patterns) {
    const part = oneAutomaton(pattern, domain)
    if (!part) return undefined
    parts.push(part)
  }
  return parts.length === 1 ? parts[0] : either(...parts)
}
