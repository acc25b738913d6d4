/** Packets thrown together by chance, of few contexts, ports and sequence numbers, so that they meet: the
 * worst a network, a handset or an attacker can send. fast-check makes them from a fixed seed and
 * shrinks what fails to the few packets that matter. */

import fc from 'fast-check'
import { addressOctets } from '../../src/synth/address.js'
import { emitTcp } from '../../src/synth/emit-tcp.js'
import { emitClientHello, emitTlsRecord, TlsContent } from '../../src/synth/emit-tls.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import {
  emitConnect,
  emitDisconnect,
  emitGet,
  emitReply,
  withTid,
} from '../../src/synth/emit-wsp.js'
import {
  concatenate,
  emitAbort,
  emitAck,
  emitInvoke,
  emitResult,
  emitSegment,
} from '../../src/synth/emit-wtp.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { context, gateway, octets, type Way, Wire } from '../helpers/frame.js'
import type { Frame } from '../helpers/memory-source.js'

const random = new Xorshift32(7)
const hello = emitTlsRecord(TlsContent.handshake, emitClientHello('mmsc.test', false, random), true)
const wspGet = emitGet('http://mmsc.test/a', {})
const wspReply = emitReply(200, 'text/plain', {}, new Uint8Array(30))
const invoke = (tid: number, trailer: 'no-sar' | 'more' = 'no-sar', repeated = false) =>
  emitInvoke(
    { tid, class: 2, trailer, repeated },
    trailer === 'more' ? wspGet.subarray(0, 9) : wspGet,
  )

/** Payloads that mean something to a reader, whole, in part or together. */
const payloads: readonly Uint8Array[] = [
  'GET http://mmsc.test/1 HTTP/1.1\r\n\r\n',
  'GET /2 HTTP/1.1\r\nHost: 10.0.0.172\r\nX-Online-Host: x.test\r\n\r\n',
  'GET /3 HTTP/1.0\r\n\r\nGET http://a.test/4 HTTP/1.0\r\n\r\nGE',
  'T / HTTP/1.0\r\nContent-Length: 40\r\n\r\n',
  'POST /5 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab',
  '\r\n0\r\n\r\n',
  'CONNECT mmsc.test:443 HTTP/1.1\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 No\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: 3000\r\n\r\n',
  'x'.repeat(300),
  '\r\n'.repeat(40),
  hello,
  hello.subarray(0, 50),
  hello.subarray(50),
  withTid(1, wspGet),
  withTid(1, wspReply),
  withTid(1, emitDisconnect(1)),
  invoke(1),
  invoke(1, 'no-sar', true),
  invoke(2, 'more'),
  emitSegment(false, 2, 1, 'last', false, wspGet.subarray(9)),
  emitResult(1, 'no-sar', false, wspReply),
  emitResult(2, 'more', false, wspReply),
  emitAck({ tid: 1, responder: false }),
  emitAck({ tid: 3, responder: true }),
  emitAbort(1, false, true, 0),
  concatenate([emitAck({ tid: 1, responder: false }), invoke(3)]),
  concatenate([emitResult(4, 'no-sar', false, wspReply), emitAck({ tid: 9, responder: true })]),
  emitInvoke({ tid: 4, class: 2, trailer: 'no-sar' }, emitConnect({})),
  Uint8Array.of(0, 0x85, 0xff, 0xff, 0xff, 0xff),
  'GET http://mmsc.test/ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
  Uint8Array.of(0x82, 0x7e, 1, 0, ...new Uint8Array(20)),
  // QUIC: a long header of version 1 with nothing true behind it, and a short one
  Uint8Array.of(0xc3, 0, 0, 0, 1, 8, ...new Uint8Array(8), 0, 0, 0x44, 0, ...new Uint8Array(300)),
  Uint8Array.of(0x43, ...new Uint8Array(40)),
  new Uint8Array(0),
].map(octets)

const packet = fc.record({
  kind: fc.constantFrom(
    'tcp',
    'tcp',
    'tcp',
    'tcp',
    'udp',
    'udp',
    'icmp',
    'create',
    'delete',
    'wait',
  ),
  ctx: fc.nat(2),
  tunnel: fc.constantFrom('known', 'known', 'known', 'unknown', 'none'),
  up: fc.boolean(),
  uePort: fc.nat(1),
  port: fc.constantFrom(80, 80, 443, 9200, 9201, 9203, 53),
  at: fc.constantFrom(0, 0, 10, 40, 100, 300, -20, 70_000),
  flags: fc.constantFrom(16, 16, 16, 24, 2, 18, 17, 4, 20, 0, 255),
  payload: fc.nat(payloads.length - 1),
  cut: fc.constantFrom(0, 0, 0, 5, 20),
  mtu: fc.constantFrom(0, 0, 0, 68),
  lose: fc.constantFrom(0, 0, 0, 0, 1),
  snap: fc.constantFrom(0, 0, 0, 0, 60, 90, 96, 110),
  wait: fc.constantFrom(0.1, 6, 40, 70, 2000),
})
type Packet = typeof packet extends fc.Arbitrary<infer T> ? T : never

/** `most` packets, or fewer. */
export const soup = (most: number) => fc.array(packet, { maxLength: most, size: 'max' })

/** The frames of the packets; those of a stream go on where the last one ended. */
export function frames(packets: readonly Packet[]): Frame[] {
  const wire = new Wire()
  const contexts = [0, 1, 2].map(n => context(n + 1))
  for (const ctx of contexts.slice(0, 2)) wire.create(ctx)
  const next = new Map<string, number>()
  for (const one of packets) {
    const ctx = contexts[one.ctx]!
    if (one.kind === 'create') wire.create(ctx)
    else if (one.kind === 'delete') wire.delete(ctx)
    else if (one.kind === 'wait') wire.wait(one.wait)
    else userPacket(wire, ctx, one, next)
  }
  return wire.frames
}

function userPacket(
  wire: Wire,
  ctx: ReturnType<typeof context>,
  one: Packet,
  next: Map<string, number>,
): void {
  const way: Way = one.up ? 'up' : 'down'
  const ue = ctx.ueV4 ?? ''
  const [src, dst] = one.up ? [ue, gateway] : [gateway, ue]
  const uePort = 40_000 + one.uePort
  const [from, to] = one.up ? [uePort, one.port] : [one.port, uePort]
  const whole = payloads[one.payload]!
  const data = whole.subarray(0, whole.length - Math.min(one.cut, whole.length))
  const [a, b] = [addressOctets(src), addressOctets(dst)]
  let message: Uint8Array = data
  let protocol = 1
  if (one.kind === 'tcp') {
    const stream = `${one.ctx} ${one.uePort} ${one.port} ${way}`
    const seq = (next.get(stream) ?? 0xffff_ff80) + one.at
    const header = { srcPort: from, dstPort: to, seq: seq >>> 0, ack: 0, flags: one.flags }
    message = emitTcp(a, b, header, data)
    if (one.at === 0) next.set(stream, seq + data.length + (one.flags & 2 ? 1 : 0))
    protocol = 6
  } else if (one.kind === 'udp') {
    message = emitUdp(a, b, from, to, data)
    protocol = 17
  }
  const first = wire.frames.length
  for (const inner of wire.packets(src, dst, protocol, message, one.mtu || undefined)) {
    if (one.tunnel === 'none') wire.plain(way, inner)
    else if (one.tunnel === 'known') wire.tunnel(ctx, way, inner)
    else
      wire.tunnel({ ...ctx, teid: { ...ctx.teid, sgsnUser: 9, ggsnUser: 0x8000_0009 } }, way, inner)
  }
  const made = wire.frames.splice(first)
  // a fragment may be missing, and the capture may cut
  if (one.lose && made.length > 1) made.splice(made.length >> 1, 1)
  for (const frame of made) {
    const octets = one.snap > 0 ? frame.octets.subarray(0, one.snap) : frame.octets
    wire.frames.push({ ...frame, octets, wirelen: frame.octets.length })
  }
}
