/** The wire form: what is written is read again, unknown fields are passed over, garbage is a ProbeFault. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import t from 'tap'
import { keyOrder } from '../../src/record/key-order.js'
import {
  decodeMessage,
  encodeMessage,
  MessageReader,
  ProbeFault,
} from '../../src/record/probe-codec.js'
import { root } from '../cli/program.js'

t.test('what is written is read again, in whatever pieces it comes', async t => {
  const replies = [
    { id: 1, done: {} },
    { id: 2, failure: { code: 'filter', message: 'unknown field "hots"', from: 0, to: 4 } },
    { id: 4_000_000_000, reloaded: { ok: true, lines: ['a', 'ä€𝄞'] } },
  ]
  const octets = Buffer.concat(replies.map(reply => encodeMessage('Reply', reply)))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), sizes => {
      const reader = new MessageReader(1000)
      const read: unknown[] = []
      for (let at = 0, i = 0; at < octets.length; i++) {
        const size = sizes[i % sizes.length] ?? 1
        for (const one of reader.take(octets.subarray(at, at + size))) {
          read.push(decodeMessage('Reply', one))
        }
        at += size
      }
      return isDeepStrictEqual(read, replies)
    }),
    { seed: 3 },
  )
  t.pass()
})

t.test('counts up to 2^53 and rule ids with the top bit', async t => {
  const flow = { ...flowRow, up_bytes: Number.MAX_SAFE_INTEGER, rule_id: 4_261_871_614 }
  const page = { kind: 'flows', shown: 1, total: 2 ** 40, flows: [flow] }
  const read = decodeMessage<{ page: { total: number; flows: (typeof flow)[] } }>(
    'Reply',
    bare(encodeMessage('Reply', { id: 1, page })),
  )
  t.equal(read.page.total, 2 ** 40)
  t.match(read.page.flows[0], flow)
  t.notOk('imsi' in (read.page.flows[0] ?? {}), 'absent stays absent')
})

t.test('a field of a later version is passed over', async t => {
  const { root } = protobuf.parse(
    'syntax = "proto3"; message Hello { uint32 major = 1; string client = 3; string more = 900; }',
  )
  const later = root.lookupType('Hello')
  const octets = later.encode({ major: 1, client: 'x', more: 'y'.repeat(100) }).finish()
  t.match(decodeMessage('Hello', octets), { major: 1, client: 'x' })
})

t.test('every key of a flow record has a field', async t => {
  const path = join(root, 'src', 'record', 'probe.proto')
  const parsed = protobuf.parse(readFileSync(path, 'utf8'), { keepCase: true })
  const { fields } = parsed.root.lookupType('tollgate.probe.FlowRow')
  for (const key of keyOrder.flow) {
    if (key !== 'type' && key !== 'schema') t.ok(key in fields, key)
  }
})

t.test('octets that are not the protocol', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), octets => {
      const reader = new MessageReader(100)
      try {
        for (const one of reader.take(octets)) decodeMessage('Request', one)
      } catch (error) {
        return error instanceof ProbeFault
      }
      return true
    }),
    { seed: 5, numRuns: 2000 },
  )
  t.throws(
    () => new MessageReader(100).take(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
    /no length/,
  )
  t.throws(() => new MessageReader(100).take(Buffer.from([0x65])), /a message of 101 octets/)
  t.throws(() => encodeMessage('Request', { id: 'x' }), TypeError)
})

const flowRow = {
  flow: '81',
  ts: '2026-11-21T15:02:26.031000Z',
  end: '2026-11-21T15:02:27.000000Z',
  ue: '10.45.0.18',
  server: '10.0.0.172',
  protocol: 'udp',
  direction: 'known',
  app: 'wtls',
  transactions: 0,
  up_packets: 1,
  down_packets: 0,
  up_bytes: 40,
  down_bytes: 0,
  verdict: 'CHRG',
  certainty: 'high',
  reasons: [],
  community_id: '1:x',
}

/** Without its length. */
function bare(octets: Uint8Array): Uint8Array {
  const [message] = new MessageReader(1 << 20).take(octets)
  if (message === undefined) throw new Error('no message')
  return message
}
