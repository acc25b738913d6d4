/** The flow table and the lists on its rows: growth under load, chains, IPv6, the idle wheel, the flows of a
 * context. What they answer is compared with maps that hold the same rows. */

import t from 'tap'
import { PacketView } from '../../src/dissect/packet-view.js'
import { ContextFlows } from '../../src/flow/context-flows.js'
import { Col, F, FlowTable, fStride, stride } from '../../src/flow/flow-table.js'
import { IdleWheel } from '../../src/flow/idle-wheel.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'

const tcp4 = 6 | (4 << 8)
const tcp6 = 6 | (6 << 8)
const view = new PacketView()

t.test('rows are found by their whole key, whatever was added and removed', async t => {
  const table = new FlowTable(1 << 15)
  const random = new Xorshift32(3)
  const rows = new Map<string, number>()
  const keyOf = () => {
    // small ranges: many keys differ in one word only; addresses and ports with the top bit
    const words = [random.below(50), random.below(40), random.below(3), random.below(200)] as const
    return [words[0] - 3, words[1] | (0x8000_0000 | 0), words[2], (words[3] << 16) | 80] as const
  }
  for (let n = 0; n < 60_000; n++) {
    const [ctx, a, b, ports] = keyOf()
    const key = `${ctx} ${a} ${b} ${ports}`
    const known = rows.get(key)
    const row = table.find(ctx, a, b, ports, tcp4, view)
    if (row !== (known ?? -1)) throw new Error(`${key}: row ${row}, not ${known}`)
    if (known === undefined && table.size < 20_000) {
      rows.set(key, table.add(ctx, a, b, ports, tcp4))
    } else if (known !== undefined && random.chance(0.5)) {
      table.remove(known)
      rows.delete(key)
    }
  }
  t.equal(table.size, rows.size)
  t.ok(table.capacity > 8192, 'it grew on the way')
  t.equal(new Set(rows.values()).size, rows.size, 'no row twice')
})

t.test('a new row is empty but for its key, also where another one was', async t => {
  const table = new FlowTable(64)
  const first = table.add(1, 2, 3, 4, tcp4)
  const keys: readonly number[] = [Col.Next, Col.Ctx, Col.Ue, Col.Server, Col.Ports, Col.Proto]
  for (let word = 0; word < stride; word++) {
    if (!keys.includes(word)) table.i32[first * stride + word] = -1
  }
  table.remove(first)
  const second = table.add(5, 6, 7, 8, tcp4)
  t.equal(second, first)
  const set = [...table.i32.subarray(second * stride, (second + 1) * stride)].filter(x => x !== 0)
  t.strictSame(set, [-1, 5, 6, 7, 8, tcp4], 'end of chain, then the key')
})

t.test('a full table says so and takes a row again when one is freed', async t => {
  const table = new FlowTable(100)
  for (let n = 0; n < 100; n++) t.ok(table.add(1, n, 0, 0, tcp4) >= 0)
  t.equal(table.add(1, 100, 0, 0, tcp4), -1)
  table.remove(table.find(1, 50, 0, 0, tcp4, view))
  t.ok(table.add(1, 100, 0, 0, tcp4) >= 0)
  t.equal(table.size, 100)
})

t.test('several rows with one key: the newest first, then the others', async t => {
  const table = new FlowTable(1000)
  const rows = [1, 2, 3].map(() => table.add(-7, 1, 2, 3, tcp4))
  table.add(-7, 1, 2, 4, tcp4)
  const found: number[] = []
  let row = table.find(-7, 1, 2, 3, tcp4, view)
  for (; row >= 0; row = table.findNext(row, view)) found.push(row)
  t.strictSame(found, rows.toReversed())
  table.remove(rows[1]!)
  const next = table.findNext(table.find(-7, 1, 2, 3, tcp4, view), view)
  t.equal(next, rows[0])
})

t.test('IPv6: the fold of the addresses is the key, all 16 octets decide', async t => {
  const table = new FlowTable(20_000)
  const address = (n: number) => {
    const octets = new Uint8Array(32)
    octets.set([0x20, 0x01, n >>> 24, n >>> 16, n >>> 8, n], 0)
    octets.set([0x20, 0x02, n >>> 24, n >>> 16, n >>> 8, n], 16)
    return octets
  }
  const look = new PacketView()
  look.srcOff = 0
  look.dstOff = 16
  const rows: number[] = []
  // all with one fold, as if it collided; more than the first capacity, so that it is copied
  for (let n = 0; n < 300; n++) {
    const row = table.add(1, 5, 6, 7, tcp6)
    table.setV6(row, address(n), 0, 16)
    rows.push(row)
  }
  for (let n = 0; n < 9000; n++) table.add(2, n, 6, 7, tcp4)
  for (const n of [0, 1, 150, 299]) {
    look.buf = address(n)
    t.equal(table.find(1, 5, 6, 7, tcp6, look), rows[n])
    // a packet the other way has its addresses the other way round
    look.srcOff = 16
    look.dstOff = 0
    t.equal(table.find(1, 5, 6, 7, tcp6, look), rows[n])
    look.srcOff = 0
    look.dstOff = 16
  }
  look.buf = address(300)
  t.equal(table.find(1, 5, 6, 7, tcp6, look), -1)
})

function wheelOf(maxRows = 1000) {
  const table = new FlowTable(maxRows)
  const wheel = new IdleWheel(table)
  const ended: number[] = []
  const enter = (row: number, lastSeconds: number, idleSeconds: number) => {
    table.f64[row * fStride + F.LastUs] = lastSeconds * 1e6
    table.i32[row * stride + Col.IdleDs] = idleSeconds * 10
    wheel.enter(row)
  }
  const touch = (row: number, seconds: number) => {
    table.f64[row * fStride + F.LastUs] = seconds * 1e6
  }
  const advance = (seconds: number) => {
    ended.length = 0
    wheel.advance(seconds * 1e6, row => {
      wheel.remove(row)
      ended.push(row)
    })
    return ended.toSorted((a, b) => a - b)
  }
  const add = (n: number) => table.add(1, n, 0, 0, tcp4)
  return { table, wheel, enter, touch, advance, add }
}

t.test('the wheel ends rows when they are silent for their time, not before', async t => {
  const { enter, touch, advance, add, wheel } = wheelOf()
  const start = 1_420_070_400
  advance(start)
  const [a, b, c] = [add(1), add(2), add(3)]
  enter(a, start, 60)
  enter(b, start, 60)
  enter(c, start, 1800)
  t.strictSame(advance(start + 59), [])
  touch(b, start + 50) // second chance
  t.strictSame(advance(start + 62), [a])
  t.strictSame(advance(start + 100), [])
  t.strictSame(advance(start + 112), [b])
  t.strictSame(wheel.rows(), [c])
  t.equal(wheel.oldest(), c)
  t.strictSame(advance(start + 1802), [c])
  t.equal(wheel.oldest(), -1)
})

t.test('the wheel after a long jump of the clock: an hour, a year, and back', async t => {
  for (const jump of [3600, 5000, 31_536_000]) {
    const { enter, advance, add } = wheelOf()
    const start = 1_000_000
    advance(start)
    const rows = Array.from({ length: 50 }, (_, n) => add(n))
    for (const [n, row] of rows.entries()) enter(row, start + n / 10, 60 + n)
    t.strictSame(advance(start + jump), rows, `${jump} s`)
    // time that stands still or goes back ends nothing and breaks nothing
    const late = add(99)
    enter(late, start + jump, 60)
    t.strictSame(advance(start), [])
    t.strictSame(advance(start + jump + 59), [])
    t.strictSame(advance(start + jump + 63), [late])
  }
})

t.test('the wheel against a list: random rows, times and time-outs', async t => {
  const { enter, touch, advance, add, wheel } = wheelOf()
  const random = new Xorshift32(5)
  const last = new Map<number, [last: number, idle: number]>()
  let now = 500_000
  advance(now)
  for (let n = 0; n < 400; n++) {
    const row = add(n)
    const idle = 5 + random.below(2000)
    enter(row, now, idle)
    last.set(row, [now, idle])
    for (const [other, one] of last) {
      if (!random.chance(0.05)) continue
      one[0] = now
      touch(other, now)
    }
    now += random.below(60)
    for (const gone of advance(now)) {
      const [at, idle] = last.get(gone) ?? [0, 0]
      if (at + idle > now) throw new Error(`row ${gone} ended early`)
      last.delete(gone)
    }
    for (const [other, [at, idle]] of last) {
      if (at + idle + 3 < now) throw new Error(`row ${other} lives on`)
    }
  }
  t.equal(wheel.rows().length, last.size)
})

t.test('the flows of a context, in and out in any order', async t => {
  const table = new FlowTable(1 << 14)
  const flows = new ContextFlows(table)
  const random = new Xorshift32(9)
  const members = new Map<number, Set<number>>()
  for (let n = 0; n < 9000; n++) {
    const ctx = random.below(3000)
    const row = table.add(ctx, n, 0, 0, tcp4)
    flows.enter(ctx, row)
    const own = members.get(ctx) ?? new Set()
    members.set(ctx, own.add(row))
    if (random.chance(0.3)) {
      const [any] = own
      if (any === undefined) continue
      flows.remove(any)
      table.remove(any)
      own.delete(any)
    }
  }
  for (const [ctx, own] of members) {
    for (let row = flows.first(ctx); row >= 0; row = flows.first(ctx)) {
      if (!own.delete(row)) throw new Error(`row ${row} is not of context ${ctx}`)
      flows.remove(row)
    }
    if (own.size > 0) throw new Error(`context ${ctx} lost ${own.size} flows`)
  }
  t.equal(flows.first(100_000), -1, 'a context that never had one')
  const sessionless = table.add(-5, 1, 1, 1, tcp4)
  flows.remove(sessionless)
})
