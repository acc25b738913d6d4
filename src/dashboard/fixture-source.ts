/** A probe that follows a script, for tests and pictures of screens (`top --fixture FILE`). Each line of the file is a
 * JSON object: `at` seconds after the start, and one of
 *   `overview` (sent again every refresh until `silent`), `rows` with `flows`, `subscribers`, `rules`, `alerts`, `log`,
 *   `explained`, `timeline` with `subscriber`, `make` (so many flows), `grow` (octets of flows change every refresh),
 *   `silent`, `close`, `open`. */

import { recordFields } from '../record/filter/all.js'
import { compileFilter } from '../record/filter/evaluate.js'
import { parseFilter } from '../record/filter/parser.js'
import type { FlowRecord } from '../record/flow-record.js'
import type {
  Explained,
  FlowRow,
  Overview,
  Reloaded,
  RowKind,
  RowPage,
  RowQuery,
  RowsOf,
  TimelineRow,
} from '../record/snapshot.js'
import { utcTime } from '../record/time.js'
import {
  type LinkState,
  type OverviewWish,
  ViewError,
  type ViewSource,
} from '../record/view-source.js'
import { keyOf } from './list-columns.js'

export interface FixtureLine {
  /** seconds after the start */
  at: number
  overview?: Overview
  rows?: { [K in RowKind]?: RowsOf[K][] }
  explained?: Explained
  timeline?: { subscriber: string; rows: TimelineRow[] }
  make?: number
  grow?: boolean
  silent?: boolean
  close?: boolean
  open?: boolean
}

interface Watcher {
  wish: OverviewWish
  listener: (overview: Overview) => void
  timer: NodeJS.Timeout
}

export class FixtureSource implements ViewSource {
  link: LinkState
  readonly #nowMs: () => number
  readonly #rows: { [K in RowKind]: RowsOf[K][] } = {
    flows: [],
    subscribers: [],
    rules: [],
    alerts: [],
    log: [],
  }
  readonly #explained = new Map<string, Explained>()
  readonly #timelines = new Map<string, TimelineRow[]>()
  readonly #links = new Set<(link: LinkState) => void>()
  readonly #watchers = new Set<Watcher>()
  readonly #timers: NodeJS.Timeout[] = []
  /** rows in an order that was asked for before */
  readonly #ordered = new Map<string, readonly object[]>()
  #overview: Overview | undefined
  #silent = false
  #grows = false

  constructor(lines: readonly FixtureLine[], nowMs: () => number) {
    this.#nowMs = nowMs
    this.link = {
      state: 'connecting',
      where: '/run/tollgate/tollgated.sock',
      attempts: 1,
      sinceMs: nowMs(),
    }
    for (const line of lines) {
      if (line.at <= 0) this.#play(line)
      else this.#timers.push(setTimeout(() => this.#play(line), line.at * 1000))
    }
  }

  onLink(listener: (link: LinkState) => void): () => void {
    this.#links.add(listener)
    return () => this.#links.delete(listener)
  }

  subscribe(wish: OverviewWish, listener: (overview: Overview) => void): () => void {
    const watcher: Watcher = {
      wish,
      listener,
      timer: setInterval(() => {
        if (this.#grows) this.#grow()
        this.#tell(watcher)
      }, wish.refreshMs),
    }
    this.#watchers.add(watcher)
    setImmediate(() => this.#tell(watcher))
    return () => {
      clearInterval(watcher.timer)
      this.#watchers.delete(watcher)
    }
  }

  async rows<K extends RowKind>(kind: K, query: RowQuery): Promise<RowPage<RowsOf[K]>> {
    this.#mustBeOpen()
    const ordered = this.#order(kind, query)
    const { offset, limit, key } = query
    const index = key === undefined ? -1 : ordered.findIndex(row => keyOf[kind](row) === key)
    return {
      rows: ordered.slice(offset, offset + limit),
      shown: ordered.length,
      total: this.#rows[kind].length,
      ...(index < 0 ? {} : { key_index: index }),
    }
  }

  async why(flow: string): Promise<Explained> {
    this.#mustBeOpen()
    const explained = this.#explained.get(flow)
    if (explained === undefined)
      throw new ViewError('not-found', `flow ${flow} is not known any more`)
    return explained
  }

  async timeline(subscriber: string): Promise<TimelineRow[]> {
    this.#mustBeOpen()
    return this.#timelines.get(subscriber) ?? []
  }

  async acknowledge(id: string, note: string, who: string): Promise<void> {
    this.#mustBeOpen()
    if (note === '') throw new ViewError('not-possible', 'a note is needed')
    const at = utcTime(this.#nowMs() * 1000)
    this.#alert(id, { state: 'ACK', note, acked_by: who, acked_at: at })
  }

  async unacknowledge(id: string): Promise<void> {
    this.#mustBeOpen()
    this.#alert(id, { state: 'NEW' })
  }

  async reload(): Promise<Reloaded> {
    throw new ViewError('not-possible', 'a script does not reload')
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const { timer } of this.#watchers) clearInterval(timer)
    this.#watchers.clear()
  }

  #play(line: FixtureLine): void {
    if (line.overview !== undefined) this.#overview = line.overview
    for (const [kind, rows] of Object.entries(line.rows ?? {})) this.#put(kind as RowKind, rows)
    if (line.explained !== undefined) this.#explained.set(line.explained.flow.flow, line.explained)
    if (line.timeline !== undefined)
      this.#timelines.set(line.timeline.subscriber, line.timeline.rows)
    if (line.make !== undefined) this.#put('flows', manyFlows(line.make))
    if (line.grow !== undefined) this.#grows = line.grow
    if (line.silent !== undefined) this.#silent = line.silent
    if (line.close === true) this.#linkTo('lost')
    if (line.open === true || (line.overview !== undefined && this.link.state === 'connecting'))
      this.#linkTo('open')
    if (line.overview !== undefined) for (const watcher of this.#watchers) this.#tell(watcher)
  }

  #put(kind: RowKind, rows: readonly RowsOf[RowKind][]): void {
    Object.assign(this.#rows, { [kind]: rows })
    this.#ordered.clear()
  }

  #alert(id: string, change: Partial<RowsOf['alerts']>): void {
    this.#put(
      'alerts',
      this.#rows.alerts.map(row => (row.id === id ? { ...row, ...change } : row)),
    )
  }

  #tell({ listener }: Watcher): void {
    if (this.#overview === undefined || this.#silent || this.link.state !== 'open') return
    listener({
      ...this.#overview,
      sequence: this.#overview.sequence + 1,
      now_us: this.#nowMs() * 1000,
    })
  }

  #linkTo(state: LinkState['state']): void {
    const retry =
      state === 'lost' ? { retryAtMs: this.#nowMs() + 4000, why: 'connection refused' } : {}
    this.link = { state, where: this.link.where, attempts: 1, sinceMs: this.#nowMs(), ...retry }
    for (const listener of this.#links) listener(this.link)
    if (state === 'open') for (const watcher of this.#watchers) this.#tell(watcher)
  }

  #mustBeOpen(): void {
    if (this.link.state !== 'open') throw new ViewError('lost', 'the probe is not there')
  }

  #order<K extends RowKind>(kind: K, { filter, sort }: RowQuery): readonly RowsOf[K][] {
    const name = `${kind} ${sort ?? ''} ${filter ?? ''}`
    const known = this.#ordered.get(name)
    if (known !== undefined) return known as readonly RowsOf[K][]
    let rows = [...this.#rows[kind]] as RowsOf[K][]
    if (filter !== undefined) {
      const parsed = parseFilter(filter)
      if (!parsed.ok) throw new ViewError('filter', parsed.error.message)
      rows = rows.filter(compileFilter(parsed.filter))
    }
    if (sort !== undefined) rows = sorted(rows, sort)
    this.#ordered.set(name, rows)
    return rows
  }

  /** Every hundredth flow got more octets. */
  #grow(): void {
    const { flows } = this.#rows
    for (let i = 0; i < flows.length; i += 100) {
      const row = flows[i]
      if (row !== undefined) flows[i] = { ...row, down_bytes: row.down_bytes + 1400 + i }
    }
    this.#ordered.clear()
  }
}

function sorted<T extends object>(rows: T[], sort: string): T[] {
  const name = sort.replace(/^-/, '')
  const field = recordFields.find(name)
  const value = (row: T): string | number => {
    const own = row as Readonly<Record<string, unknown>>
    const found = field?.read(own)[0] ?? own[name]
    return typeof found === 'number' ? found : typeof found === 'string' ? found : ''
  }
  const sign = sort.startsWith('-') ? -1 : 1
  return rows
    .map(row => ({ row, by: value(row) }))
    .sort((a, b) => (a.by < b.by ? -sign : a.by > b.by ? sign : 0))
    .map(({ row }) => row)
}

const hosts = [
  'wap.operator.test',
  'portal.free.test',
  'video.example.com',
  'cdn-wap.operator.test',
] as const
const verdicts = ['FREE', 'CHRG', 'BLCK', 'MIXD', 'UNKN'] as const

/** As many flows as a busy probe has; the same each time. */
function manyFlows(count: number): FlowRow[] {
  const common = {
    protocol: 'tcp',
    direction: 'known',
    app: 'http',
    transactions: 1,
    certainty: 'high',
    reasons: [],
    community_id: '',
  } as const satisfies Partial<FlowRecord>
  return Array.from({ length: count }, (_, i): FlowRow => {
    const startUs = 1_795_273_200_000_000 + i * 1000
    return {
      ...common,
      flow: String(i + 1),
      ts: utcTime(startUs),
      end: utcTime(startUs + (i % 600) * 1e6),
      imsi: `46001******${String(i % 5000).padStart(4, '0')}`,
      masked: true,
      ue: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      ue_port: 1024 + (i % 60_000),
      server: '203.0.113.9',
      server_port: 80,
      host: hosts[i % hosts.length] ?? '',
      verdict: verdicts[i % verdicts.length] ?? 'UNKN',
      rule_id: 168_165_378 + (i % 7),
      rule_id_hex: '0x0A060002',
      level1: 1 + (i % 7),
      tariff: i % 2 === 0 ? 'free' : 'charged',
      up_packets: 3,
      down_packets: 5,
      up_bytes: (i * 131) % 9_999,
      down_bytes: (i * 7919) % 9_999_999,
    }
  })
}
