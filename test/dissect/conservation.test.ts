/** Charge units are conserved: whatever fragments come, in whatever order and with whatever bounds, the
 * packets and octets that come out are those that went in. And 200,000 mutated frames neither throw
 * nor point outside. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { xorshift } from '../wire-link/truncation.js'
import {
  batchOf,
  type Capture,
  ethernet,
  filler,
  fragment6,
  gtp0,
  gtpu,
  ip6Address,
  ipv4,
  ipv6,
  join,
  type Octets,
  tcp,
  tunnelled,
  udp,
} from './frame.js'

/** A soup of fragments of few datagrams: lost, doubled, overlapping, out of order, some damaged. */
function soup(next: () => number, frames: number): { frames: Capture[]; octets: number } {
  const captures: Capture[] = []
  let octets = 0
  for (let n = 0; n < frames; n++) {
    const from = 8 * (next() % 6)
    const to = from + (next() % 8 === 0 ? next() % 30 : 8 * (next() % 5))
    const more = next() % 4 !== 0
    const part = filler(100, next() % 16 === 0 ? 1 : 0).slice(from, to)
    const id = next() % 5
    const inner =
      next() % 3 === 0
        ? ipv6(fragment6(part, 17, from, more || from === 0, id), 44)
        : ipv4(part, { id, fragOff: from, more: more || from === 0 })
    octets += inner.length
    captures.push({ octets: ethernet(tunnelled(inner, next() % 2)), timeUs: n * 3_000_000 })
  }
  return { frames: captures, octets }
}

t.test('fragment soups', async t => {
  const next = xorshift(20141119)
  let wrong = 0
  let completed = 0
  for (let run = 0; run < 400; run++) {
    const { frames, octets } = soup(next, 40)
    const datagrams = 1 + (next() % 8)
    const reassembly = { datagrams, octets: 1, ageUs: 30_000_000 }
    const dissector = new Dissector({ plainIp: false, reassembly })
    const batch = batchOf(frames)
    let packets = frames.length
    let left = octets
    const account = (kind: number): void => {
      if (kind !== PacketKind.User) return
      packets -= dissector.view.packets
      left -= dissector.view.octets
      if (dissector.view.packets > 1) completed++
    }
    const drain = (nowUs: number): void => {
      let kind = dissector.expired(nowUs)
      for (; kind !== PacketKind.None; kind = dissector.expired(nowUs)) account(kind)
    }
    for (let i = 0; i < batch.count; i++) {
      account(dissector.decode(batch, i))
      if (next() % 8 === 0) drain(batch.timeUs[i]!)
    }
    drain(Infinity)
    if (packets !== 0 || left !== 0 || dissector.dueUs !== Infinity) wrong++
  }
  t.equal(wrong, 0)
  t.ok(completed > 100, `${completed} groups of several fragments`)
})

t.test('plain fragments are conserved too', async t => {
  const next = xorshift(7)
  let packets = 0
  let octets = 0
  const frames = Array.from({ length: 2000 }, (): Capture => {
    const from = 8 * (next() % 4)
    const packet = ipv4(filler(8 * (1 + (next() % 4))), {
      id: next() % 50,
      fragOff: from,
      more: next() % 2 === 0,
      protocol: 6,
    })
    octets += packet.length
    return { octets: ethernet(packet) }
  })
  const dissector = new Dissector({ plainIp: true })
  const batch = batchOf(frames)
  const add = (kind: number): boolean => {
    if (kind === PacketKind.None) return false
    packets += dissector.view.packets
    octets -= dissector.view.octets
    return true
  }
  for (let i = 0; i < batch.count; i++) add(dissector.decode(batch, i))
  let last = 0
  while (add(dissector.expired(Infinity))) last++
  t.equal(packets, 2000)
  t.equal(octets, 0)
  t.ok(last > 0)
})

const seeds: Octets[] = [
  ethernet(tunnelled(ipv4(tcp(40000, 80, filler(60)), { protocol: 6 }))),
  ethernet(tunnelled(ipv6(udp(40000, 53, filler(40)), 17))),
  ethernet(tunnelled(ipv4(filler(40), { fragOff: 8, more: true }))),
  ethernet(tunnelled(ipv6(fragment6(filler(40), 17, 0, true), 44))),
  ethernet(ipv6(udp(2152, 2152, gtpu(ipv4(udp(1, 2, filler(20))))), 17)),
  ethernet(ipv4(udp(3386, 3386, gtp0(ipv4(udp(1, 2, filler(20))))))),
  ethernet(ipv4(udp(2123, 2123, filler(40)))),
  join(filler(12), [0x81, 0, 0, 1, 0x88, 0x47, 0, 6, 0x41, 0x40], tunnelled(ipv4(filler(30)))),
  ethernet(ipv6(join([60, 0, 1, 4, 0, 0, 0, 0], ip6Address(1), filler(30)), 0)),
]
const linkTypes = [1, 1, 1, 1, 1, 1, 0, 12, 14, 101, 108, 113, 228, 229, 276, 5]

t.test('200,000 mutated frames', async t => {
  const next = xorshift(0x0a0000ac)
  const dissector = new Dissector({ plainIp: true })
  const kinds = new Array<number>(8).fill(0)
  const perBatch = 100
  let outside = 0
  for (let n = 0; n < 200_000; n += perBatch) {
    const batch = batchOf(
      Array.from({ length: perBatch }, () => {
        const octets = seeds[next() % seeds.length]!.slice()
        for (let m = next() % 4; m > 0; m--) octets[next() % octets.length] = next()
        const snap = next() % 4 === 0 ? next() % (octets.length + 1) : octets.length
        const raw = linkTypes[next() % linkTypes.length]!
        return { octets, snap, timeUs: n * 1000, linkType: raw }
      }),
    )
    for (let i = 0; i < perBatch; i++) {
      const kind = dissector.decode(batch, i)
      kinds[kind] = kinds[kind]! + 1
      if (!inside(dissector, batch.off[i]!, batch.off[i]! + batch.caplen[i]!, batch.block))
        outside++
    }
  }
  t.equal(outside, 0)
  // nobody looks for copies here
  kinds.splice(PacketKind.Duplicate, 1)
  t.notOk(kinds.includes(0), `every kind occurs: ${kinds.join()}`)
})

/** Whether what the view points at lies in the frame, or in a reassembled datagram's buffer. */
function inside(dissector: Dissector, off: number, end: number, block: Octets): boolean {
  const { view } = dissector
  if (view.kind === PacketKind.None) return true
  const from = view.buf === block ? off : 0
  const to = view.buf === block ? end : view.buf.length
  const within = (at: number, octets: number): boolean => at >= from && at + octets <= to
  const outer = view.outerVersion === 6 ? 16 : 4
  if (view.outerVersion !== 0) {
    if (!within(view.outerSrcOff, outer) || !within(view.outerDstOff, outer)) return false
  }
  const signals: readonly number[] = [
    PacketKind.GtpControl,
    PacketKind.GtpUserSignal,
    PacketKind.GtpPrime,
  ]
  if (signals.includes(view.kind)) {
    return within(view.gtpOff, view.gtpEnd - view.gtpOff) && view.gtpEnd >= view.gtpOff
  }
  if (view.kind === PacketKind.Opaque) return true
  const inner = view.version === 6 ? 16 : 4
  if (!within(view.srcOff, inner) || !within(view.dstOff, inner)) return false
  if (view.tidOff >= 0 && !within(view.tidOff, 8)) return false
  const captured = view.payloadEnd - view.payloadOff
  if (captured < 0 || captured > view.payloadLen) return false
  if (view.payloadLen > view.octets || view.packets < 1) return false
  return within(view.payloadOff, captured)
}
