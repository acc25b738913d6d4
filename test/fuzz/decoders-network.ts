/** The decoders of links, IP, transport and tunnels, for the fuzzer. */

import { apnText } from '../../src/wire/apn.js'
import { EndUserAddress } from '../../src/wire/end-user-address.js'
import { Erspan } from '../../src/wire/erspan.js'
import { Ethernet } from '../../src/wire/ethernet.js'
import { layer } from '../../src/wire/fault.js'
import { Gre } from '../../src/wire/gre.js'
import { Gtp0 } from '../../src/wire/gtp0.js'
import { Tid } from '../../src/wire/gtp0-tid.js'
import { Gtp1C } from '../../src/wire/gtp1-c.js'
import { Gtp1Facts } from '../../src/wire/gtp1-facts.js'
import { gtp0TvLengths, gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { Gtp1U } from '../../src/wire/gtp1-u.js'
import { Gtp2Header } from '../../src/wire/gtp2-c.js'
import { Gtp2Facts } from '../../src/wire/gtp2-facts.js'
import { Gtp2IeCursor } from '../../src/wire/gtp2-ie.js'
import { Icmp } from '../../src/wire/icmp.js'
import { Ipv4 } from '../../src/wire/ipv4.js'
import { Ipv6 } from '../../src/wire/ipv6.js'
import { LinuxSll } from '../../src/wire/linux-sll.js'
import { Mpls } from '../../src/wire/mpls.js'
import { NullLoopback } from '../../src/wire/null-loopback.js'
import { Sctp } from '../../src/wire/sctp.js'
import { SctpChunks } from '../../src/wire/sctp-data.js'
import { Tcp } from '../../src/wire/tcp.js'
import { Udp } from '../../src/wire/udp.js'
import { UserLocation } from '../../src/wire/user-location.js'
import { Vxlan } from '../../src/wire/vxlan.js'
import { hex } from '../helpers/hex.js'
import { sctpExample } from './control-examples.js'
import { type DecoderFuzz, fields, type Reader, steps } from './decoder-target.js'

interface Decoder {
  decode: (...given: Parameters<Reader>) => boolean
}

/** A decoder whose fields are good after true. */
function plain(name: string, layers: readonly string[], make: () => Decoder & object): DecoderFuzz {
  return {
    name,
    layers,
    weight: 0.4,
    make() {
      const decoder = make()
      return (buf, off, end, fault) => {
        const ok = decoder.decode(buf, off, end, fault)
        return ok ? { ok, ...fields(decoder) } : { ok }
      }
    },
  }
}

/** Heads of GRE with all fields, ERSPAN II and III, VXLAN and its GPE. */
const tunnelExamples = [
  hex('b000 88be 00000000 00000001 00000002 1064 0001 00000000'),
  hex('1064 0001 00000000'),
  hex('2064 0001 00000000 0000 0001 0000000000000000'),
  hex('0800000000000100'),
  hex('0c00000300000100'),
]

const gtp0Layer = layer('gtp0')
const gtp1Layer = layer('gtp1-ie')

export const networkDecoders: readonly DecoderFuzz[] = [
  plain('ethernet', ['eth', 'vlan', 'pppoes'], () => new Ethernet()),
  plain('linux-sll', ['sll'], () => new LinuxSll()),
  plain('null-loopback', ['null'], () => new NullLoopback()),
  plain('mpls', ['ip', 'vlan'], () => new Mpls()),
  plain('ipv4', ['ip'], () => new Ipv4('ipv4')),
  plain('udp', ['udp'], () => new Udp('udp')),
  plain('tcp', ['tcp'], () => new Tcp('tcp')),
  plain('icmp', ['icmp', 'icmpv6'], () => new Icmp('icmp')),
  { ...plain('sctp', ['sctp'], () => new Sctp('sctp')), more: [sctpExample] },
  { ...plain('gre', ['gre'], () => new Gre()), more: tunnelExamples },
  { ...plain('erspan', ['erspan'], () => new Erspan()), more: tunnelExamples },
  { ...plain('vxlan', ['vxlan'], () => new Vxlan()), more: tunnelExamples },
  plain('gtp0', ['gtp'], () => new Gtp0()),
  plain('gtp1-u', ['gtp'], () => new Gtp1U()),
  {
    name: 'ipv6',
    layers: ['ipv6'],
    make() {
      const ip = new Ipv6('ipv6')
      return (buf, off, end, fault) => {
        if (!ip.decode(buf, off, end, fault)) return { ok: false }
        const head = fields(ip)
        const walked = ip.extensions(buf, ip.protocol, ip.payload, end, fault)
        return { head, walked, ...fields(ip) }
      }
    },
  },
  {
    name: 'vxlan-gpe',
    layers: ['vxlan'],
    more: tunnelExamples,
    weight: 0.4,
    make() {
      const vxlan = new Vxlan()
      return (buf, off, end, fault) => {
        const ok = vxlan.decodeGpe(buf, off, end, fault)
        return ok ? fields(vxlan) : { ok }
      }
    },
  },
  {
    name: 'linux-sll2',
    layers: ['sll2'],
    weight: 0.4,
    make() {
      const sll = new LinuxSll()
      return (buf, off, end, fault) => {
        const ok = sll.decode2(buf, off, end, fault)
        return ok ? fields(sll) : { ok }
      }
    },
  },
  {
    name: 'sctp-data',
    layers: ['sctp'],
    more: [sctpExample],
    make() {
      const header = new Sctp('sctp')
      const chunks = new SctpChunks()
      return (buf, off, end, fault) => {
        if (!header.decode(buf, off, end, fault)) return { ok: false }
        chunks.open(header.payload, end)
        return steps(
          end - off,
          () => chunks.next(buf, fault),
          () => (chunks.type === 0 ? fields(chunks) : [chunks.type, chunks.off, chunks.end]),
        )
      }
    },
  },
  {
    name: 'gtp1-c',
    layers: ['gtp'],
    weight: 2,
    make() {
      const header = new Gtp1C()
      const facts = new Gtp1Facts()
      const location = new UserLocation()
      const address = new EndUserAddress()
      return (buf, off, end, fault) => {
        if (!header.decode(buf, off, end, fault)) return { ok: false }
        facts.collect(buf, header.ieOff, header.end, gtp1TvLengths, gtp1Layer, fault)
        const { apnOff, apnEnd, uliOff, uliEnd, euaOff, euaEnd } = facts
        const more = [
          apnOff >= 0 ? apnText(buf, apnOff, apnEnd) : '',
          uliOff >= 0 && location.decode1(buf, uliOff, uliEnd) ? fields(location) : {},
          euaOff >= 0 && address.decode1(buf, euaOff, euaEnd) ? fields(address) : {},
        ]
        return { header: fields(header), more, ...fields(facts) }
      }
    },
  },
  {
    name: 'gtp0-signalling',
    layers: ['gtp'],
    make() {
      const header = new Gtp0()
      const facts = new Gtp1Facts()
      const tid = new Tid()
      return (buf, off, end, fault) => {
        if (!header.decode(buf, off, end, fault)) return { ok: false }
        tid.decode(buf, header.tidOff, '460')
        const stop = Math.min(end, header.messageEnd)
        facts.collect(buf, header.payload, stop, gtp0TvLengths, gtp0Layer, fault)
        return { tid: fields(tid), ...fields(facts) }
      }
    },
  },
  {
    name: 'gtp2-c',
    layers: ['gtpv2'],
    weight: 2,
    make() {
      const header = new Gtp2Header()
      const facts = new Gtp2Facts()
      const cursor = new Gtp2IeCursor()
      const location = new UserLocation()
      const address = new EndUserAddress()
      return (buf, off, end, fault) => {
        if (!header.decode(buf, off, end, fault)) return { ok: false }
        facts.collect(buf, header.ieOff, header.end, fault)
        cursor.open(header.ieOff, header.end)
        const { uliOff, uliEnd, paaOff, paaEnd } = facts
        const more = [
          steps(
            end - off,
            () => cursor.next(buf, fault),
            () => fields(cursor),
          ),
          uliOff >= 0 ? [location.decode2(buf, uliOff, uliEnd), fields(location)] : [],
          paaOff >= 0 && address.decode2(buf, paaOff, paaEnd) ? fields(address) : {},
        ]
        return { header: fields(header), more, ...fields(facts) }
      }
    },
  },
]
