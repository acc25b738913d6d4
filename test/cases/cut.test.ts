/** Cases cut from captures: they replay to the same verdict and octets, hold none of the numbers, and their
 * checksums are right. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadCaseLibrary } from '../../src/cases/library.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { upperLayerChecksum } from '../../src/synth/internet-checksum.js'
import { inProcess, jsonLines, root, tollgate } from '../cli/program.js'
import { folderOf } from './folder.js'

interface Flow {
  flow: string
  imsi?: string
  msisdn?: string
  imei?: string
  verdict: string
  rule_id?: number
  up_bytes: number
  down_bytes: number
  up_packets: number
  down_packets: number
}

async function flowsOf(file: string): Promise<Flow[]> {
  const run = await inProcess(['flows', '-r', file, '--json', '--reveal', '--sort', 'ts'])
  return jsonLines(run.out).filter(row => row.type === 'flow') as unknown as Flow[]
}

/** Digits as text, as UTF-16, as TBCD and BCD at either half octet. */
function holds(octets: Buffer, digits: string): boolean {
  const swapped = Buffer.from(octets.map(octet => ((octet & 15) << 4) | (octet >> 4)))
  return (
    octets.includes(digits, 0, 'latin1') ||
    octets.includes([...digits].join('\0'), 0, 'latin1') ||
    octets.toString('hex').includes(digits) ||
    swapped.toString('hex').includes(digits)
  )
}

async function cut(t: Test, file: string, flows: readonly string[]) {
  const folder = folderOf(t, {})
  const run = await inProcess(['cases', 'cut', '-r', file, ...flows, '-o', folder, '--id', 'x'])
  const capture = join(folder, 'x.pcapng')
  return {
    run,
    folder,
    capture,
    octets: existsSync(capture) ? readFileSync(capture) : Buffer.alloc(0),
  }
}

type Test = Parameters<typeof folderOf>[0]

/** Link layers, GTP versions, IPv6, fragments outside and inside, mirrors, damage, several charges. */
const captures = [
  'newspaper',
  'mms-over-http',
  'mms-over-wsp',
  'http-keep-alive-mixed',
  'http-request-split',
  'gtpv0',
  'gtpv2',
  'ipv6',
  'gtp-outer-ip-fragment',
  'inner-fragments',
  'mirror-vxlan',
  'mirror-erspan-2',
  'vlan-qinq',
  'linux-cooked-2',
  'pcapng-two-interfaces',
  'snaplen-96',
  'tcp-retransmission',
  'sgsn-change',
  'hostile-text',
  'wtp-segmented',
  'quic',
  'tls-sni-split',
]

t.test(
  'every kind of capture: the same verdict and octets, and no number',
  { timeout: 300_000 },
  async t => {
    for (const name of captures) {
      const extension = name.startsWith('pcapng') ? 'pcapng' : 'pcap'
      const file = `captures/${name}.${extension}`
      const all = await flowsOf(file)
      t.ok(all.length > 0, file)
      const chosen = all.slice(0, 2)
      for (const flow of chosen) {
        const { run, capture, folder, octets } = await cut(t, file, [flow.flow])
        t.equal(run.code, 0, `${file} ${flow.flow}: ${run.err}`)
        for (const number of [flow.imsi, flow.msisdn, flow.imei]) {
          if (number !== undefined) t.notOk(holds(octets, number), `${file} ${flow.flow}`)
        }
        const [again] = (await flowsOf(capture)).filter(one => one.up_bytes === flow.up_bytes)
        for (const key of [
          'verdict',
          'rule_id',
          'up_bytes',
          'down_bytes',
          'up_packets',
          'down_packets',
        ] as const) {
          t.equal(again?.[key], flow[key], `${file} ${flow.flow} ${key}`)
        }
        t.equal(again?.imsi?.slice(0, 5), flow.imsi?.slice(0, 5), 'the network stays')
        t.strictSame(loadCaseLibrary([folder]).problems, [], 'the case file is right')
      }
    }
  },
)

t.test('the number that the subscriber had is searched for as it stood', async t => {
  const [flow] = (await flowsOf('captures/newspaper.pcap')).filter(one => one.flow === '133')
  const before = readFileSync(join(root, 'captures', 'newspaper.pcap'))
  for (const number of [flow?.imsi, flow?.msisdn, flow?.imei]) {
    t.ok(number !== undefined && holds(before, number), 'the search finds it before')
  }
})

t.test('the new case fits the flow that it was cut from', async t => {
  const { folder, run } = await cut(t, 'captures/newspaper.pcap', ['133', '132'])
  t.match(run.out, /masked: 1 IMSI, 1 MSISDN, 1 IMEI in \d+ places/)
  t.match(run.out, /not looked into: encrypted payload \(WTLS\) in 33 packets/)
  t.match(run.out, /replayed: the same verdict and octets/)
  for (const file of ['captures/newspaper.pcap', join(folder, 'x.pcapng')]) {
    const matched = await inProcess(['cases', 'match', '-r', file, '--dir', folder, '--json'])
    const found = jsonLines(matched.out).map(row => row.case)
    t.ok(found.includes('x'), file)
    t.ok(found.includes('newspaper'), 'and the built-in one: the evidence is in the cut')
  }
  t.equal(statSync(join(folder, 'x.pcapng')).mode & 0o077, 0, 'packets are for their owner')
})

t.test('numbers in the payload: URL, MMS address, over two segments; cookies are told', async t => {
  const folder = folderOf(t, {})
  const pcap = join(folder, 'c.pcap')
  await inProcess(['synth', 'test/cases/complaints.yaml', '-o', pcap])
  const [flow] = await flowsOf(pcap)
  const { run, octets } = await cut(t, pcap, [flow?.flow ?? ''])
  t.equal(run.code, 0, run.err)
  t.match(run.out, /not looked into: cookies in 1 packet/)
  t.ok(octets.includes('msisdn=8610000000001'), 'the same length, a test number')
  t.notOk(octets.includes('13912345671'))
  // an IMEI in a User-Agent, with another ending than signalling has
  const handset = (await flowsOf(pcap)).find(one => one.imsi === '460017013370003')
  const other = await cut(t, pcap, [handset?.flow ?? ''])
  t.ok(other.octets.includes('; SN86123400000001'), 'the type allocation code stays')
  t.notOk(holds(other.octets, '86123400987654'))
  // the head of the request is cut inside the number
  const scenario = readFileSync(join(root, 'test/cases/complaints.yaml'), 'utf8')
  const split = join(folder, 'split.yaml')
  const get = '        - get: http://mmsc.wap.example/news/1?msisdn=8613912345671\n'
  writeFileSync(split, scenario.replace(get, `${get}          split: [47]\n`))
  const pcap2 = join(folder, 'split.pcap')
  const made = await inProcess(['synth', split, '-o', pcap2])
  t.equal(made.code, 0, made.err)
  const [first] = await flowsOf(pcap2)
  const again = await cut(t, pcap2, [first?.flow ?? ''])
  t.equal(again.run.code, 0, again.run.err)
  const flows = await inProcess(['flows', '-r', again.capture, '--json', '--reveal'])
  t.match(String(jsonLines(flows.out)[0]?.url), /msisdn=8610000000001$/)
})

const body = Array.from({ length: 60 }, () => '8613912345671').join(' ')

/** A page of numbers, cut into pieces of every kind. */
const inPieces: readonly [what: string, step: string][] = [
  [
    'TCP',
    `http: {from: a, server: 10.0.0.172, mss: 97, requests: [{get: /, host: b.test, response: {body: "${body}"}}]}`,
  ],
  [
    'WTP',
    `wtp: {from: a, server: 10.0.0.172, transactions: [{get: "http://b.test/", response_segment: 101, response: {content_type: text/plain, body: "${body}"}}]}`,
  ],
  [
    'IP fragments',
    `wsp: {from: a, server: 10.0.0.172, exchanges: [{get: "http://b.test/", response: {content_type: text/plain, body: "${body} ${body} ${body}"}}]}`,
  ],
]

t.test('a number that is cut anywhere: by segments of TCP and WTP, by fragments', async t => {
  const folder = folderOf(t, {})
  const wanted = '8610000000001'
  const parts = new Set(['1', '2'])
  for (let n = 1; n <= wanted.length; n++) parts.add(wanted.slice(0, n)).add(wanted.slice(-n))
  for (const [what, step] of inPieces) {
    const scenario = join(folder, 's.yaml')
    const subscriber = '{imsi: "460017013370001", msisdn: "8613912345671", ue: 10.161.1.1}'
    const head = `title: x\nexpected: x\nstart: 2014-11-21T01:30:00Z\nseed: 1\nrules: newspaper\nnetwork: {sgsn: 192.0.2.11, ggsn: 192.0.2.1}\n`
    writeFileSync(
      scenario,
      `${head}subscribers: {a: ${subscriber}}\nsteps:\n  - create: a\n  - ${step}\n`,
    )
    const pcap = join(folder, 's.pcap')
    const made = await inProcess(['synth', scenario, '-o', pcap, '--force'])
    t.equal(made.code, 0, made.err)
    const [flow] = await flowsOf(pcap)
    const { run, octets } = await cut(t, pcap, [flow?.flow ?? ''])
    t.equal(run.code, 0, run.err)
    const runs = octets.toString('latin1').match(/(?<=[ \d])\d+(?=[ \d]|$)|\d{3,}/g) ?? []
    const pieces = runs.filter(one => one.length < wanted.length)
    t.ok(runs.filter(one => one === wanted).length > 40, what)
    t.ok(pieces.length > 0, `${what}: some were cut`)
    t.strictSame(
      pieces.filter(one => one.length > 3 && !parts.has(one)),
      [],
      what,
    )
    t.notMatch(octets.toString('latin1'), /12345671|8613|61391|39123/, what)
  }
})

t.test('checksums of every packet are right: outer UDP, inner UDP and TCP', async t => {
  const { capture } = await cut(t, 'captures/mms-over-http.pcap', [
    (await flowsOf('captures/mms-over-http.pcap'))[0]?.flow ?? '',
  ])
  const source = await openSource([capture])
  const batch = new FrameBatch()
  let inner = 0
  await source.next(batch)
  await source.close()
  for (let i = 0; i < batch.count; i++) {
    const off = batch.off[i]!
    const frame = batch.block.subarray(off, off + batch.caplen[i]!)
    // Ethernet 14, IPv4 20, UDP 8; then GTPv1-U with or without a sequence number
    t.equal(frame[23], 17)
    t.equal(sumOf(frame, 14), 0, `frame ${i + 1}, outer UDP`)
    if (frame[37]! !== 104 && ((frame[36]! << 8) | frame[37]!) !== 2152) continue
    const gtp = 42
    if (frame[gtp + 1] !== 255) continue
    const ip = gtp + (frame[gtp]! & 7 ? 12 : 8)
    t.equal(sumOf(frame, ip), 0, `frame ${i + 1}, inner`)
    inner++
  }
  t.ok(inner > 5, `${inner} inner packets`)
})

/** 0 when the checksum of the IPv4 packet's payload is right (RFC 1071). */
function sumOf(frame: Uint8Array, ip: number): number {
  const length = (frame[ip + 2]! << 8) | frame[ip + 3]!
  const head = (frame[ip]! & 15) * 4
  const payload = frame.slice(ip + head, ip + length)
  return upperLayerChecksum(
    frame.slice(ip + 12, ip + 16),
    frame.slice(ip + 16, ip + 20),
    frame[ip + 9]!,
    payload,
  )
}

t.test('usage: what is there stays; what cannot be done is said', async t => {
  const folder = folderOf(t, { 'x.yaml': 'mine' })
  const base = ['cases', 'cut', '-r', 'captures/newspaper.pcap']
  for (const [args, code, message] of [
    [['133'], 2, /cases cut needs -o DIR/],
    [['133', '-o', folder, '--id', 'x'], 2, /x\.yaml: exists/],
    [['133', '-o', folder, '--id', '../x'], 2, /--id: "\.\.\/x" takes small letters/],
    [['4242', '-o', folder], 1, /flow 4242 is not in newspaper\.pcap/],
    [['x', '-o', folder], 2, /"x" is not the number of a flow/],
  ] as const) {
    const run = await inProcess([...base, ...args])
    t.equal(run.code, code, args.join(' '))
    t.match(run.err, message)
  }
  t.equal(readFileSync(join(folder, 'x.yaml'), 'utf8'), 'mine')
  const stdin = await tollgate(['cases', 'cut', '-r', '-', '3', '-o', folder])
  t.equal(stdin.code, 2)
  t.match(stdin.err, /more than once/)
  const file = await inProcess([...base, '133', '-o', join(folder, 'x.yaml', 'deep')])
  t.equal(file.code, 6)
})
