/** The simulator on the command line: exit codes, records against their schema, what is refused. */

import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { recordSchemas, type SchemaName } from '../../src/record/schema.js'
import { inProcess } from '../cli/program.js'
import { root } from '../helpers/run.js'

t.setTimeout(120_000)

const rules = `${root}/rules/newspaper.yaml`
const extended = `${root}/rules/newspaper-extended.yaml`
const capture = `${root}/captures/newspaper.pcap`

function follows(t: Test, out: string, types: readonly string[]): void {
  const rows = out.trimEnd().split('\n')
  for (const line of rows) {
    const row = JSON.parse(line) as { type: string; schema: string }
    if (row.type === 'summary') continue
    const result = recordSchemas[row.type as SchemaName].safeParse(row)
    t.ok(result.success, `${line}\n${result.error?.message ?? ''}`)
  }
  t.strictSame([...new Set(rows.map(line => (JSON.parse(line) as { type: string }).type))], types)
}

t.test('rules diff over a capture', async t => {
  const differs = await inProcess(['rules', 'diff', rules, extended, '-r', capture])
  t.equal(differs.code, 1)
  t.match(differs.out, /^2 of 11 flows change: 280 B of 114 kB\n/)
  t.match(differs.out, / why {6}no rule matched before; L1-2 decides/)
  const same = await inProcess(['rules', 'diff', rules, rules, '-r', capture])
  t.equal(same.code, 0)
  t.match(same.out, /^0 of 11 flows change/)
  const json = await inProcess(['rules', 'diff', rules, extended, '-r', capture, '--json'])
  follows(t, json.out, ['change', 'summary'])
  t.notMatch(json.out, /46001\d{10}/, 'masked')
  const quiet = await inProcess(['rules', 'diff', rules, extended, '-r', capture, '-q'])
  t.strictSame([quiet.code, quiet.out], [1, ''])
})

t.test('rules diff without a capture', async t => {
  const differs = await inProcess(['rules', 'diff', rules, extended])
  t.equal(differs.code, 1)
  t.match(differs.out, 'Witness    10.23.241.4:80 tcp')
  t.match(differs.out, 'no proof')
  const json = await inProcess(['rules', 'diff', rules, extended, '--json'])
  follows(t, json.out, ['difference', 'summary'])
  t.equal((await inProcess(['rules', 'diff', rules, rules])).code, 0)
})

t.test('rules diff: what is refused', async t => {
  const folder = t.testdir({})
  const ugw = `${folder}/ugw.yaml`
  writeFileSync(ugw, readFileSync(rules, 'utf8').replace('profile: article', 'profile: ugw'))
  const two = await inProcess(['rules', 'diff', rules, ugw, '-r', capture])
  t.equal(two.code, 2)
  t.match(two.err, /compared under one\n {2}try: --profile ugw\n/)
  const one = await inProcess(['rules', 'diff', rules, ugw, '-r', capture, '--profile', 'ugw'])
  t.equal(one.code, 0)
  t.equal((await inProcess(['rules', 'diff', rules])).code, 2)
  t.equal((await inProcess(['rules', 'diff', rules, `${folder}/none.yaml`])).code, 3)
  t.equal((await inProcess(['rules', 'diff', rules, rules, '-r', `${folder}/none.pcap`])).code, 2)
})

t.test('a profile that needs a charge which the rules do not name', async t => {
  const args = ['replay', capture, '--rules', rules, '--profile', 'udg-signalling']
  const refused = await inProcess(args)
  t.equal(refused.code, 3)
  t.match(refused.err, /charges signalling on an id of their own.*\n {2}try: signalling: /)
})

t.test('replay --bounds', async t => {
  const args = ['replay', capture, '--rules', rules, '--bounds']
  const text = await inProcess(args)
  t.equal(text.code, 0)
  t.match(text.out, /^Free {7}68\.7 kB \(60\.0%\) {2}of 114 kB/)
  t.match(text.out, /least {4}67\.5 kB/)
  t.match(text.out, 'flow 8 transaction 1  handshake  frames 8-10  3 packets  128 B')
  const json = await inProcess([...args, '--json'])
  follows(t, json.out, ['bounds', 'summary'])
  t.equal((await inProcess([...args, '--json'])).out, json.out, 'the same twice')
  for (const more of [['-Y', 'free'], ['--csv'], ['--only', 'flow']]) {
    const refused = await inProcess([...args, ...more])
    t.equal(refused.code, 2)
    t.match(refused.err, /does not go with/)
  }
  const stdin = await inProcess(['replay', '-', '--rules', rules, '--bounds'])
  t.equal(stdin.code, 2)
  t.match(stdin.err, /reads the capture several times/)
  const part = await inProcess([...args, '-c', '50'])
  t.match(part.out, /^INCOMPLETE +stopped after 50 packets$/m)
})
