/** From frames to records: the one place that knows every stage. One pass, in packet order; every octet of
 * every charge unit ends in exactly one row of the ledger (rules.md 2.13). */

import { Dissector, defaultReassembly } from './dissect/dissector.js'
import type { Dedupe } from './dissect/duplicate-filter.js'
import { PacketKind, type PacketView } from './dissect/packet-view.js'
import type { Dir } from './flow/accounts.js'
import type { FlowDetail } from './flow/flow-detail.js'
import { Flows } from './flow/flows.js'
import type { MmsFacts } from './flow/mms-facts.js'
import { lacksUplink } from './flow/one-direction.js'
import { Reason } from './flow/reason.js'
import type { Transaction } from './flow/transaction.js'
import { CapturePoints } from './pipeline/capture-points.js'
import { CopiedTunnels } from './pipeline/copied-tunnels.js'
import { DirectionGuess } from './pipeline/direction.js'
import { DnsLearner } from './pipeline/dns-learner.js'
import { FlowExplainer, SliceGroups } from './pipeline/explain-flow.js'
import { FlowRater, type RaterWatch } from './pipeline/flow-rater.js'
import { FlowRecords } from './pipeline/flow-records.js'
import { FreeIntent } from './pipeline/free-intent.js'
import { incompleteReasons } from './pipeline/incomplete.js'
import { JoinedProtocols } from './pipeline/joined-protocols.js'
import { sessionEvent, summaryRecord, writeRunRecords } from './pipeline/run-records.js'
import { RunTotals } from './pipeline/run-totals.js'
import { UsualLane } from './pipeline/usual-lane.js'
import { TariffBit, verdictOf } from './rating/verdict.js'
import type { ExplainRecord } from './record/explain-record.js'
import type { FlowEnd } from './record/flow-record.js'
import type { RecordSink } from './record/sink.js'
import type { SummaryRecord } from './record/usage-record.js'
import type { RuleEngine } from './rules/engine.js'
import { Sessions } from './session/sessions.js'
import { batchCapacity, FrameBatch, type Source, type SourceStatus } from './source/source.js'

export interface PipelineOptions {
  engine: RuleEngine
  /** IP packets outside tunnels are user traffic too */
  plainIp?: boolean
  /** prefixes of UE addresses, as text */
  uePools?: readonly string[]
  /** packets that the capture holds from two points: charged at the first (auto, the default), or at each */
  dedupe?: Dedupe
  /** stop at the first fault */
  strict?: boolean
  maxPackets?: number
  maxFlows?: number
  /** flow to explain: number of the frame that opens it */
  explainFlow?: string
  /** list also the rules that would match after the winner */
  explainAll?: boolean
}

/** blocked-after-renewal.md B3, MIN_SPAN: silence that one SYN back-off train cannot explain. */
const minSpanUs = 120_000_000
const defaultMaxFlows = 1 << 20
const secondUs = 1_000_000

export class Pipeline {
  readonly #options: PipelineOptions
  readonly #sink: RecordSink
  readonly #dissector: Dissector
  readonly #sessions: Sessions
  readonly #joined: JoinedProtocols
  readonly #flows: Flows
  readonly #lane: UsualLane
  readonly #rater: FlowRater
  readonly #records: FlowRecords
  readonly #dns: DnsLearner | undefined
  readonly #totals = new RunTotals()
  readonly #direction: DirectionGuess
  readonly #points: CapturePoints
  readonly #copied: CopiedTunnels
  readonly #plainIp: boolean
  readonly #intent: FreeIntent
  readonly #slices = new SliceGroups()
  readonly #traceFrame: number
  #explained: ExplainRecord | undefined
  #tickUs = Number.NEGATIVE_INFINITY
  #secondUs = Number.NEGATIVE_INFINITY
  readonly #strict: boolean
  #stopped = ''

  constructor(options: PipelineOptions, sink: RecordSink) {
    const { engine } = options
    this.#options = options
    this.#sink = sink
    this.#strict = options.strict === true
    this.#plainIp = options.plainIp === true
    this.#dissector = new Dissector({
      plainIp: this.#plainIp,
      dedupe: options.dedupe ?? 'auto',
      reassembly: { ...defaultReassembly, ageUs: engine.profile.fragmentMs * 1000 },
    })
    this.#points = new CapturePoints(this.#dissector)
    const { faults } = this.#dissector
    const counter = { count: faults.add.bind(faults) }
    this.#sessions = new Sessions({
      faults: counter,
      onOpen: ctx => this.#totals.context(this.#sessions.contexts.get(ctx)),
      onClose: ctx => {
        this.#flows.endContext(ctx)
        this.#dns?.forget(ctx)
      },
      ...(sink.wants.has('session') ? { onEvent: event => sink.write(sessionEvent(event)) } : {}),
    })
    const { duplicates } = this.#dissector
    this.#copied = new CopiedTunnels(this.#sessions, duplicates, view => this.#user(view, false))
    this.#joined = new JoinedProtocols(this.#sessions, faults)
    // answers are learnt for flow records alone: nobody else asks for names of addresses
    const named = sink.wants.has('flow') || options.explainFlow !== undefined
    this.#dns = named ? new DnsLearner(() => this.#flows.table) : undefined
    this.#records = new FlowRecords(engine, this.#dns)
    this.#intent = new FreeIntent(
      engine,
      imsi => this.#totals.subscribers.get(imsi) ?? { freeUrl: '', userAgent: '' },
    )
    this.#direction = new DirectionGuess(options.uePools ?? [], view =>
      this.#sessions.nodeDirection(view),
    )
    this.#rater = new FlowRater(
      engine,
      () => this.#flows.table,
      ctx => this.#sessions.contexts.get(ctx),
      this.#watch(),
    )
    this.#traceFrame = Number(options.explainFlow ?? 0)
    const { profile } = engine
    this.#flows = new Flows(
      {
        policy: profile,
        maxFlows: options.maxFlows ?? defaultMaxFlows,
        udpIdleMs: profile.udpIdleMs,
        tcpIdleMs: profile.tcpIdleMs,
        traceFrame: this.#traceFrame,
        trace: this.#slices.trace,
        ...(this.#dns === undefined ? {} : { dns: this.#dns }),
      },
      this.#rater,
      counter,
    )
    this.#lane = new UsualLane(batchCapacity, this.#dissector, this.#sessions, this.#flows)
  }

  /** Reads the source to its end, to `maxPackets`, or until `signal`; resolves to the summary. */
  async run(
    source: Source,
    onProgress?: (status: SourceStatus) => void,
    signal?: AbortSignal,
  ): Promise<SummaryRecord> {
    const batch = new FrameBatch()
    for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
      this.#points.batch(source.status)
      this.#tickUs = this.#points.before(this.#tickUs, Number.NEGATIVE_INFINITY)
      this.#batch(batch, n)
      onProgress?.(source.status)
      if (signal?.aborted) this.#stopped = 'interrupted'
      if (this.#stopped !== '') break
    }
    return this.#finish(source.status)
  }

  /** The explained flow; undefined when no flow has that number. */
  explain(): ExplainRecord | undefined {
    return this.#explained
  }

  #batch(batch: FrameBatch, count: number): void {
    const totals = this.#totals
    const dissector = this.#dissector
    const lane = this.#lane
    const most = this.#options.maxPackets ?? Number.POSITIVE_INFINITY
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
      const usual = lane.isOpen(i)
      const octets = usual ? lane.take(i, timeUs) : 0
      if (octets > 0) {
        totals.user(octets)
        continue
      }
      const kind = usual ? lane.show(dissector.view, batch, i) : dissector.decode(batch, i)
      totals.kinds[kind]!++
      if (kind === PacketKind.User) this.#user(dissector.view, true)
      else if (kind !== PacketKind.None) this.#other(kind, dissector.view)
      if (this.#strict && dissector.faults.total > 0) {
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
      this.#flows.advance(timeUs)
      this.#sessions.expire(timeUs)
    }
    this.#tickUs = this.#points.before(this.#secondUs, timeUs)
  }

  #expired(nowUs: number): void {
    const { view } = this.#dissector
    for (;;) {
      const kind = this.#dissector.expired(nowUs)
      if (kind === PacketKind.None) return
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
    if (tunnel >= 0) {
      this.#flows.packet(view, tunnel >> 1, (tunnel & 1) as Dir)
      return
    }
    this.#direction.guess(view)
    this.#rater.rateSessionless = this.#direction.byPool
    this.#flows.sessionless(view, this.#direction.dir, this.#direction.reasons)
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

  /** A packet outside tunnels. */
  #plain(view: PacketView, tunnel: number): void {
    this.#totals.chargeUnits += view.packets
    this.#totals.octets += view.octets
    if (tunnel >= 0) {
      this.#flows.packet(view, tunnel >> 1, (tunnel & 1) as Dir)
      return
    }
    this.#direction.guess(view)
    this.#rater.rateSessionless = true
    this.#flows.sessionless(view, this.#direction.dir, this.#direction.reasons)
  }

  #watch(): RaterWatch {
    return {
      flowEnded: (row, d, reason, nowUs) => this.#flowEnded(row, d, reason, nowUs),
      transactionEnded: (row, d, txn) => this.#transactionEnded(row, d, txn),
      notified: (row, _d, mms: MmsFacts, frame, timeUs) =>
        this.#intent.notified(this.#rater.contextOf[row], frame, timeUs, mms),
    }
  }

  #transactionEnded(row: number, d: FlowDetail, txn: Transaction): void {
    const context = this.#rater.contextOf[row]
    if (this.#sink.wants.has('transaction')) {
      this.#sink.write(this.#records.transaction(d, txn, context))
    }
  }

  #flowEnded(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void {
    const silent = this.#flows.unanswered(row) && nowUs - d.openedUs >= minSpanUs
    if (silent) d.reasons |= Reason.NoAnswer
    if (lacksUplink(this.#flows.table, row, d)) d.reasons |= Reason.OneDirection
    const blocked = (d.reasons & (Reason.NoAnswer | Reason.PortalRedirect)) !== 0
    const verdict = verdictOf(d.tariffs, blocked)
    const context = this.#rater.contextOf[row]
    const subscriber = this.#totals.flow(d, context, verdict)
    if (subscriber?.freeUrl === '' && d.tariffs & TariffBit.Free) {
      subscriber.freeUrl = this.#rater.freeUrl(d)
    }
    if (verdict === 'CHRG' && this.#intent.mayConcern(d)) {
      const isSibling = this.#intent.hasFreeSibling(this.#rater.fillFacts(row, d))
      if (isSibling) this.#intent.charged(context, d, this.#rater.flowFacts(row, d))
    }
    const traced = d.frame === this.#traceFrame
    if (!traced && !this.#sink.wants.has('flow')) return
    const reasons = [...d.settled, ...d.transactions].reduce(
      (all, txn) => all | txn.reasons,
      d.reasons,
    )
    const record = this.#records.flow(this.#flows.table, row, d, context, verdict, reasons, reason)
    if (this.#sink.wants.has('flow')) this.#sink.write(record)
    if (!traced) return
    const all = this.#options.explainAll ?? false
    const explainer = new FlowExplainer(this.#options.engine, this.#rater, this.#records, all)
    this.#explained = explainer.explain(row, d, context, record, reasons, this.#slices)
  }

  #finish(status: SourceStatus): SummaryRecord {
    const { engine } = this.#options
    const sink = this.#sink
    const totals = this.#totals
    this.#expired(Number.POSITIVE_INFINITY)
    this.#copied.expire(Number.POSITIVE_INFINITY)
    this.#joined.end()
    this.#sessions.end()
    this.#flows.endAll(totals.lastUs)
    totals.settleSubscribers()
    const { ledger } = this.#rater
    writeRunRecords(sink, engine, ledger, totals, this.#intent)
    const faults = this.#dissector.faults.toRecord()
    const summary = summaryRecord(engine, ledger, totals, {
      reasons: incompleteReasons({
        status,
        faults,
        opaque: totals.kinds[PacketKind.Opaque]!,
        stopped: this.#stopped,
        evicted: this.#flows.evicted,
      }),
      sessions: this.#sessions.counts.created,
      subscribers: this.#sessions.counts.subscribers,
      captureDrops: status.drops,
      faults,
    })
    if (sink.wants.has('summary')) sink.write(summary)
    return summary
  }
}
