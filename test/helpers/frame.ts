/** Hand-made traffic of one mobile network, as frames: an Ethernet with a GTPv1 tunnel, contexts, TCP
 * connections and datagrams inside. The octets come from the emitters of synth/, which share no code
 * with the decoders; what is sent when, and which number it bears, each test says itself. */

import { addressOctets } from '../../src/synth/address.js'
import { emitGtp1, Gtp1Type } from '../../src/synth/emit-gtp1.js'
import { emitIp, IpProtocol } from '../../src/synth/emit-ip.js'
import { emitFrame } from '../../src/synth/emit-link.js'
import { emitTcp, TcpFlag } from '../../src/synth/emit-tcp.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import { gtp1Messages } from '../../src/synth/messages-gtp1.js'
import { octetsOf } from '../../src/synth/octet-builder.js'
import { type ContextState, GsnNode } from '../../src/synth/world.js'
import type { Frame } from './memory-source.js'

export type Way = 'up' | 'down'
export type Payload = Uint8Array | string

const sgsn = new GsnNode('192.0.2.11')
const ggsn = new GsnNode('192.0.2.1')
const link = { type: 'ethernet', vlanUp: [], vlanDown: [], qinq: false } as const
const noLimit = 65535

/** 2015-01-01T00:00:00Z */
export const startUs = 1_420_070_400_000_000
export const gateway = '10.0.0.172'

const addresses = new Map<string, Uint8Array>()

function address(text: string): Uint8Array {
  const known = addresses.get(text) ?? addressOctets(text)
  addresses.set(text, known)
  return known
}

export function octets(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? octetsOf(payload) : payload
}

/** A subscriber's context; TEIDs have the top bit set to keep numbers unsigned everywhere. */
export function context(n: number, ue = `10.161.0.${n}`): ContextState {
  const teid = 0xf000_0000 + n * 16
  return {
    name: `ue${n}`,
    spec: {
      imsi: `46001000000${String(n).padStart(4, '0')}`,
      apn: '3gwap',
      nsapi: 5,
      gtp: 1,
      interface: 's5s8',
    },
    log: {
      subscriber: `ue${n}`,
      facts: {},
      imsi: '',
      msisdn: undefined,
      imeisv: undefined,
      created: undefined,
      ended: undefined,
      endReason: undefined,
    },
    sgsn,
    ggsn,
    sgsnEpoch: 0,
    ggsnEpoch: 0,
    teid: { sgsnControl: teid, sgsnUser: teid + 1, ggsnControl: teid + 2, ggsnUser: teid + 3 },
    chargingId: n,
    ueV4: ue,
    ueV6: undefined,
    seqUp: 0,
    seqDown: 0,
  }
}

/** Frames in the order of making; the clock goes 1 ms with each. */
export class Wire {
  readonly frames: Frame[] = []
  timeUs = startUs
  #seq = 0
  #ipId = 0

  wait(seconds: number): this {
    this.timeUs += Math.round(seconds * 1e6)
    return this
  }

  /** Create PDP Context, accepted. */
  create(ctx: ContextState): this {
    const seq = ++this.#seq
    this.#control('up', gtp1Messages.createRequest(ctx, seq))
    return this.#control('down', gtp1Messages.createResponse(ctx, seq, gtp1Messages.accepted))
  }

  /** Delete PDP Context, accepted. */
  delete(ctx: ContextState): this {
    const seq = ++this.#seq
    this.#control('up', gtp1Messages.deleteRequest(ctx, seq, true))
    return this.#control('down', gtp1Messages.deleteResponse(ctx, seq, true, gtp1Messages.accepted))
  }

  /** The packet of a context, in its tunnel. */
  tunnel(ctx: ContextState, way: Way, packet: Uint8Array): this {
    const teid = way === 'up' ? ctx.teid.ggsnUser : ctx.teid.sgsnUser
    return this.#outer(way, 2152, emitGtp1({ type: Gtp1Type.gPdu, teid }, packet))
  }

  /** A frame without tunnel. */
  plain(way: Way, packet: Uint8Array): this {
    this.frames.push({ octets: emitFrame(link, way === 'up', packet), timeUs: this.timeUs })
    this.timeUs += 1000
    return this
  }

  /** The inner packet, or its fragments when it is longer than `mtu`. */
  packets(
    src: string,
    dst: string,
    protocol: number,
    data: Uint8Array,
    mtu = noLimit,
  ): Uint8Array[] {
    this.#ipId = (this.#ipId + 1) & 0xffff
    const header = { src: address(src), dst: address(dst), protocol, id: this.#ipId, ttl: 64 }
    return emitIp(header, data, mtu)
  }

  #control(way: Way, message: Uint8Array): this {
    return this.#outer(way, 2123, message)
  }

  #outer(way: Way, port: number, message: Uint8Array): this {
    const [from, to] = way === 'up' ? [sgsn.address, ggsn.address] : [ggsn.address, sgsn.address]
    const udp = emitUdp(address(from), address(to), port, port, message)
    for (const packet of this.packets(from, to, IpProtocol.udp, udp)) this.plain(way, packet)
    return this
  }
}

export interface EndsOptions {
  uePort?: number
  server?: string
  port?: number
}

/** What sends an inner packet: the tunnel of a context, or a plain link. */
export type Path = (way: Way, packet: Uint8Array) => unknown

export function inTunnel(wire: Wire, ctx: ContextState): Path {
  return (way, packet) => wire.tunnel(ctx, way, packet)
}

interface Segment {
  /** offset of the payload in its direction's octets; where the last one ended when absent */
  at?: number
  flags?: number
  mtu?: number
}

/** One TCP connection. Offsets count payload octets of a direction from 0. */
export class TcpEnds {
  readonly ue: string
  readonly uePort: number
  readonly server: string
  readonly port: number
  /** initial sequence numbers: both wrap soon */
  isn = { up: 0xffff_ff00, down: 0x7fff_fff0 }
  readonly sent = { up: 0, down: 0 }
  readonly #wire: Wire
  readonly #path: Path

  constructor(wire: Wire, ctx: ContextState, options: EndsOptions = {}, path?: Path) {
    this.ue = ctx.ueV4 ?? ctx.ueV6 ?? ''
    this.uePort = options.uePort ?? 40_000
    this.server = options.server ?? gateway
    this.port = options.port ?? 80
    this.#wire = wire
    this.#path = path ?? inTunnel(wire, ctx)
  }

  syn(): this {
    return this.#segment('up', -1, TcpFlag.syn, '')
  }

  synAck(): this {
    return this.#segment('down', -1, TcpFlag.syn | TcpFlag.ack, '')
  }

  open(): this {
    return this.syn().synAck().ack('up')
  }

  ack(way: Way): this {
    return this.#segment(way, this.sent[way], TcpFlag.ack, '')
  }

  send(way: Way, payload: Payload, options: Segment = {}): this {
    const data = octets(payload)
    const at = options.at ?? this.sent[way]
    this.sent[way] = Math.max(this.sent[way], at + data.length)
    return this.#segment(way, at, options.flags ?? TcpFlag.ack | TcpFlag.psh, data, options.mtu)
  }

  up(payload: Payload, options?: Segment): this {
    return this.send('up', payload, options)
  }

  down(payload: Payload, options?: Segment): this {
    return this.send('down', payload, options)
  }

  /** FIN; its sequence number is behind the octets sent. */
  fin(way: Way): this {
    this.#segment(way, this.sent[way], TcpFlag.fin | TcpFlag.ack, '')
    this.sent[way] += 1
    return this
  }

  rst(way: Way): this {
    return this.#segment(way, this.sent[way], TcpFlag.rst | TcpFlag.ack, '')
  }

  close(): this {
    return this.fin('up').fin('down').ack('up')
  }

  /** Another connection with the same 5-tuple. */
  renew(isnUp: number): this {
    this.isn = { up: isnUp, down: isnUp + 77 }
    this.sent.up = 0
    this.sent.down = 0
    return this
  }

  #segment(way: Way, at: number, flags: number, payload: Payload, mtu?: number): this {
    const other = way === 'up' ? 'down' : 'up'
    const header = {
      srcPort: way === 'up' ? this.uePort : this.port,
      dstPort: way === 'up' ? this.port : this.uePort,
      // the SYN has the number before the first octet
      seq: (this.isn[way] + 1 + at) >>> 0,
      ack: flags & TcpFlag.ack ? (this.isn[other] + 1 + this.sent[other]) >>> 0 : 0,
      flags,
    }
    const [src, dst] = way === 'up' ? [this.ue, this.server] : [this.server, this.ue]
    const tcp = emitTcp(address(src), address(dst), header, octets(payload))
    for (const packet of this.#wire.packets(src, dst, IpProtocol.tcp, tcp, mtu)) {
      this.#path(way, packet)
    }
    return this
  }
}

/** Datagrams between a UE and a server. */
export class UdpEnds {
  readonly #wire: Wire
  readonly #path: Path
  readonly #ue: string
  readonly #uePort: number
  readonly #server: string
  readonly #port: number

  constructor(wire: Wire, ctx: ContextState, options: EndsOptions = {}, path?: Path) {
    this.#wire = wire
    this.#ue = ctx.ueV4 ?? ctx.ueV6 ?? ''
    this.#uePort = options.uePort ?? 50_000
    this.#server = options.server ?? gateway
    this.#port = options.port ?? 9200
    this.#path = path ?? inTunnel(wire, ctx)
  }

  up(payload: Payload, mtu?: number): this {
    return this.send('up', payload, mtu)
  }

  down(payload: Payload, mtu?: number): this {
    return this.send('down', payload, mtu)
  }

  send(way: Way, payload: Payload, mtu?: number): this {
    const up = way === 'up'
    const [src, dst] = up ? [this.#ue, this.#server] : [this.#server, this.#ue]
    const [from, to] = up ? [this.#uePort, this.#port] : [this.#port, this.#uePort]
    const udp = emitUdp(address(src), address(dst), from, to, octets(payload))
    for (const packet of this.#wire.packets(src, dst, IpProtocol.udp, udp, mtu)) {
      this.#path(way, packet)
    }
    return this
  }
}

/** Cuts every frame at `snaplen`, as a capture does. */
export function snapped(frames: readonly Frame[], snaplen: number): Frame[] {
  return frames.map(frame => ({
    ...frame,
    octets: frame.octets.subarray(0, snaplen),
    wirelen: frame.octets.length,
  }))
}
