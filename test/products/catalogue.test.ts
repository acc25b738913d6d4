/** products.yaml: what is read, and every mistake with its place. Holdings, line by line. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readHolding, readHoldings } from '../../src/products/holdings.js'
import { parseProducts, readProducts, volumeOf } from '../../src/products/parse.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { problemMessage } from '../../src/rules/rule-error.js'
import { root } from '../cli/program.js'
import { catalogueOf, catalogueText, everyKind } from './catalogue-text.js'
import { publishedSchemas } from './write-schemas.js'

const base = 'id: base, kind: base, price: 5, volume: 1 GB, validity: monthly'

function problems(text: string, withRules = false): string[] {
  const rules = withRules ? loadRuleSet(join(root, 'rules/newspaper.yaml')) : undefined
  return readProducts('p.yaml', text, rules).problems.map(problemMessage)
}

t.test('each mistake with its place', async t => {
  const cases: Record<string, [string, RegExp]> = {
    'unknown key': [catalogueText([`${base}, prise: 3`]), /^p\.yaml:6:\d+: unknown key "prise"/],
    'unknown kind': [
      catalogueText([base.replace('kind: base', 'kind: bas')]),
      /p\.yaml:6:\d+: unknown kind "bas"/,
    ],
    'no volume': [catalogueText([base.replace('volume: 1 GB, ', '')]), /missing key "volume"/],
    'bad volume': [catalogueText([base.replace('1 GB', '1 XB')]), /volume takes octets, or text/],
    'half an octet': [
      catalogueText([base.replace('1 GB', '0.5 B')]),
      /"0\.5 B" is no whole number of octets/,
    ],
    'bad hours': [catalogueText([`${base}, scope: {hours: "25:00-07:00"}`]), /takes "HH:MM-HH:MM"/],
    'empty hours': [
      catalogueText([`${base}, scope: {hours: "07:00-07:00"}`]),
      /hours "07:00-07:00" are empty/,
    ],
    'bad validity': [
      catalogueText([base.replace('monthly', 'yearly')]),
      /validity takes monthly, this-month/,
    ],
    twice: [catalogueText([base, base]), /p\.yaml:7:\d+: product "base" is already at p\.yaml:6:5/],
    'excludes nothing': [
      catalogueText([`${base}, excludes: [bass]`]),
      /p\.yaml:6:\d+: product "bass" is not defined/,
    ],
    zone: [
      catalogueText([base]).replace('+08:00', 'Asia/Atlantis'),
      /p\.yaml:3:11: unknown timezone "Asia\/Atlantis"/,
    ],
    currency: [
      catalogueText([base]).replace('CNY', 'yuan'),
      /currency takes three capital letters/,
    ],
    'usage price of nothing': [
      catalogueText([`${base}, usagePrice: {price: 1, per: 0}`]),
      /a price needs octets/,
    ],
    'negative price': [
      catalogueText([base.replace('price: 5', 'price: -5')]),
      /price -5 is below 0/,
    ],
    'not YAML': ['a: [', /p\.yaml:1:\d+: /],
  }
  for (const [name, [text, want]] of Object.entries(cases)) {
    const found = problems(text)
    t.match(found[0], want, name)
    t.throws(() => parseProducts('p.yaml', text), { name: 'RuleError' }, name)
  }
  t.equal(
    problems(catalogueText([base, `${base}, x: 1`, `${base}, y: 1`])).length,
    2,
    'all are told',
  )
})

t.test('tables and ids must be in the rule set', async t => {
  const text = catalogueText([`${base}, scope: {tables: [wapgv], charges: [5]}`])
  t.match(problems(text, true), [
    /level-2 table "wapgv" is not in .*newspaper\.yaml/,
    /charging id 5 is not in/,
  ])
  t.strictSame(problems(readFileSync(join(root, 'docs/examples/products.yaml'), 'utf8'), true), [])
})

t.test('volumes', async t => {
  const volumes = { '1 GB': 1e9, '1GiB': 2 ** 30, '1.5 kB': 1500, '0.000001 MB': 1, '500 MB': 5e8 }
  for (const [text, octets] of Object.entries(volumes)) t.equal(volumeOf(text), octets, text)
  t.equal(volumeOf('999999999999999 TB'), undefined)
  t.equal(volumeOf(7), 7)
})

t.test('what is read', async t => {
  const { products, leftover, currency } = catalogueOf(everyKind, 'leftover: blocked\n')
  t.equal(products.size, everyKind.length)
  t.match({ leftover, currency }, { leftover: 'blocked', currency: 'CNY' })
  t.match(products.get('night'), {
    scope: { hours: [{ from: 1380, to: 420 }] },
    leftover: 'blocked',
  })
  t.match(products.get('video'), {
    stock: 3,
    usagePrice: { price: 3, octets: 100 },
    validity: { days: 30 },
  })
  t.match(products.get('old'), { onSale: false, priority: 0 })
})

t.test('holdings: every wrong line is named', async t => {
  const catalogue = catalogueOf(everyKind)
  const good = {
    type: 'holding',
    op: 'grant',
    ts: '2026-11-01T00:00:00Z',
    imsi: '460011234567890',
    bucket: 'b',
    product: 'base',
  }
  t.match(readHolding(JSON.stringify(good), catalogue), { change: { op: 'grant', bucket: 'b' } })
  t.equal(readHolding('  ', catalogue), undefined)
  const wrong: [unknown, RegExp][] = [
    ['{', /is not JSON/],
    [{ ...good, product: 'bass' }, /product "bass" is not in products\.yaml/],
    [{ ...good, imsi: undefined }, /needs imsi or msisdn/],
    [{ ...good, product: undefined }, /a grant needs product/],
    [{ ...good, op: 'priority' }, /needs priority/],
    [{ ...good, ts: 'today' }, /ts: needs RFC 3339/],
    [{ ...good, left_bytes: -1 }, /left_bytes/],
    [{ ...good, bucket: 'x'.repeat(70_000) }, /longer than 65536 characters/],
  ]
  for (const [line, want] of wrong) {
    const text = typeof line === 'string' ? line : JSON.stringify(line)
    t.throws(() => readHolding(text, catalogue), want)
  }
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-holdings-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'h.jsonl')
  writeFileSync(file, `${JSON.stringify(good)}\n\n{}\n`)
  await t.rejects(readHoldings(file, catalogue), { message: /h\.jsonl:3: / })
  writeFileSync(file, `${JSON.stringify(good)}\r\n`)
  t.equal((await readHoldings(file, catalogue)).length, 1)
  await t.rejects(readHoldings(join(folder, 'none'), catalogue), { code: 'ENOENT' })
})

t.test('the published schemas are those that are applied', async t => {
  for (const { file, text } of publishedSchemas()) t.equal(readFileSync(file, 'utf8'), text, file)
})
