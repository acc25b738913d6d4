/** Sources that are cut or changed anywhere: a set that loads, or a refusal with its place; nothing else, and not for
 * long. */

import t, { type Test } from 'tap'
import { SourceText, sourceText } from '../../src/rules/import/source-text.js'
import { importRules } from '../../src/rules/import-rules.js'
import { RuleError } from '../../src/rules/rule-error.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { mutateText } from '../fuzz/mutate-text.js'
import { dialectOf, type Fixture, fixtures, fixtureTexts, optionsOf } from './imported.js'

/** Whether it was imported; a refusal must say where. */
function survives(
  t: Pick<Test, 'fail'>,
  fixture: Fixture,
  texts: readonly SourceText[],
  note: string,
): boolean {
  try {
    const { set, total, represented, left } = importRules(
      dialectOf(fixture.dialect),
      texts,
      optionsOf(fixture),
    )
    if (represented !== total - left.length || !set.name) t.fail(`${note}: the account is wrong`)
    return true
  } catch (error) {
    if (!(error instanceof RuleError)) {
      t.fail(`${note}: ${error instanceof Error ? error.stack : error}`)
      return false
    }
    const [problem] = error.problems
    const source = texts.find(({ file }) => file === problem?.file)
    const inside = problem && source && problem.line <= source.lineCount
    if (!inside || problem.text === '') t.fail(`${note}: no place in ${error.message}`)
    return false
  }
}

for (const fixture of fixtures)
  t.test(`${fixture.dialect}: cut behind every line and in every line`, async t => {
    const [source, ...others] = fixtureTexts(fixture)
    if (!source) throw new Error('no text')
    let read = 0
    let cuts = 0
    for (let line = 1; line <= source.lineCount; line++) {
      const from = source.offsetOf(source.at(line))
      for (const at of [from, from + Math.floor(source.line(line).length / 2)]) {
        const cut = new SourceText(source.file, source.text.slice(0, at))
        cuts++
        if (survives(t, fixture, [cut, ...others], `cut at ${at}`)) read++
      }
    }
    // every line of ipfilter stands for itself
    if (fixture.dialect !== 'ipfilter') t.ok(read < cuts, 'a cut source is refused at least once')
  })

for (const fixture of fixtures)
  t.test(`${fixture.dialect}: changed at random`, async t => {
    const random = new Xorshift32(0x70c5)
    const [source, ...others] = fixtureTexts(fixture)
    if (!source) throw new Error('no text')
    let read = 0
    for (let n = 0; n < 120; n++) {
      const text = mutateText([source.text], random)
      if (survives(t, fixture, [new SourceText(source.file, text), ...others], `change ${n}`))
        read++
    }
    t.ok(read > 0, 'some changes leave a source that can be read')
  })

t.test('octets that are no text', async t => {
  const refused = (octets: number[]) => {
    try {
      sourceText('x', Uint8Array.from(octets))
      return undefined
    } catch (error) {
      return error instanceof RuleError ? error.message : error
    }
  }
  t.match(refused([0x61, 0x0a, 0x62, 0xff, 0x0a]), 'x:2:2: neither UTF-8 nor GB 18030')
  t.match(refused([0x61, 0x00, 0x62]), 'x:1:2: NUL: not a text file')
  t.equal(sourceText('x', Uint8Array.from([0xff, 0xfe, 0x61, 0x00])).text, 'a')
  t.equal(sourceText('x', Uint8Array.from([0xfe, 0xff, 0x00, 0x61])).text, 'a')
  t.equal(sourceText('x', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61])).text, 'a')
  const gbk = sourceText('x', Uint8Array.from([0xb2, 0xca, 0xd0, 0xc5]))
  t.match(gbk, { text: '彩信', encoding: 'gb18030' })
})

t.test('lines end as they do anywhere', async t => {
  const source = new SourceText('x', 'a\r\nb\rc\nd')
  t.equal(source.lineCount, 4)
  t.strictSame(
    [1, 2, 3, 4, 5].map(line => source.line(line)),
    ['a', 'b', 'c', 'd', ''],
  )
  t.match(source.place(source.text.indexOf('c')), { line: 3, col: 1 })
})
