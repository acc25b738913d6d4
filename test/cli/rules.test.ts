/** `rules check` and `rules hits` with captures: witness captures give the ledger that stands beside them,
 * and hits are those of the flows and requests of the capture. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tap from 'tap'
import type { WitnessLedger } from '../../src/cli/witness-captures.js'
import type { Counters } from '../../src/record/flow-record.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { openSource } from '../../src/source/open-source.js'
import { captureFiles, capturePath, replayed } from '../facts/capture-set.js'
import { article, run } from '../helpers/run.js'
import { inProcess, jsonLines, root } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-rules-'))
tap.teardown(() => rmSync(folder, { recursive: true, force: true }))

const counterKeys = ['up_packets', 'down_packets', 'up_bytes', 'down_bytes'] as const

function counters(of: Counters): Counters {
  const { up_packets, down_packets, up_bytes, down_bytes } = of
  return { up_packets, down_packets, up_bytes, down_bytes }
}

/** Replays every capture of a folder against its ledger; how many there are. */
async function replayWitnesses(
  t: Pick<typeof tap, 'strictSame' | 'equal'>,
  rules: string,
  into: string,
): Promise<number> {
  const engine = new RuleEngine(loadRuleSet(rules), article)
  const names = readdirSync(into).filter(name => name.endsWith('.ledger.json'))
  for (const name of names) {
    const ledger: WitnessLedger = JSON.parse(readFileSync(join(into, name), 'utf8'))
    const what = `${rules} ${ledger.rule}`
    const source = await openSource([join(into, ledger.capture)])
    const ran = await run(source, { engine })
    await source.close()
    t.strictSame(
      ran.usage.map(row => ({ rule_id: row.rule_id, tariff: row.tariff, ...counters(row) })),
      ledger.usage.map(row => ({ rule_id: row.rule_id, tariff: row.tariff, ...counters(row) })),
      what,
    )
    const charged = ledger.level2 === undefined ? ran.flows : ran.transactions
    const own = charged.map(({ level1, level2 }) => [level1, level2])
    t.strictSame(own, [[ledger.level1, ledger.level2]], `${what}: decided by it`)
    t.equal(ledger.rules.sha256, engine.set.source.sha256)
  }
  return names.length
}

tap.test('witness captures of whole rule sets', async t => {
  const sets = {
    'rules/newspaper.yaml': 7,
    'rules/newspaper-extended.yaml': 10,
    'test/rules/lint/clean/wap-portal.yaml': 7,
    'test/rules/lint/clean/contexts.yaml': 7,
  }
  for (const [rules, count] of Object.entries(sets)) {
    const into = join(folder, rules.replaceAll('/', '-'))
    const { code, err } = await inProcess(['rules', 'check', rules, '--witness-pcap', into])
    t.equal(code, 0)
    t.match(err, `${count} captures with the ledger`)
    t.equal(await replayWitnesses(t, join(root, rules), into), count, rules)
    const again = await inProcess(['rules', 'check', rules, '--witness-pcap', into])
    t.match(again, { code: 2, err: /exists\n {2}try: --force/ })
    const forced = await inProcess([
      'rules',
      'check',
      rules,
      '--witness-pcap',
      into,
      '--force',
      '-q',
    ])
    t.match(forced, { code: 0, err: '' })
  }
})

tap.test('rules without a witness are named, with the reason', async t => {
  const rules = join(folder, 'odd.yaml')
  writeFileSync(
    rules,
    `ruleset: odd
version: "1"
profile: article
level1:
  - {id: 1, precedence: 1, match: {protocol: tcp}, charge: 2, level2: "../t"}
  - {id: 2, precedence: 2, match: {protocol: tcp, port: 80}, charge: 2}
  - {id: 3, precedence: 3, match: {protocol: gre}, charge: 2}
  - {id: 4, precedence: 4, match: {protocol: icmp, port: 7}, charge: 2}
  - {id: 5, precedence: 5, match: {protocol: icmpv6}, charge: 2}
level2:
  "../t":
    - {precedence: 1, match: {mmsFrom: "*106558*", method: put}, charge: 2}
    - {precedence: 2, match: {method: purge}, charge: 2}
    - {precedence: 3, match: {contentType: "image/*", userAgent: "nokia*"}, charge: 2}
    - {precedence: 4, match: {sni: {suffix: portal.example}}, charge: 2}
    - {precedence: 5, match: {url: "*.portal.example:*", method: connect}, charge: 2}
charges: {2: {tariff: charged}}
default: 2
`,
  )
  const into = join(folder, 'odd')
  const { code, err } = await inProcess(['rules', 'check', rules, '--witness-pcap', into])
  t.equal(code, 3, 'a shadowed rule is an error')
  const none = err.split('\n').slice(1, -1)
  t.match(none, [
    /none for L1-2: earlier rules match all of it/,
    /none for L1-3: no scenario has this protocol and port/,
    /none for L1-4: nothing matches it/,
    /none for \.\.\/t\/1: put carries no multimedia message/,
    /none for \.\.\/t\/2: no scenario has the method purge/,
  ])
  t.equal(none.length, 5)
  t.equal(await replayWitnesses(t, rules, into), 6, 'the others')
  t.ok(
    readdirSync(into).every(name => /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name)),
    'safe names',
  )
})

tap.test('rows on multimedia messages: one that is sent, one that is fetched', async t => {
  const rules = join(folder, 'mms.yaml')
  writeFileSync(
    rules,
    `ruleset: mms
version: "1"
profile: article
proxies: [10.0.0.172]
level1:
  - {id: 1, precedence: 1, match: {server: 10.0.0.172, protocol: tcp, port: 80}, charge: 2, level2: m}
level2:
  m:
    - {precedence: 1, match: {mmsFrom: "+861380000*"}, charge: 1}
    - {precedence: 2, match: {mmsSubject: "*newspaper*", method: get}, charge: 1}
    - {precedence: 3, match: {url: "*x*", mmsSubject: "offer*"}, charge: 1}
charges: {1: {tariff: free}, 2: {tariff: charged}}
default: 2
`,
  )
  const into = join(folder, 'mms')
  const { err } = await inProcess(['rules', 'check', rules, '--witness-pcap', into])
  t.notMatch(err, 'none for')
  t.equal(await replayWitnesses(t, rules, into), 5)
})

tap.test('hits are those of the records', async t => {
  for (const file of captureFiles) {
    if (file.startsWith('plain-ip')) continue
    const { code, out } = await inProcess(['rules', 'hits', '-r', capturePath(file), '--json'])
    const rows = jsonLines(out)
    const ran = await replayed(file)
    if (ran.flows.length === 0) continue
    if (code !== 0) {
      t.equal(code, 2, `${file} is damaged`)
      continue
    }
    const rule = (label: string) => rows.find(row => row.rule === label)
    for (const label of ['wapgw/1', 'wapgw/2']) {
      const own = ran.transactions.filter(txn => txn.level2 === label)
      const sum = (key: (typeof counterKeys)[number]) => own.reduce((all, txn) => all + txn[key], 0)
      t.match(
        rule(label),
        { hits: own.length, up_bytes: sum('up_bytes'), down_bytes: sum('down_bytes') },
        `${file} ${label}`,
      )
    }
    const level1 = rows.filter(row => row.level === 1)
    const decided = level1.reduce((sum, row) => sum + Number(row.hits), 0)
    t.equal(decided, ran.flows.length, `${file}: each flow is somebody's`)
    t.match(rows.at(-1), { type: 'summary', flows: ran.flows.length, profile: 'article' })
    const octets = rows.reduce((all, { up_bytes: up, down_bytes: down }) => {
      return all + Number(up ?? 0) + Number(down ?? 0)
    }, 0)
    const ruled = ran.usage.filter(one => one.rule_id !== undefined)
    const ledger = ruled.reduce((all, one) => all + one.up_bytes + one.down_bytes, 0)
    t.equal(octets, ledger, `${file}: each octet is on one line`)
  }
})

tap.test('hits of what a filter lets pass', async t => {
  const hits = async (...more: string[]) => {
    const args = ['rules', 'hits', '-r', 'captures/newspaper.pcap', '--json', ...more]
    const { out } = await inProcess(args)
    const rows = jsonLines(out).filter(row => row.rule !== undefined)
    return rows.reduce((all, row) => all + Number(row.up_bytes) + Number(row.down_bytes), 0)
  }
  const whole = await hits()
  const one = await hits('-Y', 'imsi == 460010000000101')
  const other = await hits('-Y', 'not imsi == 460010000000101')
  t.ok(one > 0 && other > 0)
  t.equal(one + other, whole)
  t.equal(await hits('--since', '-1h'), whole, 'records that wait for the end of the run')
})

tap.test('hits as text', async t => {
  const { out, code } = await inProcess(['rules', 'hits', '-r', 'captures/newspaper.pcap'])
  t.equal(code, 0)
  t.match(out, /^L1-5 .* NEVER HIT$/m)
  t.match(out, /^ {2}wapgw\/1 +o free .* 3 /m)
  t.match(out, /7 rules, 1 never hit in 11 flows of captures\/newspaper\.pcap\n$/)
  const shadowed = await inProcess([
    'rules',
    'hits',
    'test/rules/lint/faulty/SHADOWED.yaml',
    '-r',
    'captures/newspaper.pcap',
  ])
  t.match(shadowed.out, /SHADOWED by L1-1, L1-2/)
  t.match(await inProcess(['rules', 'hits']), { code: 2, err: /rules hits needs a capture/ })
})

tap.test('check with a capture', async t => {
  const args = ['rules', 'check', 'rules/newspaper.yaml', '--json', '-r']
  const { out, code } = await inProcess([...args, 'captures/newspaper.pcap'])
  t.equal(code, 0)
  t.match(
    jsonLines(out).filter(row => row.id === 'NEVER-HIT'),
    [{ severity: 'info', rules: ['L1-5'], at: 'rules/newspaper.yaml:18:5' }],
  )
  t.match(await inProcess([...args, 'nowhere.pcap']), { code: 2, err: /no such file/ })
})

tap.test('exit codes', async t => {
  const faulty = (name: string) => `test/rules/lint/faulty/${name}.yaml`
  const code = async (...args: string[]) => (await inProcess(['rules', 'check', ...args])).code
  t.equal(await code(faulty('SHADOWED')), 3)
  t.equal(await code(faulty('NO-DEFAULT')), 0)
  t.equal(await code(faulty('NO-DEFAULT'), '--strict'), 1)
  t.equal(await code(faulty('CASE'), '--strict'), 0, 'a note is no warning')
  t.equal(await code(faulty('HOST-BITS-SET')), 3)
})
