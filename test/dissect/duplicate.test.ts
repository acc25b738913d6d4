/** Packets that a capture holds from two points: rules.md 2.2. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { hex } from '../helpers/hex.js'
import {
  batchOf,
  ethernet,
  filler,
  gtpu,
  ipv4,
  ipv6,
  join,
  type Octets,
  tcp,
  udp,
} from './frame.js'

interface Seen {
  octets: Octets
  timeUs?: number
  iface?: number
}

const { User, Plain, Duplicate, None } = PacketKind

/** What `decode` says of each frame. */
function kinds(frames: readonly Seen[], plainIp = false, dedupe: 'auto' | 'off' = 'auto') {
  const dissector = new Dissector({ plainIp, dedupe })
  const batch = batchOf(frames)
  return frames.map((frame, i) => {
    batch.iface[i] = frame.iface ?? 0
    return dissector.decode(batch, i)
  })
}

function packet(id: number, ttl = 64, payload = filler(40)): Octets {
  const inner = ipv4(udp(5000, 53, payload), { id })
  inner[8] = ttl
  return inner
}

function inTunnel(inner: Octets, teid: number, from = 1, to = 2): Octets {
  return ipv4(udp(2152, 2152, gtpu(inner, teid)), {
    src: [192, 0, 2, from],
    dst: [192, 0, 2, to],
    id: teid,
  })
}

function tagged(vlan: number, ip: Octets): Octets {
  return join(hex('020000000002 020000000001 8100'), [vlan >> 8, vlan & 255, 8, 0], ip)
}

t.test('another tunnel is another point where a session has tunnels on both sides', async t => {
  const tunnels = [inTunnel(packet(1), 1, 1, 2), inTunnel(packet(1), 2, 2, 3)]
  const both = tunnels.map(inner => ({ octets: ethernet(inner) }))
  t.strictSame(kinds(both), [User, User], 'two subscribers with one address')
  const dissector = new Dissector({ plainIp: false, dedupe: 'auto' })
  dissector.duplicates.expectTunnels()
  const batch = batchOf(both)
  const seen = both.map((_, i) => dissector.decode(batch, i))
  t.strictSame(seen, [User, Duplicate], 'S1-U and S5')
  const pair = batchOf([1, 2].map(teid => ({ octets: ethernet(inTunnel(packet(2), teid)) })))
  const two = [0, 1].map(i => dissector.decode(pair, i))
  t.strictSame(two, [User, User], 'two subscribers with one address between the same nodes')
})

t.test('another interface or VLAN is another point', async t => {
  const one = ethernet(inTunnel(packet(1), 0xf0000001))
  t.strictSame(kinds([{ octets: one }, { octets: one, iface: 1 }]), [User, Duplicate])
  const vlans = [10, 20, 10, 20].map(vlan => tagged(vlan, inTunnel(packet(1), 1)))
  t.strictSame(kinds(vlans.slice(0, 2).map(octets => ({ octets }))), [User, Duplicate])
  t.strictSame(kinds([{ octets: one }, { octets: one, iface: 1 }], false, 'off'), [User, User])
})

t.test('at the same point it was sent again', async t => {
  const one = ethernet(inTunnel(packet(1), 1))
  t.strictSame(kinds([{ octets: one }, { octets: one }]), [User, User])
  const other = { octets: one, iface: 1 }
  t.strictSame(
    kinds([{ octets: one }, other, { octets: one }, other]),
    [User, Duplicate, User, Duplicate],
    'sent twice, seen twice',
  )
})

t.test('after 50 ms it is another packet', async t => {
  const octets = ethernet(inTunnel(packet(1), 1))
  const at = (timeUs: number) => kinds([{ octets }, { octets, iface: 1, timeUs }])[1]
  t.equal(at(50_000), Duplicate)
  t.equal(at(50_001), User)
  const late = [
    { octets, timeUs: 2 ** 32 - 10 },
    { octets, iface: 1, timeUs: 2 ** 32 + 10 },
  ]
  t.strictSame(kinds(late), [User, Duplicate], 'where the low 32 bits of the time go round')
})

t.test('Gn and Gi: a hop changes TTL and checksum', async t => {
  const inner = packet(1)
  const onGi = packet(1, 63)
  onGi.set([0x12, 0x34], 10)
  const up = [{ octets: ethernet(inTunnel(inner, 1)) }, { octets: ethernet(onGi) }]
  t.strictSame(kinds(up, true), [User, Duplicate])
  t.strictSame(kinds(up.toReversed(), true), [Plain, Duplicate])
  t.strictSame(kinds(up, false), [User, Plain], 'plain packets are no charge units')
})

t.test('from one subscriber to another: both pay', async t => {
  const up = ethernet(inTunnel(packet(1), 1, 1, 2))
  const down = ethernet(inTunnel(packet(1, 63), 2, 2, 1))
  t.strictSame(kinds([{ octets: up }, { octets: down }]), [User, User])
})

t.test('another packet of the same conversation', async t => {
  const different: [string, Octets, Octets][] = [
    ['IP identification', packet(1), packet(2)],
    ['length', packet(0), packet(0, 64, filler(41))],
    ['payload', packet(0), packet(0, 64, filler(40, 9))],
    [
      'TCP numbers',
      ipv6(tcp(1, 80, filler(9)), 6),
      ipv6(
        tcp(1, 80, filler(9)).map((octet, i) => (i === 7 ? octet + 9 : octet)),
        6,
      ),
    ],
    ['address', ipv6(udp(1, 53, filler(9)), 17, 1), ipv6(udp(1, 53, filler(9)), 17, 2)],
  ]
  for (const [name, a, b] of different) {
    const frames = [a, b].map((inner, iface) => ({ octets: ethernet(inTunnel(inner, 1)), iface }))
    t.strictSame(kinds(frames), [User, User], name)
  }
  const octets = ethernet(inTunnel(ipv6(udp(1, 53, filler(9)), 17), 1))
  const same = [0, 1].map(iface => ({ octets, iface }))
  t.strictSame(kinds(same), [User, Duplicate], 'IPv6 without any id')
})

t.test('fragments, inner and outer', async t => {
  const whole = udp(5000, 53, filler(600))
  const part = (off: number, end: number, more: boolean) =>
    ipv4(whole.subarray(off, end), { id: 9, fragOff: off, more })
  const parts = [part(0, 320, true), part(320, 608, false)]
  const inner = parts.flatMap(inner =>
    [0, 1].map(iface => ({ octets: ethernet(inTunnel(inner, 1)), iface })),
  )
  t.strictSame(kinds(inner), [None, Duplicate, User, Duplicate])
  const plain = parts.flatMap(ip => [0, 1].map(iface => ({ octets: ethernet(ip), iface })))
  t.strictSame(kinds(plain, true), [None, Duplicate, Plain, Duplicate])
  const outer = inTunnel(packet(1, 64, filler(600)), 1)
  const pieces = [0, 1].map(n => {
    const [off, end] = n === 0 ? [0, 400] : [400, outer.length - 20]
    return ipv4(outer.subarray(20 + off, 20 + end), {
      src: [192, 0, 2, 1],
      dst: [192, 0, 2, 2],
      id: 5,
      fragOff: off,
      more: n === 0,
    })
  })
  const twice = [0, 1].flatMap(iface => pieces.map(ip => ({ octets: ethernet(ip), iface })))
  t.strictSame(kinds(twice), [None, User, None, Duplicate])
  const mixed = pieces.flatMap(ip => [0, 1].map(iface => ({ octets: ethernet(ip), iface })))
  t.strictSame(kinds(mixed), [None, None, User, None])
})

t.test('the snap length may differ from point to point', async t => {
  const inner = ipv4(tcp(40000, 80, filler(900)), { protocol: 6 })
  const octets = ethernet(inTunnel(inner, 1))
  const dissector = new Dissector({ plainIp: true, dedupe: 'auto' })
  const batch = batchOf([{ octets, snap: 96 }, { octets: ethernet(inner) }])
  t.strictSame([dissector.decode(batch, 0), dissector.decode(batch, 1)], [User, Duplicate])
})

t.test('one point: watched for a while, then no more', async t => {
  const dissector = new Dissector({ plainIp: false, dedupe: 'auto' })
  const batch = batchOf([{ octets: ethernet(inTunnel(packet(1), 1)) }])
  for (let n = 0; n < 8192; n++) {
    if (!dissector.duplicates.watching) t.fail(`not watched at ${n}`)
    dissector.decode(batch, 0)
  }
  t.notOk(dissector.duplicates.watching)
  batch.iface[0] = 1
  t.equal(dissector.decode(batch, 0), User)
  dissector.duplicates.watch(true)
  batch.timeUs[0] = 1e6
  dissector.decode(batch, 0)
  dissector.duplicates.watch(false)
  t.notOk(dissector.duplicates.watching, 'the other file went on alone')
  dissector.duplicates.expect()
  dissector.duplicates.watch(false)
  t.ok(dissector.duplicates.watching, 'a second point stays')
})

t.test('a second interface among the first packets is a sign', async t => {
  const dissector = new Dissector({ plainIp: false, dedupe: 'auto' })
  const batch = batchOf([{ octets: ethernet(inTunnel(packet(1), 1)) }])
  for (let n = 0; n < 9000; n++) {
    batch.iface[0] = n & 1
    dissector.decode(batch, 0)
  }
  t.ok(dissector.duplicates.watching)
})

t.test('more packets in 50 ms than there is room for: some come twice, none is lost', async t => {
  const dissector = new Dissector({ plainIp: false, dedupe: 'auto' })
  dissector.duplicates.expect()
  const batch = batchOf([{ octets: ethernet(inTunnel(packet(1), 1)) }])
  const idOff = 14 + 20 + 8 + 8 + 4
  const count = (iface: number): number => {
    let users = 0
    batch.iface[0] = iface
    for (let n = 0; n < 120_000; n++) {
      batch.block[idOff] = n >> 8
      batch.block[idOff + 1] = n & 255
      // the source port has the high bits
      batch.block[idOff + 17] = n >> 16
      if (dissector.decode(batch, 0) === User) users++
    }
    return users
  }
  t.equal(count(0), 120_000)
  const again = count(1)
  t.ok(again > 0 && again <= 120_000)
})
