/** Reassembly of inner and outer fragments: order, duplicates, overlaps, what never completes. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketFlag, PacketKind } from '../../src/dissect/packet-view.js'
import { hex } from '../helpers/hex.js'
import {
  batchOf,
  type Capture,
  dissect,
  ethernet,
  filler,
  fragment6,
  gtpu,
  ipv4,
  ipv6,
  join,
  type Octets,
  type Outcome,
  seen,
  tcp,
  tunnelled,
  udp,
} from './frame.js'

const datagram = udp(40000, 9201, filler(92)) // 100 octets in all

/** Inner IPv4 fragment [from, to) of `datagram`, alone in a frame. */
function part(from: number, to: number, id = 7, of: Octets = datagram, teid = 1): Capture {
  const more = to < of.length
  return {
    octets: ethernet(tunnelled(ipv4(of.slice(from, to), { id, fragOff: from, more }), teid)),
  }
}

const first = part(0, 40)
const middle = part(40, 80)
const last = part(80, 100)

/** Of one datagram in three fragments. */
const whole = {
  kind: PacketKind.User,
  src: '100.64.0.1',
  dst: '10.0.0.172',
  protocol: 17,
  srcPort: 40000,
  dstPort: 9201,
  octets: 160,
  packets: 3,
  flags: PacketFlag.Reassembled,
  fragOff: 0,
  teid: 1,
  payload: filler(92),
  payloadLen: 92,
}

t.test('any order', async t => {
  const orders = [
    [first, middle, last],
    [first, last, middle],
    [middle, first, last],
    [middle, last, first],
    [last, first, middle],
    [last, middle, first],
  ]
  for (const order of orders) {
    const { kinds, views, faults } = dissect(order)
    t.strictSame(kinds, [PacketKind.None, PacketKind.None, PacketKind.User])
    t.match(views, [{ ...whole, frame: 3, timeUs: 2 }])
    t.strictSame(faults, {})
  }
})

t.test('duplicates are charge units of the same datagram', async t => {
  const { views, faults } = dissect([first, first, middle, middle, last])
  t.match(views, [{ ...whole, packets: 5, octets: 280 }])
  t.strictSame(faults, {}, 'the same octets again are no fault')
})

t.test('a duplicate behind the completed datagram inherits its ports', async t => {
  const { kinds, views, faults } = dissect([first, middle, last, last])
  t.strictSame(kinds.slice(2), [PacketKind.User, PacketKind.User])
  const late = {
    srcPort: 40000,
    dstPort: 9201,
    octets: 40,
    packets: 1,
    fragOff: 80,
    payloadLen: 20,
  }
  t.match(views[1], { ...late, flags: PacketFlag.Fragment, payload: { length: 0 } })
  t.strictSame(faults, {})
  const old = dissect([first, middle, last, { ...last, timeUs: 30_000_004 }])
  t.match(old.views[1], { srcPort: 0, flags: PacketFlag.Fragment | PacketFlag.NoPorts })
})

t.test('overlaps: the octets that came first are kept', async t => {
  const other = join(datagram.slice(0, 32), filler(68, 99))
  const same = dissect([first, part(24, 80), last])
  t.match(same.views, [{ ...whole, octets: 176 }])
  t.strictSame(same.faults, {})
  const differs = dissect([first, part(24, 80, 7, other), last])
  const mixed = join(datagram.slice(8, 40), other.slice(40, 80), datagram.slice(80))
  t.match(differs.views, [{ ...whole, octets: 176, payload: mixed }])
  t.strictSame(differs.faults, { 'inner-reassembly/bad-value': 1 })
  const islands = dissect([part(8, 16), part(24, 32), part(40, 48), part(0, 80), last])
  t.match(islands.views, [{ ...whole, packets: 5, octets: 3 * 28 + 100 + 40 }])
  t.strictSame(islands.faults, {})
  const inside = dissect([part(0, 80), part(32, 48, 7, other), last])
  t.match(inside.views, [{ ...whole, octets: 176, payload: filler(92) }])
  t.strictSame(inside.faults, { 'inner-reassembly/bad-value': 1 })
})

t.test('two datagrams interleaved, and one identification in two tunnels', async t => {
  const other = udp(40001, 53, filler(92, 1))
  const two = dissect([first, part(0, 80, 8, other), last, part(80, 100, 8, other), middle])
  t.match(two.views, [{ dstPort: 53, packets: 2, payload: filler(92, 1) }, whole])
  const tunnels = dissect([part(0, 80), part(0, 80, 7, other, 2), last, part(80, 100, 7, other, 2)])
  t.match(tunnels.views, [
    { dstPort: 9201, teid: 1 },
    { dstPort: 53, teid: 2 },
  ])
})

t.test('what never completes is accounted for once', async t => {
  const lost = (frames: Capture[], want: object): void => {
    const { views, faults } = dissect(frames)
    t.match(views, [{ kind: PacketKind.User, ...want }])
    t.strictSame(faults, { 'inner-reassembly/incomplete': 1 })
  }
  const headed = { srcPort: 40000, dstPort: 9201, fragOff: 0, flags: PacketFlag.Fragment }
  lost([first, middle], { ...headed, packets: 2, octets: 120, payloadLen: 72 })
  lost([first, last], { ...headed, packets: 2, octets: 100, payloadLen: 52 })
  lost([first], { ...headed, packets: 1, octets: 60, payload: filler(92).slice(0, 32) })
  const headless = { srcPort: 0, flags: PacketFlag.Fragment | PacketFlag.NoPorts }
  lost([middle, last], { ...headless, packets: 2, octets: 100, fragOff: 40, payloadLen: 60 })
})

t.test('the first octets of an unfinished datagram can still be read', async t => {
  const request = join(hex('474554202f20'), filler(3000))
  const segment = tcp(40000, 80, request)
  const packet = ipv4(segment.slice(0, 1400), { protocol: 6, more: true })
  const { views } = dissect([{ octets: ethernet(tunnelled(packet)) }])
  t.match(views, [{ srcPort: 40000, dstPort: 80, payloadLen: 1380, flags: PacketFlag.Fragment }])
  t.strictSame(views[0]?.payload, segment.slice(20, 512), 'as much of it as is kept')
})

t.test('fragments that lie', async t => {
  const odd = dissect([part(0, 33), last])
  t.match(odd.views, [{ packets: 2, octets: 53 + 40, srcPort: 40000 }])
  t.match(odd.faults, { 'inner-reassembly/bad-length': 1, 'inner-reassembly/incomplete': 1 })
  const second = dissect([first, last, part(40, 100, 7, datagram.slice(0, 100)), middle])
  t.match(second.views, [
    { packets: 3, octets: 60 + 40 + 80 },
    { packets: 1, srcPort: 40000 },
  ])
  const shorter = dissect([first, last, part(40, 64, 7, datagram.slice(0, 64)), middle])
  t.match(shorter.views, [{ ...whole, packets: 4, octets: 160 + 44 }], 'two ends: the first holds')
  t.strictSame(shorter.faults, { 'inner-reassembly/bad-length': 1 })
  const beyond = dissect([part(80, 100), part(96, 112, 7, filler(200)), first, middle])
  t.match(beyond.views, [{ ...whole, packets: 4, octets: 160 + 36 }])
  const empty = dissect([first, part(40, 40), middle, last])
  t.match(empty.views, [{ ...whole, packets: 4, octets: 180 }])
  const death = { octets: ethernet(tunnelled(ipv4(filler(64), { id: 9, fragOff: 65528 }))) }
  t.match(dissect([death]).views, [{ octets: 84, flags: PacketFlag.Fragment | PacketFlag.NoPorts }])
  t.match(dissect([death]).faults, { 'inner-reassembly/bad-length': 1 }, 'ping of death')
})

t.test('IPv6', async t => {
  const frame = (from: number, to: number, next = 17): Capture => ({
    octets: ethernet(
      tunnelled(ipv6(fragment6(datagram.slice(from, to), next, from, to < 100), 44), 1),
    ),
  })
  const { views } = dissect([frame(80, 100), frame(0, 80)])
  t.match(views, [{ ...whole, src: '2001:db8::1', dst: '2001:db8::ac', packets: 2, octets: 196 }])
  const atomic = ethernet(tunnelled(ipv6(fragment6(datagram, 17, 0, false), 44)))
  t.match(dissect([{ octets: atomic }]).views, [
    { packets: 1, octets: 148, flags: 0, srcPort: 40000 },
  ])
  // destination options begin the fragmentable part: the port is behind them, in the datagram
  const optioned = join(hex('11 00 0104 00000000'), datagram)
  const piece = (from: number, to: number): Capture => ({
    octets: ethernet(
      tunnelled(ipv6(fragment6(optioned.slice(from, to), 60, from, to < optioned.length), 44)),
    ),
  })
  t.match(dissect([piece(0, 8), piece(8, 108)]).views, [{ protocol: 17, srcPort: 40000 }])
  const late = dissect([piece(0, 8), piece(8, 108), piece(8, 108)])
  t.match(late.views[1], { protocol: 17, srcPort: 40000, fragOff: 8 })
})

t.test('a fragment within a datagram of fragments is not read further', async t => {
  const nested = fragment6(datagram, 17, 8, true, 2)
  const piece = (from: number, to: number): Capture => ({
    octets: ethernet(tunnelled(ipv6(fragment6(nested.slice(from, to), 44, from, to < 108), 44))),
  })
  const { views } = dissect([piece(0, 48), piece(48, 108)])
  t.match(views, [{ packets: 2, protocol: 44, srcPort: 0, fragOff: 0 }])
})

t.test('inner fragments within outer fragments', async t => {
  const big = udp(40000, 9201, filler(2000))
  const frames = [0, 1480].flatMap((from, n) => {
    const inner = ipv4(big.slice(from, from + 1480), { id: 7, fragOff: from, more: n === 0 })
    const message = udp(2152, 2152, gtpu(inner, 1))
    return [0, 400].map(at => ({
      octets: ethernet(
        ipv4(message.slice(at, at === 0 ? 400 : 3000), { id: n, fragOff: at, more: at === 0 }),
      ),
    }))
  })
  const { kinds, views, faults } = dissect(frames)
  t.strictSame(kinds, [0, 0, 0, PacketKind.User])
  t.match(views, [{ ...whole, packets: 2, octets: 2048, payload: filler(2000), payloadLen: 2000 }])
  t.strictSame(faults, {})
})

function outer(from: number, to: number, of = datagram): Capture {
  return {
    octets: ethernet(ipv4(of.slice(from, to), { id: 7, fragOff: from, more: to < of.length })),
  }
}

t.test('plain IP', async t => {
  const plain = { plainIp: true }
  const done = dissect([outer(0, 40), outer(40, 100)], plain)
  t.match(done.views, [{ kind: PacketKind.Plain, packets: 2, octets: 140, dstPort: 9201 }])
  const lost = dissect([outer(0, 40)], plain)
  t.match(lost.views, [{ kind: PacketKind.Plain, packets: 1, octets: 60, dstPort: 9201 }])
  const quiet = dissect([outer(0, 40)])
  t.strictSame(quiet.views, [])
  t.strictSame(quiet.faults, { 'ip-reassembly/incomplete': 1 })
  const late = dissect([outer(0, 40), outer(40, 100), outer(40, 100)], plain)
  t.match(late.views[1], { kind: PacketKind.Plain, packets: 1, octets: 80, dstPort: 9201 })
  const tunnel = udp(2152, 2152, filler(92))
  const piece = dissect(
    [outer(0, 40, tunnel), outer(40, 100, tunnel), outer(40, 100, tunnel)],
    plain,
  )
  t.strictSame(piece.kinds.slice(2), [PacketKind.None], "a tunnel's fragment is no charge unit")
  t.strictSame(dissect([outer(0, 40, tunnel)], plain).views, [])
})

/** `n` datagrams of which only the first fragment comes. */
const flood = (n: number): Capture[] => Array.from({ length: n }, (_, id) => part(0, 40, id))

function bounded(frames: Capture[], datagrams: number, octets = 1 << 20): Outcome {
  return dissect(frames, { plainIp: false, reassembly: { datagrams, octets, ageUs: 30_000_000 } })
}

t.test('a bound on datagrams: the oldest is shown in the frame that pushes it out', async t => {
  const { kinds, views, faults } = bounded(flood(100), 16)
  t.strictSame(kinds, [
    ...new Array(16).fill(PacketKind.None),
    ...new Array(84).fill(PacketKind.User),
  ])
  t.strictSame(
    views.map(view => [view.frame, view.timeUs, view.packets, view.octets, view.dstPort]),
    Array.from({ length: 100 }, (_, i) => [i + 1, i, 1, 60, 9201]),
  )
  t.strictSame(faults, { 'inner-reassembly/limit': 84, 'inner-reassembly/incomplete': 16 })
  const newest = bounded([...flood(100), part(40, 100, 99)], 16)
  t.match(newest.views[84], { packets: 2, flags: PacketFlag.Reassembled }, 'the newest was kept')
})

t.test('a bound on octets', async t => {
  const big = udp(40000, 9201, filler(60000))
  const frames = Array.from({ length: 64 }, (_, id) => part(0, 1400, id, big))
  const fat = Array.from({ length: 40 }, (_, i) => part(1400 * i, 1400 * (i + 1), 100, big))
  const { views, faults } = bounded([...frames, ...frames, ...fat, ...fat], 4096, 1)
  let packets = 0
  let octets = 0
  for (const view of views) {
    packets += view.packets
    octets += view.octets
  }
  t.equal(packets, 64 * 2 + 40 * 2)
  t.equal(octets, packets * 1420)
  t.equal(faults['inner-reassembly/limit'] ?? 0, 0, '256 KiB hold these')
  const spread = Array.from({ length: 250 }, (_, id) => part(0, 1400, id, big))
  const pushed = bounded([...spread, part(1400, 60008, 249, big)], 4096, 1)
  t.ok((pushed.faults['inner-reassembly/limit'] ?? 0) > 50, 'the ring gave the oldest up')
  const done = pushed.views.filter(view => view.flags === PacketFlag.Reassembled)
  t.match(done, [{ packets: 2, payload: filler(60000) }], 'the newest completed')
  t.equal(
    pushed.views.reduce((sum, view) => sum + view.packets, 0),
    251,
  )
})

t.test('a bound on fragments of one datagram, and on pieces', async t => {
  const big = udp(40000, 9201, filler(8 * 400 - 8))
  const slivers = Array.from({ length: 400 }, (_, i) => part(8 * i, 8 * i + 8, 7, big))
  const many = dissect(slivers)
  t.match(many.views, [{ packets: 400, octets: 400 * 28, srcPort: 40000 }])
  t.strictSame(many.faults, { 'inner-reassembly/limit': 144, 'inner-reassembly/incomplete': 1 })
  const holes = slivers.filter((_, i) => i % 2 === 1).slice(0, 20)
  const over = dissect([...holes, part(0, 400, 7, big)])
  t.match(over.views, [{ packets: 21 }])
  t.strictSame(over.faults, { 'inner-reassembly/limit': 1, 'inner-reassembly/incomplete': 1 })
})

t.test('age: the packet clock expires a group before its late fragment', async t => {
  const dissector = new Dissector({ plainIp: false })
  const s = 1_000_000
  const batch = batchOf([
    { ...first, timeUs: s },
    { ...middle, timeUs: 2 * s },
    { ...last, timeUs: 32 * s },
  ])
  t.equal(dissector.dueUs, Infinity)
  dissector.decode(batch, 0)
  t.equal(dissector.dueUs, 31 * s)
  t.equal(dissector.expired(31 * s), PacketKind.None, 'not yet')
  dissector.decode(batch, 1)
  t.equal(dissector.decode(batch, 2), PacketKind.User, 'its own frame shows the old group')
  t.match(seen(dissector), { frame: 2, timeUs: 2 * s, packets: 2, srcPort: 40000 })
  t.equal(dissector.dueUs, 62 * s)
  t.equal(dissector.expired(62 * s + 1), PacketKind.User)
  t.match(seen(dissector), { frame: 3, packets: 1, srcPort: 0, fragOff: 80 })
  t.equal(dissector.expired(Infinity), PacketKind.None)
})
