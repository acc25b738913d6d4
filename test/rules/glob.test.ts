/** Globs and the other text patterns: edges, code points, case, bounded time. */

import fc from 'fast-check'
import t from 'tap'
import { globMatch, globShape } from '../../src/rules/glob.js'
import { compileText, type TextValue } from '../../src/rules/text-pattern.js'

t.test('glob edges', async t => {
  const table: [pattern: string, text: string, want: boolean][] = [
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything/at?all', true],
    ['**', '', true],
    ['**', 'abc', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['??', 'ab', true],
    ['?*', '', false],
    ['?*', 'abc', true],
    ['*?', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['*mmsc*', 'http://mmsc.monternet.com/', true],
    ['*mmsc*', 'mmsc', true],
    ['*mmsc*', 'mms.c', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a--b--b--c', true],
    ['a*b*c', 'a--c--b', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*.*', 'a', false],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['\\*', '\\x', true],
    ['*ab', 'aab', true],
    ['*aab', 'aaaab', true],
    ['*a*a*a*b', 'aaaaaaaa', false],
    ['彩信*中心', '彩信服务中心', true],
    ['?', '彩', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['*?', '😀', true],
    ['*??', '😀', false],
    ['*?x?', '😀x😀', true],
    ['*??x', '😀x', false],
  ]
  for (const [pattern, text, want] of table)
    t.equal(globMatch(pattern, text), want, `${pattern} against ${text}`)
})

t.test('shape of a glob', async t => {
  t.strictSame(globShape(''), { kind: 'equals', literal: '' })
  t.strictSame(globShape('*'), { kind: 'any' })
  t.strictSame(globShape('***'), { kind: 'any' })
  t.strictSame(globShape('abc'), { kind: 'equals', literal: 'abc' })
  t.strictSame(globShape('abc*'), { kind: 'prefix', literal: 'abc' })
  t.strictSame(globShape('**abc'), { kind: 'suffix', literal: 'abc' })
  t.strictSame(globShape('*abc**'), { kind: 'contains', literal: 'abc' })
  t.strictSame(globShape('a*bcd*e'), { kind: 'glob', literal: 'bcd' })
  t.strictSame(globShape('ab?d'), { kind: 'glob', literal: 'ab' })
  t.strictSame(globShape('?'), { kind: 'glob', literal: '' })
})

const unit = fc.constantFrom('a', 'b', '*', '?', 'é', '😀')
const globs = fc.array(unit, { maxLength: 8 }).map(parts => parts.join(''))
const texts = fc.array(fc.constantFrom('a', 'b', 'é', '😀'), { maxLength: 10 }).map(a => a.join(''))

/** The definition, by recursion over code points. */
function defined(pattern: string[], text: string[]): boolean {
  const [p, ...rest] = pattern
  if (p === undefined) return text.length === 0
  if (p === '*') return text.some((_, i) => defined(rest, text.slice(i))) || defined(rest, [])
  const [c, ...others] = text
  return c !== undefined && (p === '?' || p === c) && defined(rest, others)
}

t.test('two pointers decide as the definition does', async t => {
  fc.assert(
    fc.property(globs, texts, (pattern, text) => {
      const want = defined([...pattern], [...text])
      return globMatch(pattern, text) === want
    }),
    { seed: 172, numRuns: 5000 },
  )
  t.pass('5,000 pairs')
})

function test(value: TextValue, domain = false) {
  const refusals: string[] = []
  const compiled = compileText(value, domain, (_path, text) => refusals.push(text))
  if (!compiled) throw new Error(refusals.join())
  return compiled
}

t.test('the shortcut for simple globs decides as the matcher does', async t => {
  fc.assert(
    fc.property(globs, texts, (pattern, text) => {
      if (pattern === '') return true
      const { test: matches, literals } = test(pattern)
      const hit = matches(text)
      if (hit && literals.length > 0 && !literals.some(one => text.includes(one))) return false
      return hit === globMatch(pattern, text)
    }),
    { seed: 9203, numRuns: 5000 },
  )
  t.pass('5,000 pairs')
})

t.test('operators ignore case', async t => {
  t.ok(test('*MMSC*').test('http://mmsc.x/'))
  t.ok(test('*mmsc*').test('HTTP://MMSC.X/'))
  t.ok(test({ equals: 'GET' }).test('get'))
  t.notOk(test({ equals: 'GET' }).test('gets'))
  t.ok(test({ prefix: 'http://A' }).test('HTTP://a/b'))
  t.ok(test({ contains: 'É' }).test('xéx'))
  t.ok(test({ suffix: '.JPG' }).test('a.jpg'))
  t.ok(test({ regex: '^/News/[0-9]+$' }).test('/news/17'))
  t.notOk(test({ regex: '(?-i)^/News' }).test('/news/17'), 'the pattern may ask for case')
  t.ok(test({ regex: 'b+' }).test('abba'), 'a regex is searched for, not anchored')
  t.ok(test(['a*', { equals: 'b' }]).test('B'), 'a list: one of them')
  t.notOk(test(['a*', { equals: 'b' }]).test('c'))
  t.equal(test(['a*', { equals: 'b' }]).expected, 'a* or equals b')
  t.strictSame(test(['a*', '*']).literals, [], 'one part without a literal: no literal at all')
})

t.test('a suffix of a host stops at a label', async t => {
  const suffix = test({ suffix: 'Example.COM' }, true)
  t.ok(suffix.test('example.com'))
  t.ok(suffix.test('wap.EXAMPLE.com'))
  t.notOk(suffix.test('evilexample.com'))
  t.notOk(suffix.test('example.com.evil.test'))
  t.ok(test({ suffix: '.example.com' }, true).test('example.com'), 'a leading dot means the same')
  t.ok(test('*example.com', true).test('evilexample.com'), 'a glob is a glob')
  t.ok(test({ suffix: 'example.com' }, false).test('evilexample.com'), 'text has no labels')
})

t.test('refused patterns', async t => {
  const refusals = (value: TextValue, domain = false) => {
    const said: [string, string][] = []
    const path = (parts: readonly (string | number)[]) => parts.join('/')
    compileText(value, domain, (at, text) => said.push([path(at), text]))
    return said
  }
  t.strictSame(refusals(''), [['', 'empty pattern']])
  t.strictSame(refusals({ suffix: '' }), [['suffix', 'empty pattern']])
  t.strictSame(refusals({ suffix: '..' }, true), [['suffix', 'empty pattern']])
  t.strictSame(refusals(['a', '', { regex: '(' }]), [
    ['1', 'empty pattern'],
    ['2/regex', 'regex: missing closing ): `(`'],
  ])
  t.match(refusals('x'.repeat(5000)), [['', 'pattern of 5000 characters; the most is 4096']])
  t.match(refusals({ regex: '(a{1000}){1000}' }), [['regex', /invalid repeat count/]])
  t.match(refusals({ regex: '(?=a)' }), [['regex', /invalid or unsupported Perl syntax/]])
})

t.test('hostile patterns take bounded time', async t => {
  // V8's own engine needs 2^n steps for this one: hours at 60 characters
  const regex = test({ regex: '(a+)+$' })
  t.notOk(regex.test(`${'a'.repeat(20_000)}!`))
  t.ok(regex.test('a'.repeat(20_000)))
  const glob = `${'*a'.repeat(40)}*b`
  t.notOk(globMatch(glob, 'a'.repeat(20_000)))
})
