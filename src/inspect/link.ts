/** Link layers for `dissect`: Ethernet, VLAN tags, PPPoE, Linux cooked captures, loopback, MPLS. Read the
 * decoders of the same names in wire/ for the standards. */

import { Ethernet, EtherType } from '../wire/ethernet.js'
import { LinuxSll } from '../wire/linux-sll.js'
import { Mpls } from '../wire/mpls.js'
import { NullLoopback } from '../wire/null-loopback.js'
import { hex, u16, u32 } from '../wire/octets.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { enterEtherType, enterIp } from './link-type.js'

const ethernetHeader = 14
const tagOctets = 4
const pppoeOctets = 6
const pppProtocolOctets = 2
const pppIpv4 = 0x0021
const pppIpv6 = 0x0057

const ethernet = new Ethernet()
const cooked = new LinuxSll()
const loopback = new NullLoopback()
const labels = new Mpls()

export const eth: Inspector = {
  name: 'eth',
  doc: {
    standard: 'IEEE 802.3',
    decoded: 'addresses and EtherType',
    missing: 'IEEE 802.2 LLC, frame check sequences',
  },
  fields: { 'eth.dst': 'text', 'eth.src': 'text', 'eth.type': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('eth')
    // what the decoder strips besides the header is shown tag by tag, so only the header is read here
    if (!ethernet.decode(buf, off, Math.min(end, off + ethernetHeader), walk.fault)) {
      if (end - off < ethernetHeader) {
        walk.malformed(walk.fault)
        return
      }
    }
    const type = u16(buf, off + 12)
    walk.out.add('eth.dst', macText(buf, off))
    walk.out.add('eth.src', macText(buf, off + 6))
    walk.out.add('eth.type', hexNumber(type, 4))
    enterEtherType(type, buf, off + ethernetHeader, end, walk.wireEnd, walk)
  },
}

export const vlan: Inspector = {
  name: 'vlan',
  doc: {
    standard: 'IEEE 802.1Q, 802.1ad',
    decoded: 'tags, stacked ones too',
    missing: 'nothing',
  },
  fields: { 'vlan.id': 'number', 'vlan.priority': 'number', 'vlan.etype': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('vlan')
    if (end - off < tagOctets) {
      walk.malformed()
      return
    }
    const tag = u16(buf, off)
    const type = u16(buf, off + 2)
    walk.out.add('vlan.id', tag & 0xfff)
    walk.out.add('vlan.priority', tag >> 13)
    walk.out.add('vlan.etype', hexNumber(type, 4))
    enterEtherType(type, buf, off + tagOctets, end, walk.wireEnd, walk)
  },
}

export const pppoes: Inspector = {
  name: 'pppoes',
  doc: {
    standard: 'RFC 2516, RFC 1661',
    decoded: 'session id and the protocol carried',
    missing: 'discovery, LCP, IPCP, authentication',
  },
  fields: { 'pppoe.session_id': 'number', 'ppp.protocol': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('pppoes')
    const need = pppoeOctets + pppProtocolOctets
    if (end - off < need) {
      walk.malformed()
      return
    }
    const protocol = u16(buf, off + pppoeOctets)
    walk.out.add('pppoe.session_id', hexNumber(u16(buf, off + 2), 4))
    walk.out.add('ppp.protocol', hexNumber(protocol, 4))
    const type = protocol === pppIpv4 ? EtherType.Ipv4 : protocol === pppIpv6 ? EtherType.Ipv6 : 0
    enterEtherType(type, buf, off + need, end, walk.wireEnd, walk)
  },
}

function inspectCooked(
  name: 'sll' | 'sll2',
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
) {
  walk.layer(name)
  const read =
    name === 'sll'
      ? cooked.decode(buf, off, end, walk.fault)
      : cooked.decode2(buf, off, end, walk.fault)
  if (!read) {
    walk.malformed(walk.fault)
    return
  }
  walk.out.add('sll.pkttype', name === 'sll' ? u16(buf, off) : (buf[off + 10] ?? 0))
  if (name === 'sll2') walk.out.add('sll.ifindex', u32(buf, off + 4))
  walk.out.add('sll.etype', hexNumber(cooked.etherType, 4))
  enterEtherType(cooked.etherType, buf, cooked.payload, end, walk.wireEnd, walk)
}

export const sll: Inspector = {
  name: 'sll',
  doc: {
    standard: 'LINKTYPE_LINUX_SLL',
    decoded: 'packet type and EtherType',
    missing: 'ARP hardware types that are not Ethernet',
  },
  fields: { 'sll.pkttype': 'number', 'sll.etype': 'number' },
  inspect: (buf, off, end, walk) => inspectCooked('sll', buf, off, end, walk),
}

export const sll2: Inspector = {
  name: 'sll2',
  doc: {
    standard: 'LINKTYPE_LINUX_SLL2',
    decoded: 'packet type, interface index and EtherType',
    missing: 'ARP hardware types that are not Ethernet',
  },
  fields: { 'sll.pkttype': 'number', 'sll.ifindex': 'number', 'sll.etype': 'number' },
  inspect: (buf, off, end, walk) => inspectCooked('sll2', buf, off, end, walk),
}

export const nullLoopback: Inspector = {
  name: 'null',
  doc: {
    standard: 'LINKTYPE_NULL, LINKTYPE_LOOP',
    decoded: 'the address family',
    missing: 'families other than IPv4 and IPv6',
  },
  fields: { 'null.type': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('null')
    if (!loopback.decode(buf, off, end, walk.fault)) {
      walk.malformed(walk.fault)
      return
    }
    walk.out.add('null.type', hexNumber(loopback.etherType, 4))
    enterEtherType(loopback.etherType, buf, loopback.payload, end, walk.wireEnd, walk)
  },
}

export const mpls: Inspector = {
  name: 'mpls',
  doc: {
    standard: 'RFC 3032',
    decoded: 'the label stack',
    missing: 'pseudowires and everything else below the labels that is not IP',
  },
  fields: { 'mpls.label': 'number', 'mpls.ttl': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('mpls')
    if (!labels.decode(buf, off, end, walk.fault)) {
      walk.malformed(walk.fault)
      return
    }
    for (let at = off; at < labels.payload; at += 4) {
      const entry = u32(buf, at)
      walk.out.add('mpls.label', entry >>> 12)
      walk.out.add('mpls.ttl', entry & 255)
    }
    enterIp(buf, labels.payload, end, walk.wireEnd, walk)
  },
}

function macText(buf: Uint8Array, off: number): string {
  return hex(buf, off, off + 6).replace(/(..)(?!$)/g, '$1:')
}
