/** From frames to records: the one place that knows every stage. One pass, in packet order; every octet of
 * every charge unit ends in exactly one row of the ledger (rules.md 2.13). */

import { Dissector } from './dissect/dissector.js'
import { FaultCounter } from './dissect/fault-counter.js'
import { PacketKind, type PacketView } from './dissect/packet-view.js'
import type { Dir } from './flow/accounts.js'
import { Flows } from './flow/flows.js'
import { Load } from './flow/load.js'
import { pairContext } from './flow/sessionless.js'
import { defaultBounds, reassemblyBounds } from './pipeline/bounds.js'
import { CaptureOrder } from './pipeline/capture-order.js'
import { CapturePoints } from './pipeline/capture-points.js'
import { CopiedTunnels } from './pipeline/copied-tunnels.js'
import { DirectionGuess } from './pipeline/direction.js'
import { DnsLearner, needsNames } from './pipeline/dns-learner.js'
import { SliceGroups } from './pipeline/explain-flow.js'
import type { FlowRater } from './pipeline/flow-rater.js'
import { JoinedProtocols } from './pipeline/joined-protocols.js'
import { Overload } from './pipeline/overload.js'
import type { PipelineOptions, PipelinePart } from './pipeline/pipeline-options.js'
import { type RatingStages, rateWith } from './pipeline/rated-flows.js'
import { RulesInForce, type RunStages } from './pipeline/rules-in-force.js'
import { endRun, type PartResults, type RunPlan, resultsOf } from './pipeline/run-end.js'
import { sessionEvent } from './pipeline/run-records.js'
import { RunTotals } from './pipeline/run-totals.js'
import { everything, type Share } from './pipeline/shard/share.js'
import { UsualLane } from './pipeline/usual-lane.js'
import type { ExplainRecord } from './record/explain-record.js'
import type { RecordSink } from './record/sink.js'
import type { SummaryRecord } from './record/usage-record.js'
import type { RuleEngine } from './rules/engine.js'
import { Sessions } from './session/sessions.js'
import { FrameBatch, type Source, type SourceStatus } from './source/source.js'

export type { PipelineOptions } from './pipeline/pipeline-options.js'

const secondUs = 1_000_000

export class Pipeline {
  readonly #options: PipelineOptions
  readonly #plan: RunPlan
  readonly #dissector: Dissector
  readonly #sessions: Sessions
  readonly #joined: JoinedProtocols
  readonly #flows: Flows
  readonly #lane: UsualLane
  readonly #rating: RatingStages
  readonly #rules: RulesInForce
  readonly #rater: FlowRater
  readonly #dns: DnsLearner | undefined
  readonly #totals: RunTotals
  readonly #share: Share
  readonly #order: CaptureOrder
  readonly #load = new Load()
  readonly #overload = new Overload(this.#load)
  readonly #direction: DirectionGuess
  readonly #points: CapturePoints
  readonly #copied: CopiedTunnels
  readonly #plainIp: boolean
  /** faults of flows, apart from those that every part of a run sees */
  readonly #flowFaults: FaultCounter
  #tickUs = Number.NEGATIVE_INFINITY
  #secondUs = Number.NEGATIVE_INFINITY
  #stopped = ''

  constructor(options: PipelineOptions, sink: RecordSink, part?: PipelinePart) {
    const { engine } = options
    this.#options = options
    this.#plainIp = options.plainIp === true
    const bounds = { ...defaultBounds, ...options.bounds }
    this.#plan = { engine, bounds, sink }
    this.#share = part?.share ?? everything
    this.#order = part?.order ?? new CaptureOrder()
    this.#totals = new RunTotals(bounds, this.#order)
    const { holes, heads, wtp, fragments } = reassemblyBounds(bounds)
    const { profile } = engine
    this.#dissector = new Dissector({
      plainIp: this.#plainIp,
      dedupe: options.dedupe ?? 'auto',
      reassembly: { ...fragments, ageUs: profile.fragmentMs * 1000 },
    })
    this.#points = new CapturePoints(this.#dissector)
    const { faults, duplicates } = this.#dissector
    this.#flowFaults = part === undefined ? faults : new FaultCounter()
    this.#sessions = new Sessions({
      faults: { count: faults.add.bind(faults) },
      maxContexts: bounds.sessions,
      maxSubscribers: bounds.subscribers,
      maxTransactions: bounds.requests,
      onOpen: ctx => this.#totals.context(this.#sessions.contexts.get(ctx)),
      onClose: ctx => {
        this.#order.step()
        this.#flows.endContext(ctx)
        this.#order.step()
        this.#settleLeftOut(ctx)
        this.#dns?.forget(ctx)
      },
      ...(sink.wants.has('session') ? { onEvent: event => sink.write(sessionEvent(event)) } : {}),
    })
    this.#copied = new CopiedTunnels(this.#sessions, duplicates, view => {
      this.#order.step()
      this.#user(view, false)
    })
    this.#joined = new JoinedProtocols(this.#sessions, faults, sink)
    const named = part !== undefined || needsNames(sink, options)
    this.#dns = named ? new DnsLearner(() => this.#flows.table, bounds.dnsNames) : undefined
    this.#direction = new DirectionGuess(options.uePools ?? [], view =>
      this.#sessions.nodeDirection(view),
    )
    const traceFrame = Number(options.explainFlow ?? 0)
    this.#rating = {
      flows: () => this.#flows,
      context: ctx => this.#sessions.contexts.get(ctx),
      bounds,
      load: this.#load,
      order: this.#order,
      sink,
      dns: this.#dns,
      totals: this.#totals,
      intent: part?.intent,
      traceFrame,
      slices: new SliceGroups(),
      explainAll: options.explainAll ?? false,
    }
    this.#rules = new RulesInForce(rateWith(engine, this.#rating))
    this.#rater = this.#rules.now.rater
    this.#rater.observer = options.observe?.(this.#rater, () => this.#flows.table)
    this.#flows = new Flows(
      {
        policy: options.trace === undefined ? profile : { ...profile, seesRepeats: true },
        maxFlows: bounds.flows,
        holeOctets: holes,
        headOctets: heads,
        wtp,
        load: this.#load,
        udpIdleMs: profile.udpIdleMs,
        tcpIdleMs: profile.tcpIdleMs,
        traceFrame,
        trace: options.trace ?? this.#rating.slices.trace,
        traceAll: options.trace !== undefined,
        onPacket: options.onPacket,
        onSweep: frame => this.#order.sweep(frame),
        ...(this.#dns === undefined ? {} : { dns: this.#dns }),
      },
      options.reloads === true ? this.#rules : this.#rater,
      { count: this.#flowFaults.add.bind(this.#flowFaults) },
    )
    this.#lane = new UsualLane(this.#dissector, this.#sessions, this.#flows, this.#share)
  }

  /** Reads the source to its end or to `maxPackets`; resolves to the summary. */
  async run(
    source: Source,
    onProgress?: (status: SourceStatus, overload: Overload) => void,
  ): Promise<SummaryRecord> {
    const batch = new FrameBatch()
    for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
      this.take(batch, n, source.status)
      onProgress?.(source.status, this.#overload)
      if (this.#stopped !== '') break
    }
    this.end()
    return endRun(this.#plan, this.results, this.#rules.now.intent, source.status)
  }

  /** The first `count` frames of the next batch. False when the run has stopped. */
  take(batch: FrameBatch, count: number, status: SourceStatus): boolean {
    this.#points.batch(status)
    this.#tickUs = this.#points.before(this.#tickUs, Number.NEGATIVE_INFINITY)
    this.#batch(batch, count)
    this.#overload.look(status, this.#totals.lastUs, this.#totals.frames)
    return this.#stopped === ''
  }

  /** After the last frame: everything that is still open ends. */
  end(): void {
    this.#expired(Number.POSITIVE_INFINITY)
    this.#copied.expire(Number.POSITIVE_INFINITY)
    this.#order.step()
    this.#joined.end()
    this.#sessions.end()
    this.#order.step()
    this.#flows.endAll(this.#totals.lastUs)
    this.#order.swept(this.#totals.frames)
    for (const ctx of this.#rater.leftOutFlows.open) this.#settleLeftOut(ctx)
  }

  /** What this part of a run adds up to; final after `end`. */
  get results(): PartResults {
    return resultsOf(this.stages)
  }

  /** Every stage as it is now. */
  get stages(): RunStages {
    return {
      dissector: this.#dissector,
      sessions: this.#sessions,
      flows: this.#flows,
      rater: this.#rater,
      dns: this.#dns,
      intent: this.#rules.now.intent,
      totals: this.#totals,
      overload: this.#overload,
      flowFaults: this.#flowFaults,
      stopped: this.#stopped,
      rules: this.#rules,
    }
  }

  /** These rules decide from the next flow on; flows that are open stay with theirs. Needs `reloads`. */
  useRules(engine: RuleEngine, sink: RecordSink): void {
    this.#rules.use(rateWith(engine, { ...this.#rating, sink }))
  }

  /** The explained flow; undefined when no flow has that number. */
  explain(): ExplainRecord | undefined {
    return this.#rules.now.ends.explained
  }

  #batch(batch: FrameBatch, count: number): void {
    const totals = this.#totals
    const dissector = this.#dissector
    const lane = this.#lane
    const order = this.#order
    const { strict = false, maxPackets: most = Number.POSITIVE_INFINITY, onPacket } = this.#options
    lane.read(batch, count)
    for (let i = 0; i < count; i++) {
      if (totals.frames >= most) {
        this.#stopped = `stopped after ${most} packets`
        return
      }
      const timeUs = batch.timeUs[i]!
      if (totals.frames++ === 0) totals.firstUs = timeUs
      if (timeUs > totals.lastUs) totals.lastUs = timeUs
      if (timeUs >= this.#copied.dueUs) this.#copied.expire(timeUs)
      if (timeUs >= this.#tickUs) this.#tick(timeUs)
      if (timeUs >= dissector.dueUs) this.#expired(timeUs)
      order.step()
      const usual = lane.isOpen(i)
      // the short way shows packets to nobody
      const octets = usual && onPacket === undefined ? lane.take(i, timeUs) : 0
      if (octets > 0) {
        totals.user(octets)
        continue
      }
      const kind = usual ? lane.show(dissector.view, batch, i) : dissector.decode(batch, i)
      totals.kinds[kind]!++
      if (kind === PacketKind.User) this.#user(dissector.view, true)
      else if (kind !== PacketKind.None) this.#other(kind, dissector.view)
      if (strict && dissector.faults.total > 0) {
        this.#stopped = `stopped by --strict in frame ${totals.frames}: ${dissector.faults.first}`
        return
      }
    }
  }

  /** Once a second of packet time, and where another file begins: at the same packet however the frames come
   * in batches. */
  #tick(timeUs: number): void {
    this.#points.look(timeUs, this.#plainIp && this.#totals.hasTunnels)
    if (timeUs >= this.#secondUs) {
      this.#secondUs = (Math.floor(timeUs / secondUs) + 1) * secondUs
      this.#order.step()
      this.#rules.advance(timeUs)
      this.#flows.advance(timeUs)
      this.#order.swept(this.#totals.frames)
      this.#sessions.expire(timeUs)
    }
    this.#tickUs = this.#points.before(this.#secondUs, timeUs)
  }

  #expired(nowUs: number): void {
    const { view } = this.#dissector
    for (;;) {
      const kind = this.#dissector.expired(nowUs)
      if (kind === PacketKind.None) return
      this.#order.step()
      if (kind === PacketKind.User) this.#user(view, true)
      else this.#other(kind, view)
    }
  }

  /** `mayWait`: for a copy of it, when it is nobody's. */
  #user(view: PacketView, mayWait: boolean): void {
    const totals = this.#totals
    let tunnel = this.#sessions.tunnel(view)
    if (tunnel < 0) {
      if (this.#sessions.isForwarded(view)) {
        totals.duplicate(view)
        return
      }
      tunnel = this.#copied.find(view)
      if (tunnel < 0) {
        tunnel = this.#sessions.identity(view)
        if (tunnel < 0 && mayWait && this.#copied.hold(view)) return
        totals.unknownTeidPackets += view.packets
      }
    }
    totals.chargeUnits += view.packets
    totals.octets += view.octets
    this.#packet(view, tunnel, false)
  }

  /** To its flow. `tunnel`: context row * 2 + direction, or negative; `rated`: also without session. */
  #packet(view: PacketView, tunnel: number, rated: boolean): void {
    if (tunnel >= 0) {
      const ctx = tunnel >> 1
      if (this.#share.has(ctx)) this.#flows.packet(view, ctx, (tunnel & 1) as Dir)
      return
    }
    if (!this.#share.has(pairContext(view))) return
    const direction = this.#direction
    direction.guess(view)
    this.#rater.rateSessionless = rated || direction.byPool
    this.#flows.sessionless(view, direction.dir, direction.reasons)
  }

  #other(kind: PacketKind, view: PacketView): void {
    if (kind === PacketKind.GtpControl || kind === PacketKind.GtpUserSignal) {
      this.#sessions.control(view)
      if (this.#sessions.contexts.bothTunnels) this.#points.bothTunnels()
    } else if (kind === PacketKind.Duplicate) {
      this.#totals.duplicate(view)
      this.#copied.learn(view, this.#owner(view))
    } else if (kind === PacketKind.Plain) {
      this.#joined.packet(view)
      if (this.#plainIp) this.#plain(view, this.#sessions.addressee(view))
    }
  }

  /** Context row * 2 + direction of a copy, in a tunnel or not. */
  #owner(view: PacketView): number {
    return view.outerVersion === 0 ? this.#sessions.addressee(view) : this.#sessions.tunnel(view)
  }

  #plain(view: PacketView, tunnel: number): void {
    this.#totals.chargeUnits += view.packets
    this.#totals.octets += view.octets
    this.#packet(view, tunnel, true)
  }

  #settleLeftOut(ctx: number): void {
    const amount = this.#rater.settleLeftOut(ctx)
    if (amount === undefined) return
    this.#totals.leftOut(ctx < 0 ? undefined : this.#sessions.contexts.get(ctx), amount)
  }
}
