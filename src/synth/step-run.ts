/** One step being played: its clock, and the way of a packet through tunnel and outer IP to the
 * points where it is captured. Read 3GPP TS 29.281 clause 4.4 (UDP ports) before changing the outer packets. */

import { addressOctets, addressText } from './address.js'
import { emitGtp0 } from './emit-gtp0.js'
import { emitGtp1, Gtp1Type } from './emit-gtp1.js'
import { emitIp, IpProtocol } from './emit-ip.js'
import { emitUdp } from './emit-udp.js'
import type { ChargeUnit, FlowLog, Frame, TransactionLog, UnitKind } from './recorder.js'
import type { Step } from './scenario-schema.js'
import { type OnTheLine, routed, tap } from './tap.js'
import { type ContextState, PlayError, type World } from './world.js'

const GTP_CONTROL = 2123
const GTP_USER = 2152
const GTP_V0 = 3386
const OUTER_TTL = 255
const UE_TTL = 64
const SERVER_TTL = 57
const FRAGMENT_GAP_US = 12
/** from one point of the capture to the next */
const HOP_US = 400

/** Two ends of an inner conversation. */
export interface Ends {
  ue: string
  server: string
  context: ContextState | undefined
}

export interface UnitFacts {
  flow: FlowLog
  kind: UnitKind
  transactions?: TransactionLog[]
  hidden?: boolean
}

export class StepRun {
  readonly world: World
  readonly step: Step
  timeUs: number
  #packets = 0

  constructor(world: World, step: Step, timeUs: number) {
    this.world = world
    this.step = step
    this.timeUs = timeUs
  }

  wait(seconds: number | undefined): void {
    this.timeUs += Math.round((seconds ?? 0) * 1_000_000)
  }

  /** The UE's address of the server's family, and the context that carries it. */
  ends(subscriber: string, server: string): Ends {
    const v6 = server.includes(':')
    const { scenario } = this.world
    if (!scenario.network.tunnel) {
      const spec = this.world.subscriber(subscriber)
      const ue = v6 ? spec.ue_v6 : spec.ue
      if (ue === undefined) throw new PlayError(`"${subscriber}" needs an address: key ue or ue_v6`)
      return { ue: addressText(ue), server: addressText(server), context: undefined }
    }
    const context = this.world.context(subscriber)
    const ue = v6 ? context.ueV6 : context.ueV4
    if (ue === undefined) throw new PlayError(`"${subscriber}" has no IPv${v6 ? 6 : 4} address`)
    return { ue: addressText(ue), server: addressText(server), context }
  }

  flow(ends: Ends, protocol: FlowLog['protocol'], ports: [number, number] | [], app: string) {
    return this.world.recorder.flow({
      ue: ends.ue,
      uePort: ports[0],
      server: ends.server,
      serverPort: ports[1],
      protocol,
      app,
      context: ends.context?.log,
      expect: this.world.expectation(this.step.expect),
    })
  }

  /** An inner packet (its fragments, when it is too long); the unit of its first fragment. */
  inner(
    ends: Ends,
    up: boolean,
    protocol: number,
    message: Uint8Array,
    facts: UnitFacts,
  ): ChargeUnit {
    const { network } = this.world.scenario
    const sender = up ? ends.ue : ends.server
    const packets = emitIp(
      {
        src: addressOctets(sender),
        dst: addressOctets(up ? ends.server : ends.ue),
        protocol,
        id: this.world.ipId(sender),
        ttl: up ? UE_TTL : SERVER_TTL,
        lengthZero: this.step.length_zero ?? network.length_zero,
      },
      message,
      this.step.inner_mtu ?? network.inner_mtu,
    )
    const units = packets.map(packet => this.#innerPacket(ends, up, packet, facts))
    return units[0] as ChargeUnit
  }

  #innerPacket(ends: Ends, up: boolean, packet: Uint8Array, facts: UnitFacts): ChargeUnit {
    this.#packets++
    const { impair } = this.world.scenario
    const { random, recorder } = this.world
    const orders = this.step.impair.filter(one => one.packet === this.#packets)
    const ordered = (what: string) => orders.find(one => one.do === what)
    const hidden =
      facts.hidden === true || ordered('hide') !== undefined || this.#chance(impair.hide)
    const delayed =
      ordered('delay') ?? (this.#chance(impair.delay) ? { seconds: 0.004 } : undefined)
    const timeUs = this.timeUs + Math.round((delayed?.seconds ?? 0) * 1_000_000)
    const carried = (atUs: number) => {
      const { flow, kind, transactions = [] } = facts
      const [first = [], ...others] = this.#carry(ends.context, up, packet, atUs, hidden)
      const unit = { up, octets: packet.length, kind, flow, transactions }
      for (const frames of others) recorder.copies.push({ ...unit, frames })
      return recorder.unit({ ...unit, frames: first })
    }
    const first = carried(timeUs)
    const cut = ordered('cut')
    for (const frame of first.frames) if (cut) frame.octets = frame.octets.slice(0, cut.octets)
    if (ordered('duplicate') !== undefined || this.#chance(impair.duplicate)) {
      carried(timeUs + 40 + random.below(20))
    }
    this.timeUs += 200 + random.below(100)
    return first
  }

  #chance(share: number): boolean {
    return share > 0 && this.world.random.chance(share)
  }

  /** Frames at each point of the capture, in the order in which the packet comes by. */
  #carry(
    context: ContextState | undefined,
    up: boolean,
    packet: Uint8Array,
    timeUs: number,
    hidden: boolean,
  ): Frame[][] {
    const line = { up, plane: 'user', packet, timeUs, hidden } as const
    if (context === undefined) return [tap(this.world, { ...line, point: 'gi' })]
    const points = this.world.scenario.capture.points
    const inOrder = up ? points : points.toReversed()
    const isRouted = inOrder.indexOf('gi') > 0
    // with a point on Gi, the gateway's hop is between it and the tunnel
    const inner = up || inOrder[0] !== 'gi' ? packet : routed(packet)
    let tunnels: Uint8Array[] | undefined
    return inOrder.map((point, i) => {
      const atUs = timeUs + i * HOP_US
      if (point === 'gi') {
        const plain = isRouted ? routed(packet) : packet
        return tap(this.world, { ...line, point, packet: plain, timeUs: atUs })
      }
      if (point === 's5') {
        const packets = this.#tunnelled(context.behind ?? context, up, inner)
        return this.#frames({ ...line, point, timeUs: atUs }, packets)
      }
      const again = tunnels !== undefined
      tunnels ??= this.#tunnelled(context, up, inner)
      return this.#frames({ ...line, point, timeUs: atUs }, again ? tunnels.map(routed) : tunnels)
    })
  }

  /** The outer packets of a G-PDU. */
  #tunnelled(context: ContextState, up: boolean, packet: Uint8Array): Uint8Array[] {
    const { gtpu } = this.world.scenario.network
    const [from, to] = up ? [context.sgsn, context.ggsn] : [context.ggsn, context.sgsn]
    const seq = (up ? context.seqUp++ : context.seqDown++) & 0xffff
    const v0 = context.spec.gtp === 0
    const { imsi, nsapi } = context.spec
    const message = v0
      ? emitGtp0(
          { type: Gtp1Type.gPdu, seq, flowLabel: context.teid.ggsnUser, imsi, nsapi },
          packet,
        )
      : emitGtp1(
          {
            type: Gtp1Type.gPdu,
            teid: up ? context.teid.ggsnUser : context.teid.sgsnUser,
            ...(gtpu.sequence ? { seq } : {}),
            ...(gtpu.npdu ? { npdu: seq & 0xff } : {}),
            ...(gtpu.pdu_session === undefined
              ? {}
              : { pduSession: { up, qfi: gtpu.pdu_session } }),
          },
          packet,
        )
    const port = v0 ? GTP_V0 : GTP_USER
    return this.#outer(from.address, to.address, port, message)
  }

  /** A GTP signalling message between two nodes; its last frame. */
  signal(from: string, to: string, up: boolean, version: number, message: Uint8Array): Frame {
    const port = version === 0 ? GTP_V0 : GTP_CONTROL
    return this.#signalOn(port, from, to, up, message)
  }

  /** A signalling message of the user plane: Error Indication, End Marker. */
  signalUser(from: string, to: string, up: boolean, message: Uint8Array): Frame {
    return this.#signalOn(GTP_USER, from, to, up, message)
  }

  #signalOn(port: number, from: string, to: string, up: boolean, message: Uint8Array): Frame {
    const plane = port === GTP_USER ? 'user' : 'control'
    const packets = this.#outer(from, to, port, message)
    const { timeUs } = this
    const line = { up, plane, timeUs, hidden: false } as const
    const frames: Frame[] = []
    const { points } = this.world.scenario.capture
    for (const point of (up ? points : points.toReversed()).filter(one => one !== 'gi')) {
      if (frames.length === 0) frames.push(...this.#frames({ ...line, point }, packets))
      else if (point === 'gn2' || points.includes('gn2')) {
        this.#frames({ ...line, point, timeUs: timeUs + HOP_US }, packets.map(routed))
      }
    }
    this.timeUs += 1500 + this.world.random.below(500)
    return frames.at(-1) as Frame
  }

  /** The outer packet of a GTP message, or its fragments. */
  #outer(from: string, to: string, port: number, message: Uint8Array): Uint8Array[] {
    const src = addressOctets(from)
    const dst = addressOctets(to)
    return emitIp(
      { src, dst, protocol: IpProtocol.udp, id: this.world.ipId(from), ttl: OUTER_TTL },
      emitUdp(src, dst, port, port, message),
      this.world.scenario.network.mtu,
    )
  }

  #frames(line: Omit<OnTheLine, 'packet'>, packets: readonly Uint8Array[]): Frame[] {
    return packets.flatMap((packet, i) =>
      tap(this.world, { ...line, packet, timeUs: line.timeUs + i * FRAGMENT_GAP_US }),
    )
  }
}
