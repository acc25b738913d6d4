/** WebSocket: all frames belong to the request that asked for the upgrade. RFC 6455, rules.md 2.9. */

import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { context, TcpEnds, Wire } from '../helpers/frame.js'
import { hex } from '../helpers/hex.js'
import { run } from '../helpers/run.js'
import { shared } from '../wire-wap/capture.js'

const request =
  'GET http://mmsc.test/ws HTTP/1.1\r\nHost: mmsc.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const accepted = (to: string) =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\n\r\n`
const masked = hex('81 85 37fa213d 7f9f4d5158')
const big = Buffer.concat([hex('82 7f 00000000000186a0'), Buffer.alloc(100_000, 0x47)])

function opened() {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, tcp: new TcpEnds(wire, ctx).open() }
}

t.test('frames in both directions, small and big, over segments', async t => {
  for (const [i, size] of [1400, 999, 70].entries()) {
    const { wire, tcp } = opened()
    tcp.up(request).down(accepted(i === 1 ? 'WebSocket' : 'websocket'))
    tcp.up(masked).up(Buffer.concat([masked, masked]))
    const down = Buffer.concat([big, hex('89 00'), big])
    for (let at = 0; at < down.length; at += size) tcp.down(down.subarray(at, at + size))
    tcp.up(hex('88 80 00000000')).down(hex('88 00')).close()
    const ran = await run(wire.frames)
    t.match(ran.transactions, [{ url: 'http://mmsc.test/ws', status: 101, websocket_frames: 8 }])
    t.match(ran.flows, [
      { app: 'http', certainty: 'high', reasons: ['websocket'], transactions: 1 },
    ])
    t.equal(ran.summary.free_bytes, ran.summary.bytes, 'one charge for all of it')
  }
})

t.test(
  'octets that are no frames, and a hole: not counted, still the same transaction',
  async t => {
    const { wire, tcp } = opened()
    tcp.up(request).down(accepted('websocket')).up(masked)
    tcp.down('GET / HTTP/1.1\r\n\r\n').down(hex('81 00'))
    tcp.up(masked).up(masked, { at: tcp.sent.up + 50 })
    wire.wait(6)
    tcp.up('GET http://b.test/ HTTP/1.0\r\n\r\n').down(hex('81 00'))
    const ran = await run(wire.frames)
    t.match(ran.transactions, [{ websocket_frames: 2 }])
    t.equal(ran.transactions.length, 1)
    t.equal(ran.summary.free_bytes, ran.summary.bytes)
    t.strictSame(ran.flows[0]?.reasons, ['capture-gap', 'websocket'])
  },
)

t.test('an upgrade to something else is a tunnel without frames', async t => {
  const { wire, tcp } = opened()
  tcp.up(request).down(accepted('h2c')).up(masked).down(masked)
  const ran = await run(wire.frames)
  t.equal(ran.transactions[0]?.websocket_frames, undefined)
  t.strictSame(ran.flows[0]?.reasons, [])
  t.equal(ran.summary.free_bytes, ran.summary.bytes)
})

t.test('a real connection', async t => {
  const path = shared(t, 'zeek__http_websocket.pcap')
  if (path === '') return
  const ran = await run(await openSource([path]), { plainIp: true })
  // as tshark counts them: frames with a websocket.opcode
  t.match(ran.transactions, [{ status: 101, websocket_frames: 9 }])
})
