/** A source that runs through the pipeline while it is looked at: what `daemon` serves and what `top -r` shows. */

import { cpus, hostname, totalmem } from 'node:os'
import { rulesLabel } from '../pipeline/rules-in-force.js'
import { RunState } from '../pipeline/run-state.js'
import { Pipeline, type PipelineOptions } from '../pipeline.js'
import type { FileState, InterfaceState, Reloaded } from '../record/snapshot.js'
import type { RuleEngine } from '../rules/engine.js'
import type { LiveInterfaceStatus } from '../source/live/live-status.js'
import { FrameBatch, type Source } from '../source/source.js'
import type { AlertBook } from '../view/alert-book.js'
import type { Showing } from '../view/local-view.js'
import { LogBook } from '../view/log-book.js'
import { type Machine, Overviews } from '../view/overview.js'
import { ProbeView } from '../view/probe-view.js'
import { ViewRows } from '../view/view-rows.js'
import { Failure, failureLines } from './fail.js'
import { changedRules, rulesNow } from './rules-now.js'

/** Packets are worked off for so long before others get a turn. */
const pieceMs = 10
const lookMs = 1000
/** Of a file each second of packets is looked at, but not more often than this. */
const fileLookMs = 100

export interface ProbeRunOptions {
  source: Source
  engine: RuleEngine
  /** where the rules came from, and how they are read again */
  rulesPath: string
  readRules: () => RuleEngine
  pipeline: Omit<PipelineOptions, 'engine' | 'reloads'>
  alerts: AlertBook
  probe: string | undefined
  version: string
  /** after each look */
  looked?: () => void
  /** after rules were loaded or refused; `refused` is empty when they are in force */
  reloaded?: (refused: string, lines: readonly string[]) => void
  troubles?: () => string[]
  clients?: () => { connected: number; dropped: number }
}

export class ProbeRun {
  readonly showing: Showing
  readonly machine: Machine
  readonly #options: ProbeRunOptions
  readonly #pipeline: Pipeline
  #rules: ReturnType<typeof rulesNow>
  #engine: RuleEngine
  #isDone = false
  #isCut = false
  #lookedMs = 0
  #lookedS = 0

  constructor(options: ProbeRunOptions) {
    this.#options = options
    const { source, engine, rulesPath, alerts } = options
    this.#engine = engine
    this.#rules = rulesNow(engine, rulesPath, nowUs())
    const isLive = source.status.live !== undefined
    const beganMs = performance.now()
    const view: ProbeView = new ProbeView(
      () => state,
      {
        mode: isLive ? 'live' : 'file',
        probe: options.probe ?? hostname(),
        version: options.version,
        startedUs: nowUs(),
        nowUs,
        steadyUs: () => (performance.now() - beganMs) * 1000,
        turn,
        drops: () => source.status.drops,
        reload: () => Promise.resolve(this.reload()),
      },
      alerts,
      new LogBook(),
    )
    const settings = { ...options.pipeline, engine, reloads: true }
    this.#pipeline = new Pipeline(settings, view.sink(rulesLabel(engine)))
    const state: RunState = new RunState(
      () => this.#pipeline.stages,
      () => this.#rules,
    )
    this.machine = this.#machine(view)
    const overviews = new Overviews(view, this.machine)
    this.showing = { view, overviews, rows: new ViewRows(view) }
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** Runs the source to its end. The last look shows all flows ended. */
  async run(): Promise<void> {
    const { source } = this.#options
    const { view } = this.showing
    const timer = setInterval(() => void this.look(), lookMs)
    const batch = new FrameBatch()
    try {
      let turnMs = performance.now()
      for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
        const goesOn = this.#pipeline.take(batch, n, source.status)
        if (view.around.mode === 'file') await this.#lookAtFile()
        if (performance.now() - turnMs > pieceMs) {
          await turn()
          turnMs = performance.now()
        }
        if (!goesOn || this.#isCut) break
      }
      this.#pipeline.end()
    } finally {
      clearInterval(timer)
      this.#isDone = true
    }
    await this.look()
  }

  /** What still waits is not worked off any more. */
  cut(): void {
    this.#isCut = true
  }

  /** Reads the rules anew; they decide from the next flow on. The old ones stay when the new are wrong. */
  reload(): Reloaded {
    this.showing.overviews.forget()
    try {
      const engine = this.#options.readRules()
      if (engine.profile.name !== this.#engine.profile.name) {
        throw new Failure(3, `profile ${engine.profile.name}: a running probe keeps its profile`, {
          hint: 'systemctl restart tollgated',
        })
      }
      const { view } = this.showing
      const next = rulesNow(engine, this.#options.rulesPath, nowUs())
      const { rules, lines } = changedRules(this.#rules, next)
      this.#pipeline.useRules(engine, view.sink(rulesLabel(engine)))
      this.#engine = engine
      this.#rules = rules
      view.hosts.rulesChanged()
      const { version, rules: count } = rules.state
      const told = [`rules ${version} loaded, ${count} rules, ${lines.length} changed`, ...lines]
      this.#options.reloaded?.('', told)
      return { ok: true, lines: told }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const [first = '', ...more] = failureLines(error)
      const refused = first.replace(/^tollgate: /, '')
      this.#rules = { ...this.#rules, state: { ...this.#rules.state, refused } }
      const kept = `rules ${this.#rules.state.version} stay in force`
      this.#options.reloaded?.(refused, [refused, ...more, kept])
      return { ok: false, lines: [refused, ...more, kept] }
    }
  }

  /** Findings so far. */
  findings(): ReturnType<Pipeline['stages']['intent']['findings']> {
    return this.#pipeline.stages.intent.findings()
  }

  /** Brings sums and rates up to date. */
  async look(): Promise<void> {
    await this.showing.view.look()
    this.#options.looked?.()
  }

  async #lookAtFile(): Promise<void> {
    const second = Math.floor(this.#pipeline.stages.totals.lastUs / 1e6)
    const nowMs = performance.now()
    if (second === this.#lookedS || nowMs - this.#lookedMs < fileLookMs) return
    this.#lookedS = second
    this.#lookedMs = nowMs
    await this.look()
  }

  #machine(view: ProbeView): Machine {
    const { source, troubles, clients } = this.#options
    const { status } = source
    const cpu = new CpuShare()
    const rates = new InterfaceRates()
    return {
      interfaces: () => (status.live ?? []).map(one => rates.state(one)),
      file: () => (status.live === undefined ? fileState(source, this.#isDone) : undefined),
      queueShare: () => {
        const { octets = 0, most = 1 } = status.backlog ?? {}
        return Math.min(1, octets / Math.max(1, most))
      },
      lagS: () => lagOf(view, status.live),
      cpuPercent: () => cpu.percent(),
      cores: cpus().length,
      rssOctets: () => process.memoryUsage.rss(),
      memoryOctets: totalmem(),
      clients: () => clients?.() ?? { connected: 0, dropped: 0 },
      troubles: () => troubles?.() ?? [],
    }
  }
}

/** The machine's clock, microseconds since 1970. */
export function nowUs(): number {
  return Date.now() * 1000
}

function turn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

/** Of a link without packets nothing is late. */
function lagOf(view: ProbeView, live: readonly LiveInterfaceStatus[] | undefined): number {
  if (live === undefined || view.series.growth('packets', 2) === 0) return 0
  return Math.max(0, (nowUs() - view.counters.packetUs) / 1e6 - 1)
}

function fileState({ status }: Source, done: boolean): FileState {
  const { name, octetsRead, octetsTotal, damage } = status
  return { name, octets_read: octetsRead, octets_total: octetsTotal, done, damage: [...damage] }
}

/** Share of one core since it was asked last, at most once a second. */
class CpuShare {
  #atMs = performance.now()
  #used = process.cpuUsage()
  #percent = 0

  percent(): number {
    const nowMs = performance.now()
    if (nowMs - this.#atMs < 1000) return this.#percent
    const used = process.cpuUsage(this.#used)
    this.#percent = (used.user + used.system) / 10 / (nowMs - this.#atMs)
    this.#atMs = nowMs
    this.#used = process.cpuUsage()
    return this.#percent
  }
}

/** Packets a second of each interface since about a second ago. */
class InterfaceRates {
  readonly #before = new Map<string, { atMs: number; frames: number; rate: number }>()

  state(one: LiveInterfaceStatus): InterfaceState {
    const nowMs = performance.now()
    const before = this.#before.get(one.name) ?? { atMs: nowMs, frames: one.frames, rate: 0 }
    this.#before.set(one.name, before)
    const spanMs = nowMs - before.atMs
    if (spanMs >= 1000) {
      before.rate = ((one.frames - before.frames) * 1000) / spanMs
      before.atMs = nowMs
      before.frames = one.frames
    }
    const gap = one.gaps.findLast(({ toMs }) => toMs === undefined)
    return {
      name: one.name,
      engine: one.engine,
      up: one.isUp,
      ...(one.isUp ? {} : { trouble: gap?.why ?? 'not captured' }),
      packets: one.frames,
      packets_per_s: before.rate,
      ...(one.kernelDrops === undefined ? {} : { kernel_drops: one.kernelDrops }),
      ...(one.interfaceDrops === undefined ? {} : { interface_drops: one.interfaceDrops }),
      queue_drops: one.queueDrops,
    }
  }
}
