/** The arithmetic of slices and accounts: integers that sum up to B(p), and counters that are carried over
 * when the current account changes. Rules.md 2.7, 2.8, 2.13. */

import t from 'tap'
import { PacketView } from '../../src/dissect/packet-view.js'
import { Accounts, down, up } from '../../src/flow/accounts.js'
import { Direction } from '../../src/flow/flow-detail.js'
import { FlowTable } from '../../src/flow/flow-table.js'
import { SliceList } from '../../src/flow/slice-list.js'
import { SliceClass } from '../../src/flow/slice-policy.js'
import {
  addPending,
  maxPendingOctets,
  maxPendingSegments,
  TcpHoles,
  takePending,
} from '../../src/flow/tcp-pending.js'
import { Transaction } from '../../src/flow/transaction.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'

const { Request, Response } = SliceClass

function slicesOf(...octets: number[]): SliceList {
  const slices = new SliceList()
  for (const count of octets) slices.add(new Transaction(), Request, count)
  return slices
}

const shares = (slices: SliceList) => [...slices.octets.subarray(0, slices.count)]

t.test('the headers go to the first, to the last, or by length', async t => {
  for (const [policy, want] of [
    ['first', [140, 300]],
    ['last', [100, 340]],
    ['proportional', [110, 330]],
  ] as const) {
    const slices = slicesOf(100, 300)
    slices.share(40, { headerShare: policy, split: 'slices' })
    t.strictSame(shares(slices), want, policy)
  }
})

t.test('proportional: largest remainder, ties to the earlier slice', async t => {
  // 40 * 1/3 each: 13 and a third three times; the octet left goes to the first
  const thirds = slicesOf(10, 10, 10)
  thirds.share(40, { headerShare: 'proportional', split: 'slices' })
  t.strictSame(shares(thirds), [24, 23, 23])
  // 40/7: 5.71 and 34.28
  const sevenths = slicesOf(1, 6)
  sevenths.share(40, { headerShare: 'proportional', split: 'slices' })
  t.strictSame(shares(sevenths), [1 + 6, 6 + 34])
  const nothing = slicesOf(0, 0)
  nothing.share(40, { headerShare: 'proportional', split: 'slices' })
  t.equal(shares(nothing)[0]! + shares(nothing)[1]!, 40, 'no payload at all: still 40')
})

t.test('a packet that is not cut goes whole with its first slice', async t => {
  const slices = slicesOf(100, 300)
  slices.share(40, { headerShare: 'last', split: 'whole-packet-first' })
  t.strictSame(shares(slices), [440])
})

t.test('whatever the slices, their sum is B(p)', async () => {
  const random = new Xorshift32(1)
  for (let n = 0; n < 5000; n++) {
    const parts = Array.from({ length: 1 + random.below(9) }, () => random.below(1500))
    const header = 20 + random.below(100)
    const total = parts.reduce((sum, part) => sum + part, header)
    for (const policy of ['first', 'last', 'proportional'] as const) {
      const slices = slicesOf(...parts)
      slices.share(header, { headerShare: policy, split: 'slices' })
      const sum = shares(slices).reduce((all, part) => all + part, 0)
      if (sum !== total || !shares(slices).every((part, i) => part >= parts[i]!)) {
        throw new Error(`${policy} of ${parts} and ${header}: ${shares(slices)}`)
      }
    }
  }
})

t.test(
  'neighbours of one account and class are one slice; more than fit go to the last',
  async t => {
    const slices = new SliceList()
    const [a, b] = [new Transaction(), new Transaction()]
    slices.add(a, Request, 1)
    slices.add(a, Request, 2)
    slices.add(a, Response, 3)
    slices.add(b, Response, 4)
    slices.add(a, Response, 5)
    t.strictSame(shares(slices), [3, 3, 4, 5])
    slices.clear()
    for (let n = 0; n < 1000; n++) slices.add(n % 2 ? a : b, Request, 1)
    t.equal(slices.count, 256)
    t.equal(
      shares(slices).reduce((sum, part) => sum + part, 0),
      1000,
    )
  },
)

t.test(
  'accounts: the current one has its counters in the row until another takes its place',
  async t => {
    const table = new FlowTable(64)
    const accounts = new Accounts(table)
    const row = table.add(1, 2, 3, 4, 6)
    const [a, b] = [new Transaction(), new Transaction()]
    accounts.put(row, a, Request, up, 1, 100, 7, 1000)
    accounts.put(row, a, Response, down, 1, 1500, 8, 2000)
    t.equal(a.octets, 0, 'still in the row')
    t.match(a, { firstFrame: 7, firstUs: 1000, lastUs: 2000 })
    accounts.put(row, b, Request, up, 1, 50, 9, 3000)
    t.match(a, { upPackets: 1, upOctets: 100, downPackets: 1, downOctets: 1500 })
    accounts.flush(row)
    accounts.flush(row)
    t.match(b, { upPackets: 1, upOctets: 50, downPackets: 0 }, 'carried over once')
  },
)

function segmentOf(octets: number, frame = 1): PacketView {
  const view = new PacketView()
  view.buf = new Uint8Array(octets).fill(frame)
  view.payloadEnd = octets
  view.payloadLen = octets
  view.octets = octets + 40
  view.frame = frame
  return view
}

const holes = new TcpHoles(1 << 24)

t.test('what waits behind a hole: in order of sequence across the wrap, within bounds', async t => {
  const direction = new Direction()
  for (const seq of [0x7fff_fff0, -0x7fff_ff00, 0x7fff_ffff, -0x8000_0000]) {
    t.ok(addPending(direction, segmentOf(8), seq, 0, holes))
  }
  t.strictSame(
    direction.pending.map(one => one.seq >>> 0),
    [0x7fff_fff0, 0x7fff_ffff, 0x8000_0000, 0x8000_0100],
  )
  t.equal(takePending(direction, 0x7fff_ffe0, holes), undefined, 'the hole is still there')
  t.equal(takePending(direction, 0x7fff_fff0, holes)?.seq, 0x7fff_fff0)
  t.equal(direction.pendingOctets, 24)

  const many = new Direction()
  let held = 0
  while (addPending(many, segmentOf(1), held * 10, 0, holes)) held++
  t.equal(held, maxPendingSegments)
  const large = new Direction()
  held = 0
  while (addPending(large, segmentOf(60_000), held * 100_000, 0, holes)) held++
  t.ok(held * 60_000 <= maxPendingOctets && (held + 1) * 60_000 > maxPendingOctets)
})

t.test('a copy is kept: the frame is gone when its turn comes', async t => {
  const direction = new Direction()
  const view = segmentOf(4, 5)
  addPending(direction, view, 100, 0, holes)
  view.buf.fill(0)
  t.strictSame([...(takePending(direction, 100, holes)?.data ?? [])], [5, 5, 5, 5])
})
