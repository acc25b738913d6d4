/** IPv4 and IPv6 for `dissect`, with the analysis's own reassembly: what a datagram carries shows at
 * the frame that completes it. Read RFC 791, RFC 8200 and dissect/datagrams.ts first. */

import { Datagrams } from '../dissect/datagrams.js'
import { defaultReassembly } from '../dissect/dissector.js'
import { FaultCounter } from '../dissect/fault-counter.js'
import { FragmentResult, IpFragments } from '../dissect/ip-fragment.js'
import { IpLayer } from '../dissect/ip-layer.js'
import { PacketView } from '../dissect/packet-view.js'
import { Protocol, Transport } from '../dissect/transport.js'
import { ipText, u16 } from '../wire/octets.js'
import { hexNumber } from './field-list.js'
import type { FieldForm, Inspector, Walk } from './inspector.js'

const ipv6Header = 40
const protocolIpv4 = 4
const protocolIpv6 = 41

/** Payload protocols that have an inspector. */
const protocolNames: Readonly<Record<number, string>> = {
  [Protocol.Icmp]: 'icmp',
  [Protocol.Tcp]: 'tcp',
  [Protocol.Udp]: 'udp',
  [Protocol.Gre]: 'gre',
  [Protocol.IcmpV6]: 'icmpv6',
  [Protocol.Sctp]: 'sctp',
  [protocolIpv4]: 'ip',
  [protocolIpv6]: 'ipv6',
}

/** IP of one level, outside or inside tunnels, with the fragments that wait there. */
class Level {
  readonly ip: IpLayer
  readonly datagrams: Datagrams

  constructor(inner: boolean, view: PacketView, walk: Walk) {
    const faults = new FaultCounter()
    const where = inner ? 'inner-' : ''
    this.ip = new IpLayer(where, faults)
    this.datagrams = new Datagrams(
      new IpFragments(defaultReassembly, inner, faults),
      this.ip,
      new Transport(where, faults),
      view,
      walk.fault,
    )
  }
}

class Levels {
  /** tells the fragments' tunnel, frame and time */
  readonly view = new PacketView()
  readonly outer: Level
  readonly inner: Level

  constructor(walk: Walk) {
    this.outer = new Level(false, this.view, walk)
    this.inner = new Level(true, this.view, walk)
  }
}

function inspect(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const levels = walk.state('ip', () => new Levels(walk))
  const { view } = levels
  const level = walk.tunnel === undefined ? levels.outer : levels.inner
  const { ip, datagrams } = level
  const six = off < end && (buf[off] ?? 0) >> 4 === 6
  walk.layer(six ? 'ipv6' : 'ip')
  if (!ip.read(buf, off, end, walk.wireEnd, walk.fault)) {
    walk.malformed(walk.fault)
    return
  }
  if (six) ipv6Fields(ip, buf, off, walk)
  else ipv4Fields(ip, buf, off, walk)
  walk.ends = {
    src: ipText(ip.version, buf, ip.srcOff),
    dst: ipText(ip.version, buf, ip.dstOff),
    protocol: ip.protocol,
    srcPort: 0,
    dstPort: 0,
  }
  view.frame = walk.frame
  view.timeUs = walk.timeUs
  let octets = buf
  if (ip.fragmented) {
    showTunnel(view, walk)
    if (datagrams.add(buf) !== FragmentResult.Complete) {
      while (datagrams.unfinished()) view.frame = walk.frame
      return
    }
    octets = datagrams.restore()
    datagrams.finish(0, 0)
  }
  if (walk.tunnel === undefined) {
    view.outerVersion = ip.version
    view.outerSrcOff = ip.srcOff
    view.outerDstOff = ip.dstOff
  }
  walk.ends.protocol = ip.protocol
  const name = protocolNames[ip.protocol]
  // RFC 4303: what ESP carries cannot be read, and nothing else here has ports
  if (name !== undefined) walk.enter(name, octets, ip.l4Off, ip.end, ip.wireEnd)
}

function showTunnel(view: PacketView, walk: Walk): void {
  if (walk.tunnel === undefined) return
  view.gtpVersion = walk.tunnel.version
  view.teid = walk.tunnel.teid
  view.tidOff = walk.tunnel.tidOff
}

function ipv4Fields(ip: IpLayer, buf: Uint8Array, off: number, walk: Walk): void {
  const { out } = walk
  out.add('ip.len', u16(buf, off + 2))
  out.add('ip.id', hexNumber(ip.id, 4))
  if (ip.more) out.add('ip.flags.mf', 1)
  if (ip.fragmented) out.add('ip.frag_offset', ip.fragOff)
  out.add('ip.ttl', ip.ttl)
  out.add('ip.proto', buf[off + 9] ?? 0)
  out.add('ip.src', ipText(4, buf, ip.srcOff))
  out.add('ip.dst', ipText(4, buf, ip.dstOff))
}

function ipv6Fields(ip: IpLayer, buf: Uint8Array, off: number, walk: Walk): void {
  const { out } = walk
  out.add('ipv6.plen', ip.octets - ipv6Header)
  out.add('ipv6.nxt', buf[off + 6] ?? 0)
  out.add('ipv6.hlim', ip.ttl)
  out.add('ipv6.src', ipText(6, buf, ip.srcOff))
  out.add('ipv6.dst', ipText(6, buf, ip.dstOff))
  if (!ip.fragmented) return
  out.add('ipv6.fraghdr.offset', ip.fragOff)
  out.add('ipv6.fraghdr.more', ip.more ? 1 : 0)
  out.add('ipv6.fraghdr.ident', hexNumber(ip.id, 8))
}

const ipv4FieldForms: Readonly<Record<string, FieldForm>> = {
  'ip.len': 'number',
  'ip.id': 'number',
  'ip.flags.mf': 'number',
  'ip.frag_offset': 'number',
  'ip.ttl': 'number',
  'ip.proto': 'number',
  'ip.src': 'address',
  'ip.dst': 'address',
}

export const ip: Inspector = {
  name: 'ip',
  doc: {
    standard: 'RFC 791',
    decoded: 'the header, fragments put together (30 s, 1,024 datagrams, 8 MiB)',
    missing: 'options, checksums',
  },
  fields: ipv4FieldForms,
  inspect,
}

export const ipv6: Inspector = {
  name: 'ipv6',
  doc: {
    standard: 'RFC 8200',
    decoded: 'the header, extension headers walked over, fragments put together',
    missing: 'options of extension headers, jumbograms (RFC 2675), ESP',
  },
  fields: {
    'ipv6.plen': 'number',
    'ipv6.nxt': 'number',
    'ipv6.hlim': 'number',
    'ipv6.src': 'address',
    'ipv6.dst': 'address',
    'ipv6.fraghdr.offset': 'number',
    'ipv6.fraghdr.more': 'number',
    'ipv6.fraghdr.ident': 'number',
  },
  inspect,
}
