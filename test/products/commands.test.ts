/** The commands of traffic products, as typed: a subscriber buys, uses, is settled; what is refused, and how. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bucket, rating, ratingSummary } from '../../src/record/bucket-record.js'
import { recordSchemas, type SchemaName } from '../../src/record/schema.js'
import { inProcess, jsonLines, root } from '../cli/program.js'
import { folderOf } from './shop.js'

const folder = folderOf(t)
const store = join(folder, 'p.db')
const file = join(root, 'docs/examples/products.yaml')
const holdings = join(root, 'docs/examples/holdings.jsonl')
const complained = '8613012345702'
const capture = join(root, 'captures/newspaper.pcap')

async function run(...args: string[]) {
  return await inProcess([...args, '--store', store])
}

t.test('products: listed, and every problem told', async t => {
  const { out, code } = await inProcess(['products', file])
  t.equal(code, 0)
  t.match(out, /^refuel +topup +10\.00 +100 MB +general +this-month/m)
  const bad = join(folder, 'bad.yaml')
  writeFileSync(
    bad,
    'catalogue: x\nversion: "1"\ntimezone: Mars\ncurrency: CNY\nproducts: [{id: a}]\n',
  )
  const wrong = await inProcess(['products', bad])
  t.equal(wrong.code, 3)
  t.match(wrong.err, /bad\.yaml:3:11: unknown timezone "Mars"\n.*\n +\^~+\n/)
  t.match(wrong.err, /and .*bad\.yaml:5:\d+: missing key "kind"/)
  t.match(await inProcess(['products', join(folder, 'none')]), { code: 3, err: /no such file/ })
  t.match(await inProcess(['products']), { code: 2, err: /products needs FILE/ })
})

t.test('bought, bound, used, settled', async t => {
  t.match(await inProcess(['order', '--store', store]), { code: 2, err: /needs --products FILE/ })
  t.equal((await run('products', file)).code, 0)
  t.equal((await run('products', 'load', join(root, 'docs/examples/accounts.jsonl'))).code, 0)
  const bought = await run('order', 'refuel', '--number', complained, '--order', '1')
  t.match(bought, { code: 0, out: /^1 +861301\*\*\*\*702 +refuel +ACTIVE/m })
  t.match(bought.out, /RESERVED +pre-deduction of 1000 succeeded/)
  t.equal((await run('order', 'refuel', '--number', complained, '--order', '1')).code, 0, 'again')
  t.match(await run('order', 'night', '--number', complained, '--order', '1'), {
    code: 1,
    err: /order 1 is for another/,
  })
  t.match(await run('order', 'night'), { code: 2, err: /needs --number and --order/ })
  const bound = await run(
    'bind',
    'c',
    '--issue',
    'card',
    '--number',
    complained,
    '--json',
    '--reveal',
  )
  t.match(jsonLines(bound.out), [
    { type: 'card', state: 'BOUND', tables: ['wapgw'], msisdn: complained },
  ])
  t.match(await run('bind', 'c', '--number', '8613012345601'), { code: 1, err: /card c is BOUND/ })
  t.match(await run('bind', 'c', '--number', complained, '--charges', '1x'), { code: 2 })
  t.equal((await run('bind', 'card-c', '--priority', '70')).code, 0)
  t.match(await run('order', '--list', 'cards'), { out: /^c +card .* BOUND +70 +wapgw$/m })
  const listed = jsonLines((await run('order', '--json')).out)
  t.match(listed, [{ type: 'order', order: '1', masked: true }])
  const events = jsonLines((await run('order', '--list', 'events', '--reveal')).out)
  t.strictSame(
    events.map(event => event.status),
    ['accepted', 'provisioned'],
  )
  t.match(await run('bind', 'remove', 'c'), { code: 0, out: /UNBOUND/ })
  t.match(await run('order', 'reverse', '1'), { code: 0, out: /REVERSED/ })
  t.match(await run('order', 'reverse', '9'), { code: 1, err: /no order 9/ })
  const statistics = jsonLines((await run('usage', '--number', complained, '--json')).out)
  t.strictSame(
    statistics.map(one => one.state),
    ['revoked', 'revoked'],
  )
  for (const row of [...listed, ...statistics, ...jsonLines(bound.out)]) {
    recordSchemas[row.type as SchemaName].parse(row)
  }
  t.match(await run('usage', '--settle'), { code: 0, out: '', err: /nothing is due/ })
  t.match(await run('usage', '--number', '8613000000000'), {
    code: 1,
    err: /no subscriber 86130\*+0000/,
  })
})

t.test('a bucket is empty at a packet; the subscriber is capped and blocked', async t => {
  const args = ['usage', '-r', capture, '--products', file, '--holdings', holdings]
  const { out, code } = await inProcess([...args, '--json'])
  t.equal(code, 0)
  const rows = jsonLines(out)
  const of = (type: string) => rows.filter(row => row.type === type)
  t.match(
    of('bucket').find(row => row.bucket === 'b-202'),
    { state: 'exhausted', left_bytes: 0, month: '2014-11' },
  )
  t.match(of('cap_reached'), [
    { package_id: 'base', enforce: 'stop', used_bytes: 30_000, masked: true },
  ])
  for (const row of of('bucket')) bucket.parse(row)
  for (const row of of('rating')) rating.parse(row)
  const summary = ratingSummary.parse(rows.at(-1))
  const parts = summary.debited_bytes + summary.billed_bytes + summary.blocked_bytes
  t.equal(parts + summary.free_bytes + summary.unknown_bytes, summary.rated_bytes)
  const flows = jsonLines((await inProcess(['replay', capture, '--json'])).out).at(-1)
  t.equal(summary.rated_bytes, flows?.bytes, 'every octet of the capture')
  t.equal(summary.free_bytes, flows?.free_bytes)
  t.equal((await inProcess([...args, '--json'])).out, out, 'twice the same')
  const text = await inProcess([...args, '--utc'])
  t.match(text.out, /^ b-202 +base .*exhausted +30,000 +0 +2014-11-21 01:30:08\.590 #\d+$/m)
  t.notMatch(text.out, /46001\d{10}/, 'masked')
  t.match(await inProcess([...args.slice(0, 5), '--holdings', file]), {
    code: 2,
    err: /products\.yaml:1: is not JSON/,
  })
})

t.test('replay tells the same of buckets as usage, beside its own records', async t => {
  const given = ['--products', file, '--holdings', holdings]
  const usage = jsonLines((await inProcess(['usage', '-r', capture, ...given, '--json'])).out)
  const replay = await inProcess(['replay', capture, ...given, '--json'])
  const rows = jsonLines(replay.out)
  const types = new Set(usage.map(row => `${row.type} ${row.schema}`))
  t.strictSame(
    rows.filter(row => types.has(`${row.type} ${row.schema}`)),
    usage,
  )
  t.equal(rows.at(-1)?.schema, 'tollgate.summary/1')
  const plain = await inProcess(['replay', capture, '--json'])
  t.strictSame(
    rows.filter(row => !types.has(`${row.type} ${row.schema}`)),
    jsonLines(plain.out),
    'and changes nothing else',
  )
  const only = await inProcess(['replay', capture, ...given, '--json', '--only', 'bucket'])
  t.strictSame(jsonLines(only.out).slice(0, -1), usage)
  const text = await inProcess(['replay', capture, ...given, '--utc'])
  const own = await inProcess(['usage', '-r', capture, ...given, '--utc'])
  t.ok(text.out.endsWith(`\n\n${own.out}`), 'the text of usage is its end')
  t.match(await inProcess(['replay', capture, '--holdings', holdings]), {
    code: 2,
    err: /--holdings needs --products/,
  })
})

t.test('statistics of a capture, and their settlement', async t => {
  const text = `catalogue: use
version: "1"
timezone: UTC
currency: CNY
products:
  - {id: meter, kind: base, price: 0, volume: 1 GB, validity: {days: 36500}, usagePrice: {price: 2, per: 1 kB}}
`
  const products = join(folder, 'use.yaml')
  const used = join(folder, 'use.db')
  writeFileSync(products, text)
  const own = async (...args: string[]) => await inProcess([...args, '--store', used])
  await own('products', products)
  await own('products', 'load', join(root, 'docs/examples/accounts.jsonl'))
  // the bucket is granted now, and the capture is of 2014: what it pays is taken from a file of holdings
  await own('order', 'meter', '--number', complained, '--order', 'm')
  const held = join(folder, 'held.jsonl')
  const event = {
    type: 'holding',
    op: 'grant',
    ts: '2014-11-01T00:00:00Z',
    msisdn: complained,
    bucket: 'order-m',
    product: 'meter',
  }
  writeFileSync(held, `${JSON.stringify(event)}\n`)
  t.match(await own('usage', '-r', capture, '--holdings', held), { code: 2, err: /needs --run/ })
  for (let i = 0; i < 2; i++) {
    t.equal(
      (await own('usage', '-r', capture, '--holdings', held, '--run', 'monday', '-q')).code,
      0,
    )
  }
  const [row] = jsonLines((await own('usage', '--number', complained, '--json')).out)
  const octets = Number(row?.up_bytes) + Number(row?.down_bytes)
  t.equal(octets, 38_435, 'the charged octets of the subscriber, once')
  const settled = jsonLines((await own('usage', '--settle', '--json')).out)
  t.match(settled, [{ type: 'settlement', state: 'DONE', octets, amount: 78 }])
  t.match(await own('usage', '--settle'), { out: '' })
  t.match(await own('order', 'reverse', 'm'), { code: 1, err: /38435 octets of it are used/ })
})
