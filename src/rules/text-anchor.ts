/** How the texts that a row matches must begin and end: two rows whose anchors exclude each other have no
 * request in common, and most pairs of a long table are told apart so, without automata. */

import type { AppFacts } from './rule-facts.js'
import type { RuleCondition } from './rule-set.js'
import type { TextPattern } from './text-pattern.js'

interface Anchor {
  readonly prefix: string
  readonly suffix: string
}

/** By key of the condition; a key that says nothing is absent. */
export type Anchors = ReadonlyMap<string, readonly Anchor[]>

/** A list longer than this is not looked at. */
const mostPatterns = 8

function anchorOf({ operator, text }: TextPattern): Anchor | undefined {
  const low = text.toLowerCase()
  switch (operator) {
    case 'equals':
      return { prefix: low, suffix: low }
    case 'prefix':
      return { prefix: low, suffix: '' }
    case 'suffix':
      return { prefix: '', suffix: low.replace(/^\.+/, '') }
    case 'glob': {
      const first = low.search(/[*?]/)
      if (first < 0) return { prefix: low, suffix: low }
      const last = Math.max(low.lastIndexOf('*'), low.lastIndexOf('?'))
      return { prefix: low.slice(0, first), suffix: low.slice(last + 1) }
    }
    default:
      return undefined
  }
}

/** Host that a URL of this beginning has: `http://a.example/...`. */
function hostAnchor({ prefix }: Anchor): Anchor | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9._-]*[a-z0-9_-])[/?]/.exec(prefix)?.[1]
  return host === undefined ? undefined : { prefix: host, suffix: host }
}

function listed(patterns: readonly TextPattern[]): Anchor[] | undefined {
  if (patterns.length > mostPatterns) return undefined
  const anchors = patterns.map(anchorOf)
  return anchors.every(one => one !== undefined) ? anchors : undefined
}

export function anchorsOf(conditions: readonly RuleCondition<AppFacts>[]): Anchors {
  const found = new Map<string, readonly Anchor[]>()
  for (const { key, passes } of conditions) {
    const anchors = passes?.by === 'text' ? listed(passes.patterns) : undefined
    if (!anchors) continue
    found.set(key, anchors)
    const hosts = key === 'url' ? anchors.map(hostAnchor) : []
    if (!found.has('host') && hosts.length > 0 && hosts.every(host => host !== undefined))
      found.set('host', hosts)
  }
  return found
}

function compatible(a: Anchor, b: Anchor): boolean {
  return (
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
  )
}

/** False only when no request can match both. */
export function mayMeet(a: Anchors, b: Anchors): boolean {
  for (const [key, own] of a) {
    const other = b.get(key)
    if (other && !own.some(one => other.some(two => compatible(one, two)))) return false
  }
  return true
}
