/** A probe behind its socket. Connects by itself, again after a loss, and takes its subscriptions along. */

import { createConnection, type Socket } from 'node:net'
import {
  decodeMessage,
  encodeMessage,
  MessageReader,
  protocolMajor,
  protocolMinor,
} from '../record/probe-codec.js'
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
import type { LinkState, OverviewWish, ViewSource } from '../record/view-source.js'
import { ViewError } from '../record/view-source.js'

const mostReplyOctets = 64 << 20
/** Waits before the next try; the last one again and again. */
const retryMs = [1000, 2000, 4000, 5000] as const
const connectMs = 5000

export interface ClientOptions {
  /** `tollgate top 0.1.0` */
  client: string
  /** does not try again: the first failure is the end */
  once?: boolean
}

interface Reply {
  id: number
  failure?: { code: string; message: string; from?: number; to?: number; hint?: string }
  overview?: Overview
  page?: { kind: RowKind; shown: number; total: number; key_index?: number } & {
    [K in RowKind]: RowsOf[K][]
  }
  explained?: { explain: string; flow: FlowRow; incomplete?: string; now?: string }
  timeline?: { rows: TimelineRow[] }
  done?: object
  reloaded?: Reloaded
}

interface Welcome {
  major: number
  probe: string
  version: string
  revealed: boolean
  refused: string
}

interface Subscription {
  wish: OverviewWish
  listener: (overview: Overview) => void
}

interface Waiting {
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
}

export class ProbeClient implements ViewSource {
  link: LinkState
  /** of the probe that answered last */
  welcome: Welcome | undefined
  readonly #path: string
  readonly #options: ClientOptions
  readonly #listeners = new Set<(link: LinkState) => void>()
  readonly #subscriptions = new Map<number, Subscription>()
  readonly #waiting = new Map<number, Waiting>()
  #socket: Socket | undefined
  #retry: NodeJS.Timeout | undefined
  #number = 0

  constructor(path: string, options: ClientOptions) {
    this.#path = path
    this.#options = options
    this.link = { state: 'connecting', where: path, attempts: 0, sinceMs: Date.now() }
    this.#connect()
  }

  onLink(listener: (link: LinkState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when the probe has answered. Rejects with a ViewError when `once` was asked for and it cannot be. */
  async connected(): Promise<void> {
    if (this.link.state === 'open') return
    await new Promise<void>((resolve, reject) => {
      const off = this.onLink(({ state, why }) => {
        if (state === 'open') resolve()
        else if (state === 'refused' || state === 'closed')
          reject(new ViewError('lost', why ?? 'closed'))
        else return
        off()
      })
      if (this.link.state === 'refused') reject(new ViewError('lost', this.link.why ?? 'refused'))
    })
  }

  subscribe(wish: OverviewWish, listener: (overview: Overview) => void): () => void {
    const id = ++this.#number
    this.#subscriptions.set(id, { wish, listener })
    if (this.link.state === 'open') this.#wish(id, wish)
    return () => {
      this.#subscriptions.delete(id)
      if (this.link.state === 'open') this.#write({ id: ++this.#number, unsubscribe: id })
    }
  }

  async rows<K extends RowKind>(kind: K, query: RowQuery): Promise<RowPage<RowsOf[K]>> {
    const { page } = await this.#ask({ rows: { kind, ...query } })
    if (page === undefined) throw new ViewError('lost', 'the daemon answered something else')
    const { shown, total, key_index } = page
    const rows = (page[kind] as RowsOf[K][]).map(withoutEmptyLists)
    return { rows, shown, total, ...(key_index === undefined ? {} : { key_index }) }
  }

  async why(flow: string): Promise<Explained> {
    const { explained } = await this.#ask({ why: flow })
    if (explained === undefined) throw new ViewError('lost', 'the daemon answered something else')
    const { explain, now, incomplete } = explained
    return {
      explain: JSON.parse(explain) as Explained['explain'],
      flow: withoutEmptyLists(explained.flow),
      ...(incomplete === undefined ? {} : { incomplete }),
      ...(now === undefined ? {} : { now: JSON.parse(now) as Explained['explain'] }),
    }
  }

  async timeline(subscriber: string): Promise<TimelineRow[]> {
    return (await this.#ask({ timeline: subscriber })).timeline?.rows ?? []
  }

  async acknowledge(alert: string, note: string, who: string): Promise<void> {
    await this.#ask({ acknowledge: { alert, note, who } })
  }

  async unacknowledge(alert: string, who: string): Promise<void> {
    await this.#ask({ unacknowledge: { alert, note: '', who } })
  }

  async reload(): Promise<Reloaded> {
    const { reloaded } = await this.#ask({ reload: {} })
    return reloaded ?? { ok: false, lines: ['the daemon answered something else'] }
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry)
    this.#tell({ state: 'closed', why: 'closed' })
    this.#forsake('closed')
    this.#socket?.destroy()
  }

  #connect(): void {
    const socket = createConnection(this.#path)
    const reader = new MessageReader(mostReplyOctets)
    let greeted = false
    const late = setTimeout(() => socket.destroy(new Error('no answer')), connectMs)
    this.#socket = socket
    socket.on('connect', () => {
      const { client } = this.#options
      socket.write(encodeMessage('Hello', { major: protocolMajor, minor: protocolMinor, client }))
    })
    socket.on('data', piece => {
      try {
        for (const octets of reader.take(piece)) {
          if (greeted) this.#take(decodeMessage<Reply>('Reply', octets))
          else {
            greeted = true
            clearTimeout(late)
            this.#greet(decodeMessage<Welcome>('Welcome', octets), socket)
          }
        }
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    let why = 'the daemon closed the connection'
    socket.on('error', (error: NodeJS.ErrnoException) => {
      why = reasons[error.code ?? ''] ?? error.message
    })
    socket.on('close', () => {
      clearTimeout(late)
      this.#lost(why)
    })
  }

  #greet(welcome: Welcome, socket: Socket): void {
    this.welcome = welcome
    if (welcome.refused !== '') {
      this.#tell({ state: 'refused', why: welcome.refused })
      socket.destroy()
      return
    }
    this.#tell({ state: 'open' })
    for (const [id, { wish }] of this.#subscriptions) this.#wish(id, wish)
  }

  #lost(why: string): void {
    this.#forsake(why)
    const { state, attempts } = this.link
    if (state === 'closed' || state === 'refused') return
    if (this.#options.once === true) {
      this.#tell({ state: 'refused', why })
      return
    }
    const tries = state === 'open' ? 0 : attempts + 1
    const waitMs = retryMs[Math.min(tries, retryMs.length - 1)] ?? 5000
    const next = state === 'connecting' ? 'connecting' : 'lost'
    this.#tell({ state: next, why, attempts: tries, retryAtMs: Date.now() + waitMs })
    this.#retry = setTimeout(() => this.#connect(), waitMs)
  }

  /** Whoever waits for an answer gets none any more. */
  #forsake(why: string): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(new ViewError('lost', why))
  }

  #tell(change: Partial<LinkState> & Pick<LinkState, 'state'>): void {
    const { where, attempts, sinceMs, state } = this.link
    const since = state === change.state ? sinceMs : Date.now()
    this.link = {
      where,
      attempts: change.state === 'open' ? 0 : attempts,
      sinceMs: since,
      ...change,
    }
    for (const listener of this.#listeners) listener(this.link)
  }

  #wish(id: number, { windowS, refreshMs }: OverviewWish): void {
    const window = Number.isFinite(windowS) ? windowS : 0
    this.#write({ id, subscribe: { window_s: window, refresh_ms: refreshMs } })
  }

  #ask(request: object): Promise<Reply> {
    if (this.link.state !== 'open') {
      return Promise.reject(new ViewError('lost', this.link.why ?? 'not connected'))
    }
    const id = ++this.#number
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#write({ id, ...request })
    })
  }

  #write(request: object): void {
    this.#socket?.write(encodeMessage('Request', request))
  }

  #take(reply: Reply): void {
    const { id, failure, overview } = reply
    if (overview !== undefined) {
      this.#subscriptions.get(id)?.listener(overview)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (failure === undefined) waiting?.resolve(reply)
    else {
      const { code, message, from, to, hint } = failure
      waiting?.reject(
        new ViewError(code, message, {
          ...(from === undefined || to === undefined ? {} : { span: [from, to] as const }),
          ...(hint === undefined ? {} : { hint }),
        }),
      )
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such socket',
  ECONNREFUSED: 'connection refused',
  EAGAIN: 'too many connections at once',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
}

const optionalLists = ['dns_names', 'certificate_names', 'rule_ids', 'flags'] as const

/** A list that may be absent and is empty was absent. */
function withoutEmptyLists<T extends object>(row: T): T {
  const copy = { ...row } as Record<string, unknown>
  for (const key of optionalLists) {
    const value = copy[key]
    if (Array.isArray(value) && value.length === 0) delete copy[key]
  }
  return copy as T
}
