/** An HTTP/1.x conversation means the same however TCP cuts it: every exchange here is sent with a cut at
 * every octet of both directions, in single octets, and in random pieces. RFC 9112 sections 6 and 9.3. */

import t from 'tap'
import type { TransactionRecord } from '../../src/record/flow-record.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { context, TcpEnds, type Way, Wire } from '../helpers/frame.js'
import { run } from '../helpers/run.js'

type Message = readonly [way: Way, text: string]

const get = (url: string, more = '') => {
  const host = url.split('/')[2]
  return `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`
}
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const free = 'http://mmsc.test/'

/** What each transaction must be, and how many payload octets up and down belong to it. */
interface Exchange {
  name: string
  messages: readonly Message[]
  want: readonly (readonly [what: string, up: number, down: number])[]
  /** of the flow; none when absent */
  reasons?: string
}

const first = get(`${free}1`)
const second = get('http://b.test/2')
const third = get('http://c.test/3')
const long = ok('x'.repeat(90))
const post = `POST ${free}p HTTP/1.1\r\nHost: mmsc.test\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n`
const chunks =
  'Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n'
const chunkedPost = `POST ${free}c HTTP/1.1\r\nHost: mmsc.test\r\n${chunks}`
const chunked = `HTTP/1.1 200 OK\r\n${chunks}`
const connect = 'CONNECT mmsc.test:443 HTTP/1.1\r\nHost: mmsc.test:443\r\n\r\n'
const established = 'HTTP/1.1 200 Connection established\r\n\r\n'
const refused = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'
const hidden = `${get('http://never.test/')}not HTTP at all`
const upgrade = get(`${free}ws`, 'Upgrade: websocket\r\nConnection: Upgrade\r\n')
const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
const head = `HEAD ${free}h HTTP/1.1\r\nHost: mmsc.test\r\n\r\n`
const headAnswer = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'
const noContent = 'HTTP/1.1 204 No Content\r\n\r\n'
const notModified = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n'
const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'
const goOn = 'HTTP/1.1 100 Continue\r\n\r\n'
const untilClose = `HTTP/1.0 200 OK\r\n\r\n${ok('inner')}`

const exchanges: readonly Exchange[] = [
  {
    name: 'keep-alive',
    messages: [
      ['up', first],
      ['down', long],
      ['up', second],
      ['down', ok('')],
      ['up', third],
      ['down', ok('three')],
    ],
    want: [
      ['GET 200 mmsc.test/1 free', first.length, long.length],
      ['GET 200 b.test/2 charged', second.length, ok('').length],
      ['GET 200 c.test/3 charged', third.length, ok('three').length],
    ],
  },
  {
    name: 'pipelined',
    messages: [
      ['up', second + first + third],
      ['down', ok('1') + long + ok('333')],
    ],
    want: [
      ['GET 200 b.test/2 charged', second.length, ok('1').length],
      ['GET 200 mmsc.test/1 free', first.length, long.length],
      ['GET 200 c.test/3 charged', third.length, ok('333').length],
    ],
  },
  {
    name: 'chunked both ways',
    messages: [
      ['up', chunkedPost],
      ['down', chunked],
      ['up', second],
      ['down', chunked],
    ],
    want: [
      ['POST 200 mmsc.test/c free', chunkedPost.length, chunked.length],
      ['GET 200 b.test/2 charged', second.length, chunked.length],
    ],
  },
  {
    name: '100-continue and early hints',
    messages: [
      ['up', post],
      ['down', goOn],
      ['up', '7 octet'],
      ['down', early + ok('done')],
      ['up', second],
      ['down', ok('')],
    ],
    want: [
      [
        'POST 200 mmsc.test/p free',
        post.length + 7,
        goOn.length + early.length + ok('done').length,
      ],
      ['GET 200 b.test/2 charged', second.length, ok('').length],
    ],
  },
  {
    name: 'CONNECT accepted: nothing is HTTP any more',
    messages: [
      ['up', connect],
      ['down', established],
      ['up', hidden],
      ['down', ok('x') + hidden],
    ],
    want: [
      [
        'CONNECT 200 mmsc.test:443 free',
        connect.length + hidden.length,
        established.length + ok('x').length + hidden.length,
      ],
    ],
  },
  {
    name: 'CONNECT refused: an ordinary connection remains',
    messages: [
      ['up', connect],
      ['down', refused],
      ['up', second],
      ['down', ok('2')],
    ],
    want: [
      ['CONNECT 403 mmsc.test:443 free', connect.length, refused.length],
      ['GET 200 b.test/2 charged', second.length, ok('2').length],
    ],
  },
  {
    name: 'upgrade',
    messages: [
      ['up', upgrade],
      ['down', switched],
      ['up', second],
      ['down', ok('frames')],
    ],
    want: [
      [
        'GET 101 mmsc.test/ws free',
        upgrade.length + second.length,
        switched.length + ok('frames').length,
      ],
    ],
    reasons: 'websocket',
  },
  {
    name: 'HEAD, 204, 304 have no body whatever their fields say',
    messages: [
      ['up', head],
      ['down', headAnswer],
      ['up', second],
      ['down', noContent],
      ['up', first],
      ['down', notModified],
      ['up', third],
      ['down', ok('3')],
    ],
    want: [
      ['HEAD 200 mmsc.test/h free', head.length, headAnswer.length],
      ['GET 204 b.test/2 charged', second.length, noContent.length],
      ['GET 304 mmsc.test/1 free', first.length, notModified.length],
      ['GET 200 c.test/3 charged', third.length, ok('3').length],
    ],
  },
  {
    name: 'the body lasts until the server closes',
    messages: [
      ['up', first],
      ['down', untilClose],
    ],
    want: [['GET 200 mmsc.test/1 free', first.length, untilClose.length]],
  },
]

const total = (exchange: Exchange) =>
  exchange.messages.reduce((sum, [, text]) => sum + text.length, 0)

/** Sends the messages in turn, cut at `cuts`, which count octets of the whole conversation. */
function converse(tcp: TcpEnds, exchange: Exchange, cuts: ReadonlySet<number>): void {
  tcp.open()
  let at = 0
  for (const [way, text] of exchange.messages) {
    let from = 0
    for (let i = 1; i <= text.length; i++) {
      if (i < text.length && !cuts.has(at + i)) continue
      tcp.send(way, text.slice(from, i))
      from = i
    }
    tcp.ack(way === 'up' ? 'down' : 'up')
    at += text.length
  }
  tcp.close()
}

/** Every way of cutting that is tried, by name. */
function segmentations(octets: number): Map<string, ReadonlySet<number>> {
  const ways = new Map<string, ReadonlySet<number>>([['uncut', new Set()]])
  for (let cut = 1; cut < octets; cut++) ways.set(`cut at ${cut}`, new Set([cut]))
  ways.set('single octets', new Set(Array.from({ length: octets }, (_, i) => i)))
  const random = new Xorshift32(octets)
  for (let n = 0; n < 40; n++) {
    const cuts = Array.from({ length: 2 + (n % 8) }, () => random.below(octets))
    ways.set(`cut at ${cuts.join(' ')}`, new Set(cuts))
  }
  return ways
}

/** Headers are 40 octets and go with the first slice, as the packet does: what is left is payload. */
function payload(txn: TransactionRecord): Exchange['want'][number] {
  const url = txn.url?.replace(/^http:../, '')
  return [
    `${txn.method} ${txn.status} ${url} ${txn.tariff}`,
    txn.up_bytes - 40 * txn.up_packets,
    txn.down_bytes - 40 * txn.down_packets,
  ]
}

for (const exchange of exchanges) {
  t.test(`${exchange.name}: the same for every segmentation`, async t => {
    const wire = new Wire()
    const ctx = context(1)
    wire.create(ctx)
    const ways = segmentations(total(exchange))
    let uePort = 10_000
    for (const cuts of ways.values()) {
      converse(new TcpEnds(wire, ctx, { uePort: uePort++ }), exchange, cuts)
    }
    const ran = await run(wire.frames)
    const flows = ran.flows.toSorted((a, b) => Number(a.flow) - Number(b.flow))
    t.equal(flows.length, ways.size)
    const wrong: string[] = []
    for (const [i, name] of [...ways.keys()].entries()) {
      const flow = flows[i]
      const found = ran.transactions.filter(txn => txn.flow === flow?.flow).map(payload)
      const reasons = String(flow?.reasons)
      const right = JSON.stringify(found) === JSON.stringify(exchange.want)
      if (!right || reasons !== (exchange.reasons ?? '')) {
        wrong.push(`${name}: ${JSON.stringify(found)} ${reasons}`)
      }
    }
    t.strictSame(wrong.slice(0, 3), [])
  })
}
