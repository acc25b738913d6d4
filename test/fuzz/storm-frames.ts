/** Storms: frames in numbers that no network sends, each of which leaves something to be remembered: a
 * fragment, a hole, half a head, a request without answer. Made one by one, so that what is in memory
 * is the reader's. */

import { addressOctets } from '../../src/synth/address.js'
import { emitDns } from '../../src/synth/emit-dns.js'
import { emitGtp1, Gtp1Type } from '../../src/synth/emit-gtp1.js'
import { emitFrame } from '../../src/synth/emit-link.js'
import { emitTcp, TcpFlag } from '../../src/synth/emit-tcp.js'
import { emitClientHello, emitTlsRecord, TlsContent } from '../../src/synth/emit-tls.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import { emitGet } from '../../src/synth/emit-wsp.js'
import { emitInvoke, emitSegment } from '../../src/synth/emit-wtp.js'
import { gtp1Messages } from '../../src/synth/messages-gtp1.js'
import { octetsOf } from '../../src/synth/octet-builder.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { context } from '../helpers/frame.js'
import { clientHello, crypto, initialPacket } from '../wire-quic/emit-initial.js'
import { setValue } from './site.js'

/** The n-th frame. */
export type Storm = (n: number) => Uint8Array

const link = { type: 'ethernet', vlanUp: [], vlanDown: [], qinq: false } as const
const ue = addressOctets('10.1.2.3')
const server = addressOctets('10.0.0.172')
const sgsn = addressOctets('192.0.2.11')
const ggsn = addressOctets('192.0.2.1')
const ue6 = addressOctets('2001:db8::1')
const server6 = addressOctets('2001:db8::2')

function ip(
  from: Uint8Array,
  to: Uint8Array,
  protocol: number,
  data: Uint8Array,
  id = 0,
  fragment = 0,
): Uint8Array {
  const out = new Uint8Array(20 + data.length)
  out.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol])
  setValue(out, { off: 2, width: 2 }, out.length)
  setValue(out, { off: 4, width: 2 }, id & 0xffff)
  setValue(out, { off: 6, width: 2 }, fragment)
  out.set(from, 12)
  out.set(to, 16)
  out.set(data, 20)
  return out
}

const frame = (packet: Uint8Array) => emitFrame(link, true, packet)

/** The address of the n-th of many. */
function address(n: number): Uint8Array {
  return Uint8Array.of(10, 2 + ((n >> 16) & 127), (n >> 8) & 255, n & 255)
}

function tunnelled(packet: Uint8Array, teid = 0xf0000001): Uint8Array {
  const message = emitGtp1({ type: Gtp1Type.gPdu, teid }, packet)
  return frame(ip(sgsn, ggsn, 17, emitUdp(sgsn, ggsn, 2152, 2152, message)))
}

interface Ends {
  from?: Uint8Array
  port?: number
  uePort?: number
}

function tcp(seq: number, data: Uint8Array, { from = ue, port = 80, uePort = 40_000 }: Ends = {}) {
  const header = { srcPort: uePort, dstPort: port, seq: seq >>> 0, ack: 1, flags: TcpFlag.ack }
  return ip(from, server, 6, emitTcp(from, server, header, data))
}

function udp(data: Uint8Array, { from = ue, port = 9201, uePort = 50_000 }: Ends = {}): Uint8Array {
  return ip(from, server, 17, emitUdp(from, server, uePort, port, data))
}

function control(message: Uint8Array): Uint8Array {
  return frame(ip(sgsn, ggsn, 17, emitUdp(sgsn, ggsn, 2123, 2123, message)))
}

const more = 0x2000
const eight = new Uint8Array(8).fill(0x41)
const octet = Uint8Array.of(0x41)
const get = octetsOf('GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n')
const halfHead = octetsOf(`GET /${'x'.repeat(900)} HTTP/1.1\r\nHost: a`)
const hello = emitTlsRecord(
  TlsContent.handshake,
  emitClientHello('mmsc.test', true, new Xorshift32(1)),
  true,
)
const longRecord = Uint8Array.of(22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc)
const head = octetsOf('GET / HTTP/1.1\r\nX: ')
const quicHello = clientHello('mmsc.test', { filler: 3000 })

/** Octet `n` of a stream that begins with `start` and goes on with `A`. */
function streamOctet(start: Uint8Array, n: number): Uint8Array {
  return Uint8Array.of(start[n] ?? 0x41)
}

function sctp(tsn: number, flags: number, port: number, tag = 1): Uint8Array {
  const chunk = new Uint8Array(12 + 16 + 8)
  setValue(chunk, { off: 0, width: 2 }, port)
  setValue(chunk, { off: 2, width: 2 }, 3868)
  setValue(chunk, { off: 4, width: 4 }, tag)
  chunk.set([0, flags, 0, 24], 12)
  setValue(chunk, { off: 16, width: 4 }, tsn >>> 0)
  setValue(chunk, { off: 24, width: 4 }, 46)
  return frame(ip(ue, server, 132, chunk))
}

const quicPacket = new Map<number, Uint8Array>()

/** The first piece of a hello, from ever new connection ids; few, because protecting takes long. */
function quic(n: number): Uint8Array {
  const id = n % 50
  const known = quicPacket.get(id)
  const made =
    known ??
    initialPacket(Buffer.from([1, 2, 3, 4, 5, 6, 7, id]), crypto(0, quicHello.subarray(0, 900)))
  quicPacket.set(id, made)
  return made
}

const diameterHead = Uint8Array.of(1, 0xff, 0xff, 0xfc, 0x80, 0, 1, 0x10, 1, 0, 0, 0x16)

export const storms: Readonly<Record<string, Storm>> = {
  'outer fragments, ever new datagrams': n => frame(ip(address(n >> 16), ggsn, 17, eight, n, more)),
  'outer fragments, one datagram backwards': n =>
    frame(ip(sgsn, ggsn, 17, eight, 7, more | (8191 - (n % 8190)))),
  'outer fragments, IPv6': n => {
    const packet = new Uint8Array(56)
    packet.set([0x60, 0, 0, 0, 0, 16, 44, 64])
    packet.set(ue6, 8)
    packet.set(server6, 24)
    packet.set([17, 0, 0, 1], 40)
    setValue(packet, { off: 44, width: 4 }, n)
    return frame(packet)
  },
  'inner fragments, ever new datagrams': n => tunnelled(ip(ue, server, 17, eight, n, more)),
  'inner fragments, tails only': n => tunnelled(ip(ue, server, 17, eight, n, 1 + (n % 100))),
  'tcp, segments behind a hole': n => tunnelled(tcp(2 + 2 * n, octet)),
  'tcp, segments backwards': n => tunnelled(tcp(-n, octet)),
  'tcp, a head that does not end': n => tunnelled(tcp(n, streamOctet(head, n))),
  'tcp, a handshake that does not end': n =>
    tunnelled(tcp(n, streamOctet(longRecord, n), { port: 443 })),
  'tcp, requests without answers': n => tunnelled(tcp(n * get.length, get)),
  'tcp, half a head in ever new flows': n =>
    tunnelled(tcp(1, halfHead, { uePort: n & 0xffff, from: address(n >> 16) })),
  'tcp, half a hello in ever new flows': n =>
    tunnelled(
      tcp(1, hello.subarray(0, 60), { uePort: n & 0xffff, from: address(n >> 16), port: 443 }),
    ),
  'tcp, a hole in ever new flows': n =>
    tunnelled(
      tcp(1 + 1000 * (n & 1), get.subarray(0, 20), {
        uePort: (n >> 1) & 0xffff,
        from: address(n >> 17),
      }),
    ),
  'quic, a hello in ever new flows': n =>
    tunnelled(udp(quic(n), { port: 443, uePort: n & 0xffff, from: address(n >> 16) })),
  'wtp, first segments of ever new transactions': n => {
    const invoke = emitInvoke({ tid: n & 0x7fff, class: 2, trailer: 'more' }, get)
    return tunnelled(udp(invoke))
  },
  'wtp, segments of one transaction': n =>
    tunnelled(udp(emitSegment(true, 5, 1 + (n % 255), 'more', false, eight))),
  'wtp, requests without answers': n => {
    const url = emitGet(`http://a.test/${n}`, {})
    return tunnelled(udp(emitInvoke({ tid: n & 0x7fff, class: 2, trailer: 'no-sar' }, url)))
  },
  'dns, answers of ever new names': n => {
    const message = emitDns({
      id: n & 0xffff,
      response: true,
      name: `n${n}.example.test`,
      type: 'A',
      rcode: 0,
      truncated: false,
      answers: [`10.9.${(n >> 8) & 255}.${n & 255}`],
    })
    return tunnelled(ip(server, ue, 17, emitUdp(server, ue, 53, 50_000, message)))
  },
  'gtp, contexts without answer': n => control(gtp1Messages.createRequest(context(n), n & 0xffff)),
  'gtp, ever new tunnels': n => tunnelled(udp(eight), (0xf0000000 + n) >>> 0),
  'gtp, ever new peers': n => {
    const from = address(n)
    const message = gtp1Messages.echoResponse(n & 0xffff, n & 255)
    return frame(ip(from, ggsn, 17, emitUdp(from, ggsn, 2123, 2123, message)))
  },
  'sctp, messages that do not end': n => sctp(2 * n, 2, 3868),
  'sctp, ever new associations': n => sctp(1, 2, 3868, n + 2),
  'diameter, a long message': n =>
    frame(tcp(8 * n, n === 0 ? diameterHead.subarray(0, 8) : eight, { port: 3868 })),
  'tcp, ever new connections': n =>
    frame(tcp(1, get.subarray(0, 9), { uePort: n & 0xffff, from: address(n >> 16) })),
}
