/** Automata against what they stand for: the tests of patterns on every short text, and set algebra against
 * membership. */

import t from 'tap'
import {
  anything,
  both,
  either,
  literal,
  run,
  sequence,
} from '../../src/rules/language/automaton.js'
import { Effort } from '../../src/rules/language/effort.js'
import { Language } from '../../src/rules/language/language.js'
import { member } from '../../src/rules/language/member.js'
import { patternAutomaton } from '../../src/rules/language/pattern.js'
import {
  requestUrls,
  urlsOfHost,
  urlsOfPath,
  withDefaultPort,
} from '../../src/rules/language/url-language.js'
import {
  compileText,
  type TextPattern,
  type TextTest,
  type TextValue,
} from '../../src/rules/text-pattern.js'
import { canonicalUrl } from '../../src/rules/url.js'
import { requestOf } from '../../src/rules/visible.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'

const alphabet = ['a', 'b', '.', 'é']

/** Every text of up to `longest` characters. */
function textsUpTo(longest: number): string[] {
  const all = ['']
  for (let from = 0, n = 0; n < longest; n++) {
    const to = all.length
    for (; from < to; from++) for (const c of alphabet) all.push(`${all[from]}${c}`)
  }
  return all
}

const texts = textsUpTo(5)

function refuse(_: unknown, text: string): never {
  throw new Error(text)
}

function patternsOf(compiled: TextTest | undefined): readonly TextPattern[] {
  return compiled?.passes?.by === 'text' ? compiled.passes.patterns : []
}

function languageOf(
  value: TextValue,
  domain = false,
): { language: Language; test: (s: string) => boolean } {
  const compiled = compileText(value, domain, refuse)
  const automaton = patternAutomaton(patternsOf(compiled), domain)
  if (!compiled || !automaton) throw new Error(`no automaton for ${JSON.stringify(value)}`)
  return { language: new Language(automaton), test: seen => compiled.test(seen) }
}

function pick<T>(random: Xorshift32, from: readonly T[]): T {
  const found = from[random.below(from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

function glob(random: Xorshift32): string {
  const parts = Array.from({ length: 1 + random.below(5) }, () =>
    pick(random, [...alphabet, '*', '?', 'A']),
  )
  return parts.join('')
}

const regexes = [
  'a+b',
  '^a',
  'b$',
  '^a.b$',
  '^(a|b)*$',
  'a{2,3}',
  '[^a]b',
  '(ab?)+\\.',
  '^$',
  'é',
  '^[ab.]*é$',
  'a|^b|b$',
  '(?i)A',
  '^(?:a*b){2}',
  '.',
  '\\.b\\b?'.replace('\\b?', ''),
  '()',
  '^a?$',
]

function value(random: Xorshift32): TextValue {
  const text = () => glob(random).replaceAll(/[*?]/g, 'a')
  const one = () =>
    pick(random, [
      () => glob(random),
      () => glob(random),
      () => ({ equals: text() }),
      () => ({ prefix: text() }),
      () => ({ suffix: text() }),
      () => ({ contains: text() }),
      () => ({ regex: pick(random, regexes) }),
    ])()
  return random.chance(0.2) ? [one(), one()] : one()
}

t.test('a pattern and its automaton are the same on every short text', async t => {
  const random = new Xorshift32(7)
  for (const regex of regexes) {
    const { language, test } = languageOf({ regex })
    const wrong = texts.filter(text => language.has(text) !== test(text))
    t.strictSame(wrong, [], regex)
  }
  for (let round = 0; round < 400; round++) {
    const own = value(random)
    const domain = random.chance(0.3)
    if (JSON.stringify(own).includes('{"suffix":".')) continue
    const { language, test } = languageOf(own, domain)
    const wrong = texts.find(text => language.has(text) !== test(text))
    if (wrong !== undefined) t.fail(`${JSON.stringify(own)} domain ${domain}: "${wrong}"`)
  }
  t.pass('400 patterns')
})

t.test('intersection and inclusion against brute force', async t => {
  const random = new Xorshift32(11)
  let upTo = literal('')
  for (let n = 0; n < 5; n++)
    upTo = either(literal(''), sequence(either(...alphabet.map(literal)), upTo))
  const short = new Language(upTo)
  const counts = { found: 0, none: 0 }
  for (let round = 0; round < 600; round++) {
    const all = Array.from({ length: 1 + random.below(2) }, () => languageOf(value(random)))
    const none = Array.from({ length: random.below(3) }, () => languageOf(value(random)))
    const fits = (text: string) =>
      all.every(one => one.test(text)) && !none.some(one => one.test(text))
    // cut to the texts that brute force knows, the answer has to be the same
    const got = member(
      [short, ...all.map(one => one.language)],
      none.map(one => one.language),
    )
    const want = texts.some(fits)
    if (got === 'unknown' || want !== (got !== 'none'))
      t.fail(`round ${round}: ${JSON.stringify(got)}`)
    if (typeof got === 'object' && !fits(got.text))
      t.fail(`round ${round}: "${got.text}" does not fit`)
    const free = member(
      all.map(one => one.language),
      none.map(one => one.language),
    )
    if (typeof free === 'object' && !fits(free.text)) t.fail(`round ${round}: "${free.text}"`)
    if (free === 'none' && want) t.fail(`round ${round}: none, and there is one`)
    counts[want ? 'found' : 'none']++
  }
  t.ok(counts.found > 100 && counts.none > 100, JSON.stringify(counts))
})

t.test('the cap says unknown', async t => {
  const words = Array.from(
    { length: 8 },
    (_, i) => languageOf({ contains: `aaaa${'b'.repeat(i + 1)}.` }).language,
  )
  t.equal(member(words, [], 50), 'unknown')
  t.type(member(words), 'object')
  const effort = new Effort(0)
  const own = new Language(sequence(anything, literal('a')), effort)
  t.type(member([own]), 'object')
  effort.spend(20_000_000)
  t.equal(member([own]), 'unknown', 'no effort is left')
})

t.test('undecidable regexes are refused, not guessed', async t => {
  for (const regex of ['\\bword\\b', '(?m)^a', '\\Ba'])
    t.equal(patternAutomaton([{ operator: 'regex', text: regex }], false), undefined, regex)
})

t.test('both keeps what is in both', async t => {
  const two = new Language(both(run([0x61, 0x62]), sequence(literal('a'), run([0x62, 0x63]))))
  const wrong = texts.filter(text => two.has(text) !== /^ab*$/.test(text))
  t.strictSame(wrong, [])
})

const names = ['a.example', 'b.a.example', 'evila.example', '10.0.0.1', 'example', 'x-1.example']
const paths = ['', '/', '/a', '/a/b?c=d', '?q', '/x.example/', '/@a.example']

function url(random: Xorshift32): string {
  const user = random.chance(0.1) ? 'a.example@' : ''
  const port = random.chance(0.2) ? pick(random, [':80', ':8080', ':443']) : ''
  const dot = random.chance(0.1) ? '.' : ''
  const host = random.chance(0.1) ? '[2001:db8::1]' : `${pick(random, names)}${dot}`
  if (random.chance(0.1)) return canonicalUrl(`${host}${port}`)
  const scheme = pick(random, ['http://', 'https://', 'ftp://'])
  return canonicalUrl(`${scheme}${user}${host}${port}${pick(random, paths)}`)
}

t.test('host and path of a URL, as conditions on the URL', async t => {
  const random = new Xorshift32(13)
  const values: TextValue[] = [
    { suffix: 'a.example' },
    'a.example',
    '*a*',
    { prefix: '10.' },
    { contains: 'example' },
    '2001:*',
    { regex: '^[a-z]+\\.' },
    '/a*',
    '*',
    { equals: '/' },
    { suffix: 'd' },
    '?',
    ['/x*', '*q'],
  ]
  let hits = 0
  for (const own of values) {
    const host = compileText(own, true, refuse)
    const path = compileText(own, false, refuse)
    const hostSet = patternAutomaton(patternsOf(host), true)
    const pathSet = patternAutomaton(patternsOf(path), false)
    if (!host || !path || !hostSet || !pathSet) throw new Error('no automaton')
    const hosts = new Language(urlsOfHost(hostSet))
    const pathLanguage = new Language(urlsOfPath(pathSet))
    for (let i = 0; i < 800; i++) {
      const text = url(random)
      const facts = requestOf(text)
      if (!requestUrls.has(text)) t.fail(`${text} is a URL`)
      if (withDefaultPort.has(text)) t.fail(`${text} has no default port`)
      const wantHost = host.test(facts.host ?? '')
      const wantPath = path.test(facts.path ?? '')
      if (hosts.has(text) !== wantHost) t.fail(`host ${JSON.stringify(own)} of ${text}`)
      if (pathLanguage.has(text) !== wantPath) t.fail(`path ${JSON.stringify(own)} of ${text}`)
      if (wantHost) hits++
    }
  }
  t.ok(hits > 500, `${hits} hosts matched`)
  t.ok(withDefaultPort.has('http://a.example:80/') && withDefaultPort.has('https://a.example:0443'))
})
