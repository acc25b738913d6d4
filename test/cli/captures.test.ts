/** The commands over captures, end to end: the newspaper case as people see it, machine output
 * against its schema, input and output that fail. */

import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { type FeedSchemaName, feedSchemas } from '../../src/record/business-schema.js'
import { keyOrder } from '../../src/record/key-order.js'
import { recordSchemas, type SchemaName } from '../../src/record/schema.js'
import { inProcess, type JsonRow, jsonLines, root, shell, testEnv, tollgate } from './program.js'
import {
  feedSchemaText,
  schemaFolder,
  schemaText,
  settingsFile,
  settingsSchemaText,
} from './write-schemas.js'

const newspaper = 'captures/newspaper.pcap'
const octets = readFileSync(join(root, newspaper))
const folder = mkdtempSync(join(tmpdir(), 'tollgate-captures-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const allTypes = 'flow,transaction,usage,session,subscriber,finding'

/** What is wrong with a record, as text; empty when it follows its schema. */
function schemaProblem(row: JsonRow): string {
  const schema = recordSchemas[row.type as SchemaName]
  const result = schema?.safeParse(row)
  if (result === undefined) return `no schema for ${row.type}`
  return result.success ? '' : `${result.error.message} in ${JSON.stringify(row)}`
}

t.test('the newspaper case is solved on one screen', async t => {
  const run = await inProcess(['replay', newspaper])
  t.equal(run.code, 0)
  t.equal(run.err, '')
  const text = run.out
  for (const part of [
    'profile article 1',
    '2 contexts  2 subscribers',
    'o free     168165378 (0x0A060002)',
    'o free     168165379 (0x0A060003)',
    '$ charged  4261871614 (0xFE06FFFE)',
    'meant to be free, but charged',
    '10.0.0.172:9203 udp  $ charged  4261871614 (0xFE06FFFE)  by L1-6',
    'port 80 (WAP 2.0, HTTP)',
    'o free  168165378 (0x0A060002)  by L1-3 > wapgw/1',
    'remedy',
    `tollgate why -r ${newspaper} `,
  ]) {
    t.ok(text.includes(part), part)
  }
  for (const line of text.split('\n')) t.ok(line.length <= 80, line)
  t.notMatch(text, /\d{15}/, 'no IMSI in the clear')
  t.notMatch(text, /will be billed/)
  const clear = await inProcess(['replay', newspaper, '--reveal'])
  t.match(clear.out, /Subscriber 46\d{13} {2}MSISDN \d{13} /)
})

t.test('JSON: every record follows its schema, in order, masked, the same twice', async t => {
  const args = ['replay', newspaper, '--json', '--only', allTypes]
  const run = await inProcess(args)
  t.equal(run.code, 0)
  t.equal((await inProcess(args)).out, run.out)
  const rows = jsonLines(run.out)
  const types = new Set(rows.map(row => row.type))
  t.same([...types].sort(), [...allTypes.split(','), 'summary'].sort())
  for (const row of rows) {
    t.equal(schemaProblem(row), '')
    const keys = Object.keys(row)
    const order = keyOrder[row.type as keyof typeof keyOrder]
    t.same(
      keys,
      order.filter(key => keys.includes(key)),
      `order of ${row.type}`,
    )
    t.equal(row.masked, row.imsi === undefined ? undefined : true)
  }
  t.notMatch(run.out, /"\d{15}"/)
  const summary = rows.at(-1)
  t.equal(summary?.type, 'summary')
  t.equal(summary?.complete, true)
  const usage = rows.filter(row => row.type === 'usage')
  const octetsOf = (row: JsonRow) => Number(row.up_bytes) + Number(row.down_bytes)
  t.equal(
    usage.reduce((sum, row) => sum + octetsOf(row), 0),
    summary?.bytes,
  )
  const finding = rows.find(row => row.type === 'finding')
  t.equal(finding?.rule_id, 4_261_871_614)
  t.equal(finding?.rule_id_hex, '0xFE06FFFE')
})

t.test('every capture of the project gives records that follow the schema', async t => {
  const captures = readdirSync(join(root, 'captures'))
    .filter(name => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(name))
    .map(name => `captures/${name}`)
  t.ok(captures.length > 0)
  for (const capture of captures) {
    const run = await inProcess(['replay', capture, '--json', '--only', allTypes, '--reveal'])
    t.ok([0, 1, 2].includes(run.code ?? -1), `${capture}: ${run.code} ${run.err}`)
    const problems = jsonLines(run.out)
      .map(schemaProblem)
      .filter(problem => problem !== '')
    t.same(problems, [], capture)
    const text = await inProcess(['replay', capture])
    t.same(
      text.out.split('\n').filter(line => line.length > 80),
      [],
      capture,
    )
    t.notMatch(text.out, /[^\n\x20-\x7e]/, capture)
  }
})

t.test('the published schemas are those of the code', async t => {
  for (const name of Object.keys(recordSchemas) as SchemaName[]) {
    const file = new URL(`${name}.json`, schemaFolder)
    t.equal(existsSync(file) ? readFileSync(file, 'utf8') : '', schemaText(name), name)
  }
  const texts = Object.keys(feedSchemas).map(
    name => [`${name}.json`, feedSchemaText(name as FeedSchemaName)] as const,
  )
  for (const [name, text] of [...texts, [settingsFile, settingsSchemaText()] as const]) {
    t.equal(readFileSync(new URL(name, schemaFolder), 'utf8'), text, name)
  }
  for (const [name, order] of Object.entries(keyOrder)) {
    t.same(Object.keys(recordSchemas[name as keyof typeof keyOrder].shape), order, name)
  }
})

t.test('flows: filter, sort, limit, fields, CSV', async t => {
  const charged = await inProcess(['flows', '-r', newspaper, '--json', '-Y', 'verdict == CHRG'])
  const rows = jsonLines(charged.out)
  const summary = rows.pop()
  t.ok(rows.length > 0)
  t.ok(rows.every(row => row.type === 'flow' && row.verdict === 'CHRG'))
  const verdicts = summary?.verdicts as Record<string, { flows: number }> | undefined
  t.equal(rows.length, verdicts?.CHRG?.flows)
  const table = await inProcess(['flows', '-r', newspaper, '--color=never'])
  t.match(table.out, /\$ CHRG .*\n/)
  t.match(table.out, /o FREE .*\n/)
  t.match(table.out, /^\d+ of \d+ flows {2}newspaper .* profile article 1\n$/m)
  for (const line of table.out.split('\n')) t.ok(line.length <= 80, line)
  const csvLine = `flows -r ${newspaper} --csv --fields flow,verdict,up_bytes --sort -up_bytes`
  const csv = await inProcess(`${csvLine} --limit 2`.split(' '))
  const lines = csv.out.trimEnd().split('\n')
  t.equal(lines[0], 'flow,verdict,up_bytes')
  t.equal(lines.length, 3)
  t.ok(Number(lines[1]?.split(',')[2]) >= Number(lines[2]?.split(',')[2]))
  const bare = await inProcess(['flows', '-r', newspaper, '--header=no', '--limit', '1'])
  t.equal(bare.out.split('\n').length, 2)
  const nothing = await inProcess(['flows', '-r', newspaper, '-Y', 'imsi == 1'])
  t.equal(nothing.code, 0, 'an empty list is no error')
})

t.test('times: a window on the packet clock', async t => {
  const all = jsonLines((await inProcess(['flows', '-r', newspaper, '--json'])).out)
  const last = String(all.pop()?.last)
  const count = async (...window: string[]) => {
    const run = await inProcess(['flows', '-r', newspaper, '--json', '--utc', ...window])
    return jsonLines(run.out).length - 1
  }
  t.equal(await count('--since', '-1h'), all.length)
  t.equal(await count('--until', '-1h'), 0)
  t.equal(await count('--since', last), all.filter(row => String(row.end) >= last).length)
  t.equal(await count('--until', '00:00'), 0)
  t.equal(await count('--since', '00:00', '--until', '23:59'), all.length)
  const some = await count('--since', '-2s')
  t.ok(some > 0 && some < all.length)
})

t.test('subs: the list, and one subscriber by IMSI or MSISDN', async t => {
  const list = await inProcess(['subs', '-r', newspaper, '--json', '--reveal'])
  const [first] = jsonLines(list.out)
  t.equal(first?.type, 'subscriber')
  const imsi = String(first?.imsi)
  const one = await inProcess(['subs', '-r', newspaper, imsi])
  t.equal(one.code, 0)
  t.match(one.out, /^Subscriber 46001\*{6}\d{4} {2}MSISDN /)
  t.match(one.out, /\n\d\d:\d\d:\d\d\.\d{3} {2}context 1 {3}created {2}cause 128 /)
  t.notOk(one.out.includes(imsi))
  const same = await inProcess(['subs', '-r', newspaper, String(first?.msisdn), '--json'])
  const rows = jsonLines(same.out)
  t.ok(rows.length > 2)
  t.same(
    rows.map(schemaProblem).filter(problem => problem !== ''),
    [],
  )
  const none = await inProcess(['subs', '-r', newspaper, '460011234567890'])
  t.equal(none.code, 1)
  t.equal(none.err, 'tollgate: no subscriber 46001******7890 in newspaper.pcap\n')
})

t.test('why: every flow of the capture is explained, text and JSON alike', async t => {
  const flows = jsonLines((await inProcess(['flows', '-r', newspaper, '--json'])).out)
  flows.pop()
  for (const flow of flows) {
    const args = ['why', '-r', newspaper, String(flow.flow)]
    const text = await inProcess(args)
    const json = await inProcess([...args, '--json'])
    t.equal(text.code, 0)
    const [record] = jsonLines(json.out)
    if (record === undefined) continue
    t.equal(schemaProblem(record), '')
    t.equal(record.verdict, flow.verdict)
    t.equal(record.up_bytes, flow.up_bytes)
    for (const part of ['1 SESSION', '2 FACTS', '3 RULES', '4 VERDICT', '5 COUNTED']) {
      t.ok(text.out.includes(part), `flow ${flow.flow}: ${part}`)
    }
    t.match(text.out, /(MATCH|no) [\s\S]*newspaper\.yaml:\d+\n/)
    for (const line of text.out.split('\n')) t.ok(line.length <= 80, line)
    t.notMatch(text.out, /\d{15}/)
  }
  const none = await inProcess(['why', '-r', newspaper, '99999'])
  t.equal(none.code, 1)
  t.equal(
    none.err,
    'tollgate: flow 99999 is not in newspaper.pcap\n  try: tollgate flows -r FILE\n',
  )
})

t.test('the same capture in another coat gives the same records', async t => {
  const want = (await inProcess(['replay', newspaper, '--json'])).out
  const zipped = join(folder, 'newspaper.pcap.gz')
  writeFileSync(zipped, gzipSync(octets))
  t.equal((await inProcess(['replay', zipped, '--json'])).out, want)
  t.equal((await inProcess(['--json', '-r', newspaper])).out, want)
  const piped = await tollgate(['replay', '-', '--json'], { stdin: octets })
  t.same(piped, { code: 0, out: want, err: '' })
})

t.test('a capture cut short: results up to there, then the message', async t => {
  const cut = join(folder, 'cut.pcap')
  writeFileSync(cut, octets.subarray(0, Math.floor(octets.length / 2)))
  const run = await inProcess(['replay', cut, '--json'])
  t.equal(run.code, 2)
  t.match(run.err, /cut\.pcap: cut short in packet \d+; results are up to there\n$/)
  const summary = jsonLines(run.out).at(-1)
  t.equal(summary?.complete, false)
  t.match(JSON.stringify(summary?.reasons), /^\["cut\.pcap: cut short in packet \d+"\]$/)
  const text = await inProcess(['replay', cut])
  t.match(text.out, /\nINCOMPLETE cut\.pcap: cut short/)
})

t.test('no GTP in it: what was found instead', async t => {
  // pcap header and one Ethernet frame with an ARP request
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
  const ethernet = 'ffffffffffff' + '020000000001' + '0806'
  const arp = '0001080006040001' + '020000000001' + '0a000001' + '000000000000' + '0a000002'
  const frame = Buffer.from(ethernet + arp, 'hex')
  const record = Buffer.alloc(16)
  record.writeUInt32LE(frame.length, 8)
  record.writeUInt32LE(frame.length, 12)
  const lan = join(folder, 'lan.pcap')
  writeFileSync(lan, Buffer.concat([head, record, frame]))
  const run = await inProcess(['replay', lan])
  t.equal(run.code, 1)
  t.match(run.err, /^tollgate: lan\.pcap: 1 packet, none of them GTP\n( {2}found: .*\n)+$/)
  t.match(run.out, /^File {7}lan\.pcap/)
  const empty = join(folder, 'empty.pcap')
  writeFileSync(empty, head)
  t.equal((await inProcess(['replay', empty, '-q'])).err, 'tollgate: empty.pcap: no packets\n')
})

t.test('the reader leaves, the disk is full', async t => {
  const gone = await shell(
    `tollgate replay ${newspaper} --json | head -n 1; echo "\${PIPESTATUS[0]}"`,
  )
  t.equal(gone.err, '')
  t.match(gone.out, /^\{.*\}\n0\n$/)
  if (existsSync('/dev/full')) {
    const full = await shell(`tollgate replay ${newspaper} > /dev/full`)
    t.equal(full.code, 6)
    t.equal(full.err, 'tollgate: standard output: no space left after 0 MB\n')
  }
})

t.test('SIGINT and SIGHUP while a capture is read', { timeout: 60_000 }, async t => {
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const) {
    const child = spawn(process.execPath, [main, 'replay', '-', '--json'], {
      cwd: root,
      env: testEnv,
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString()
    })
    child.stdin.on('error', () => child.stdin.destroy())
    const closed = new Promise<number | null>(resolve => child.on('close', resolve))
    // The packets eight times, then nothing: the program waits for more. It is more than a socket holds, so
    // once it is written the program is reading.
    const packets = octets.subarray(24)
    const long = Buffer.concat([octets.subarray(0, 24), ...Array(8).fill(packets)])
    await new Promise(resolve => child.stdin.write(long, resolve))
    child.kill(signal)
    t.equal(await closed, code, signal)
    if (signal === 'SIGHUP') continue
    const summary = jsonLines(out).at(-1)
    t.equal(summary?.complete, false)
    t.ok((summary?.reasons as string[] | undefined)?.includes('interrupted'))
    t.match(err, /tollgate: interrupted; results are up to there\n$/)
  }
})

t.test('stdout is data: nothing is written to a closed or reopened one', async t => {
  const file = join(folder, 'out.json')
  const fd = openSync(file, 'w')
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/main.js', import.meta.url)), 'replay', newspaper, '--json'],
    { cwd: root, env: testEnv, stdio: ['ignore', fd, 'pipe'] },
  )
  const code = await new Promise(resolve => child.on('close', resolve))
  t.equal(code, 0)
  t.equal(readFileSync(file, 'utf8'), (await inProcess(['replay', newspaper, '--json'])).out)
})
