/** Glob matching for URLs, hosts and the like: `*` any run of characters (also empty, also `/`),
 * `?` exactly one character, everything else itself. Two pointers and one remembered star: time is
 * bounded by the product of the lengths whatever the pattern, so a hostile pattern cannot hang. */

const STAR = 0x2a
const QUESTION = 0x3f

/** Length in UTF-16 units of the character at `at`: `?` takes whole code points. */
function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

/** Both sides are compared as they are: fold case before. */
export function globMatch(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    const c = p < pattern.length ? pattern.charCodeAt(p) : -1
    if (c === STAR) {
      star = ++p
      resume = t
    } else if (c === QUESTION) {
      p++
      t += width(text, t)
    } else if (c === text.charCodeAt(t)) {
      p++
      t++
    } else {
      if (star < 0) return false
      p = star
      resume += width(text, resume)
      t = resume
    }
  }
  while (pattern.charCodeAt(p) === STAR) p++
  return p === pattern.length
}

/** A glob whose stars stand only at its ends is a plain text comparison. */
export type GlobShape =
  | { kind: 'equals' | 'prefix' | 'suffix' | 'contains'; literal: string }
  | { kind: 'any' }
  | { kind: 'glob'; literal: string }

/** What the glob asks, and a literal that every match contains (the longest). */
export function globShape(pattern: string): GlobShape {
  const runs = pattern.split('*')
  const literals = runs.flatMap(run => run.split('?')).filter(run => run !== '')
  const longest = literals.reduce((a, b) => (b.length > a.length ? b : a), '')
  if (pattern.includes('?') || literals.length > 1) return { kind: 'glob', literal: longest }
  if (literals.length === 0)
    return pattern === '' ? { kind: 'equals', literal: '' } : { kind: 'any' }
  const left = pattern.startsWith('*')
  const right = pattern.endsWith('*')
  if (left && right) return { kind: 'contains', literal: longest }
  if (right) return { kind: 'prefix', literal: longest }
  return { kind: left ? 'suffix' : 'equals', literal: longest }
}
