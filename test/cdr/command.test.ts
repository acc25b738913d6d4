/** `cdr write` and `cdr compare` as they are typed: what is written is read back equal, and a bill that is not is
 * told with its cause. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { recordSchemas } from '../../src/record/schema.js'
import { inProcess, type JsonRow, jsonLines, root, tollgate } from '../cli/program.js'
import { hex } from '../helpers/hex.js'
import { framesOf } from '../helpers/memory-source.js'
import { pcapOf, sentRecords } from './prime-capture.js'
import { pgw, service } from './records.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-cdr-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const newspaper = 'captures/newspaper.pcap'
const file = (name: string) => join(folder, name)

async function write(capture: string, form: string, ...more: string[]): Promise<string> {
  const out = file(`${capture.replace(/\W/g, '-')}.${form}`)
  const args = ['cdr', 'write', '-r', capture, '--form', form, '-o', out, '--force', ...more]
  const { code, err } = await inProcess(args)
  if (code !== 0) throw new RangeError(`${code}: ${err}`)
  return out
}

async function compared(capture: string, actual: string, ...more: string[]) {
  const args = ['cdr', 'compare', '-r', capture, '--actual', actual, '--json', ...more]
  const { code, out, err } = await inProcess(args)
  const rows = out === '' ? [] : jsonLines(out)
  return { code, err, rows: rows.slice(0, -1), summary: rows.at(-1) as JsonRow }
}

const captures = [
  'newspaper',
  'dns',
  'gtpv2',
  'ipv6',
  'impaired-path',
  'mms-over-wsp',
  'two-points-s1u-s5',
]

for (const form of ['pgw-cdr', 'egcdr', 'csv']) {
  for (const reveal of [false, true]) {
    t.test(
      `${form}, ${reveal ? 'in the clear' : 'masked'}: written and read back equal`,
      async t => {
        for (const name of captures) {
          const capture = `captures/${name}.pcap`
          const more = reveal ? ['--reveal'] : []
          const actual = await write(capture, form, ...more)
          const got = await compared(capture, actual, '--candidates', 'no')
          t.equal(got.code, 0, `${name} ${got.err}`)
          t.ok(got.rows.length > 0, name)
          t.ok(got.rows.every(row => row.status === 'equal'))
          t.ok(got.rows.every(row => recordSchemas.comparison.safeParse(row).success))
          t.match(got.summary, { complete: true, different: 0, profile: 'article' })
          const text = readFileSync(actual, 'latin1')
          if (form === 'csv')
            t.equal(/,460\d{12},|^460\d{12},/m.test(text), reveal, 'IMSI in the file')
        }
      },
    )
  }
}

t.test('another profile: each gap with the policy that closes it', async t => {
  const actual = await write(newspaper, 'pgw-cdr')
  const { code, rows } = await compared(newspaper, actual, '--profile', 'ugw')
  t.equal(code, 1)
  const gaps = rows.filter(row => row.status === 'differs')
  t.strictSame(
    gaps.map(row => [row.rating_group, row.difference_bytes]),
    [
      [168165378, 128],
      [168165379, 128],
      [4261871614, -256],
    ],
  )
  for (const gap of gaps) {
    const candidates = gap.candidates as JsonRow[]
    const policy = candidates.find(one => one.kind === 'policy')
    t.match(policy, { policy: 'handshake', value: 'first-transaction' })
    t.ok(candidates.some(one => one.kind === 'profile' && one.profile === 'article'))
  }
})

t.test('a bill without one flow: the flow is named', async t => {
  const { out } = await inProcess(['flows', '-r', newspaper, '--json', '--reveal'])
  const flow = jsonLines(out).find(
    row => row.rating_group === 4261871614 && Number(row.up_bytes) > 0,
  )
  const bill = readFileSync(await write(newspaper, 'csv', '--reveal'), 'utf8').split('\n')
  const head = bill[0]!.split(',')
  const at = bill.findIndex(row => row.startsWith(`${flow?.imsi},`) && row.includes(',4261871614,'))
  const cells = bill[at]!.split(',')
  for (const key of ['up_bytes', 'down_bytes']) {
    const column = head.indexOf(key)
    cells[column] = String(Number(cells[column]) - Number(flow?.[key]))
  }
  bill[at] = cells.join(',')
  writeFileSync(file('less.csv'), bill.join('\n'))
  const { code, rows } = await compared(newspaper, file('less.csv'))
  t.equal(code, 1)
  const gap = rows.find(row => row.status !== 'equal')
  t.equal(gap?.difference_bytes, -(Number(flow?.up_bytes) + Number(flow?.down_bytes)))
  const candidates = (gap?.candidates ?? []) as JsonRow[]
  const named = candidates.map(one => one.flow)
  t.ok(named.includes(flow?.flow), `flow ${String(flow?.flow)} of ${named}`)
  const text = await inProcess(['cdr', 'compare', '-r', newspaper, '--actual', file('less.csv')])
  t.equal(text.code, 1)
  t.match(text.out, /differs/)
  t.match(text.out, new RegExp(`(flow|transaction).* ${String(flow?.flow)} `))
  t.notMatch(text.out, String(flow?.imsi), 'numbers are masked')
  t.match(text.out, /profile article 1/, 'a prediction names its model')
})

t.test('tolerance, one subscriber, CSV, a compressed bill', async t => {
  const bill = readFileSync(await write(newspaper, 'csv', '--reveal'), 'utf8')
  writeFileSync(file('near.csv'), bill.replace(',1381,', ',1380,'))
  t.equal((await compared(newspaper, file('near.csv'), '--candidates', 'no')).code, 1)
  const near = await compared(newspaper, file('near.csv'), '--tolerance', '1')
  t.equal(near.code, 0)
  t.match(near.rows[0], { status: 'within-tolerance', difference_up_bytes: -1 })
  t.equal((await compared(newspaper, file('near.csv'), '--tolerance', '0.1%')).code, 0)
  const imsi = /^(\d{15}),/m.exec(bill)?.[1] ?? ''
  const one = await compared(newspaper, file('near.csv'), '--imsi', imsi, '--tolerance', '1')
  t.equal(new Set(one.rows.map(row => row.imsi)).size, 1)
  const nobody = await compared(newspaper, file('near.csv'), '--imsi', '999990000000001')
  t.equal(nobody.code, 1)
  t.match(nobody.err, /no subscriber 99999\*+0001 in/)
  writeFileSync(file('bill.csv.gz'), gzipSync(bill))
  t.equal((await compared(newspaper, file('bill.csv.gz'))).code, 0)
  const args = ['cdr', 'compare', '-r', newspaper, '--actual', file('bill.csv.gz'), '--csv']
  const lines = (await inProcess(args)).out.trimEnd().split('\n')
  t.match(lines[0], /^type,schema,imsi,msisdn,masked,source,rating_group/)
  t.equal(lines.length, 7)
})

t.test('several sources of one capture: a total of each', async t => {
  const names = await Promise.all(['pgw-cdr', 'egcdr', 'csv'].map(form => write(newspaper, form)))
  const more = names.slice(1).flatMap(name => ['--actual', name])
  const { code, summary } = await compared(newspaper, names[0]!, ...more)
  t.equal(code, 0)
  const bytes = summary.predicted_bytes
  t.strictSame(
    summary.actual,
    ['csv', 'eg-cdr', 'pgw-cdr'].map(source => ({ source, counted: 'rating-groups', bytes })),
  )
  const args = ['cdr', 'compare', '-r', newspaper, '--actual', names[0]!, ...more]
  const { out } = await inProcess(args)
  t.match(out, /predicted 114,456 B\s+csv 114,456 B\s+eg-cdr 114,456 B\s+pgw-cdr 114,456 B/)
})

t.test("the bill is in the capture: GTP' that carries what was predicted", async t => {
  const { frames } = await framesOf(join(root, newspaper))
  const bill = readFileSync(await write(newspaper, 'pgw-cdr', '--reveal'))
  const sent = sentRecords(bill, (frames.at(-1)?.timeUs ?? 0) + 1000)
  writeFileSync(file('prime.pcap'), pcapOf([...frames, ...sent]))
  const got = await compared(file('prime.pcap'), 'capture')
  t.equal(got.code, 0, got.err)
  t.ok(got.rows.length > 0 && got.rows.every(row => row.source === 'pgw-cdr'))
  const { out } = await inProcess(['replay', file('prime.pcap'), '--json', '--only', 'summary'])
  t.match(jsonLines(out)[0], { found: { "gtp'": sent.length }, faults: {} })
  writeFileSync(file('alone.pcap'), pcapOf(sent))
  t.equal((await compared(newspaper, file('alone.pcap'))).code, 0, 'a capture of its own')
})

t.test('a bill that is cut or damaged: the place, what was whole, exit code 2', async t => {
  const whole = readFileSync(await write(newspaper, 'pgw-cdr'))
  let silent = 0
  for (let n = 1; n < whole.length; n += 29) {
    writeFileSync(file('cut.cdr'), whole.subarray(0, n))
    const got = await compared(newspaper, file('cut.cdr'), '--candidates', 'no')
    if (got.code !== 2 || !/octet|no charging records/.test(got.err)) silent++
  }
  t.equal(silent, 0)
  writeFileSync(file('cut.cdr'), whole.subarray(0, 400))
  const got = await compared(newspaper, file('cut.cdr'), '--candidates', 'no')
  t.match(got.err, /cut\.cdr: record 2 at octet \d+: cut short, the file ends at octet 400/)
  t.match(got.summary, { complete: false, records: { counted: 1 } })
  t.match(got.summary.reasons, [/^cut\.cdr: record 2/], 'without its folder')
})

t.test('what is no bill, and what is of somebody else', async t => {
  writeFileSync(
    file('noise'),
    Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255),
  )
  const noise = await compared(newspaper, file('noise'))
  t.equal(noise.code, 2)
  t.match(noise.err, /no charging records, no capture and no CSV/)
  writeFileSync(file('empty'), '')
  t.match((await compared(newspaper, file('empty'))).err, /empty: empty/)
  t.match((await compared(newspaper, file('missing'))).err, /missing: no such file/)
  writeFileSync(file('other.cdr'), hex(pgw({ services: [service('05', '01', '02')] })))
  const other = await compared(newspaper, file('other.cdr'), '--candidates', 'no')
  t.equal(other.code, 1)
  t.match(other.summary, { lines_elsewhere: 1, actual: [] })
  t.match(other.err, /nothing of --actual is about the subscribers of the capture/)
  const none = await compared(newspaper, 'capture', '--candidates', 'no')
  t.equal(none.code, 1)
  const args = ['cdr', 'compare', '-r', newspaper, '--actual', 'capture', '--candidates', 'no']
  t.match((await inProcess(args)).out, /no GTP' records, Gy or PFCP usage in newspaper\.pcap/)
  const piped = ['cdr', 'compare', '-r', newspaper, '--actual', '-']
  const stdin = readFileSync(join(root, newspaper))
  t.match(await tollgate(piped, { stdin }), { code: 2, err: /name the capture, - is for bills/ })
  const bill = readFileSync(await write(newspaper, 'pgw-cdr'))
  t.match(await tollgate(piped, { stdin: bill }), { code: 0, err: '' })
  t.match(
    (await compared(newspaper, file('other.cdr'), '--tolerance', 'x')).err,
    /"x" is no amount/,
  )
  t.match((await compared(newspaper, file('other.cdr'), '--map', 'x=y')).err, /unknown key "x"/)
  t.match((await inProcess(['cdr', 'compare', '-r', newspaper])).err, /needs --actual/)
  t.match((await inProcess(['cdr', 'write', '-r', newspaper])).err, /needs -o FILE/)
})

t.test('docs/bill.cdr is what is written now, without numbers in the clear', async t => {
  const now = readFileSync(await write(newspaper, 'pgw-cdr'))
  t.strictSame(readFileSync(join(root, 'docs', 'bill.cdr')), now)
})

t.test('an existing file is not overwritten, and nothing half is left', async t => {
  writeFileSync(file('mine.cdr'), 'mine')
  const args = ['cdr', 'write', '-r', newspaper, '-o', file('mine.cdr')]
  const refused = await inProcess(args)
  t.equal(refused.code, 2)
  t.match(refused.err, /mine\.cdr: exists/)
  t.equal(readFileSync(file('mine.cdr'), 'utf8'), 'mine')
  const nowhere = await inProcess(['cdr', 'write', '-r', newspaper, '-o', join(folder, 'no', 'x')])
  t.equal(nowhere.code, 6)
  const again = readFileSync(await write(newspaper, 'pgw-cdr'))
  t.strictSame(
    readFileSync(await write(newspaper, 'pgw-cdr')),
    again,
    'the same for the same input',
  )
})

t.test('-o FILE leaves what lies beside it alone', async t => {
  writeFileSync(file('own.cdr.part'), 'mine')
  const args = ['cdr', 'write', '-r', newspaper, '-o', file('own.cdr')]
  t.equal((await inProcess(args)).code, 0)
  t.equal(readFileSync(file('own.cdr.part'), 'utf8'), 'mine')
  t.strictSame(
    readdirSync(folder).filter(name => name.startsWith('own')),
    ['own.cdr', 'own.cdr.part'],
  )
})
