/** WTP beside the usual request and result: classes 0 and 1, aborts, negative acknowledgements, and a TID
 * that is verified. Every octet stays with its transaction. WAP-224-WTP clauses 6.1, 7.8 to 7.14. */

import t from 'tap'
import {
  emitConnect,
  emitDisconnect,
  emitGet,
  emitPush,
  emitReply,
  emitResume,
  emitSuspend,
} from '../../src/synth/emit-wsp.js'
import {
  emitAbort,
  emitAck,
  emitInvoke,
  emitNegativeAck,
  emitResult,
  emitSegment,
} from '../../src/synth/emit-wtp.js'
import { context, UdpEnds, Wire } from '../helpers/frame.js'
import { run } from '../helpers/run.js'

const header = 28
const free = 'http://mmsc.test/1'
const freeId = 168165378
const get = (tid: number, url = free) =>
  emitInvoke({ tid, class: 2, trailer: 'no-sar' }, emitGet(url, {}))
const result = (tid: number, size = 10) =>
  emitResult(tid, 'no-sar', false, emitReply(200, 'text/plain', {}, new Uint8Array(size)))
const total = (...pdus: Uint8Array[]) => pdus.reduce((sum, pdu) => sum + header + pdu.length, 0)

function opened() {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, udp: new UdpEnds(wire, ctx, { port: 9201 }) }
}

t.test('class 0: a push that nobody acknowledges, and a Disconnect', async t => {
  const { wire, udp } = opened()
  const push = emitInvoke(
    { tid: 9, class: 0, trailer: 'no-sar' },
    emitPush('text/vnd.wap.si', {}, new Uint8Array(30)),
  )
  const bye = emitInvoke({ tid: 2, class: 0, trailer: 'no-sar' }, emitDisconnect(77))
  udp.up(get(1)).down(result(1)).down(push).up(bye)
  const ran = await run(wire.frames)
  t.match(
    ran.transactions.map(txn => [txn.method, txn.down_bytes]),
    [
      ['GET', total(result(1))],
      ['PUSH', total(push)],
    ],
  )
  t.strictSame(ran.flows[0]?.reasons, [])
})

t.test('class 1: a push that is acknowledged, Suspend and Resume', async t => {
  const { wire, udp } = opened()
  const push = emitInvoke(
    { tid: 9, class: 1, trailer: 'no-sar' },
    emitPush('text/vnd.wap.si', {}, new Uint8Array(30)),
  )
  const ack = emitAck({ tid: 9, responder: true })
  const suspend = emitInvoke({ tid: 2, class: 0, trailer: 'no-sar' }, emitSuspend(77))
  const resume = emitInvoke({ tid: 3, class: 2, trailer: 'no-sar' }, emitResume(77))
  const resumed = emitResult(
    3,
    'no-sar',
    false,
    emitReply(200, 'text/plain', {}, new Uint8Array(0)),
  )
  udp.up(get(1)).down(result(1)).down(push).up(ack).up(suspend).up(resume).down(resumed).up(get(4))
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 1)
  t.strictSame(
    ran.transactions.map(txn => txn.method),
    ['GET', 'PUSH', 'GET'],
  )
  const pushed = ran.transactions[1]
  // a session that is resumed goes on with its last transaction
  t.match(pushed, { down_bytes: total(push, resumed) })
  t.ok((pushed?.up_bytes ?? 0) >= total(ack), 'its acknowledgement counts with it')
})

t.test('Abort by either end, with a reason of WTP or of WSP', async t => {
  for (const [name, abort, way] of [
    ['user', emitAbort(1, false, true, 0xea), 'up'],
    ['provider', emitAbort(1, true, false, 8), 'down'],
  ] as const) {
    const { wire, udp } = opened()
    udp.up(get(1))[way](abort).up(get(2)).down(result(2))
    const ran = await run(wire.frames)
    t.strictSame(
      ran.transactions.map(txn => [txn.rule_id, txn.status]),
      [
        [freeId, undefined],
        [freeId, 200],
      ],
      name,
    )
    const first = ran.transactions[0]
    t.equal((first?.up_bytes ?? 0) + (first?.down_bytes ?? 0), total(get(1), abort), name)
  }
})

t.test('segments, a Negative Ack and the segment that it asked for', async t => {
  const { wire, udp } = opened()
  const body = emitReply(200, 'text/plain', {}, new Uint8Array(300))
  const parts = [
    emitResult(1, 'more', false, body.subarray(0, 100)),
    emitSegment(true, 1, 1, 'more', false, body.subarray(100, 200)),
    emitSegment(true, 1, 2, 'last', false, body.subarray(200)),
  ] as const
  const missing = emitNegativeAck(1, false, [1])
  udp.up(get(1)).down(parts[0]).down(parts[2]).up(missing).down(parts[1])
  udp.up(emitAck({ tid: 1, responder: false, psn: 2 }))
  const ran = await run(wire.frames)
  t.match(ran.transactions, [
    { rule_id: freeId, status: 200, down_packets: 3, down_bytes: total(...parts) },
  ])
  t.equal(ran.summary.free_bytes, ran.summary.bytes)
  t.strictSame(ran.summary.faults, {})
})

t.test(
  'TID verification: the server asks whether the TID is valid, the client says yes',
  async t => {
    const { wire, udp } = opened()
    const connect = emitInvoke(
      { tid: 5, class: 2, trailer: 'no-sar', tidNew: true },
      emitConnect({ 'User-Agent': 'x' }),
    )
    const asked = emitAck({ tid: 5, responder: true, tve: true })
    const valid = emitAck({ tid: 5, responder: false, tve: true })
    udp.up(connect).down(asked).up(valid).up(get(6)).down(asked).down(result(6))
    const ran = await run(wire.frames)
    t.match(ran.transactions, [{ status: 200, up_packets: 3, down_packets: 3 }])
    t.equal(
      ran.summary.free_bytes,
      ran.summary.bytes,
      'the handshake goes with the first transaction',
    )
  },
)
