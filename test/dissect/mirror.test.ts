/** Frames that a switch or a cloud mirrored over IP: dissected as if they were the frames. */

import t from 'tap'
import { PacketFlag, PacketKind } from '../../src/dissect/packet-view.js'
import { hex } from '../helpers/hex.js'
import {
  dissect,
  ethernet,
  filler,
  gtpu,
  ipv4,
  ipv6,
  join,
  one,
  tcp,
  tunnelled,
  udp,
} from './frame.js'

const inner = ipv4(tcp(40000, 80, hex('474554202f')), { protocol: 6 })
const frame = ethernet(tunnelled(inner))
const wanted = {
  kind: PacketKind.User,
  src: '100.64.0.1',
  dst: '10.0.0.172',
  srcPort: 40000,
  octets: 45,
  packets: 1,
  flags: 0,
  teid: 0xf0000001,
  payload: hex('474554202f'),
}
const switches = { src: [198, 51, 100, 1], dst: [198, 51, 100, 2] }

function gre(text: string, payload: Uint8Array): Uint8Array {
  return ipv4(join(hex(text), payload), { ...switches, protocol: 47 })
}

function vxlan(payload: Uint8Array, header = '08000000 00006400', port = 4789): Uint8Array {
  return ipv4(udp(54321, port, join(hex(header), payload)), switches)
}

const mirrors: [string, Uint8Array][] = [
  ['GRE, IP', gre('0000 0800', tunnelled(inner))],
  ['GRE, Ethernet, key and sequence', gre('3000 6558 00000001 00000002', frame)],
  ['GRE, MPLS', gre('0000 8847', join(hex('00064140'), tunnelled(inner)))],
  ['NVGRE', gre('2000 6558 00640001', frame)],
  ['ERSPAN I', gre('0000 88be', frame)],
  ['ERSPAN II', gre('1000 88be 00000001 10640001 00000000', frame)],
  ['ERSPAN III', gre('1000 22eb 00000001 20640001 00000000 0000 0000', frame)],
  ['ERSPAN III, IP', gre('1000 22eb 00000001 20640001 00000000 0000 0800', tunnelled(inner))],
  ['VXLAN', vxlan(frame)],
  ['VXLAN-GPE', vxlan(frame, '0c000003 00006400', 4790)],
  ['VXLAN-GPE, IP', vxlan(tunnelled(inner), '0c000001 00006400', 4790)],
  ['VXLAN in ERSPAN', gre('1000 88be 00000001 10640001 00000000', ethernet(vxlan(frame)))],
  ['VLAN in VXLAN', vxlan(join(hex('020000000002 020000000001 8100 0064 0800'), tunnelled(inner)))],
]

t.test('every mirror leads to the same packet', async t => {
  for (const [name, packet] of mirrors) {
    const { views, faults } = one(ethernet(packet))
    t.match(views, [wanted], name)
    t.strictSame(faults, {}, name)
  }
  const over6 = ipv6(join(hex('0000 88be'), frame), 47)
  t.match(one(ethernet(over6)).views, [wanted], 'over IPv6')
})

t.test('fragments of a mirror, and of the packet in it', async t => {
  const big = ipv4(udp(1, 9201, filler(1400)))
  const whole = ipv4(
    udp(54321, 4789, join(hex('08000000 00006400'), ethernet(tunnelled(big)))),
    switches,
  )
  const piece = (from: number, to: number, more: boolean) =>
    ethernet(ipv4(whole.subarray(20 + from, 20 + to), { ...switches, fragOff: from, more, id: 7 }))
  const frames = [piece(0, 1200, true), piece(1200, whole.length - 20, false)]
  for (const order of [frames, frames.toReversed()]) {
    const { kinds, views } = dissect(order.map(octets => ({ octets })))
    t.strictSame(kinds, [PacketKind.None, PacketKind.User])
    t.match(views, [{ octets: 1428, packets: 1, payload: filler(1400), flags: 0 }])
  }
  t.strictSame(
    dissect([...frames, frames[1]!].map(octets => ({ octets }))).kinds,
    [PacketKind.None, PacketKind.User, PacketKind.None],
    'a late fragment is nobody’s',
  )
  // the outer packet of the tunnel is in fragments too: two mirrored frames, each whole or in pieces
  const outer = tunnelled(big)
  const mirrored = (from: number, to: number, more: boolean, id: number) => {
    const fragment = ipv4(outer.subarray(20 + from, 20 + to), {
      src: [192, 0, 2, 1],
      dst: [192, 0, 2, 2],
      fragOff: from,
      more,
    })
    const packet = vxlan(ethernet(fragment))
    const cut = 20 + Math.ceil((packet.length - 20) / 16) * 8
    return [packet.subarray(20, cut), packet.subarray(cut)].map((part, i) =>
      ethernet(ipv4(part, { ...switches, id, more: i === 0, fragOff: i === 0 ? 0 : cut - 20 })),
    )
  }
  const nested = [...mirrored(0, 800, true, 1), ...mirrored(800, outer.length - 20, false, 2)]
  const seen = dissect(nested.map(octets => ({ octets })))
  t.match(seen.views, [{ kind: PacketKind.User, octets: 1428, payload: filler(1400) }])
  t.strictSame(seen.faults, {})
})

t.test('a mirror that lost its second fragment still says what its packet cost', async t => {
  const big = ipv4(udp(1, 9201, filler(1400)))
  const whole = ipv4(udp(54321, 4789, join(hex('08000000 00006400'), ethernet(tunnelled(big)))))
  const first = ethernet(ipv4(whole.subarray(20, 1220), { ...switches, more: true }))
  const { views, faults } = dissect([{ octets: first }])
  const flags = PacketFlag.Truncated
  t.match(views, [{ kind: PacketKind.User, octets: 1428, payloadLen: 1400, flags }])
  t.match(faults, { 'ip-reassembly/incomplete': 1 })
})

t.test('the frame in the mirror is cut by the snap length, or by the switch', async t => {
  const big = ethernet(tunnelled(ipv4(tcp(40000, 80, filler(1000)), { protocol: 6 })))
  const wide = gre('1000 88be 00000001 10640001 00000000', big)
  const snapped = one(ethernet(wide), { snap: 160 })
  t.match(snapped.views, [{ octets: 1040, payloadLen: 1000, flags: PacketFlag.Truncated }])
  t.strictSame(snapped.faults, {})
  const cut = one(ethernet(gre('1000 88be 00000001 10640401 00000000', big.subarray(0, 128))))
  t.match(cut.views, [{ octets: 1040, payloadLen: 1000, flags: PacketFlag.Truncated }])
})

t.test('what is no mirror is the packet that it is', async t => {
  const plain: [string, Uint8Array, number][] = [
    ['PPTP', gre('3001 880b 0000 0001 00000001 00000001', filler(20)), 47],
    ['GRE with routing', gre('4000 0800 00000000', tunnelled(inner)), 47],
    ['GRE that says IPv4 and is not', gre('0000 0800', hex('600000')), 47],
    ['GRE of another protocol', gre('0000 0806', frame), 47],
    ['port 4789 without VXLAN', vxlan(frame, '00000000 00006400'), 17],
    ['an answer from port 4789', ipv4(udp(4789, 54321, join(hex('0800000000006400'), frame))), 17],
  ]
  for (const [name, packet, protocol] of plain) {
    const { views, faults } = one(ethernet(packet))
    t.match(views, [{ kind: PacketKind.Plain, protocol, octets: packet.length }], name)
    t.strictSame(faults, {}, name)
  }
  t.strictSame(one(ethernet(gre('1000 88be 00000001 1064', new Uint8Array(0)))).faults, {
    'erspan/truncated': 1,
  })
})

t.test('a subscriber’s own VXLAN and GRE are his', async t => {
  for (const own of [vxlan(frame), gre('0000 88be', frame)]) {
    const { views } = one(ethernet(ipv4(udp(2152, 2152, gtpu(own)))))
    t.match(views, [{ kind: PacketKind.User, octets: own.length, src: '198.51.100.1' }])
  }
})

t.test('mirrored frames that carry no IP are no charge units', async t => {
  const { kinds, faults } = one(ethernet(vxlan(ethernet(hex('0001'), 0x0806))))
  t.strictSame(kinds, [PacketKind.None])
  t.strictSame(faults, {})
  t.strictSame(one(ethernet(vxlan(hex('020000')))).faults, { 'ethernet/truncated': 1 })
})

t.test('mirrors within mirrors end', async t => {
  let packet = vxlan(frame)
  for (let depth = 1; depth < 4; depth++) packet = vxlan(ethernet(packet))
  t.match(one(ethernet(packet)).views, [wanted], 'four')
  const { kinds, faults } = one(ethernet(vxlan(ethernet(packet))))
  t.strictSame(kinds, [PacketKind.None])
  t.strictSame(faults, { 'mirror/limit': 1 })
})

t.test('every truncation of every mirror: some kind, never more octets than were sent', async t => {
  for (const [name, packet] of mirrors) {
    const whole = ethernet(packet)
    for (let snap = 0; snap < whole.length; snap++) {
      const { views } = one(whole, { snap })
      const wrong = views.find(view => view.kind === PacketKind.User && view.octets !== 45)
      if (wrong !== undefined) t.fail(`${name} cut at ${snap}`)
    }
  }
})
