/** `tollgate dissect` as people use it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { recordSchemas } from '../../src/record/schema.js'
import { inProcess, jsonLines, root, shell, tollgate } from '../cli/program.js'

const capture = 'captures/newspaper.pcap'

t.test('one line a frame', async t => {
  const run = await inProcess(['dissect', capture, '--limit', '12', '--utc'])
  t.equal(run.code, 0)
  t.equal(run.err, '')
  const lines = run.out.trimEnd().split('\n')
  t.equal(lines.length, 12)
  t.match(
    lines[2],
    /^ {5}3 {2}01:30:00\.047 {2}192\.0\.2\.11:2123 > 192\.0\.2\.1:2123 {2}gtp {2}message=0x10 imsi=46001\*{6}0101 /,
  )
  t.match(lines[10], 'gtp:http  method=GET full_uri=http://mmsc.wap.example/news/1121A')
  t.notMatch(run.out, /[^\x20-\x7e\n]/)
})

t.test('JSON: the same names as Wireshark, several values in order', async t => {
  const run = await inProcess(['dissect', capture, '--json', '-Y', 'dns.a', '--reveal'])
  const [first] = jsonLines(run.out)
  t.match(first, {
    type: 'frame',
    schema: 'tollgate.frame/1',
    frame: 6,
    layers: ['eth', 'ip', 'udp', 'gtp', 'ip', 'udp', 'dns'],
    fields: {
      'ip.src': ['192.0.2.1', '203.0.113.53'],
      'gtp.teid': ['0x00000001'],
      'dns.qry.name': ['mmsc.wap.example'],
      'dns.a': ['10.23.241.4'],
    },
  })
})

t.test('every frame has the published shape, its keys in order', async t => {
  const order = Object.keys(recordSchemas.frame.shape)
  for (const file of [capture, 'captures/frame-cut.pcap', 'captures/snaplen-96.pcap']) {
    const rows = jsonLines((await inProcess(['dissect', file, '--json'])).out)
    t.ok(rows.length > 1)
    t.strictSame(
      rows.filter(row => !recordSchemas.frame.safeParse(row).success),
      [],
      file,
    )
    const unordered = rows.filter(row => {
      const keys = Object.keys(row)
      return keys.join() !== order.filter(key => keys.includes(key)).join()
    })
    t.strictSame(unordered, [], file)
  }
})

t.test('masked unless --reveal', async t => {
  const masked = await inProcess(['dissect', capture, '--json'])
  const clear = await inProcess(['dissect', capture, '--json', '--reveal'])
  const [imsi] = /\b46001\d{10}\b/.exec(clear.out) ?? ['']
  const msisdn = /"e164\.msisdn":\["(\d+)"/.exec(clear.out)?.[1] ?? ''
  t.equal(imsi.length, 15)
  t.ok(msisdn.length > 10)
  t.notOk(masked.out.includes(imsi))
  t.notOk(masked.out.includes(msisdn))
  t.match(masked.out, '"masked":true')
})

t.test('CSV and fields', async t => {
  const args = ['dissect', capture, '-Y', 'http.request.method', '--csv']
  const run = await inProcess([...args, '--fields', 'frame,http.host,ip.src,nosuch'])
  t.equal(run.code, 2)
  t.match(run.err, '--fields: unknown field "nosuch"')
  const good = await inProcess([
    ...args,
    '--fields',
    'frame,http.host,ip.src,dns.a',
    '--limit',
    '1',
  ])
  t.equal(good.out, 'frame,http.host,ip.src,dns.a\n11,mmsc.wap.example,192.0.2.11;10.161.0.17,\n')
  const bare = await inProcess([...args, '--limit', '1', '--header', 'no'])
  t.match(bare.out, /^11,2014-11-21T01:30:01\.\d+Z,\d+,eth;ip;udp;gtp;ip;tcp;http\n$/)
  const json = await inProcess([...args.slice(0, -1), '--json', '--fields', 'frame,http.host'])
  t.match(json.out, /^{"frame":11,"http.host":\["mmsc.wap.example"\]}\n/)
  t.equal((await inProcess([...args.slice(0, -1), '--fields', 'frame'])).code, 2)
})

t.test('wrong words', async t => {
  const filter = await inProcess(['dissect', capture, '-Y', 'http.hst == a'])
  t.equal(filter.code, 2)
  t.match(filter.err, 'unknown field "http.hst"')
  t.match(filter.err, 'did you mean: http.host')
  t.equal((await inProcess(['dissect'])).code, 2)
  t.equal((await inProcess(['dissect', 'captures/nosuch.pcap'])).code, 2)
  const none = await inProcess(['dissect', capture, '-Y', 'frame == 0'])
  t.strictSame([none.code, none.out], [0, ''], 'nothing matched is an answer')
})

t.test('a damaged file: what came before, and it is said', async t => {
  const octets = readFileSync(join(root, capture))
  const run = await tollgate(['dissect', '-'], { stdin: octets.subarray(0, 3000) })
  t.equal(run.code, 2)
  t.match(run.err, 'frames are up to there')
  t.ok(run.out.split('\n').length > 5)
  const empty = await tollgate(['dissect', '-'], { stdin: octets.subarray(0, 24) })
  t.equal(empty.code, 1)
  t.match(empty.err, 'no packets')
})

t.test('a reader that leaves', async t => {
  const run = await shell(
    `tollgate dissect captures/newspaper.pcap --json | head -n 1 | wc -l; echo \${PIPESTATUS[0]}`,
  )
  t.equal(run.out, '1\n0\n')
  t.equal(run.err, '')
})

t.test('-c counts packets that are read', async t => {
  const run = await inProcess(['dissect', capture, '-c', '11', '-Y', 'http or dns', '--json'])
  t.strictSame(
    jsonLines(run.out).map(row => row.frame),
    [5, 6, 11],
  )
})
