/** Frames of every link type down to the inner packet, and what is none. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketFlag, PacketKind } from '../../src/dissect/packet-view.js'
import { hex } from '../helpers/hex.js'
import {
  batchOf,
  ethernet,
  filler,
  gtp0,
  gtpu,
  ipv4,
  ipv6,
  join,
  one,
  tcp,
  tunnelled,
  udp,
} from './frame.js'

const request = tcp(40000, 80, hex('474554202f'))
const inner = ipv4(request, { protocol: 6 })
const outer = tunnelled(inner)
const wanted = {
  kind: PacketKind.User,
  src: '100.64.0.1',
  dst: '10.0.0.172',
  protocol: 6,
  srcPort: 40000,
  dstPort: 80,
  octets: 45,
  packets: 1,
  flags: 0,
  teid: 0xf0000001,
  payloadLen: 5,
  payload: hex('474554202f'),
}

t.test('every link type leads to the same packet', async t => {
  const addresses = '020000000002 020000000001'
  const links: [string, number, Uint8Array][] = [
    ['Ethernet', 1, ethernet(outer)],
    ['802.1Q', 1, join(hex(`${addresses} 8100 0064 0800`), outer)],
    ['802.1ad', 1, join(hex(`${addresses} 88a8 0064 8100 0065 0800`), outer)],
    ['MPLS', 1, join(hex(`${addresses} 8847 00064040 00065140`), outer)],
    ['PPPoE', 1, join(hex(`${addresses} 8864 1100 0001 0000 0021`), outer)],
    ['Linux cooked', 113, join(hex('0000 0001 0006 020000000001 0000 0800'), outer)],
    ['cooked with a tag', 113, join(hex('0000 0001 0006 020000000001 0000 8100 00640800'), outer)],
    ['Linux cooked 2', 276, join(hex('0800 0000 00000002 0001 00 06 020000000001 0000'), outer)],
    ['BSD loopback', 0, join(hex('02000000'), outer)],
    ['OpenBSD loopback', 108, join(hex('00000002'), outer)],
    ...[101, 12, 14, 228].map((n): [string, number, Uint8Array] => [`raw ${n}`, n, outer]),
  ]
  for (const [name, linkType, octets] of links) {
    const { views, faults } = one(octets, { linkType })
    t.match(views, [wanted], name)
    t.strictSame(faults, {}, name)
  }
  const over6 = ipv6(udp(2152, 2152, gtpu(inner)), 17)
  t.match(one(over6, { linkType: 229 }).views, [wanted], 'raw IPv6')
  t.match(one(ethernet(over6)).views, [wanted], 'IPv6 over Ethernet')
})

t.test('what carries no IP is None, and a fault only when it cannot be read', async t => {
  const none = (octets: Uint8Array, linkType = 1): Record<string, number> => {
    const { kinds, faults } = one(octets, { linkType })
    t.strictSame(kinds, [PacketKind.None])
    return faults
  }
  t.strictSame(none(ethernet(hex('0001'), 0x0806)), {}, 'ARP')
  t.strictSame(none(join(hex('020000000002 020000000001 8847 00064140'), [0, 1])), {}, 'pseudowire')
  t.strictSame(none(hex('1e000007 00'), 0), {}, 'an address family in no order')
  t.strictSame(none(outer, 127), { 'frame/unsupported': 1 }, '802.11 radiotap')
  t.strictSame(none(hex('0200')), { 'ethernet/truncated': 1 })
  t.strictSame(none(new Uint8Array(0)), { 'ethernet/truncated': 1 })
  t.strictSame(none(new Uint8Array(0), 101), { 'ipv4/truncated': 1 })
  t.strictSame(none(hex('ff00'), 113), { 'linux-sll/truncated': 1 })
  t.strictSame(none(ethernet(hex('55'.repeat(20)))), { 'ipv4/bad-value': 1 })
})

t.test('Ethernet padding and trailers are never payload', async t => {
  const short = ipv4(udp(1, 53, new Uint8Array(0)))
  const padded = join(ethernet(short), new Uint8Array(18))
  t.match(one(padded).views, [{ kind: PacketKind.Plain, octets: 28, payloadLen: 0, flags: 0 }])
  const trailer = join(ethernet(outer), filler(6))
  t.match(one(trailer).views, [wanted])
  const tail = ipv4(udp(2152, 2152, join(gtpu(inner), [1, 2, 3])))
  t.match(one(ethernet(tail)).views, [wanted], 'octets behind the G-PDU')
  const innerTail = tunnelled(join(inner, [1, 2, 3]))
  t.match(one(ethernet(innerTail)).views, [wanted], 'octets behind the inner packet')
  const udpTail = tunnelled(ipv4(udp(1, 9201, hex('0102 0304'), 10)))
  t.match(one(ethernet(udpTail)).views, [{ octets: 32, payloadLen: 2, payload: hex('0102') }])
})

t.test('B(p) is what the header says when the snap length cut the frame', async t => {
  const big = tunnelled(ipv4(tcp(40000, 80, filler(1000)), { protocol: 6 }))
  const cut = one(ethernet(big), { snap: 96 })
  const flags = PacketFlag.Truncated
  const octets = { octets: 1040, payloadLen: 1000, srcPort: 40000, flags }
  t.match(cut.views, [{ ...octets, payload: filler(1000).slice(0, 6) }])
  t.strictSame(cut.faults, {})
  t.match(one(ethernet(big), { snap: 14 + 36 + 20 + 20 }).views, [
    { ...octets, payload: { length: 0 } },
  ])
  const ports = one(ethernet(big), { snap: 14 + 36 + 20 + 4 })
  t.match(ports.views, [{ octets: 1040, srcPort: 40000, dstPort: 80, payloadLen: 0, flags }])
  t.strictSame(ports.faults, { 'inner-tcp/truncated': 1 })
  const none = one(ethernet(big), { snap: 14 + 36 + 20 + 3 })
  t.match(none.views, [{ octets: 1040, srcPort: 0, flags: flags | PacketFlag.NoPorts }])
  const header = one(ethernet(big), { snap: 14 + 36 + 19 })
  t.strictSame(header.kinds, [PacketKind.Opaque])
  t.strictSame(header.faults, { 'inner-ipv4/truncated': 1 })
})

t.test('Total Length 0 and Total Length too large', async t => {
  const offload = tunnelled(ipv4(udp(1, 9201, filler(30)), { total: 0 }))
  t.match(one(ethernet(offload)).views, [
    { octets: 58, payloadLen: 30, flags: PacketFlag.LengthZero },
  ])
  const outerOffload = ipv4(udp(1, 53, filler(30)), { total: 0 })
  t.match(one(ethernet(outerOffload)).views, [
    { kind: PacketKind.Plain, octets: 58, payloadLen: 30 },
  ])
  const long = one(ethernet(tunnelled(ipv4(udp(1, 9201, filler(30)), { total: 1500 }))))
  t.match(long.views, [{ octets: 1500, payloadLen: 30, flags: PacketFlag.Truncated }])
  t.strictSame(long.faults, { 'inner-ipv4/truncated': 1 })
})

t.test('inner protocols', async t => {
  const view = (protocol: number, payload: Uint8Array): object[] =>
    one(ethernet(tunnelled(ipv4(payload, { protocol })))).views
  t.match(view(1, hex('0800 0000 0001 0001 41')), [{ srcPort: 0, payloadLen: 1, flags: 0 }])
  t.match(view(132, hex('0b590f1c 00000001 00000000 01')), [{ srcPort: 2905, payloadLen: 1 }])
  t.match(view(50, filler(40)), [{ srcPort: 0, payloadLen: 40, flags: 0 }], 'ESP')
  t.match(view(17, udp(1, 2, filler(8), 7)), [{ srcPort: 1, dstPort: 2, payloadLen: 0 }])
  t.match(view(17, udp(1, 2, filler(8), 0)), [{ srcPort: 1, payloadLen: 8 }])
  t.match(view(17, udp(1, 2, filler(8), 999)), [{ srcPort: 1, payloadLen: 8 }])
  t.match(view(17, hex('0001 0002')), [{ srcPort: 1, dstPort: 2, payloadLen: 0 }])
  t.match(view(6, hex('0001 00')), [{ srcPort: 0, flags: PacketFlag.NoPorts }])
  const ah = join(hex('06 04 0000'), filler(20), tcp(40000, 80, hex('41')))
  t.match(view(51, ah), [{ protocol: 6, srcPort: 40000, payloadLen: 1 }], 'AH in IPv4')
})

t.test('inner ICMP type and code, TCP numbers', async t => {
  const dissector = new Dissector({ plainIp: false })
  const icmp = ipv4(hex('0304 0000 0000 05dc'), { protocol: 1 })
  const batch = batchOf([{ octets: ethernet(tunnelled(icmp)) }, { octets: ethernet(outer) }])
  dissector.decode(batch, 0)
  t.equal(dissector.view.icmpTypeCode, 0x0304)
  dissector.decode(batch, 1)
  t.match(dissector.view, { icmpTypeCode: 0, tcpFlags: 0x18, ttl: 64, ipId: 1, outerVersion: 4 })
  t.equal(dissector.view.tcpSeq >>> 0, 0x80000001)
  t.equal(dissector.view.tcpAck >>> 0, 0xfffffffe)
  t.equal(dissector.view.outerSrc >>> 0, 0xc0000201)
  t.equal(dissector.view.frame, 2)
})

t.test('inner IPv6 with extension headers', async t => {
  const options = join(hex('06 00 0104 00000000'), request)
  const views = one(ethernet(tunnelled(ipv6(options, 60)))).views
  t.match(views, [
    { src: '2001:db8::1', dst: '2001:db8::ac', protocol: 6, octets: 73, srcPort: 40000 },
  ])
  const cut = one(ethernet(tunnelled(ipv6(hex('06 09 0104 00000000'), 60))))
  t.match(cut.views, [
    { kind: PacketKind.User, octets: 48, flags: PacketFlag.NoPorts, protocol: 60 },
  ])
  t.strictSame(cut.faults, { 'inner-ipv6/truncated': 1 })
  t.match(one(ethernet(tunnelled(ipv6(new Uint8Array(0), 59)))).views, [
    { octets: 40, protocol: 59 },
  ])
})

t.test('GTPv0', async t => {
  const frame = (message: Uint8Array): Uint8Array => ethernet(ipv4(udp(3386, 3386, message)))
  t.match(one(frame(gtp0(inner))).views, [{ ...wanted, teid: 0x8002 }])
  t.match(one(frame(gtp0(new Uint8Array(0), 16))).views, [{ kind: PacketKind.GtpControl }])
  const dissector = new Dissector({ plainIp: false })
  dissector.decode(batchOf([{ octets: frame(gtp0(inner)) }]), 0)
  const { buf, tidOff } = dissector.view
  t.strictSame(buf.slice(tidOff, tidOff + 8), hex('6400100000000051'))
  t.match(dissector.view, { gtpVersion: 0, gtpType: 255 })
  const prime = one(frame(hex('0f f0 0001 0001 00')))
  t.strictSame(prime.kinds, [PacketKind.GtpPrime])
  t.strictSame(prime.faults, {}, 'who reads charging records reads it')
})
