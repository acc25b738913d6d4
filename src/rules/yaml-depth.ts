/** Nesting of a parsed but not yet composed YAML text, found without recursion. */

import type { CST } from 'yaml'

/** Offset of the first collection that lies deeper than `most` levels, or -1. */
export function deeperThan(tokens: readonly CST.Token[], most: number): number {
  const stack: { token: CST.Token; depth: number }[] = tokens.map(token => ({ token, depth: 0 }))
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { token, depth } = top
    if (token.type === 'document') {
      if (token.value) stack.push({ token: token.value, depth })
    } else if ('items' in token) {
      if (depth === most) return token.offset
      for (const item of token.items) {
        if (item.key) stack.push({ token: item.key, depth: depth + 1 })
        if (item.value) stack.push({ token: item.value, depth: depth + 1 })
      }
    }
  }
  return -1
}
