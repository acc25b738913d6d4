/** GRE, ERSPAN II and III, VXLAN and its GPE: what mirrors put around frames. */

import t from 'tap'
import { Erspan, ErspanFrame } from '../../src/wire/erspan.js'
import { Fault } from '../../src/wire/fault.js'
import { Gre, GreProtocol } from '../../src/wire/gre.js'
import { Vxlan } from '../../src/wire/vxlan.js'
import { hex } from '../helpers/hex.js'
import { everyTruncation, xorshift } from './truncation.js'

const fault = new Fault()

t.test('GRE without options', async t => {
  const gre = new Gre()
  const header = hex('0000 0800 45')
  t.ok(gre.decode(header, 0, header.length, fault))
  t.match(gre, { protocol: 0x0800, key: 0, hasSequence: false, payload: 4 })
  everyTruncation(t, new Gre(), header, 4, 'GRE')
})

t.test('GRE with checksum, key and sequence number', async t => {
  const gre = new Gre()
  const header = hex(`
    b000 6558 # C K S, Ethernet
    1234 0000 # checksum, reserved
    f0000001  # key with the top bit set
    00000007  # sequence number
    02`)
  t.ok(gre.decode(header, 0, header.length, fault))
  t.match(gre, { protocol: GreProtocol.Ethernet, hasSequence: true, payload: 16 })
  t.equal(gre.key >>> 0, 0xf0000001)
  everyTruncation(t, new Gre(), header, 16, 'GRE with all fields')
  const keyed = hex('2000 6558 00123456')
  t.ok(gre.decode(keyed, 0, keyed.length, fault))
  t.match(gre, { key: 0x123456, hasSequence: false, payload: 8 }, 'NVGRE')
})

t.test('GRE that is another protocol, or whose length nobody knows', async t => {
  const gre = new Gre()
  for (const text of ['3081 880b 0000 0000', '4000 0800 0000 0000']) {
    const header = hex(text)
    t.notOk(gre.decode(header, 0, header.length, fault))
    t.equal(fault.key, 'gre/unsupported')
  }
})

t.test('ERSPAN type II and III', async t => {
  const erspan = new Erspan()
  const two = hex(`
    1064      # version 1, VLAN 100
    0bff      # T, session 1023
    000fffff  # index
    02`)
  t.ok(erspan.decode(two, 0, two.length, fault))
  t.match(erspan, { type: 2, vlan: 100, session: 1023, frameType: 0, payload: 8 })
  everyTruncation(t, new Erspan(), two, 8, 'type II')
  const three = hex(`
    2064      # version 2, VLAN 100
    0001      # session 1
    89abcdef  # timestamp
    0000      # group tag
    0801      # IP, O: a subheader follows
    1111111122222222
    45`)
  t.ok(erspan.decode(three, 0, three.length, fault))
  t.match(erspan, { type: 3, session: 1, frameType: ErspanFrame.Ip, payload: 20 })
  everyTruncation(t, new Erspan(), three, 20, 'type III')
  three[11] = 0
  t.ok(erspan.decode(three, 0, three.length, fault))
  t.equal(erspan.payload, 12, 'no subheader')
  three[0] = 0x30
  t.notOk(erspan.decode(three, 0, three.length, fault))
  t.equal(fault.key, 'erspan/unsupported')
})

t.test('VXLAN proves what it is', async t => {
  const vxlan = new Vxlan()
  const header = hex('08000000 ffffff00 02')
  t.ok(vxlan.decode(header, 0, header.length, fault))
  t.match(vxlan, { vni: 0xffffff, protocol: GreProtocol.Ethernet, payload: 8 })
  everyTruncation(t, new Vxlan(), header, 8, 'VXLAN')
  const policy = hex('88480064 00000100')
  t.ok(vxlan.decode(policy, 0, policy.length, fault), 'group policy')
  for (const text of ['00000000', '0c000003', '08000001', '88010000', '09000000']) {
    const wrong = hex(`${text} 00000100`)
    t.notOk(vxlan.decode(wrong, 0, wrong.length, fault), text)
    t.equal(fault.key, 'vxlan/bad-value')
  }
  const reserved = hex('08000000 00000101')
  t.notOk(vxlan.decode(reserved, 0, reserved.length, fault))
})

t.test('VXLAN-GPE', async t => {
  const gpe = { decode: Vxlan.prototype.decodeGpe }
  const vxlan = new Vxlan()
  const next = (n: number): number => {
    const header = hex(`0c00000${n} 00000100`)
    return vxlan.decodeGpe(header, 0, header.length, fault) ? vxlan.protocol : -1
  }
  t.strictSame([1, 2, 3, 5].map(next), [0x0800, 0x86dd, GreProtocol.Ethernet, 0x8847])
  t.equal(next(4), -1, 'NSH')
  t.equal(fault.key, 'vxlan/unsupported')
  t.equal(next(9), -1)
  const maintenance = hex('0d000003 00000100')
  t.notOk(vxlan.decodeGpe(maintenance, 0, maintenance.length, fault))
  everyTruncation(t, Object.assign(new Vxlan(), gpe), hex('0c000003 00000100'), 8, 'GPE')
})

t.test('random octets: what is pointed at is inside', async t => {
  const random = xorshift(4789)
  const decoders = [new Gre(), new Erspan(), new Vxlan()]
  for (let n = 0; n < 20_000; n++) {
    const end = random() % 24
    const buf = Uint8Array.from({ length: 40 }, () => random() & 255)
    for (const decoder of decoders) {
      if (decoder.decode(buf, 3, 3 + end, fault) && decoder.payload > 3 + end) {
        t.fail(`${decoder.constructor.name} points behind the end`)
      }
    }
  }
})
