/** Changes to texts: lines and words lost, repeated, moved, of another file, at another depth; numbers at
 * their edges; what YAML, patterns and terminals take for something of their own. */

import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { few, pick } from './target.js'

const numbers = [
  '0',
  '-1',
  '1',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '1e9',
  '1e308',
  '-0',
  '.5',
  '.inf',
  '-.inf',
  '.nan',
  '0x7fffffff',
  '0o17',
  '1_000',
  '00',
  '999999999999999999999',
] as const

const words = [
  'null',
  '~',
  'true',
  'yes',
  '""',
  "''",
  '[]',
  '{}',
  '[[',
  ']',
  '{',
  '}',
  '- ',
  ': ',
  '? ',
  '|',
  '>-',
  '&a x',
  '*a',
  '<<: *a',
  '!!binary aGk=',
  '!!float 1',
  '!<x>',
  '%YAML 9',
  '---',
  '...',
  '#',
  '@',
  '`',
  '\t',
  '\r',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ufeff',
  '\ud800',
  '\u2028',
  '𝒳',
  'é',
  '"\\x00"',
  '"\\u202e"',
  '__proto__',
  'constructor',
  'toString',
  '(',
  ')',
  '(a+)+$',
  '(?:x{1000}){1000}',
  '[^',
  '\\',
  '\\Q',
  '(?<n>a)',
  '*'.repeat(40),
  '['.repeat(5000),
  '{a: '.repeat(3000),
  '?*'.repeat(30),
  'a'.repeat(3000),
  'and',
  'or',
  'not',
  'in',
  '==',
  '!=',
  '<=',
  'contains',
  'matches',
  '{1..2}',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.1/8',
  '1.2.3',
  'fe80::1%eth0',
  '1GB',
  '5s',
  '2015-13-01',
  'http://',
  'http://a:99999/',
  'http://[::1]/',
  'http://a\\@b/',
  '%zz',
  '%00',
  '\\xff',
] as const

const tokens = /[A-Za-z0-9_.-]+|\s+|./gsu

type Change = (text: string, random: Xorshift32, other: string) => string

function lineChange(
  change: (lines: string[], at: number, random: Xorshift32, other: readonly string[]) => void,
): Change {
  return (text, random, other) => {
    const lines = text.split('\n')
    change(lines, random.below(lines.length), random, other.split('\n'))
    return lines.join('\n')
  }
}

function tokenChange(change: (token: string, random: Xorshift32, other: string) => string): Change {
  return (text, random, other) => {
    const all = text.match(tokens) ?? []
    if (all.length === 0) return pick(random, words)
    const at = random.below(all.length)
    const otherTokens = other.match(tokens) ?? []
    const donor = otherTokens.length > 0 ? pick(random, otherTokens) : ''
    all[at] = change(all[at] ?? '', random, donor)
    return all.join('')
  }
}

const changes: readonly Change[] = [
  lineChange((lines, at) => lines.splice(at, 1)),
  lineChange((lines, at, random) => lines.splice(at, 0, pick(random, lines))),
  lineChange((lines, at, random, other) => lines.splice(at, 0, pick(random, other))),
  lineChange((lines, at, random) => {
    const part = lines.slice(at, at + 1 + random.below(6))
    for (let n = few(random, 30); n > 0; n--) lines.splice(at, 0, ...part)
  }),
  lineChange((lines, at, random) => {
    lines[at] = `${' '.repeat(random.below(9))}${lines[at]?.trimStart() ?? ''}`
  }),
  lineChange((lines, at, random) => {
    const [moved] = lines.splice(at, 1)
    if (moved !== undefined) lines.splice(random.below(lines.length + 1), 0, moved)
  }),
  tokenChange(() => ''),
  tokenChange((token, random) => `${token}${pick(random, words)}`),
  tokenChange((_token, random) => pick(random, words)),
  tokenChange((_token, _random, other) => other),
  tokenChange((token, random) => (/^\d/.test(token) ? pick(random, numbers) : token)),
  tokenChange((_token, random) => pick(random, numbers)),
  (text, random) =>
    text.replace(/\d+/g, digits => (random.chance(0.1) ? pick(random, numbers) : digits)),
  (text, random) => {
    const at = random.below(text.length + 1)
    return `${text.slice(0, at)}${String.fromCharCode(random.below(0x3000))}${text.slice(at + 1)}`
  },
  (text, random) => text.slice(0, random.below(text.length + 1)),
]

const longest = 60_000

export function mutateText(examples: readonly string[], random: Xorshift32): string {
  let text = pick(random, examples)
  for (let n = few(random, 10); n > 0; n--) {
    text = pick(random, changes)(text, random, pick(random, examples)).slice(0, longest)
  }
  return text
}
