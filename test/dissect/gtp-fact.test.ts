/** Facts about GTP: one frame, one fact. Several are those that Zeek's tests state. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketFlag, PacketKind } from '../../src/dissect/packet-view.js'
import { hex } from '../helpers/hex.js'
import {
  batchOf,
  dissect,
  ethernet,
  filler,
  gtpu,
  ipv4,
  ipv6,
  join,
  type Outcome,
  one,
  tcp,
  tunnelled,
  udp,
} from './frame.js'

const inner = ipv4(udp(40000, 9201, filler(20)))

function on2152(message: Uint8Array, src = 2152, dst = 2152): Outcome {
  return one(ethernet(ipv4(udp(src, dst, message))))
}

/* In telecoms there is never a GTP tunnel within another GTP tunnel. What looks like one is a flow of
 * a subscriber who uses UDP port 2152; his octets are those of the first inner packet. */
t.test('no GTP within GTP', async t => {
  const { views } = one(ethernet(tunnelled(tunnelled(inner, 2), 1)))
  t.match(views, [{ kind: PacketKind.User, teid: 1, dstPort: 2152, octets: 20 + 8 + 8 + 48 }])
})

/* A DNS query which just happens to use port 2152 is plain IP, for any transaction id. */
t.test('DNS on port 2152 is not GTP', async t => {
  const dns = hex('0000 0100 0001 0000 0000 0000 03777777 0765 78616d706c6500 0001 0001')
  let users = 0
  for (let id = 0; id < 65536; id++) {
    dns[0] = id >> 8
    dns[1] = id & 255
    if (id % 61 === 0 || id >> 8 === 0x30) {
      if (on2152(dns).kinds[0] === PacketKind.User) users++
    }
  }
  t.equal(users, 0)
})

/* A UPF of the field writes the whole message's length into Length. The inner packet is whole all the
 * same, so it is a charge unit, and the fault is counted. */
t.test('Length that counts the header in', async t => {
  const { views, faults } = on2152(gtpu(inner, 1, 255, inner.length + 8))
  t.match(views, [{ kind: PacketKind.User, octets: 48, payload: filler(20) }])
  t.strictSame(faults, { 'gtp1-u/bad-length': 1 })
})

/* Length near 65535 must not wrap: eight octets are no message of 65543. */
t.test('Length 65535 with nothing behind it', async t => {
  const { kinds, faults } = on2152(hex('30 ff ffff 00000001'))
  t.strictSame(kinds, [PacketKind.Plain])
  t.match(faults, { 'gtp1-u/bad-length': 1 })
  const cut = on2152(gtpu(inner.slice(0, 30), 1, 255, 65535))
  t.strictSame(cut.kinds, [PacketKind.Plain], 'the inner packet does not fit either')
})

/* Tunnels are found by either port: an answer may come from any port (TS 29.281 4.4.2). */
t.test('either port', async t => {
  t.strictSame(on2152(gtpu(inner), 2152, 31000).kinds, [PacketKind.User])
  t.strictSame(on2152(gtpu(inner), 31000, 2152).kinds, [PacketKind.User])
  t.strictSame(on2152(gtpu(inner), 31000, 31001).kinds, [PacketKind.Plain])
  t.strictSame(on2152(gtpu(inner), 2152, 2123).kinds, [PacketKind.GtpControl], 'destination first')
})

t.test('only type 255 carries charge units', async t => {
  for (const type of [1, 2, 26, 31, 254]) {
    const { views } = on2152(gtpu(hex('0e00'), 0, type))
    t.match(views, [{ kind: PacketKind.GtpUserSignal }], `type ${type}`)
  }
  const dissector = new Dissector({ plainIp: false })
  const errorIndication = hex('32 1a 0010 00000000 0001 00 00 10f0000001 850004c0000201')
  dissector.decode(batchOf([{ octets: ethernet(ipv4(udp(2152, 2152, errorIndication))) }]), 0)
  const { view } = dissector
  t.match(view, { kind: PacketKind.GtpUserSignal, gtpVersion: 1, gtpType: 26 })
  t.strictSame(view.buf.slice(view.gtpOff, view.gtpEnd), errorIndication)
})

t.test('a T-PDU that is not IP is opaque', async t => {
  const opaque = (tPdu: Uint8Array): Record<string, number> => {
    const { kinds, faults } = on2152(gtpu(tPdu))
    t.strictSame(kinds, [PacketKind.Opaque])
    return faults
  }
  t.strictSame(opaque(new Uint8Array(0)), { 'gtp1-u/truncated': 1 })
  t.strictSame(opaque(hex('ff03c021')), { 'gtp1-u/unsupported': 1 }, 'PPP')
  t.strictSame(opaque(hex('4f0000')), { 'inner-ipv4/truncated': 1 })
  t.strictSame(opaque(hex(`44${'00'.repeat(19)}`)), { 'inner-ipv4/bad-length': 1 })
  t.strictSame(opaque(hex('60')), { 'inner-ipv6/truncated': 1 })
  const jumbo = ipv6(hex('06 00 c204 00010000'), 0)
  jumbo[5] = 0
  t.strictSame(opaque(jumbo), { 'inner-ipv6/unsupported': 1 }, 'a jumbogram has no B(p)')
})

t.test('control plane', async t => {
  const control = (octets: string): Outcome => one(ethernet(ipv4(udp(2123, 2123, hex(octets)))))
  const v1 = control('32 10 0004 00000000 0001 0000')
  t.match(v1.views, [{ kind: PacketKind.GtpControl, teid: 0 }])
  t.match(control('48 21 0008 f0000001 00000100').views, [{ teid: 0xf0000001 }], 'version 2')
  t.match(control('40 01 0004 00000100').views, [{ teid: 0 }], 'version 2 without a TEID')
  t.strictSame(control('32').kinds, [PacketKind.GtpControl], 'session says that it is cut')
  t.strictSame(control('').kinds, [PacketKind.Plain])
  t.strictSame(control('75').kinds, [PacketKind.Plain])
  t.match(control('75').faults, { 'gtp1-c/unsupported': 1 })
  t.strictSame(control('2f f0 0000').kinds, [PacketKind.GtpPrime], "GTP' at the wrong port")
})

/* The outer packet is fragmented because the tunnel header pushed a full-size inner packet over the
 * MTU. The second fragment has no UDP header; its octets still belong to the first fragment's T-PDU
 * and are charged exactly once. */
t.test('an outer fragment is counted once', async t => {
  const full = ipv4(tcp(40000, 80, filler(1460)), { protocol: 6 })
  const datagram = udp(2152, 2152, gtpu(full))
  const part = (from: number, to: number): { octets: Uint8Array } => ({
    octets: ethernet(
      ipv4(datagram.slice(from, to), { id: 7, fragOff: from, more: to < datagram.length }),
    ),
  })
  for (const frames of [
    [part(0, 1480), part(1480, 2000)],
    [part(1480, 2000), part(0, 1480)],
  ]) {
    const { kinds, views, faults } = dissect(frames)
    t.strictSame(kinds, [PacketKind.None, PacketKind.User])
    t.match(views, [{ octets: 1500, packets: 1, payload: filler(1460), flags: 0, frame: 2 }])
    t.strictSame(faults, {})
  }
  const lost = dissect([part(0, 1480)])
  t.strictSame(lost.views, [], 'half a T-PDU is no charge unit')
  t.strictSame(lost.faults, { 'ip-reassembly/incomplete': 1 })
})

t.test('the snap length cuts outer fragments too', async t => {
  const datagram = udp(2152, 2152, gtpu(ipv4(tcp(40000, 80, filler(1460)), { protocol: 6 })))
  const first = ethernet(ipv4(datagram.slice(0, 1480), { more: true }))
  const last = ethernet(ipv4(datagram.slice(1480), { fragOff: 1480 }))
  const { views } = dissect([
    { octets: first, snap: 128 },
    { octets: last, snap: 40 },
  ])
  const flags = PacketFlag.Truncated
  t.match(views, [{ octets: 1500, payloadLen: 1460, srcPort: 40000, flags }])
  t.equal(views[0]?.payload.length, 128 - 14 - 20 - 16 - 40)
})

t.test('outer IPv6 fragments', async t => {
  const datagram = udp(2152, 2152, gtpu(inner))
  const part = (from: number, more: boolean): Uint8Array =>
    join(
      hex(`11 00 ${(from + (more ? 1 : 0)).toString(16).padStart(4, '0')} 00000001`),
      datagram.slice(from, from + 40),
    )
  const { views } = dissect([
    { octets: ethernet(ipv6(part(0, true), 44)) },
    { octets: ethernet(ipv6(part(40, false), 44)) },
  ])
  t.match(views, [{ kind: PacketKind.User, octets: 48, payload: filler(20) }])
})
