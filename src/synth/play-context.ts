/** Steps that bring contexts up, change them and take them down, and those of the path between the
 * nodes: Echo, restart, Error Indication, End Marker. Read 3GPP TS 29.060 clauses 7.2 and 7.3, TS 23.007
 * clause 18 (restart) and TS 29.281 clause 7.3. */

import { addressOctets, addressText, prefix64 } from './address.js'
import type { ContextMessages } from './context-messages.js'
import { emitGtp1, Gtp1Ie, Gtp1Ies, Gtp1Type } from './emit-gtp1.js'
import { gtp0Messages } from './messages-gtp0.js'
import { gtp1Messages } from './messages-gtp1.js'
import { gtp2Messages } from './messages-gtp2.js'
import type { ContextLog, Frame } from './recorder.js'
import type { ContextStep, DeleteStep, SubscriberSpec, UpdateStep } from './scenario-schema.js'
import type { StepRun } from './step-run.js'
import type { ContextState, GsnNode, World } from './world.js'

const messagesOf = [gtp0Messages, gtp1Messages, gtp2Messages] as const
const RESPONSE_DELAY = 0.004
const T3_RESPONSE = 3

function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`
}

function contextFacts(context: ContextState): ContextLog['facts'] {
  const { spec, teid } = context
  const characteristics = spec.charging_characteristics
  return {
    gtp_version: spec.gtp,
    apn: spec.apn,
    rat: (spec.gtp === 2 ? (spec.rat ?? 'eutran') : spec.rat)?.toUpperCase(),
    uli: spec.uli,
    charging_characteristics: characteristics?.toString(16).padStart(4, '0'),
    charging_id: context.chargingId,
    bearer: spec.nsapi,
    ue_v4: context.ueV4,
    ue_v6: context.ueV6 === undefined ? undefined : prefix64(context.ueV6),
    sgsn: addressText(context.sgsn.address),
    ggsn: addressText(context.ggsn.address),
    teid_up: spec.gtp === 0 ? undefined : hex32(teid.ggsnUser),
    teid_down: spec.gtp === 0 ? undefined : hex32(teid.sgsnUser),
  }
}

/** Contexts of a node whose changed Recovery counter shows in `frame`. */
function noticeRestart(world: World, node: GsnNode, frame: Frame): void {
  if (!node.restarted) return
  node.restarted = false
  const detail = `recovery of ${addressText(node.address)} is ${node.recovery}`
  world.recorder.event('peer-restart', frame, { detail })
  for (const context of world.contexts.values()) {
    if (context.sgsn === node || context.ggsn === node) {
      world.endContext(context, frame, 'peer-restart')
    }
  }
}

function newContext(world: World, name: string, spec: SubscriberSpec): ContextState {
  const { network } = world.scenario
  const sgsn = world.node(spec.sgsn ?? network.sgsn)
  const ggsn = world.node(spec.ggsn ?? network.ggsn)
  const { teids = {} } = spec
  const sgsnTeid = sgsn.takeTeid(teids.sgsn_control)
  const ggsnTeid = ggsn.takeTeid(teids.ggsn_control)
  const v6Only = spec.ue_v6 !== undefined && spec.ue === undefined
  const log: ContextLog = {
    subscriber: name,
    facts: {},
    imsi: spec.imsi,
    msisdn: spec.msisdn,
    imeisv: spec.imeisv,
    created: undefined,
    ended: undefined,
    endReason: undefined,
  }
  const context: ContextState = {
    name,
    spec,
    log,
    sgsn,
    ggsn,
    sgsnEpoch: sgsn.epoch,
    ggsnEpoch: ggsn.epoch,
    teid: {
      sgsnControl: sgsnTeid,
      sgsnUser: teids.sgsn_user ?? sgsnTeid,
      ggsnControl: ggsnTeid,
      ggsnUser: teids.ggsn_user ?? ggsnTeid,
    },
    chargingId: ++ggsn.chargingId,
    ueV4: v6Only ? undefined : (spec.ue ?? world.poolAddress()),
    ueV6: spec.ue_v6,
    seqUp: 0,
    seqDown: 0,
  }
  log.facts = contextFacts(context)
  return context
}

/** The bearer on S5 of one on S11, when the capture has both sides of the S-GW: the S-GW of S11 is the
 * access side of S5, and the P-GW gives out the address. */
function contextBehind(world: World, context: ContextState): ContextState | undefined {
  const { capture, network } = world.scenario
  const { spec, name } = context
  if (!capture.points.includes('s5') || spec.gtp !== 2 || spec.interface !== 's11') return undefined
  context.ggsn = world.node(network.sgw)
  const gateway = context.ggsn.takeTeid(undefined)
  context.teid.ggsnControl = gateway
  context.teid.ggsnUser = gateway
  context.log.facts = contextFacts(context)
  context.log.facts.ggsn = addressText(network.ggsn)
  const { ue: _ue, ue_v6: _ueV6, ...rest } = spec
  const behind = newContext(world, name, {
    ...rest,
    interface: 's5s8',
    sgsn: network.sgw,
    ggsn: network.ggsn,
    ...(context.ueV4 === undefined ? {} : { ue: context.ueV4 }),
    ...(context.ueV6 === undefined ? {} : { ue_v6: context.ueV6 }),
  })
  behind.chargingId = context.chargingId
  return behind
}

/** A request of the S-GW to the P-GW and its answer. */
function askBehind(
  run: StepRun,
  { sgsn, ggsn }: ContextState,
  request: Uint8Array,
  response: Uint8Array,
): void {
  run.signal(sgsn.address, ggsn.address, true, 2, request)
  run.wait(RESPONSE_DELAY)
  run.signal(ggsn.address, sgsn.address, false, 2, response)
}

export function playCreate(run: StepRun, step: ContextStep): void {
  const { world } = run
  const { subscriber: name, cause, answered, repeats = 0, ...overrides } = step
  const base = world.subscriber(name)
  const changes = Object.fromEntries(Object.entries(overrides).filter(([, v]) => v !== undefined))
  const context = newContext(world, name, { ...base, ...changes })
  context.behind = contextBehind(world, context)
  const { behind } = context
  const { sgsn, ggsn, spec } = context
  const messages = messagesOf[spec.gtp]
  const seq = ++sgsn.seq
  const request = messages.createRequest(context, seq)
  const facts = { subscriber: name }
  let frame = run.signal(sgsn.address, ggsn.address, true, spec.gtp, request)
  noticeRestart(world, sgsn, frame)
  world.recorder.event('create-request', frame, facts)
  if (behind !== undefined) {
    askBehind(
      run,
      behind,
      messages.createRequest(behind, seq),
      messages.createResponse(behind, seq, messages.accepted),
    )
  }
  for (let i = 0; i < repeats; i++) {
    run.wait(T3_RESPONSE)
    frame = run.signal(sgsn.address, ggsn.address, true, spec.gtp, request)
  }
  if (!answered) {
    world.recorder.event('no-response', frame, facts)
    sgsn.freeTeid(context.teid.sgsnControl, context.sgsnEpoch)
    ggsn.freeTeid(context.teid.ggsnControl, context.ggsnEpoch)
    return
  }
  run.wait(RESPONSE_DELAY)
  const given = cause ?? messages.accepted
  const response = messages.createResponse(context, seq, given)
  frame = run.signal(ggsn.address, sgsn.address, false, spec.gtp, response)
  if (given !== messages.accepted) {
    world.recorder.event('rejected', frame, { ...facts, cause: given })
    sgsn.freeTeid(context.teid.sgsnControl, context.sgsnEpoch)
    ggsn.freeTeid(context.teid.ggsnControl, context.ggsnEpoch)
    return
  }
  noticeRestart(world, ggsn, frame)
  const before = world.contexts.get(name)
  if (before !== undefined) {
    world.recorder.event('replaced', frame, facts)
    world.endContext(before, frame, 'replaced')
  }
  world.contexts.set(name, context)
  context.log.created = frame
  world.recorder.contexts.push(context.log)
  world.recorder.event('created', frame, { ...facts, cause: given })
  // on S11 the eNB's tunnel end is known only now
  if (spec.gtp === 2 && spec.interface === 's11') update(run, context, messages, undefined, true)
}

function update(
  run: StepRun,
  context: ContextState,
  messages: ContextMessages,
  cause: number | undefined,
  answered: boolean,
): boolean {
  const { sgsn, ggsn, spec, name } = context
  const seq = ++sgsn.seq
  const request = messages.updateRequest(context, seq)
  let frame = run.signal(sgsn.address, ggsn.address, true, spec.gtp, request)
  if (!answered) {
    run.world.recorder.event('no-response', frame, { subscriber: name })
    return false
  }
  run.wait(RESPONSE_DELAY)
  const given = cause ?? messages.accepted
  const response = messages.updateResponse(context, seq, given)
  frame = run.signal(ggsn.address, sgsn.address, false, spec.gtp, response)
  const event = given === messages.accepted ? 'updated' : 'rejected'
  run.world.recorder.event(event, frame, { subscriber: name, cause: given })
  return given === messages.accepted
}

/** What the update asks for holds only when it is accepted. */
export function playUpdate(run: StepRun, step: UpdateStep): void {
  const context = run.world.context(step.subscriber)
  const { rat, uli, teids } = step
  const changed: ContextState = {
    ...context,
    spec: {
      ...context.spec,
      ...(rat === undefined ? {} : { rat }),
      ...(uli === undefined ? {} : { uli }),
    },
    teid: { ...context.teid },
  }
  const moves = step.sgsn !== undefined && step.sgsn !== context.sgsn.address
  if (moves) {
    changed.sgsn = run.world.node(step.sgsn ?? '')
    changed.sgsnEpoch = changed.sgsn.epoch
    changed.teid.sgsnControl = changed.sgsn.takeTeid(teids.sgsn_control)
    changed.teid.sgsnUser = changed.teid.sgsnControl
    changed.seqUp = 0
  }
  if (teids.sgsn_user !== undefined) changed.teid.sgsnUser = teids.sgsn_user
  const { gtp } = changed.spec
  const accepted = update(run, changed, messagesOf[gtp], step.cause, step.answered)
  const leaves = accepted ? context : changed
  if (moves) leaves.sgsn.freeTeid(leaves.teid.sgsnControl, leaves.sgsnEpoch)
  if (!accepted) return
  Object.assign(context, changed)
  context.log.facts = contextFacts(context)
}

export function playDelete(run: StepRun, step: DeleteStep): void {
  const context = run.world.context(step.subscriber)
  const messages = messagesOf[context.spec.gtp]
  const bySgsn = step.by === 'sgsn'
  const [from, to] = bySgsn ? [context.sgsn, context.ggsn] : [context.ggsn, context.sgsn]
  const { gtp } = context.spec
  const seq = ++from.seq
  const request = messages.deleteRequest(context, seq, bySgsn)
  let frame = run.signal(from.address, to.address, bySgsn, gtp, request)
  const { behind } = context
  if (behind !== undefined) {
    askBehind(
      run,
      behind,
      messages.deleteRequest(behind, seq, true),
      messages.deleteResponse(behind, seq, true, messages.accepted),
    )
  }
  if (step.answered) {
    run.wait(RESPONSE_DELAY)
    const response = messages.deleteResponse(context, seq, bySgsn, messages.accepted)
    frame = run.signal(to.address, from.address, !bySgsn, gtp, response)
  }
  const facts = { subscriber: step.subscriber }
  run.world.recorder.event(step.answered ? 'deleted' : 'no-response', frame, facts)
  run.world.endContext(context, frame, 'deleted')
}

export function playEcho(
  run: StepRun,
  from: 'sgsn' | 'ggsn',
  sgsnAddress: string | undefined,
): void {
  const { world } = run
  const sgsn = world.node(sgsnAddress ?? world.scenario.network.sgsn)
  const ggsn = world.node(world.scenario.network.ggsn)
  const bySgsn = from === 'sgsn'
  const [asks, answers] = bySgsn ? [sgsn, ggsn] : [ggsn, sgsn]
  const version = Object.values(world.scenario.subscribers)[0]?.gtp ?? 1
  const messages = messagesOf[version]
  const seq = ++asks.seq
  const request = messages.echoRequest(seq, asks.recovery)
  run.signal(asks.address, answers.address, bySgsn, version, request)
  run.wait(RESPONSE_DELAY)
  const response = messages.echoResponse(seq, answers.recovery)
  const frame = run.signal(answers.address, asks.address, !bySgsn, version, response)
  noticeRestart(world, answers, frame)
}

/** The answer of a node to a G-PDU for a TEID that it does not know (TS 29.281 clause 7.3.1). */
export function playErrorIndication(run: StepRun, name: string, from: 'sgsn' | 'ggsn'): void {
  const context = run.world.context(name)
  const { sgsn, ggsn, teid } = context
  const byGgsn = from === 'ggsn'
  const [sender, receiver] = byGgsn ? [ggsn, sgsn] : [sgsn, ggsn]
  const ies = new Gtp1Ies()
    .tv32(Gtp1Ie.teidData, byGgsn ? teid.ggsnUser : teid.sgsnUser)
    .tlv(Gtp1Ie.gsnAddress, addressOctets(sender.address))
  const message = emitGtp1({ type: Gtp1Type.errorIndication, teid: 0, seq: 0 }, ies.take())
  const frame = run.signalUser(sender.address, receiver.address, !byGgsn, message)
  run.world.recorder.event('error-indication', frame, { subscriber: name })
  run.world.endContext(context, frame, 'error-indication')
}

/** End of the downlink stream towards the old access node (TS 29.281 clause 7.3.2). */
export function playEndMarker(run: StepRun, name: string): void {
  const { sgsn, ggsn, teid } = run.world.context(name)
  const message = emitGtp1({ type: Gtp1Type.endMarker, teid: teid.sgsnUser }, new Uint8Array(0))
  run.signalUser(ggsn.address, sgsn.address, false, message)
}
