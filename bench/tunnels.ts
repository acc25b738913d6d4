/** Subscribers with one context each, and the signalling that creates them: 70 % GTPv1 (TS 29.060
 * clause 7.3), 30 % GTPv2 on S5/S8 (TS 29.274 clause 7.2). TEIDs are spread over all 32 bits. */

import type { ContextMessages } from '../src/synth/context-messages.js'
import { gtp1Messages } from '../src/synth/messages-gtp1.js'
import { gtp2Messages } from '../src/synth/messages-gtp2.js'
import type { ContextState } from '../src/synth/world.js'
import { GsnNode } from '../src/synth/world.js'
import type { CaptureShape } from './capture-shape.js'
import type { FrameWriter } from './frame-writer.js'

const gtp2Share = 0.3
const accessNodes = 8
/** 10.64.0.1: first address of the UEs */
const poolFirst = 0x0a400001
const gatewayAddress = 0x0ac80101
const accessFirst = 0x0ac80001

export interface Tunnel {
  ue: number
  access: number
  gateway: number
  teidUp: number
  teidDown: number
  /** G-PDUs carry sequence numbers: 12 octets of GTP header instead of 8 */
  sequenced: boolean
  sequence: number
  /** next source port of the UE */
  nextPort: number
}

function text(address: number): string {
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.')
}

/** Odd multiplier: every n gives another 32-bit number, half of them above 2^31. */
function teid(n: number): number {
  return Math.imul(n + 1, 0x9e3779b1) >>> 0
}

function isGtp2(n: number): boolean {
  return (n * 7919) % 1000 < gtp2Share * 1000
}

export function makeTunnels(shape: CaptureShape): Tunnel[] {
  return Array.from({ length: shape.subscribers }, (_, n) => ({
    ue: poolFirst + n,
    access: accessFirst + (n % accessNodes),
    gateway: gatewayAddress,
    teidUp: teid(4 * n),
    teidDown: teid(4 * n + 1),
    sequenced: !isGtp2(n) && n % 5 === 0,
    sequence: 0,
    nextPort: 32768 + ((n * 37) % 1000),
  }))
}

/** Writes request and response of every context, at intervals of `stepUs`; the time after them. */
export function writeSignalling(
  writer: FrameWriter,
  tunnels: readonly Tunnel[],
  startUs: number,
  stepUs: number,
): number {
  let timeUs = startUs
  for (const [n, tunnel] of tunnels.entries()) {
    const context = contextOf(tunnel, n)
    const messages: ContextMessages = isGtp2(n) ? gtp2Messages : gtp1Messages
    const sequence = (n * 3 + 1) & 0xffff
    const request = messages.createRequest(context, sequence)
    const response = messages.createResponse(context, sequence, messages.accepted)
    writer.control(timeUs, tunnel.access, tunnel.gateway, request)
    writer.control(timeUs + 500, tunnel.gateway, tunnel.access, response)
    timeUs += stepUs
  }
  return timeUs
}

function contextOf(tunnel: Tunnel, n: number): ContextState {
  const gtp2 = isGtp2(n)
  const digits = String(n).padStart(6, '0')
  const imsi = `460001234${digits}`
  const msisdn = `86139${digits}00`
  return {
    name: imsi,
    spec: {
      imsi,
      msisdn,
      imeisv: `3534900${digits}123`,
      apn: 'cmwap',
      nsapi: 5,
      gtp: gtp2 ? 2 : 1,
      interface: 's5s8',
      rat: gtp2 ? 'eutran' : 'utran',
      uli: gtp2 ? 'tai 460-00-1 ecgi 460-00-256' : 'cgi 460-00-4660-22136',
      charging_characteristics: 0x0800,
    },
    log: {
      subscriber: imsi,
      facts: {},
      imsi,
      msisdn,
      imeisv: undefined,
      created: undefined,
      ended: undefined,
      endReason: undefined,
    },
    sgsn: new GsnNode(text(tunnel.access)),
    ggsn: new GsnNode(text(tunnel.gateway)),
    sgsnEpoch: 0,
    ggsnEpoch: 0,
    teid: {
      sgsnControl: teid(4 * n + 2),
      sgsnUser: tunnel.teidDown,
      ggsnControl: teid(4 * n + 3),
      ggsnUser: tunnel.teidUp,
    },
    chargingId: 0x80000000 + n,
    ueV4: text(tunnel.ue),
    ueV6: undefined,
    seqUp: 0,
    seqDown: 0,
  }
}
