/** `rules diff`: invariants 2.13 (6) of rules.md over all captures, what moves and why, and witnesses without
 * a capture. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { diffSummary } from '../../src/pipeline/diff-summary.js'
import { RuleChanges } from '../../src/pipeline/rule-changes.js'
import type { ChangeRecord } from '../../src/record/change-record.js'
import type { UsageRecord } from '../../src/record/usage-record.js'
import { compareRules } from '../../src/rules/compare.js'
import type { RuleEngine } from '../../src/rules/engine.js'
import { findProfile } from '../../src/rules/profile.js'
import { captureFiles, replayed } from '../facts/capture-set.js'
import { article, engineOf, root, ugw } from '../helpers/run.js'

t.setTimeout(300_000)

const text = readFileSync(`${root}/rules/newspaper.yaml`, 'utf8')
const extended = readFileSync(`${root}/rules/newspaper-extended.yaml`, 'utf8')
/** No proxy, the first row asks for another name, 9203 has a table, and ids of their own for two charges. */
const other = text
  .replace(/^proxies: .*$/m, 'proxies: [10.9.9.9]')
  .replace('"*mmsc*"', '"*mmsc.wap*"')
  .replace('port: 9203}', 'port: 9203, ue: 10.161.0.0/16}')

async function diffOf(file: string, first: RuleEngine, second: RuleEngine) {
  const records: ChangeRecord[] = []
  const made: RuleChanges[] = []
  const { summary } = await replayed(file, {
    engine: first,
    observe(rater, table) {
      const changes = new RuleChanges(first, second, rater, table, one => records.push(one))
      made.push(changes)
      return changes
    },
  })
  const [changes] = made
  if (changes === undefined) throw new TypeError('not observed')
  return { records, changes, summary: diffSummary(first, second, changes, summary) }
}

/** Octets by charging id of what is not left out. */
function byId(usage: readonly UsageRecord[]): Map<number | undefined, number> {
  const sums = new Map<number | undefined, number>()
  for (const row of usage) {
    if (row.row === 'excluded') continue
    sums.set(row.rule_id, (sums.get(row.rule_id) ?? 0) + row.up_bytes + row.down_bytes)
  }
  return sums
}

t.test('diff(A, A) is empty', async t => {
  for (const file of captureFiles) {
    for (const profile of [article, findProfile('staros-default') ?? ugw]) {
      const { records, summary } = await diffOf(
        file,
        engineOf(profile, other),
        engineOf(profile, other),
      )
      t.strictSame(records, [], file)
      t.match(summary, { changed_flows: 0, changed_bytes: 0, groups: [], ids: [] })
    }
  }
})

t.test('its totals are those of two replays', async t => {
  for (const file of captureFiles) {
    for (const [profile, a, b] of [
      [article, text, extended],
      [ugw, other, text],
      [findProfile('udg') ?? article, text, other],
    ] as const) {
      const [first, second] = [engineOf(profile, a), engineOf(profile, b)]
      const { records, changes, summary } = await diffOf(file, first, second)
      const before = byId((await replayed(file, { engine: first })).usage)
      const after = byId((await replayed(file, { engine: second })).usage)
      // direction-unknown rows have no id, whatever the rules say
      for (const id of new Set([...before.keys(), ...after.keys()])) {
        if (id === undefined) continue
        const { from = 0, to = 0 } = changes.ids.get(id) ?? {}
        t.equal(to - from, (after.get(id) ?? 0) - (before.get(id) ?? 0), `${file} ${id}`)
      }
      const octets = (all: readonly { up_bytes: number; down_bytes: number }[]) =>
        all.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0)
      t.equal(octets(records), summary.changed_bytes)
      t.equal(octets(summary.groups), summary.changed_bytes)
      t.equal(new Set(records.map(one => one.flow)).size, summary.changed_flows)
      t.equal(records.filter(one => one.n !== undefined).length, summary.changed_transactions)
    }
  }
})

t.test('a row that asks for another name: its transactions move, with the reason', async t => {
  const second = engineOf(article, text.replace('"*mmsc*"', '"*mmsc.other*"'))
  const { records, summary } = await diffOf('http-keep-alive-mixed.pcap', engineOf(), second)
  t.equal(records.length, 1)
  t.match(records[0], {
    n: 1,
    url: 'http://mmsc.wap.example/a',
    from: { rule: 'L1-3 > wapgw/1', rule_id: 168165378, tariff: 'free' },
    to: { rule: 'L1-3', rule_id: 4261871614, tariff: 'charged' },
    why: 'wapgw/1 now asks for url *mmsc.other*, not http://mmsc.wap.example/a; L1-3 decides',
  })
  t.match(summary, { changed_flows: 1, changed_transactions: 1 })
  t.strictSame(Object.keys(summary.moved), ['free -> charged'])
})

t.test('other proxies give a request another URL', async t => {
  const second = engineOf(article, text.replace(/^proxies: .*$/m, 'proxies: [10.9.9.9]'))
  const { records } = await diffOf('http-x-online-host.pcap', engineOf(), second)
  t.ok(records.length > 0)
  t.match(records[0]?.why, /with its proxies the URL is http:\/\/10\.0\.0\.172\//)
})

t.test('without a capture: witnesses', async t => {
  const first = engineOf()
  t.match(compareRules(first, first), { differences: [], complete: true })
  const { differences } = compareRules(first, engineOf(article, extended))
  t.strictSame(
    differences.map(one => [one.witness, one.from.rule, one.to.rule]),
    [
      ['192.0.2.1:53 udp', 'default', 'L1-2'],
      ['10.0.0.172:1 tcp', 'default', 'L1-7'],
      ['10.23.241.4:80 tcp', 'default', 'L1-1'],
    ],
  )
  const narrower = engineOf(article, text.replace('"*mmsc*"', '"http://mmsc*"'))
  const [url] = compareRules(first, narrower).differences
  t.match(url, { from: { rule: 'L1-3 > wapgw/1' }, to: { rule: 'L1-3' } })
  t.match(url?.witness, /^10\.0\.0\.172:80 tcp, http:.*mmsc/)
  const port = compareRules(
    first,
    engineOf(article, text.replace('port: 9203', 'port: "9203-9210"')),
  )
  t.match(port.differences, [{ from: { rule: 'default' }, to: { rule: 'L1-6' } }])
  const digits = (last: number) =>
    engineOf(article, text.replace('"*mmsc*"', `{regex: "x[0-${last}]{3}y"}`))
  const [digit] = compareRules(digits(9), digits(8)).differences
  t.match(digit, { from: { rule: 'L1-3 > wapgw/1' }, to: { rule: 'L1-3' } }, 'in no sample')
  t.match(digit?.url, /x\d*9\d*y/)
})
