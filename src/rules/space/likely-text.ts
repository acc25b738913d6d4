/** Texts that a pattern probably matches, tried before anything is searched: most questions about rows are
 * answered by one of them, and they read like the requests that an engineer has in mind. */

import type { TextPattern } from '../text-pattern.js'

/** The pattern with something in place of its stars. */
function body({ operator, text }: TextPattern, star = ''): string {
  const low = text.toLowerCase()
  return operator === 'glob' ? low.replaceAll('*', star).replaceAll('?', 'a') : low
}

function isOpen({ operator, text }: TextPattern): boolean {
  return operator === 'contains' || operator === 'suffix' || text.startsWith('*')
}

function namesOf(pattern: TextPattern): string[] {
  const name = body(pattern).replace(/^\.+/, '')
  return [name, `${name}.example`, `www.${name}`, `${name}www.example`]
}

function urlsOf(key: string, pattern: TextPattern): string[] {
  const text = body(pattern)
  if (key === 'path')
    return [
      `http://www.example${text}`,
      `http://www.example/${text}`,
      `http://www.example${text}/a`,
    ]
  if (key === 'host') return namesOf(pattern).map(name => `http://${name}/`)
  if (!isOpen(pattern)) return [text, body(pattern, 'a'), `${text}a`, `${text}/`]
  return [
    `http://${text}.example/`,
    `http://${text}/`,
    `http://www.example/${text}`,
    `http://${text}`,
    text,
  ]
}

/** URLs that may meet a condition on the url, host or path. */
export function likelyUrls(key: string, patterns: readonly TextPattern[]): string[] {
  return patterns.slice(0, 2).flatMap(one => (one.operator === 'regex' ? [] : urlsOf(key, one)))
}

/** Names that may meet a condition on the name in a ClientHello. */
export function likelyNames(patterns: readonly TextPattern[]): string[] {
  return patterns.slice(0, 2).flatMap(one => (one.operator === 'regex' ? [] : namesOf(one)))
}
