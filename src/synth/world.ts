/** The network of a scenario while it is played: GSNs, contexts, counters and chance. */

import { linkTypeNumbers } from './emit-link.js'
import type { ContextLog, Frame } from './recorder.js'
import { Recorder } from './recorder.js'
import type { Expectation } from './scenario-expect.js'
import type { PointName, Scenario, SubscriberSpec } from './scenario-schema.js'
import { Xorshift32 } from './xorshift.js'

/** A mistake of a scenario that only playing it shows; the player adds the place. */
export class PlayError extends Error {}

/** A GSN: hands out the lowest free TEID from 1, as real ones do, so that numbers come back at once. */
export class GsnNode {
  readonly address: string
  recovery = 1
  /** the counter has changed and no message has shown it yet */
  restarted = false
  seq = 0
  chargingId = 0x1000
  /** counts restarts: numbers of contexts from before one are not freed again after it */
  epoch = 0
  readonly #taken = new Set<number>()

  constructor(address: string) {
    this.address = address
  }

  takeTeid(wanted: number | undefined): number {
    let teid = wanted ?? 1
    while (wanted === undefined && this.#taken.has(teid)) teid++
    this.#taken.add(teid)
    return teid
  }

  freeTeid(teid: number, epoch: number): void {
    if (epoch === this.epoch) this.#taken.delete(teid)
  }

  restart(): void {
    this.recovery = (this.recovery + 1) & 0xff
    this.restarted = true
    this.epoch++
    this.#taken.clear()
  }
}

/** A PDP context or bearer, as the two nodes hold it. */
export interface ContextState {
  name: string
  spec: SubscriberSpec
  log: ContextLog
  sgsn: GsnNode
  ggsn: GsnNode
  sgsnEpoch: number
  ggsnEpoch: number
  teid: { sgsnControl: number; sgsnUser: number; ggsnControl: number; ggsnUser: number }
  chargingId: number
  ueV4: string | undefined
  ueV6: string | undefined
  /** G-PDU sequence numbers of the two directions */
  seqUp: number
  seqDown: number
  /** on S5, of a context on S11 whose packets are captured on both sides of the S-GW */
  behind?: ContextState | undefined
}

/** First of the addresses that GGSNs of scenarios hand out when the scenario names none. */
const POOL_FIRST = 0x0aa10001

export class World {
  readonly scenario: Scenario
  readonly recorder = new Recorder()
  readonly random: Xorshift32
  readonly startUs: number
  /** frames that were mirrored */
  mirrored = 0
  /** live contexts by subscriber name */
  readonly contexts = new Map<string, ContextState>()
  readonly #nodes = new Map<string, GsnNode>()
  readonly #ipIds = new Map<string, number>()
  #uePort = 40_000
  #pool = POOL_FIRST

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.random = new Xorshift32(scenario.seed)
    this.startUs = Date.parse(scenario.start) * 1000
  }

  node(address: string): GsnNode {
    let node = this.#nodes.get(address)
    if (node === undefined) {
      node = new GsnNode(address)
      this.#nodes.set(address, node)
    }
    return node
  }

  /** IP Identification counts up for each sender. */
  ipId(sender: string): number {
    const id = this.#ipIds.get(sender) ?? this.random.below(0x10000)
    this.#ipIds.set(sender, (id + 1) & 0xffff)
    return id
  }

  uePort(wanted: number | undefined): number {
    return wanted ?? this.#uePort++
  }

  poolAddress(): string {
    const n = this.#pool++
    return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')
  }

  subscriber(name: string): SubscriberSpec {
    const spec = this.scenario.subscribers[name]
    if (spec === undefined) throw new PlayError(`no subscriber "${name}"`)
    return spec
  }

  context(name: string): ContextState {
    const context = this.contexts.get(name)
    if (context === undefined) throw new PlayError(`"${name}" has no context at this time`)
    return context
  }

  /** Forgets a context and frees its numbers. */
  endContext(context: ContextState, frame: Frame, reason: string): void {
    context.log.ended = frame
    context.log.endReason = reason
    context.sgsn.freeTeid(context.teid.sgsnControl, context.sgsnEpoch)
    context.ggsn.freeTeid(context.teid.ggsnControl, context.ggsnEpoch)
    const { behind } = context
    behind?.sgsn.freeTeid(behind.teid.sgsnControl, behind.sgsnEpoch)
    behind?.ggsn.freeTeid(behind.teid.ggsnControl, behind.ggsnEpoch)
    if (this.contexts.get(context.name) === context) this.contexts.delete(context.name)
  }

  expectation(value: string | Expectation | undefined): Expectation | undefined {
    return typeof value === 'string' ? this.scenario.expectations[value] : value
  }

  /** Interface of a capture for a frame. */
  interfaceFor(up: boolean, plane: 'control' | 'user', point: PointName): number {
    const wanted = ['all', up ? 'up' : 'down', plane, point]
    const index = this.scenario.interfaces.findIndex(one => wanted.includes(one.carries))
    return Math.max(index, 0)
  }

  get linkType(): number {
    return linkTypeNumbers[this.scenario.link.type]
  }
}
