/** The tables under the session stage, against plain maps, and their bounds. */

import t from 'tap'
import { AddressBook } from '../../src/session/address-book.js'
import { GtpTransactions, newRequest } from '../../src/session/gtp-transaction.js'
import { PairTable } from '../../src/session/pair-table.js'
import { SharedKeyTable } from '../../src/session/shared-key-table.js'
import { UeIndex } from '../../src/session/ue-index.js'
import { int32 } from '../../src/wire/octets.js'
import { address } from './message-builder.js'
import { request1, Stage } from './stage.js'

function xorshift(start: number): (below: number) => number {
  let seed = start
  return below => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return (seed >>> 0) % below
  }
}

t.test('PairTable is a map: 200,000 random operations', async t => {
  const random = xorshift(0x12345678)
  const table = new PairTable()
  const map = new Map<string, number>()
  const wrong: string[] = []
  for (let n = 0; n < 200_000; n++) {
    // few keys: long probes, many deletes in the middle of a run
    const a = random(40) - 20
    const b = random(50) | (random(2) << 31)
    const key = `${a} ${b}`
    const what = random(3)
    if (what === 0) {
      table.set(a, b, n)
      map.set(key, n)
    } else if (what === 1) {
      table.delete(a, b)
      map.delete(key)
    }
    if (table.get(a, b) !== (map.get(key) ?? -1)) wrong.push(`${n}: ${key}`)
  }
  t.strictSame(wrong, [])
  t.equal(table.size, map.size)
  for (const [key, value] of map) {
    const [a, b] = key.split(' ').map(Number)
    if (table.get(a!, b!) !== value) t.fail(`${key} lost`)
  }
})

t.test('SharedKeyTable is a list a key: 100,000 random operations', async t => {
  const random = xorshift(0x2468ace1)
  const table = new SharedKeyTable()
  const keyOf = new Map<number, string>()
  const rowsOf = new Map<string, number[]>()
  const forget = (row: number) => {
    const key = keyOf.get(row) ?? ''
    keyOf.delete(row)
    rowsOf.set(
      key,
      (rowsOf.get(key) ?? []).filter(one => one !== row),
    )
  }
  const wrong: string[] = []
  for (let n = 0; n < 100_000; n++) {
    const row = random(200)
    const a = random(8) - 4
    const b = random(2) << 31
    const key = `${a} ${b}`
    if (random(3) === 0) {
      table.remove(row)
      forget(row)
    } else if (keyOf.get(row) !== key) {
      table.set(row, a, b)
      forget(row)
      keyOf.set(row, key)
      rowsOf.set(key, [...(rowsOf.get(key) ?? []), row])
    } else table.set(row, a, b)
    const rows: number[] = []
    for (let one = table.latest(a, b); one >= 0; one = table.older(one)) rows.unshift(one)
    if (rows.join() !== (rowsOf.get(key) ?? []).join()) wrong.push(`${n}: ${key}`)
  }
  t.strictSame(wrong, [])
})

t.test('an address is that of the connection when a bearer of it has ended', async t => {
  const index = new UeIndex()
  const ue = { ueV4: '10.0.0.9', ueV6: '2001:db8:46::/64' }
  const octets = Uint8Array.from([...address('10.0.0.9'), ...address('2001:db8:46::7')])
  const sole = (areOne: boolean) => [
    index.soleOfPacket(4, int32(octets, 0), octets, 0, () => areOne),
    index.soleOfPacket(6, 0, octets, 4, () => areOne),
  ]
  index.set(1, ue)
  index.set(2, ue)
  t.equal(index.find(ue), 2, 'the last one who was given it')
  t.strictSame(sole(true), [1, 1], 'bearers of one connection: the first stands for all')
  t.strictSame(sole(false), [-1, -1], 'two subscribers')
  index.remove(2)
  t.equal(index.find(ue), 1)
  t.strictSame(sole(false), [1, 1])
  index.set(1, { ueV4: '10.0.0.10', ueV6: '' })
  t.strictSame(sole(true), [-1, -1], 'it has another address now')
  t.equal(index.find({ ueV4: '10.0.0.10', ueV6: '' }), 1)
})

t.test('IPv6 addresses with one fold are told apart by their octets', async t => {
  const book = new AddressBook()
  // the fold multiplies the words by 1, 3, 5 and 7: these two have the same
  const a = Uint8Array.from(address('0:3:0:0:0:0:0:0'))
  const b = Uint8Array.from(address('0:0:0:1:0:0:0:0'))
  const first = book.learn(a, 0, 16)
  t.equal(book.findV6(b, 0), -1)
  const second = book.learn(b, 0, 16)
  t.not(first, second)
  t.equal(book.learn(a, 0, 16), first)
  t.equal(book.text(first), '0:3::')
  t.equal(book.text(second), '0:0:0:1::')
  t.equal(book.text(book.learn(Uint8Array.from([255, 1, 2, 3]), 0, 4)), '255.1.2.3')
})

t.test('a full table evicts the context that was silent for the longest time', async t => {
  const s = new Stage({ maxContexts: 3 })
  for (let i = 1; i <= 3; i++) {
    s.create1({ imsi: `46001123456789${i}`, teidDown: i, teidUp: i })
  }
  s.create1({ imsi: '460011234567891', teidDown: 11, teidUp: 11 })
  s.create1({ imsi: '460011234567894', teidDown: 4, teidUp: 4 })
  t.strictSame(s.calls.slice(3), ['close 1 replaced', 'open 4', 'close 2 evicted', 'open 5'])
  t.equal(s.sessions.counts.evicted, 1)
  t.equal(s.live().length, 3)
})

t.test('instance numbers are never used again, rows are', async t => {
  const s = new Stage()
  const rows = new Set<number>()
  for (let i = 1; i <= 50; i++) {
    const who = { imsi: '460011234567890', teidDown: i, teidUp: i }
    s.create1(who)
    rows.add(s.sessions.contexts.oldest)
    t.equal(s.live()[0]!.context, i)
    s.delete1(who)
  }
  t.equal(rows.size, 1)
})

t.test('3,000 contexts: every tunnel leads home, also after half of them are gone', async t => {
  const s = new Stage({ maxTransactions: 100 })
  const who = (i: number) => ({
    imsi: `46001${String(i).padStart(10, '0')}`,
    sgsn: `10.1.${i & 7}.1`,
    teidDown: (i * 0x9e3779b1) | 1,
    teidUp: i + 1,
  })
  for (let i = 0; i < 3000; i++) s.create1(who(i))
  for (let i = 0; i < 3000; i += 2) s.delete1(who(i))
  let wrong = 0
  for (let i = 0; i < 3000; i++) {
    const { sgsn, teidDown, teidUp } = who(i)
    const up = i % 2 === 0 ? 'unknown' : `${i + 1} up`
    const down = i % 2 === 0 ? 'unknown' : `${i + 1} down`
    if (s.gPdu('10.2.0.1', teidUp) !== up || s.gPdu(sgsn, teidDown) !== down) wrong++
  }
  t.equal(wrong, 0)
  t.equal(s.sessions.counts.subscribers, 3000)
  t.equal(s.live().length, 1500)
})

t.test('pending requests are bounded; the one pushed out is reported', async t => {
  const s = new Stage({ maxTransactions: 10 })
  for (let i = 0; i < 25; i++) {
    s.send(
      request1({ imsi: '460011234567890', teidDown: i + 1, teidUp: 1 }, i),
      '10.1.0.1',
      '10.2.0.1',
    )
  }
  t.equal(s.sessions.counts.noResponse, 15)
  const lost: number[] = []
  const table = new GtpTransactions(2, 1000, x => lost.push(x.frame))
  for (let i = 0; i < 5; i++) {
    const exchange = {
      version: 1,
      type: 16,
      sequence: i,
      source: 1,
      destination: 2,
      timeUs: i,
      frame: i,
    }
    table.begin(exchange, 0, newRequest(-1, 0, true))
  }
  t.strictSame(lost, [0, 1, 2])
  t.equal(table.size, 2)
  table.expire(2000)
  t.equal(table.size, 0)
})

t.test('known nodes tell the direction of a tunnel that is not known', async t => {
  const s = new Stage()
  s.create1({ imsi: '460011234567890', teidDown: 1, teidUp: 1 })
  const view = (to: string, from: string) => s.gPduView(to, 0x999, from)
  t.ok(s.sessions.isGsn(view('10.2.0.1', '192.0.2.1')))
  t.notOk(s.sessions.isGsn(view('10.1.0.1', '192.0.2.1')))
  t.equal(s.sessions.nodeDirection(view('10.2.0.1', '192.0.2.1')), 0)
  t.equal(s.sessions.nodeDirection(view('10.1.0.1', '192.0.2.1')), 1)
  t.equal(s.sessions.nodeDirection(view('192.0.2.2', '10.2.0.1')), 1, 'from a GGSN to a new SGSN')
  t.equal(s.sessions.nodeDirection(view('192.0.2.2', '10.1.0.1')), 0)
  t.equal(s.sessions.nodeDirection(view('192.0.2.2', '192.0.2.1')), -1)
})
