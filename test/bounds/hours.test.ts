/** Ten hours of packet time with all that may be left unfinished: sessions without an end, connections that
 * fall silent, requests nobody answers, holes, fragments, first segments. The heap after the tenth hour is
 * that after the first, each kind of eviction has occurred, and not an octet is lost. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { RunBounds } from '../../src/pipeline/bounds.js'
import { Pipeline } from '../../src/pipeline.js'
import type { ProbeRecord, RecordSink, RecordType } from '../../src/record/sink.js'
import { emitDns } from '../../src/synth/emit-dns.js'
import { emitMms } from '../../src/synth/emit-mms.js'
import { emitGet, emitPush, withTid } from '../../src/synth/emit-wsp.js'
import { emitInvoke } from '../../src/synth/emit-wtp.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { TcpEnds, UdpEnds } from '../helpers/frame.js'
import { type LifePart, Lives } from '../helpers/lives.js'
import { engineOf } from '../helpers/run.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const livesPerHour = 500
const hours = 10

/** Small enough to be met in the first hour. */
const bounds: RunBounds = {
  flows: 200,
  sessions: 120,
  subscribers: 300,
  requests: 6,
  transactions: 100,
  reassemblyOctets: 1 << 17,
  dnsNames: 100,
  findings: 100,
}

const get = (path: string) =>
  `GET http://www.sina.com.cn/${path} HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n`
const ok = `HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n${'x'.repeat(400)}`
const wtls = Uint8Array.of(0xc4, 0, 0, 0, 30, ...new Uint8Array(30))
const notification = emitPush(
  'application/vnd.wap.mms-message',
  {},
  emitMms(
    {
      type: 'm-notification-ind',
      transaction_id: 'T1',
      from: '106558000/TYPE=PLMN',
      subject: 'News',
      size: 1000,
      content_location: 'http://mmsc.test/n1',
    },
    0,
    new Xorshift32(1),
  ),
)
const question = { id: 7, rcode: 0, truncated: false, type: 'A', name: 'www.example' } as const
const answers = Array.from({ length: 8 }, (_, n) => `203.0.113.${n + 1}`)

const parts: LifePart[] = [
  {
    lag: 0,
    make(wire, ctx) {
      wire.create(ctx)
      new TcpEnds(wire, ctx, { uePort: 40_001 }).open().up(get('a')).down(ok).close()
      // three requests, pipelined, that nobody answers
      new TcpEnds(wire, ctx, { uePort: 40_002 }).open().up(get('b')).up(get('c')).up(get('d'))
      // a head that never ends
      new TcpEnds(wire, ctx, { uePort: 40_009 }).open().up(get('f').slice(0, 30))
      // a hole that is never filled
      const holed = new TcpEnds(wire, ctx, { uePort: 40_003 }).open().up(get('e'))
      holed.down(ok.slice(0, 200)).down('y'.repeat(900), { at: 2000 })
      const dns = new UdpEnds(wire, ctx, { uePort: 40_004, port: 53 })
      dns.up(emitDns({ ...question, response: false, answers: [] }))
      dns.down(emitDns({ ...question, response: true, answers }))
      new UdpEnds(wire, ctx, { server: '10.0.0.173', port: 40_000, uePort: 2948 }).down(
        withTid(0, notification),
      )
      new UdpEnds(wire, ctx, { uePort: 40_005, port: 9203 }).up(wtls).down(wtls)
      const first = emitInvoke({ tid: 1, class: 2, trailer: 'more' }, emitGet('http://a.test/', {}))
      new UdpEnds(wire, ctx, { uePort: 40_006, port: 9201 }).up(first)
    },
  },
  {
    lag: 1,
    make(wire, ctx) {
      // the second fragment does not come
      new UdpEnds(wire, ctx, { uePort: 40_007, port: 5000 }).up('z'.repeat(1000), 600)
      wire.frames.pop()
      // a request without its response
      wire.create({ ...ctx, teid: { ...ctx.teid, sgsnUser: 0x0f00_0001 } })
      wire.frames.pop()
    },
  },
  {
    lag: 90,
    when: life => life % 3 !== 0,
    make: (wire, ctx) => {
      wire.delete(ctx)
      // and a packet for the tunnel that is gone
      new UdpEnds(wire, ctx, { uePort: 40_008, port: 5001 }).down('late')
    },
  },
]

/** Keeps no record; adds up what the rows of the ledger say. */
class Sums implements RecordSink {
  readonly wants: ReadonlySet<RecordType> = new Set<RecordType>([
    'session',
    'flow',
    'transaction',
    'usage',
    'subscriber',
    'finding',
    'summary',
  ])
  usage = 0
  flows = 0
  findings = 0
  others = 0

  write(record: ProbeRecord): void {
    if (record.type === 'usage') this.usage += record.up_bytes + record.down_bytes
    else if (record.type === 'flow') this.flows += record.up_bytes + record.down_bytes
    else if (record.type === 'finding') this.findings++
    else if (record.type === 'subscriber' && record.others === true) this.others++
  }
}

t.test('ten hours', { timeout: 120_000 }, async t => {
  const sums = new Sums()
  const source = new Lives(parts, {
    lives: livesPerHour * hours,
    intervalUs: 3_600_000_000 / livesPerHour,
  })
  const pipeline = new Pipeline({ engine: engineOf(), bounds }, sums)
  const heap: number[] = []
  const summary = await pipeline.run(source, () => {
    if (source.life < livesPerHour * (heap.length + 1)) return
    collect()
    heap.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers)
  })
  const megabytes = heap.map(octets => octets / 2 ** 20)
  const grown = Math.min(...megabytes.slice(-3)) - Math.min(...megabytes.slice(0, 3))
  t.equal(heap.length, hours)
  t.ok(grown < 3, `${megabytes.map(one => one.toFixed(1)).join(' ')} MiB after each hour`)
  t.equal(sums.usage, summary.bytes)
  t.equal(sums.flows, summary.bytes)
  t.equal(sums.others, 1)
  t.ok(
    sums.findings > livesPerHour * hours * 0.9,
    'a finding that made room was told before it went',
  )
  const { evicted = {} } = summary
  t.strictSame(
    Object.keys(evicted).sort(),
    [
      'datagrams',
      'dns_names',
      'ended_contexts',
      'findings',
      'flows',
      'heads',
      'messages',
      'notifications',
      'requests',
      'sessions',
      'streams',
      'subscribers',
      'transactions',
    ],
    JSON.stringify(evicted),
  )
  t.notOk(summary.complete)
  t.match(summary.reasons.join(), /--max-flows.*--max-dns/)
})
