/** UDP, TCP, ICMP and SCTP headers. */

import t from 'tap'
import { Fault } from '../../src/wire/fault.js'
import { Icmp } from '../../src/wire/icmp.js'
import { Sctp } from '../../src/wire/sctp.js'
import { Tcp } from '../../src/wire/tcp.js'
import { Udp } from '../../src/wire/udp.js'
import { hex } from '../helpers/hex.js'
import { everyTruncation } from './truncation.js'

const fault = new Fault()

t.test('UDP', async t => {
  const udp = new Udp('inner-udp')
  const datagram = hex('9c40 23f1 000a 0000 0141') // 40000 > 9201
  t.ok(udp.decode(datagram, 0, datagram.length, fault))
  t.match(udp, { srcPort: 40000, dstPort: 9201, length: 10, payload: 8 })
  everyTruncation(t, new Udp('udp'), datagram, 8, 'UDP')
  const length = (value: string): string => {
    datagram.set(hex(value), 4)
    fault.clear()
    return udp.decode(datagram, 0, datagram.length, fault) ? `${udp.length}` : fault.key
  }
  t.equal(length('0000'), '0')
  t.equal(length('0008'), '8')
  t.equal(length('ffff'), '65535')
  t.equal(length('0007'), 'inner-udp/bad-length')
  t.match(udp, { srcPort: 40000, dstPort: 9201 }, 'ports are known all the same')
  t.notOk(udp.decode(datagram, 0, 4, fault))
  t.match(udp, { srcPort: 40000, dstPort: 9201 })
  t.notOk(udp.decode(datagram, 0, 3, fault))
  t.match(udp, { srcPort: 0, dstPort: 0 }, 'nothing is left of the packet before')
})

t.test('TCP', async t => {
  const tcp = new Tcp('inner-tcp')
  const segment = hex(`
    9c40 0050         # 40000 > 80
    80000001 fffffffe # both with the top bit set
    80 12 ffff 0000 0000
    020405b4 0402 0101 08 0a
    00`)
  t.ok(tcp.decode(segment, 0, 32, fault))
  t.match(tcp, { srcPort: 40000, dstPort: 80, flags: 0x12, headerOctets: 32 })
  t.equal(tcp.seq >>> 0, 0x80000001)
  t.equal(tcp.ack >>> 0, 0xfffffffe)
  const plain = hex('9c40 0050 80000001 fffffffe 50 10 ffff 0000 0000 41')
  everyTruncation(t, new Tcp('tcp'), plain, 20, 'TCP')
  segment[12] = 0x40
  t.notOk(tcp.decode(segment, 0, segment.length, fault))
  t.equal(fault.key, 'inner-tcp/bad-length')
  t.match(tcp, { srcPort: 40000, headerOctets: 0, flags: 0x12 })
  segment[12] = 0xf0
  t.notOk(tcp.decode(segment, 0, segment.length, fault))
  t.equal(fault.key, 'inner-tcp/truncated')
  t.equal(tcp.headerOctets, 60, 'options that were cut still say how long they are')
  t.notOk(tcp.decode(segment, 0, 19, fault))
  t.match(tcp, { srcPort: 40000, dstPort: 80, seq: 0, ack: 0, flags: 0, headerOctets: 0 })
  t.notOk(tcp.decode(segment, 0, 3, fault))
  t.match(tcp, { srcPort: 0, dstPort: 0 })
})

t.test('ICMP', async t => {
  const icmp = new Icmp('icmp')
  const unreachable = hex('03 04 0000 0000 05dc 45')
  t.ok(icmp.decode(unreachable, 0, unreachable.length, fault))
  t.match(icmp, { typeCode: 0x0304, payload: 8 })
  everyTruncation(t, new Icmp('icmp'), unreachable, 8, 'ICMP')
  t.notOk(icmp.decode(unreachable, 0, 2, fault))
  t.equal(icmp.typeCode, 0x0304)
  t.notOk(icmp.decode(unreachable, 0, 1, fault))
  t.equal(icmp.typeCode, 0)
})

t.test('SCTP', async t => {
  const sctp = new Sctp('sctp')
  const packet = hex('0b59 0f1c f0000001 00000000 01')
  t.ok(sctp.decode(packet, 0, packet.length, fault))
  t.match(sctp, { srcPort: 2905, dstPort: 3868, payload: 12 })
  everyTruncation(t, new Sctp('sctp'), packet, 12, 'SCTP')
})
