/** Ethernet with tags and PPPoE, Linux cooked, BSD loopback, MPLS. */

import t from 'tap'
import { Ethernet } from '../../src/wire/ethernet.js'
import { Fault } from '../../src/wire/fault.js'
import { LinuxSll } from '../../src/wire/linux-sll.js'
import { Mpls } from '../../src/wire/mpls.js'
import { NullLoopback } from '../../src/wire/null-loopback.js'
import { hex } from '../helpers/hex.js'
import { everyTruncation } from './truncation.js'

const fault = new Fault()
const addresses = '020000000002 020000000001'

t.test('Ethernet II', async t => {
  const ethernet = new Ethernet()
  const frame = hex(`${addresses} 0800 45`)
  t.ok(ethernet.decode(frame, 0, frame.length, fault))
  t.equal(ethernet.etherType, 0x0800)
  t.equal(ethernet.payload, 14)
  everyTruncation(t, new Ethernet(), frame, 14, 'Ethernet')
})

t.test('tag stacks: 802.1Q, 802.1ad, and 0x9100 from before it', async t => {
  const ethernet = new Ethernet()
  const frame = hex(`${addresses}
    88a8 0064 # service tag
    9100 00c8 # old stacked tag
    8100 e001 # priority 7, VLAN 1
    86dd 60`)
  t.ok(ethernet.decode(frame, 0, frame.length, fault))
  t.equal(ethernet.etherType, 0x86dd)
  t.equal(ethernet.payload, 26)
  everyTruncation(t, new Ethernet(), frame, 26, 'three tags')
  const endless = hex(`${addresses} ${'8100 0001'.repeat(9)} 0800`)
  t.notOk(ethernet.decode(endless, 0, endless.length, fault))
  t.equal(fault.key, 'ethernet/limit')
  const eight = hex(`${addresses} ${'8100 0001'.repeat(8)} 0800`)
  t.ok(ethernet.decode(eight, 0, eight.length, fault))
})

t.test('PPPoE session', async t => {
  const ethernet = new Ethernet()
  const frame = hex(`${addresses}
    8864      # session stage
    11 00     # version 1, type 1, code 0
    0001 0015 # session, length
    0057      # PPP: IPv6
    60`)
  t.ok(ethernet.decode(frame, 0, frame.length, fault))
  t.equal(ethernet.etherType, 0x86dd)
  t.equal(ethernet.payload, 22)
  everyTruncation(t, new Ethernet(), frame, 22, 'PPPoE')
  frame[21] = 0x21
  t.ok(ethernet.decode(frame, 0, frame.length, fault))
  t.equal(ethernet.etherType, 0x0800)
  frame[20] = 0xc0 // LCP
  t.ok(ethernet.decode(frame, 0, frame.length, fault))
  t.equal(ethernet.etherType, 0x8864, 'LCP is no IP')
})

t.test('a type that we do not read is a value, no fault', async t => {
  const ethernet = new Ethernet()
  const arp = hex(`${addresses} 0806 0001`)
  t.ok(ethernet.decode(arp, 0, arp.length, fault))
  t.equal(ethernet.etherType, 0x0806)
})

t.test('Linux cooked 1 and 2', async t => {
  const sll = new LinuxSll()
  const v1 = hex('0000 0001 0006 020000000001 0000 0800 45')
  t.ok(sll.decode(v1, 0, v1.length, fault))
  t.equal(sll.etherType, 0x0800)
  t.equal(sll.payload, 16)
  everyTruncation(t, new LinuxSll(), v1, 16, 'SLL')
  const v2 = hex('86dd 0000 00000002 0001 00 06 020000000001 0000 60')
  t.ok(sll.decode2(v2, 0, v2.length, fault))
  t.equal(sll.etherType, 0x86dd)
  t.equal(sll.payload, 20)
  t.notOk(sll.decode2(v2, 0, 19, fault))
  t.equal(fault.key, 'linux-sll/truncated')
})

t.test('BSD loopback in both octet orders', async t => {
  const loopback = new NullLoopback()
  const family = (text: string): number => {
    const buf = hex(`${text} 45`)
    return loopback.decode(buf, 0, buf.length, fault) ? loopback.etherType : -1
  }
  t.equal(family('02000000'), 0x0800)
  t.equal(family('00000002'), 0x0800)
  for (const inet6 of ['0a', '18', '1c', '1e']) {
    t.equal(family(`${inet6}000000`), 0x86dd)
    t.equal(family(`000000${inet6}`), 0x86dd)
  }
  t.equal(family('00000007'), 0)
  t.equal(family('ffffffff'), 0)
  everyTruncation(t, new NullLoopback(), hex('02000000 45'), 4, 'loopback')
})

t.test('MPLS label stack', async t => {
  const mpls = new Mpls()
  const stack = hex('00064 0 40 00065 0 40 00066 1 40 45') // labels 100, 101, 102 bottom
  t.ok(mpls.decode(stack, 0, stack.length, fault))
  t.equal(mpls.payload, 12)
  everyTruncation(t, new Mpls(), stack, 12, 'MPLS')
  const endless = hex('00064040'.repeat(17))
  t.notOk(mpls.decode(endless, 0, endless.length, fault))
  t.equal(fault.key, 'mpls/limit')
})
