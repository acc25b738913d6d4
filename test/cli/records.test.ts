/** Machine output of every command: each record says which shape it has, has it, and the shape is published. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { recordSchemas, schemaOf } from '../../src/record/schema.js'
import { addressOctets } from '../../src/synth/address.js'
import { emitIp, IpProtocol } from '../../src/synth/emit-ip.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import { DaemonRun } from '../daemon/daemon-run.js'
import { pfcp, pfcpIe, pie } from '../session/joined-builder.js'
import { address, u16, u32 } from '../session/message-builder.js'
import { pcap } from '../source/capture-octets.js'
import { inProcess, jsonLines, root } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-records-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const newspaper = 'captures/newspaper.pcap'
const signalled = join(folder, 'n4.pcap')
const fixtures = 'test/importers/fixtures'
const everyType = 'flow,transaction,usage,session,subscriber,finding'

/** A PFCP session whose rule changes and then goes. */
function n4(): Uint8Array {
  const pdr = pie(
    1,
    pie(56, u16(1)),
    pie(29, u32(100)),
    pie(2, pie(20, [0]), pie(93, [2], address('10.45.0.7'))),
    pie(81, u32(7)),
  )
  const change = pie(9, pie(56, u16(1)), pie(29, u32(200)))
  const said = [
    pfcp(50, 0, 1, pfcpIe.fSeid(1, '192.0.2.1'), pfcpIe.dnn('internet'), pdr),
    pfcp(51, 1, 1, pfcpIe.cause(1), pfcpIe.fSeid(9, '192.0.2.2')),
    pfcp(52, 9, 2, change),
    pfcp(53, 1, 2, pfcpIe.cause(1)),
    pfcp(52, 9, 3, pie(15, pie(56, u16(1)))),
    pfcp(53, 1, 3, pfcpIe.cause(1)),
  ]
  const frames = said.map((message, i) => {
    const ends = ['192.0.2.1', '192.0.2.2'].map(addressOctets)
    const [src, dst] = i % 2 === 0 ? ends : [...ends].reverse()
    const udp = emitUdp(src!, dst!, 8805, 8805, Uint8Array.from(message))
    const header = { src: src!, dst: dst!, protocol: IpProtocol.udp, id: i, ttl: 64, tos: 0 }
    const [octets] = emitIp(header, udp, 1500)
    return { seconds: 1_700_000_000 + i, fraction: 0, octets: octets! }
  })
  return pcap(frames, { linkType: 101 })
}

writeFileSync(signalled, n4())

const buyer = '8613012345702'
const products = join(folder, 'meter.yaml')
const held = join(folder, 'held.jsonl')
const shop = ['--products', products, '--store', join(folder, 'p.db')]
writeFileSync(
  products,
  `catalogue: one
version: "1"
timezone: UTC
currency: CNY
products:
  - {id: meter, kind: base, price: 0, volume: 1 GB, validity: {days: 36500}, usagePrice: {price: 1, per: 1 kB}}
`,
)
writeFileSync(
  held,
  `{"type":"holding","op":"grant","ts":"2014-11-01T00:00:00Z","msisdn":"${buyer}","bucket":"order-m","product":"meter"}\n`,
)
await inProcess(['products', 'load', 'docs/examples/accounts.jsonl', ...shop])

/** Command lines, and the shapes that each has to give. */
const commands: readonly (readonly [args: readonly string[], shapes: readonly string[]])[] = [
  [
    ['replay', newspaper, '--only', everyType],
    ['finding', 'flow', 'session', 'subscriber', 'summary', 'transaction', 'usage'],
  ],
  [
    ['replay', 'captures/dns-tunnel.pcap', '--rules', 'rules/newspaper-extended.yaml'],
    ['finding', 'flow', 'summary', 'transaction', 'usage'],
  ],
  [['replay', newspaper, '--bounds'], ['bounds']],
  [
    ['flows', '-r', newspaper],
    ['flow', 'summary'],
  ],
  [
    ['subs', '-r', newspaper],
    ['subscriber', 'summary'],
  ],
  [['why', '-r', newspaper, '8'], ['explain']],
  [['why', '-r', 'captures/fake-retransmission.pcap', '3'], ['explain']],
  [['why', '--server', '10.0.0.172', '--port', '9203'], ['explain']],
  [['dissect', newspaper], ['frame']],
  [
    ['rules', 'list'],
    ['rule', 'rules-summary'],
  ],
  [
    ['rules', 'hits', '-r', newspaper],
    ['rule', 'rules-summary'],
  ],
  [
    ['rules', 'check', 'rules/newspaper.yaml'],
    ['lint', 'lint-summary'],
  ],
  [
    ['rules', 'check', 'test/rules/lint/faulty/UNDEFINED-REF.yaml'],
    ['lint', 'lint-summary'],
  ],
  [
    ['rules', 'diff', 'rules/newspaper.yaml', 'rules/newspaper-extended.yaml'],
    ['difference', 'difference-summary'],
  ],
  [
    [
      'rules',
      'diff',
      'rules/newspaper.yaml',
      'test/rules/lint/faulty/SUBSTRING-HOST.yaml',
      '-r',
      newspaper,
    ],
    ['change', 'diff-summary'],
  ],
  [
    ['rules', 'import', '--from', 'staros', `${fixtures}/staros.cfg`, '-o', join(folder, 's.yaml')],
    ['import-summary', 'left-out', 'remark'],
  ],
  [
    ['rules', 'import', '--from', 'zte', `${fixtures}/zte.mml`, '-o', join(folder, 'z.yaml')],
    ['import-summary', 'left-out'],
  ],
  [['rules', 'from-signalling', '-r', signalled], ['rule-change']],
  [
    ['cdr', 'compare', '-r', newspaper, '--actual', 'docs/bill.cdr', '--profile', 'ugw'],
    ['comparison', 'comparison-summary'],
  ],
  [
    ['cases', 'match', '-r', newspaper],
    ['case-match', 'case-summary'],
  ],
  [['alerts', '-r', 'captures/paid.pcap', '--events', 'captures/paid.jsonl'], ['alert']],
  [
    ['replay', 'captures/paid.pcap', '--only', 'activity,control'],
    ['activity', 'control'],
  ],
  [['products', products], ['product']],
  [
    ['usage', '-r', newspaper, '--products', products, '--holdings', held],
    ['bucket', 'rating', 'rating-summary'],
  ],
  [['order', 'meter', '--number', buyer, '--order', 'm', ...shop], ['order']],
  [['bind', 'c', '--issue', 'meter', '--number', buyer, '--tables', 'wapgw', ...shop], ['card']],
  [['order', '--list', 'holdings', '--reveal', ...shop], ['holding']],
  [['usage', '-r', newspaper, '--holdings', held, '--run', 'r', ...shop], ['rating']],
  [['usage', '--number', buyer, ...shop], ['statistics']],
  [['usage', '--settle', ...shop], ['settlement']],
]

const seen = new Set<string>()

for (const [args, wanted] of commands) {
  t.test(args.join(' ').replaceAll(folder, ''), async t => {
    const run = await inProcess([...args, '--json'])
    t.notMatch(run.err, /internal error/)
    const rows = jsonLines(run.out)
    const shapes = new Set<string>()
    for (const row of rows) {
      const shape = schemaOf(row)
      const result = shape?.safeParse(row)
      shapes.add(String(row.schema).replace(/^tollgate\.(.*)\/1$/, '$1'))
      if (result?.success !== true)
        t.fail(
          `${row.type} ${row.schema}: ${result?.error.message ?? 'no shape'}: ${JSON.stringify(row)}`,
        )
    }
    for (const name of wanted) t.ok(shapes.has(name), `has ${name}`)
    for (const name of shapes) seen.add(name)
  })
}

t.test('what a daemon is asked', async t => {
  const daemon = await new DaemonRun(t, {
    args: ['-r', join(root, newspaper), '--metrics', 'off'],
  }).read()
  const asked: readonly (readonly [args: readonly string[], shapes: readonly string[]])[] = [
    [['status'], ['status']],
    [['stats'], ['stats']],
    [['flows'], ['flow', 'rows-summary']],
    [['subs'], ['subscriber-row', 'rows-summary']],
    [['subs', '460010000000101'], ['event']],
    [['alerts'], ['probe-alert', 'rows-summary']],
    [['alerts', 'show', '1'], ['probe-alert']],
    [['why', '133'], ['explain']],
    [['config', 'show'], ['setting']],
  ]
  for (const [args, wanted] of asked) {
    const told = await daemon.ask(...args, '--json')
    const shapes = new Set<string>()
    for (const row of jsonLines(told.out)) {
      const result = schemaOf(row)?.safeParse(row)
      shapes.add(String(row.schema).replace(/^tollgate\.(.*)\/1$/, '$1'))
      t.ok(result?.success, `${args.join(' ')}: ${result?.error?.message ?? JSON.stringify(row)}`)
    }
    for (const name of wanted) t.ok(shapes.has(name), `${args.join(' ')} has ${name}`)
    for (const name of shapes) seen.add(name)
  }
})

t.test('every published shape was written by some command', async t => {
  t.strictSame(
    Object.keys(recordSchemas).filter(name => !seen.has(name)),
    [],
  )
})

/** Files, not lines of machine output: the truth of a capture made by synth, the ledger of a witness; and what is
 * read, whose shapes are published beside (src/feed). */
const files = new Set(['synth-truth', 'witness-ledger', 'business-event', 'nas-event', 'identity'])

t.test('every shape that the code names is published', async t => {
  const src = join(root, 'src')
  const named = new Set<string>()
  for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts')) continue
    for (const [, name] of readFileSync(join(src, entry), 'utf8').matchAll(
      /'tollgate\.([a-z-]+)\/1'/g,
    ))
      named.add(name!)
  }
  const published = new Set(Object.keys(recordSchemas))
  t.ok(named.size > 10)
  t.strictSame(
    [...named].filter(name => !published.has(name) && !files.has(name)),
    [],
  )
})
