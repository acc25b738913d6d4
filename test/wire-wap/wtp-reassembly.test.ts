import t from 'tap'
import { Segment, WtpReassembly } from '../../src/flow/wtp-reassembly.js'
import { Fault } from '../../src/wire/fault.js'
import { latin1 } from '../../src/wire/octets.js'
import { random } from './hostile.js'

const fault = new Fault()
const flow = 0x7fffffff
const seconds = 1_000_000

interface Options {
  flow?: number
  tid?: number
  up?: boolean
  last?: boolean
  repeated?: boolean
  nowUs?: number
}

function add(sar: WtpReassembly, psn: number, text: string, options: Options = {}): Segment {
  const octets = new TextEncoder().encode(`..${text}..`)
  const { tid = 5, up = true, last = false, repeated = false, nowUs = 0 } = options
  fault.clear()
  const end = octets.length - 2
  return sar.add(options.flow ?? flow, tid, up, psn, last, repeated, octets, 2, end, nowUs, fault)
}

function whole(sar: WtpReassembly): string {
  return latin1(sar.octets, 0, sar.length)
}

t.test('in order', t => {
  const sar = new WtpReassembly()
  t.equal(add(sar, 0, 'one '), Segment.Kept)
  t.equal(add(sar, 1, 'two '), Segment.Kept)
  t.equal(sar.totalOctets, 8)
  t.equal(add(sar, 2, 'three', { last: true }), Segment.Complete)
  t.equal(whole(sar), 'one two three')
  t.equal(sar.totalOctets, 0)
  t.end()
})

t.test('out of order, with copies', t => {
  const sar = new WtpReassembly()
  t.equal(add(sar, 2, 'c', { last: true }), Segment.Kept)
  t.equal(add(sar, 2, 'c', { last: true, repeated: true }), Segment.Duplicate)
  t.equal(add(sar, 0, 'a'), Segment.Kept)
  t.equal(add(sar, 0, 'a', { repeated: true }), Segment.Duplicate)
  t.equal(add(sar, 0, 'a'), Segment.Duplicate, 'copied by the network, RID not set')
  t.equal(add(sar, 1, 'b'), Segment.Complete)
  t.equal(whole(sar), 'abc')
  t.equal(add(sar, 1, 'b', { repeated: true }), Segment.Duplicate, 'after the end')
  t.equal(add(sar, 0, 'a', { repeated: true }), Segment.Duplicate)
  t.equal(sar.totalOctets, 0)
  t.end()
})

t.test('directions, transactions and flows do not mix', t => {
  const sar = new WtpReassembly()
  add(sar, 0, 'up', { up: true })
  add(sar, 0, 'down', { up: false })
  add(sar, 0, 'tid', { tid: 6 })
  add(sar, 0, 'flow', { flow: flow + 1 })
  t.equal(add(sar, 1, '!', { up: false, last: true }), Segment.Complete)
  t.equal(whole(sar), 'down!')
  t.equal(add(sar, 1, '!', { tid: 6, last: true }), Segment.Complete)
  t.equal(whole(sar), 'tid!')
  t.equal(add(sar, 1, '!', { flow: flow + 1, last: true }), Segment.Complete)
  t.equal(whole(sar), 'flow!')
  t.equal(add(sar, 1, '!', { last: true }), Segment.Complete)
  t.equal(whole(sar), 'up!')
  t.end()
})

t.test('a TID in use again begins a new message', t => {
  const sar = new WtpReassembly()
  add(sar, 0, 'old')
  t.equal(add(sar, 1, ' end', { last: true }), Segment.Complete)
  t.equal(add(sar, 0, 'new'), Segment.Kept, 'after a finished one')
  t.equal(add(sar, 0, 'other'), Segment.Kept, 'after one that never ended')
  t.equal(add(sar, 1, ' end', { last: true }), Segment.Complete)
  t.equal(whole(sar), 'other end')
  add(sar, 0, 'same1')
  t.equal(add(sar, 0, 'same2'), Segment.Kept, 'same length, other octets')
  t.equal(add(sar, 1, '', { last: true }), Segment.Complete)
  t.equal(whole(sar), 'same2')
  t.end()
})

t.test('what comes after the last packet is not part of the message', t => {
  const sar = new WtpReassembly()
  add(sar, 0, 'a')
  add(sar, 3, 'x')
  t.equal(add(sar, 2, 'c', { last: true }), Segment.Kept)
  t.equal(add(sar, 4, 'y'), Segment.Duplicate)
  t.equal(sar.totalOctets, 2, 'packet 3 was let go')
  t.equal(add(sar, 1, 'b'), Segment.Complete)
  t.equal(whole(sar), 'abc')
  t.end()
})

t.test('one packet with TTR is a message; an empty one too', t => {
  const sar = new WtpReassembly()
  t.equal(add(sar, 0, 'alone', { last: true }), Segment.Complete)
  t.equal(whole(sar), 'alone')
  t.equal(add(sar, 0, '', { tid: 9, last: true }), Segment.Complete)
  t.equal(whole(sar), '')
  t.end()
})

t.test('bounds: octets of a message', t => {
  const sar = new WtpReassembly({ maxOctets: 10 })
  t.equal(add(sar, 0, '12345'), Segment.Kept)
  t.equal(add(sar, 2, '12345'), Segment.Kept)
  t.equal(add(sar, 1, '1'), Segment.Refused)
  t.match(fault, { key: 'wtp/limit', have: 10 })
  t.equal(sar.totalOctets, 0)
  t.equal(add(sar, 3, '1'), Segment.Duplicate, 'given up for good')
  t.end()
})

t.test('bounds: segments that wait', t => {
  const sar = new WtpReassembly({ maxHeld: 3 })
  for (const psn of [5, 7, 9]) t.equal(add(sar, psn, 'x'), Segment.Kept)
  t.equal(add(sar, 11, 'x'), Segment.Refused)
  t.equal(fault.have, 3)
  t.equal(sar.totalOctets, 0)
  t.end()
})

t.test('bounds: messages, the longest idle goes', t => {
  const sar = new WtpReassembly({ maxMessages: 2 })
  add(sar, 0, 'a', { tid: 1 })
  add(sar, 0, 'b', { tid: 2 })
  add(sar, 1, 'a', { tid: 1 })
  add(sar, 0, 'c', { tid: 3 })
  t.equal(sar.size, 2)
  t.equal(sar.totalOctets, 3)
  t.equal(add(sar, 2, '!', { tid: 1, last: true }), Segment.Complete)
  t.equal(whole(sar), 'aa!')
  t.equal(add(sar, 1, '!', { tid: 2, last: true }), Segment.Kept, 'packet 0 of it is gone')
  t.end()
})

t.test('bounds: octets of all messages', t => {
  const sar = new WtpReassembly({ maxTotalOctets: 10 })
  add(sar, 0, '12345', { tid: 1 })
  add(sar, 0, '12345', { tid: 2 })
  t.equal(add(sar, 0, '123456', { tid: 3 }), Segment.Kept)
  t.equal(sar.totalOctets, 6)
  t.equal(sar.size, 1)
  t.equal(add(sar, 1, '12345', { tid: 3 }), Segment.Refused, 'alone over the bound')
  t.equal(sar.totalOctets, 0)
  t.end()
})

t.test('age by the clock of the packets', t => {
  const sar = new WtpReassembly({ maxIdleUs: 10 * seconds })
  add(sar, 0, 'a', { tid: 1, nowUs: 0 })
  add(sar, 0, 'b', { tid: 2, nowUs: 1 * seconds, last: true })
  add(sar, 0, 'c', { tid: 3, nowUs: 8 * seconds })
  t.equal(sar.expire(10 * seconds), 0)
  t.equal(sar.expire(12 * seconds), 1, 'the finished one is not counted')
  t.equal(sar.size, 1)
  t.equal(add(sar, 0, 'c', { tid: 3, nowUs: 30 * seconds }), Segment.Kept, 'stale: begins anew')
  t.equal(sar.totalOctets, 1)
  t.equal(
    add(sar, 1, 'd', { tid: 3, nowUs: 5 * seconds, last: true }),
    Segment.Complete,
    'clock back',
  )
  t.end()
})

t.test('an Abort drops the message', t => {
  const sar = new WtpReassembly()
  add(sar, 0, 'a')
  sar.drop(flow, 5, true)
  sar.drop(flow, 5, false)
  t.match(sar, { size: 0, totalOctets: 0 })
  t.equal(add(sar, 1, 'b', { last: true }), Segment.Kept)
  t.end()
})

t.test('any order gives the message, and the books balance', t => {
  const next = random(4711)
  const wrong: string[] = []
  for (let round = 0; round < 200; round++) {
    const sar = new WtpReassembly()
    const count = 1 + (next() % 20)
    const parts = Array.from({ length: count }, (_, i) => `<${i}:${'x'.repeat(next() % 9)}>`)
    const order = parts.map((_, i) => i).concat(parts.map((_, i) => i))
    for (let i = order.length - 1; i > 0; i--) {
      const j = next() % (i + 1)
      const a = order[i] as number
      order[i] = order[j] as number
      order[j] = a
    }
    let complete = 0
    for (const psn of order) {
      const last = psn === count - 1
      const result = add(sar, psn, parts[psn] as string, { last, repeated: complete > 0 })
      if (result !== Segment.Complete) continue
      complete++
      if (whole(sar) !== parts.join('')) wrong.push(whole(sar))
    }
    if (complete !== 1 || sar.totalOctets !== 0) wrong.push(`round ${round}: ${complete}`)
  }
  t.same(wrong, [])
  t.end()
})
