/** What mirrors put around frames, for `dissect`: GRE, ERSPAN, VXLAN. Read dissect/mirror.ts first: what is
 * looked into is the same here, and a subscriber's own tunnels are not. */

import { Erspan, ErspanFrame } from '../wire/erspan.js'
import { Gre, GreProtocol } from '../wire/gre.js'
import { u32 } from '../wire/octets.js'
import { Vxlan, vxlanGpePort, vxlanPort } from '../wire/vxlan.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { enterEtherType, enterIp } from './link-type.js'

const greHeader = new Gre()
const erspanHeader = new Erspan()
const vxlanHeader = new Vxlan()

const typeThree = 3

function enterCarried(
  protocol: number,
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
): void {
  if (walk.tunnel !== undefined) return
  if (protocol === GreProtocol.Ethernet) walk.enter('eth', buf, off, end, walk.wireEnd)
  else enterEtherType(protocol, buf, off, end, walk.wireEnd, walk)
}

export const gre: Inspector = {
  name: 'gre',
  doc: {
    standard: 'RFC 2784, RFC 2890, RFC 7637',
    decoded: 'the header, key and sequence number; IP, MPLS and whole frames in it',
    missing: 'checksums, routing (RFC 1701), version 1 (PPTP)',
  },
  fields: { 'gre.proto': 'number', 'gre.key': 'number', 'gre.sequence_number': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('gre')
    if (!greHeader.decode(buf, off, end, walk.fault)) {
      walk.malformed(walk.fault)
      return
    }
    const { protocol, key, hasSequence, payload } = greHeader
    walk.out.add('gre.proto', hexNumber(protocol, 4))
    if (key !== 0) walk.out.add('gre.key', hexNumber(key, 8))
    if (hasSequence) walk.out.add('gre.sequence_number', u32(buf, payload - 4))
    const hasHeader = protocol === GreProtocol.ErspanThree || hasSequence
    if (protocol === GreProtocol.ErspanThree || protocol === GreProtocol.Erspan) {
      if (hasHeader) walk.enter('erspan', buf, payload, end, walk.wireEnd)
      else enterCarried(GreProtocol.Ethernet, buf, payload, end, walk)
    } else enterCarried(protocol, buf, payload, end, walk)
  },
}

export const erspan: Inspector = {
  name: 'erspan',
  doc: {
    standard: 'draft-foschiano-erspan',
    decoded: 'types I, II and III; version, VLAN and session; the mirrored frame',
    missing:
      'timestamps, ports and group tags, platform subheaders, frames that are not Ethernet or IP',
  },
  fields: { 'erspan.version': 'number', 'erspan.vlan': 'number', 'erspan.spanid': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('erspan')
    if (!erspanHeader.decode(buf, off, end, walk.fault)) {
      walk.malformed(walk.fault)
      return
    }
    const { type, vlan, session, frameType, payload } = erspanHeader
    walk.out.add('erspan.version', type - 1)
    walk.out.add('erspan.vlan', vlan)
    walk.out.add('erspan.spanid', session)
    if (type === typeThree && frameType === ErspanFrame.Ip && walk.tunnel === undefined) {
      enterIp(buf, payload, end, walk.wireEnd, walk)
    } else if (frameType === ErspanFrame.Ethernet) {
      enterCarried(GreProtocol.Ethernet, buf, payload, end, walk)
    }
  },
}

export const vxlan: Inspector = {
  name: 'vxlan',
  doc: {
    standard: 'RFC 7348, draft-ietf-nvo3-vxlan-gpe',
    decoded: 'the header of VXLAN, with group policy, and of VXLAN-GPE; the frame in it',
    missing: 'network service headers, maintenance packets, group policy ids',
  },
  fields: { 'vxlan.flags': 'number', 'vxlan.vni': 'number' },
  udpPorts: [vxlanPort, vxlanGpePort],
  inspect(buf, off, end, walk) {
    const generic = walk.ends.dstPort === vxlanGpePort
    // the port proves nothing, so what is no VXLAN is nobody's fault
    const read =
      (generic || walk.ends.dstPort === vxlanPort) &&
      (generic
        ? vxlanHeader.decodeGpe(buf, off, end, walk.fault)
        : vxlanHeader.decode(buf, off, end, walk.fault))
    if (!read) return
    walk.layer('vxlan')
    const { vni, protocol, payload } = vxlanHeader
    const flags = u32(buf, off) >>> (generic ? 24 : 16)
    walk.out.add('vxlan.flags', hexNumber(flags, generic ? 2 : 4))
    walk.out.add('vxlan.vni', vni)
    enterCarried(protocol, buf, payload, end, walk)
  },
}
