/** The first layer of a frame, by its link type: the LINKTYPE_ registry of tcpdump.org. What wraps IP
 * inside the link layer goes by EtherType: the IEEE 802 numbers of IANA. */

import { LinkType } from '../dissect/link-layer.js'
import { EtherType } from '../wire/ethernet.js'
import type { Walk } from './inspector.js'

const etherTypeNames: Readonly<Record<number, string>> = {
  [EtherType.Ipv4]: 'ip',
  [EtherType.Ipv6]: 'ipv6',
  [EtherType.Mpls]: 'mpls',
  [EtherType.MplsMulticast]: 'mpls',
  33024: 'vlan',
  34984: 'vlan',
  37120: 'vlan',
  34916: 'pppoes',
}

export function enterLink(
  linkType: number,
  buf: Uint8Array,
  off: number,
  end: number,
  wireEnd: number,
  walk: Walk,
): void {
  switch (linkType) {
    case LinkType.Ethernet:
      walk.enter('eth', buf, off, end, wireEnd)
      return
    case LinkType.LinuxSll:
    case LinkType.LinuxSll2:
      walk.enter(linkType === LinkType.LinuxSll ? 'sll' : 'sll2', buf, off, end, wireEnd)
      return
    case LinkType.Null:
    case LinkType.Loop:
      walk.enter('null', buf, off, end, wireEnd)
      return
    case LinkType.Raw:
    case LinkType.RawBsd:
    case LinkType.RawOpenBsd:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      enterIp(buf, off, end, wireEnd, walk)
      return
    default:
      walk.layer(`linktype-${linkType}`)
  }
}

/** Goes on with what an EtherType names; nothing for those that have no inspector. */
export function enterEtherType(
  type: number,
  buf: Uint8Array,
  off: number,
  end: number,
  wireEnd: number,
  walk: Walk,
): void {
  const name = etherTypeNames[type]
  if (name !== undefined) walk.enter(name, buf, off, end, wireEnd)
}

/** Goes on with IP of the version that its own first nibble says. */
export function enterIp(
  buf: Uint8Array,
  off: number,
  end: number,
  wireEnd: number,
  walk: Walk,
): void {
  const version = off < end ? (buf[off] ?? 0) >> 4 : 0
  if (version === 4) walk.enter('ip', buf, off, end, wireEnd)
  else if (version === 6) walk.enter('ipv6', buf, off, end, wireEnd)
}
