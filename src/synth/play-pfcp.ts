/** The step `pfcp`: a session between control and user plane of the gateway. Read 3GPP TS 29.244 clauses 7.2.2
 * (header), 7.5.2 to 7.5.7 (messages), 8.1.1 (elements). */

import { addressOctets } from './address.js'
import { emitTbcd } from './emit-gtp-value.js'
import { emitIp, IpProtocol } from './emit-ip.js'
import { emitUdp } from './emit-udp.js'
import { joinOctets, OctetBuilder, octetsOf } from './octet-builder.js'
import type { PfcpStep } from './scenario-control.js'
import type { StepRun } from './step-run.js'
import { tap } from './tap.js'
import type { World } from './world.js'

const pfcpPort = 8805
const controlPlane = '192.0.2.41'
const userPlane = '192.0.2.42'
const ANSWER_DELAY = 0.004
const TTL = 64

const types = { establish: 50, modify: 52, delete: 54 } as const
const Ie = {
  createPdr: 1,
  pdi: 2,
  createFar: 3,
  forwardingParameters: 4,
  createUrr: 6,
  createQer: 7,
  updateFar: 10,
  updateForwardingParameters: 11,
  updateUrr: 13,
  updateQer: 14,
  cause: 19,
  sourceInterface: 20,
  gateStatus: 25,
  precedence: 29,
  redirectInformation: 38,
  destinationInterface: 42,
  applyAction: 44,
  pdrId: 56,
  fSeid: 57,
  nodeId: 60,
  volumeQuota: 73,
  urrId: 81,
  ueIp: 93,
  farId: 108,
  qerId: 109,
  userId: 141,
  apnDnn: 159,
} as const

function ie(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = joinOctets(parts)
  return new OctetBuilder().u16(type).u16(value.length).octets(value).take()
}

const one = (value: number) => new Uint8Array([value])
const four = (value: number) => new OctetBuilder().u32(value).take()

interface Sessions {
  /** number of each subscriber's session */
  seids: Map<string, number>
  sequence: number
}

const sessionsOf = new WeakMap<World, Sessions>()

function sessions(world: World): Sessions {
  const known = sessionsOf.get(world) ?? { seids: new Map(), sequence: 1 }
  sessionsOf.set(world, known)
  return known
}

function message(type: number, seid: number, sequence: number, body: Uint8Array): Uint8Array {
  return new OctetBuilder()
    .u8(0x21)
    .u8(type)
    .u16(12 + body.length)
    .u32(0)
    .u32(seid)
    .u24(sequence)
    .u8(0)
    .octets(body)
    .take()
}

function send(run: StepRun, up: boolean, octets: Uint8Array): void {
  const { world } = run
  const [from, to] = up ? [controlPlane, userPlane] : [userPlane, controlPlane]
  const src = addressOctets(from)
  const dst = addressOctets(to)
  const ip = { src, dst, protocol: IpProtocol.udp, id: world.ipId(from), ttl: TTL }
  const [point = 'gn'] = world.scenario.capture.points
  const datagram = emitUdp(src, dst, pfcpPort, pfcpPort, octets)
  for (const packet of emitIp(ip, datagram, world.scenario.network.mtu)) {
    tap(world, { point, up, plane: 'control', packet, timeUs: run.timeUs, hidden: false })
  }
  run.wait(0.001)
}

/** Rules of the uplink: what becomes of its packets. */
function ruleIes(step: PfcpStep, creates: boolean): Uint8Array[] {
  const parameters = [ie(Ie.destinationInterface, one(1))]
  if (step.redirect !== undefined) {
    const url = octetsOf(step.redirect)
    const value = new OctetBuilder().u8(2).u16(url.length).octets(url).u16(0).take()
    parameters.push(ie(Ie.redirectInformation, value))
  }
  const forwarding = creates ? Ie.forwardingParameters : Ie.updateForwardingParameters
  const far = [
    ie(Ie.farId, four(1)),
    ie(Ie.applyAction, one(step.action === 'drop' ? 1 : 2)),
    ie(forwarding, ...parameters),
  ]
  const list = [ie(creates ? Ie.createFar : Ie.updateFar, ...far)]
  if (step.gate !== undefined) {
    const gates = step.gate === 'closed' ? 0x05 : 0
    list.push(
      ie(
        creates ? Ie.createQer : Ie.updateQer,
        ie(Ie.qerId, four(1)),
        ie(Ie.gateStatus, one(gates)),
      ),
    )
  }
  if (step.quota !== undefined) {
    const volume = new OctetBuilder().u8(1).u32(0).u32(step.quota).take()
    list.push(
      ie(creates ? Ie.createUrr : Ie.updateUrr, ie(Ie.urrId, four(1)), ie(Ie.volumeQuota, volume)),
    )
  }
  return list
}

function fSeid(seid: number, address: string): Uint8Array {
  const value = new OctetBuilder().u8(2).u32(0).u32(seid).octets(addressOctets(address)).take()
  return ie(Ie.fSeid, value)
}

function establishment(run: StepRun, step: PfcpStep, seid: number): Uint8Array[] {
  const { spec, ueV4 } = run.world.context(step.subscriber)
  const imsi = emitTbcd(spec.imsi)
  const user = new OctetBuilder().u8(1).u8(imsi.length).octets(imsi).take()
  const pdi = [ie(Ie.sourceInterface, one(0))]
  if (ueV4 !== undefined) {
    pdi.push(ie(Ie.ueIp, new OctetBuilder().u8(2).octets(addressOctets(ueV4)).take()))
  }
  return [
    ie(Ie.nodeId, one(0), addressOctets(controlPlane)),
    fSeid(seid, controlPlane),
    ie(
      Ie.createPdr,
      ie(Ie.pdrId, new OctetBuilder().u16(1).take()),
      ie(Ie.precedence, four(100)),
      ie(Ie.pdi, ...pdi),
      ie(Ie.farId, four(1)),
    ),
    ...ruleIes(step, true),
    ie(Ie.userId, user),
    ie(Ie.apnDnn, octetsOf(`${String.fromCharCode(spec.apn.length)}${spec.apn}`)),
  ]
}

export function playPfcp(run: StepRun, step: PfcpStep): void {
  const known = sessions(run.world)
  const { subscriber } = step
  const creates = step.message === 'establish'
  if (creates) known.seids.set(subscriber, known.seids.size + 1)
  const seid = known.seids.get(subscriber) ?? 0
  const type = types[step.message]
  const sequence = known.sequence++
  const asks = creates
    ? establishment(run, step, seid)
    : step.message === 'modify'
      ? ruleIes(step, false)
      : []
  send(run, true, message(type, creates ? 0 : seid, sequence, joinOctets(asks)))
  if (!step.answered) return
  run.wait(ANSWER_DELAY)
  const cause = ie(Ie.cause, one(step.cause))
  const answer = creates
    ? [ie(Ie.nodeId, one(0), addressOctets(userPlane)), cause, fSeid(seid, userPlane)]
    : [cause]
  send(run, false, message(type + 1, seid, sequence, joinOctets(answer)))
}
