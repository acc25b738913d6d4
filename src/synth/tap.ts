/** Where a scenario's packets are captured: from an IP packet on a line to the frames of the capture, with
 * link layer, VLAN of the point, mirror and interface. Read emit-link.ts and emit-mirror.ts first. */

import { addressOctets } from './address.js'
import { emitIp } from './emit-ip.js'
import { emitFrame } from './emit-link.js'
import { emitMirror } from './emit-mirror.js'
import { internetChecksum } from './internet-checksum.js'
import type { Frame } from './recorder.js'
import type { PointName } from './scenario-schema.js'
import type { World } from './world.js'

/** An IP packet on the line. */
export interface OnTheLine {
  point: PointName
  up: boolean
  plane: 'control' | 'user'
  packet: Uint8Array
  timeUs: number
  hidden: boolean
}

/** The switch that mirrors, and the probe. */
const switchAddress = '198.51.100.1'
const probeAddress = '198.51.100.2'
const MIRROR_TTL = 64
/** VLAN behind the router of point gn2 */
const SECOND_VLAN = 802
const FRAGMENT_GAP_US = 3

/** Frames in which the capture holds the packet; hidden ones when it does not. */
export function tap(world: World, line: OnTheLine): Frame[] {
  const { link, capture } = world.scenario
  const { up, plane, packet, point } = line
  const missed =
    line.hidden ||
    (plane === 'user' &&
      capture.directions !== 'both' &&
      capture.directions !== (up ? 'up' : 'down')) ||
    (plane === 'control' && !capture.control)
  const second = point === 'gn2' && capture.second_vlan ? [SECOND_VLAN] : []
  const options = {
    type: link.type,
    vlanUp: [...link.vlan_up, ...second],
    vlanDown: [...link.vlan_down, ...second],
    qinq: link.qinq,
    mpls: link.mpls,
    pppoe: link.pppoe,
  }
  const octets = emitFrame(options, up, packet)
  const iface = world.interfaceFor(up, plane, point)
  const { mirror } = capture
  if (mirror === undefined) return [world.recorder.frame(line.timeUs, octets, iface, missed)]
  const src = addressOctets(switchAddress)
  const dst = addressOctets(probeAddress)
  const { protocol, payload } = emitMirror(mirror, src, dst, octets, packet, world.mirrored++)
  const id = world.ipId(switchAddress)
  const pieces = emitIp({ src, dst, protocol, id, ttl: MIRROR_TTL }, payload, capture.mirror_mtu)
  const plain = { type: link.type, vlanUp: [], vlanDown: [], qinq: false }
  return pieces.map((piece, i) => {
    const frame = emitFrame(plain, true, piece)
    return world.recorder.frame(line.timeUs + i * FRAGMENT_GAP_US, frame, iface, missed)
  })
}

/** The packet behind a router: TTL or hop limit one less. */
export function routed(packet: Uint8Array): Uint8Array {
  const out = packet.slice()
  if ((packet[0] ?? 0) >>> 4 === 6) {
    out[7] = (out[7] ?? 0) - 1
    return out
  }
  out[8] = (out[8] ?? 0) - 1
  out.set([0, 0], 10)
  const checksum = internetChecksum(out.subarray(0, ((out[0] ?? 0) & 15) * 4))
  out.set([checksum >>> 8, checksum & 255], 10)
  return out
}
