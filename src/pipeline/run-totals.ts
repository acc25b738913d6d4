/** What a run adds up beside the ledger: frames by kind, charge units, verdicts, subscribers. */

import { PacketKind, type PacketView } from '../dissect/packet-view.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import type { Verdict } from '../record/flow-record.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { RunBounds } from './bounds.js'
import type { CaptureOrder } from './capture-order.js'
import type { LeftOutAmount } from './left-out.js'

/** Octets of one subscriber, all APNs. */
export interface SubscriberTotals {
  /** place of the first appearance in the run */
  since: number
  contexts: PdpContext[]
  /** contexts that came before `contexts`, or were never in it */
  contextsLeftOut: number
  /** how many at the head of `contexts` are among them, until the list moves on */
  dropped: number
  flows: number
  blockedFlows: number
  up: number
  down: number
  /** first URL that was rated free in the clear, and first name of the handset; '' when none was seen */
  freeUrl: string
  userAgent: string
  /** URL of its first UAProf description */
  uaProfile: string
  /** their places in the run */
  freeUrlAt: number
  userAgentAt: number
  uaProfileAt: number
}

/** What every thread of a run counts alike: frames, packets and contexts before they are flows'. */
export interface FrameTotals {
  frames: number
  chargeUnits: number
  octets: number
  unknownTeidPackets: number
  duplicatePackets: number
  duplicateOctets: number
  firstUs: number
  lastUs: number
  kinds: Float64Array
  contextsLeftOut: number
}

/** What the flows of one thread add up to. */
export interface FlowTotals {
  flows: number
  transactions: number
  verdicts: ReadonlyMap<Verdict, { flows: number; bytes: number }>
}

const foundNames: readonly [kind: number, name: string][] = [
  [PacketKind.User, 'g-pdu'],
  [PacketKind.GtpControl, 'gtp-c'],
  [PacketKind.GtpUserSignal, 'gtp-u signalling'],
  [PacketKind.Opaque, 'g-pdu without inner ip'],
  [PacketKind.GtpPrime, "gtp'"],
  [PacketKind.Plain, 'ip without tunnel'],
  [PacketKind.Duplicate, 'copy from a second capture point'],
  [PacketKind.None, 'other'],
]

export class RunTotals implements FrameTotals, FlowTotals {
  frames = 0
  chargeUnits = 0
  octets = 0
  flows = 0
  transactions = 0
  unknownTeidPackets = 0
  /** seen before at another point of the capture, or forwarded: charged there, and in no other sum */
  duplicatePackets = 0
  duplicateOctets = 0
  firstUs = 0
  lastUs = 0
  kinds = new Float64Array(8)
  /** contexts that made room for newer, of all subscribers */
  contextsLeftOut = 0
  readonly verdicts = new Map<Verdict, { flows: number; bytes: number }>()
  readonly subscribers = new Map<string, SubscriberTotals>()
  /** whoever comes when there are as many subscribers as the bound allows */
  readonly others = newTotals(0)
  readonly #bounds: RunBounds
  readonly #order: CaptureOrder
  /** who has the contexts that are kept, in the order of their opening; a ring */
  readonly #holders: SubscriberTotals[] = []
  #opened = 0

  constructor(bounds: RunBounds, order: CaptureOrder) {
    this.#bounds = bounds
    this.#order = order
  }

  /** G-PDUs were seen */
  get hasTunnels(): boolean {
    return this.kinds[PacketKind.User]! > 0
  }

  /** One usual packet. */
  user(octets: number): void {
    this.kinds[PacketKind.User]!++
    this.chargeUnits++
    this.octets += octets
  }

  duplicate(view: PacketView): void {
    this.duplicatePackets += view.packets
    this.duplicateOctets += view.octets
  }

  /** A context opened; the one that opened first makes room when there are too many. */
  context(context: PdpContext): void {
    const totals = this.#subscriber(context.imsi)
    if (totals === this.others) {
      totals.contextsLeftOut++
      this.contextsLeftOut++
      return
    }
    const slot = this.#opened++ % this.#bounds.sessions
    const before = this.#holders[slot]
    if (before !== undefined) this.#dropOldest(before)
    this.#holders[slot] = totals
    totals.contexts.push(context)
  }

  /** At the end: contexts whose subscriber became known after they were opened go to him. */
  settleSubscribers(): void {
    for (const totals of this.subscribers.values()) totals.contexts.splice(0, totals.dropped)
    const nobody = this.subscribers.get('')
    if (nobody === undefined) return
    const { contexts } = nobody
    nobody.contexts = contexts.filter(context => context.imsi === '')
    for (const context of contexts) {
      if (context.imsi !== '') this.#subscriber(context.imsi).contexts.push(context)
    }
    if (nobody.contexts.length === 0 && nobody.flows === 0) this.subscribers.delete('')
  }

  /** Octets of flows that were not followed. */
  leftOut(context: PdpContext | undefined, amount: LeftOutAmount): void {
    if (context === undefined) return
    const totals = this.#subscriber(context.imsi)
    totals.up += amount.upOctets
    totals.down += amount.downOctets
  }

  /** Adds a flow that ended; returns its subscriber's totals when it had a context. */
  flow(
    d: FlowDetail,
    context: PdpContext | undefined,
    verdict: Verdict,
  ): SubscriberTotals | undefined {
    this.flows++
    this.transactions += d.nextN - 1
    this.#verdict(verdict, 1, d.settledUpOctets + d.settledDownOctets)
    if (context === undefined) return undefined
    const totals = this.#subscriber(context.imsi)
    totals.flows++
    totals.up += d.settledUpOctets
    totals.down += d.settledDownOctets
    if (verdict === 'BLCK') totals.blockedFlows++
    if (totals.userAgent === '' && d.userAgent !== '') {
      totals.userAgent = d.userAgent
      totals.userAgentAt = this.#order.now
    }
    if (totals.uaProfile === '' && d.uaProfile !== '') {
      totals.uaProfile = d.uaProfile
      totals.uaProfileAt = this.#order.now
    }
    return totals
  }

  /** A flow of the subscriber ended that had a transaction rated free, with this URL. */
  rememberFree(subscriber: SubscriberTotals, url: string): void {
    if (url === '') return
    subscriber.freeUrl = url
    subscriber.freeUrlAt = this.#order.now
  }

  frameTotals(): FrameTotals {
    const { frames, chargeUnits, octets, unknownTeidPackets, duplicatePackets } = this
    const { duplicateOctets, firstUs, lastUs, kinds, contextsLeftOut } = this
    return {
      frames,
      chargeUnits,
      octets,
      unknownTeidPackets,
      duplicatePackets,
      duplicateOctets,
      firstUs,
      lastUs,
      kinds,
      contextsLeftOut,
    }
  }

  flowTotals(): FlowTotals {
    const { flows, transactions, verdicts } = this
    return { flows, transactions, verdicts }
  }

  /** Takes over what one thread counted, as every other. */
  takeFrames(other: FrameTotals): void {
    Object.assign(this, other)
  }

  /** Adds the flows of another thread. */
  merge(other: FlowTotals): void {
    this.flows += other.flows
    this.transactions += other.transactions
    for (const [verdict, { flows, bytes }] of other.verdicts) this.#verdict(verdict, flows, bytes)
  }

  /** Adds what another thread has of a subscriber, or of `others`. Those of all threads must come before
   * `inOrder`. */
  mergeSubscriber(imsi: string, other: SubscriberTotals, isOthers: boolean): void {
    const own = isOthers ? this.others : this.subscribers.get(imsi)
    if (own === undefined) this.subscribers.set(imsi, other)
    else mergeInto(own, other)
  }

  /** Puts the subscribers of all threads in the order of their appearance. */
  inOrder(): void {
    const sorted = [...this.subscribers].sort((a, b) => a[1].since - b[1].since)
    this.subscribers.clear()
    for (const [imsi, one] of sorted) this.subscribers.set(imsi, one)
  }

  #verdict(verdict: Verdict, flows: number, bytes: number): void {
    const count = this.verdicts.get(verdict)
    if (count === undefined) this.verdicts.set(verdict, { flows, bytes })
    else {
      count.flows += flows
      count.bytes += bytes
    }
  }

  /** Frames by what they were, for captures that hold something else than was expected. */
  found(): Record<string, number> {
    const found: Record<string, number> = {}
    for (const [kind, name] of foundNames) {
      const count = this.kinds[kind]!
      if (count > 0) found[name] = count
    }
    return found
  }

  #subscriber(imsi: string): SubscriberTotals {
    let totals = this.subscribers.get(imsi)
    if (totals === undefined) {
      if (this.subscribers.size >= this.#bounds.subscribers) return this.others
      totals = newTotals(this.#order.now)
      this.subscribers.set(imsi, totals)
    }
    return totals
  }

  /** Moves the list on only now and then: one subscriber may have very many. */
  #dropOldest(totals: SubscriberTotals): void {
    this.contextsLeftOut++
    totals.contextsLeftOut++
    totals.dropped++
    if (totals.dropped * 2 < totals.contexts.length) return
    totals.contexts.splice(0, totals.dropped)
    totals.dropped = 0
  }
}

function newTotals(since: number): SubscriberTotals {
  return {
    since,
    contexts: [],
    contextsLeftOut: 0,
    dropped: 0,
    flows: 0,
    blockedFlows: 0,
    up: 0,
    down: 0,
    freeUrl: '',
    userAgent: '',
    uaProfile: '',
    freeUrlAt: 0,
    userAgentAt: 0,
    uaProfileAt: 0,
  }
}

/** Contexts, and what is said of them, are those of one thread: the other's are empty. */
function mergeInto(own: SubscriberTotals, other: SubscriberTotals): void {
  own.since = Math.min(own.since, other.since)
  own.contexts.push(...other.contexts)
  own.contextsLeftOut += other.contextsLeftOut
  own.dropped += other.dropped
  own.flows += other.flows
  own.blockedFlows += other.blockedFlows
  own.up += other.up
  own.down += other.down
  if (other.freeUrl !== '' && (own.freeUrl === '' || other.freeUrlAt < own.freeUrlAt)) {
    own.freeUrl = other.freeUrl
    own.freeUrlAt = other.freeUrlAt
  }
  const isNamed = other.userAgent !== ''
  if (isNamed && (own.userAgent === '' || other.userAgentAt < own.userAgentAt)) {
    own.userAgent = other.userAgent
    own.userAgentAt = other.userAgentAt
  }
  const isDescribed = other.uaProfile !== ''
  if (isDescribed && (own.uaProfile === '' || other.uaProfileAt < own.uaProfileAt)) {
    own.uaProfile = other.uaProfile
    own.uaProfileAt = other.uaProfileAt
  }
}
