/** One client of the daemon: its requests are answered, its subscriptions fed. Snapshots are never queued: while the
 * last one has not been read the next is left out. */

import type { Socket } from 'node:net'
import {
  decodeMessage,
  encodeMessage,
  MessageReader,
  ProbeFault,
  protocolMajor,
  protocolMinor,
} from '../record/probe-codec.js'
import { type RowKind, type RowQuery, rowKinds } from '../record/snapshot.js'
import { ViewError } from '../record/view-source.js'
import type { LocalView } from '../view/local-view.js'

const mostRequestOctets = 65_536
/** Answers that wait to be read, octets; and how long they may. */
const mostWaiting = 8 << 20
const stuckMs = 10_000
const helloMs = 5000
const mostOpenRequests = 64
const mostSubscriptions = 16

export interface ClientHooks {
  welcome: { probe: string; version: string; revealed: boolean }
  hello(client: string): void
  asked(client: string, what: string): void
  /** `why` is empty when the client left */
  ended(why: string): void
}

interface Request {
  id: number
  subscribe?: { window_s: number; refresh_ms: number }
  unsubscribe?: number
  rows?: {
    kind: string
    offset: number
    limit: number
    filter?: string
    sort?: string
    key?: string
  }
  why?: string
  timeline?: string
  acknowledge?: { alert: string; note: string; who: string }
  unacknowledge?: { alert: string; who: string }
  reload?: object
}

export class ClientConnection {
  readonly #socket: Socket
  readonly #view: LocalView
  readonly #hooks: ClientHooks
  readonly #reader = new MessageReader(mostRequestOctets)
  readonly #subscriptions = new Map<number, () => void>()
  readonly #watch: NodeJS.Timeout
  #name = ''
  #greeted = false
  #open = 0
  /** when what is waiting was last seen to shrink */
  #movedMs = performance.now()
  #waiting = 0
  #ended = false

  constructor(socket: Socket, view: LocalView, hooks: ClientHooks) {
    this.#socket = socket
    this.#view = view
    this.#hooks = hooks
    socket.on('data', piece => this.#take(piece))
    socket.on('error', () => this.#finish(''))
    socket.on('close', () => this.#finish(''))
    this.#watch = setInterval(() => this.#look(), 1000)
    setTimeout(() => {
      if (!this.#greeted) this.#finish('did not say hello')
    }, helloMs).unref()
  }

  end(): void {
    this.#socket.destroySoon()
    this.#finish('')
  }

  #take(piece: Uint8Array): void {
    try {
      for (const octets of this.#reader.take(piece)) {
        if (this.#ended) return
        if (this.#greeted) this.#request(decodeMessage<Request>('Request', octets))
        else this.#hello(decodeMessage<{ major: number; client: string }>('Hello', octets))
      }
    } catch (error) {
      if (!(error instanceof ProbeFault)) throw error
      this.#finish(`not the protocol: ${error.message}`)
    }
  }

  #hello({ major, client }: { major: number; client: string }): void {
    const { probe, version, revealed } = this.#hooks.welcome
    const refused =
      major === protocolMajor
        ? ''
        : `this daemon (${version}) speaks protocol ${protocolMajor}, the client ${major}`
    const welcome = {
      major: protocolMajor,
      minor: protocolMinor,
      probe,
      version,
      revealed,
      refused,
    }
    this.#socket.write(encodeMessage('Welcome', welcome))
    if (refused !== '') {
      this.#socket.end()
      return
    }
    this.#greeted = true
    this.#name = client.slice(0, 200)
    this.#hooks.hello(this.#name)
  }

  #request(request: Request): void {
    const { id, subscribe, unsubscribe } = request
    if (subscribe !== undefined) this.#subscribe(id, subscribe)
    else if (unsubscribe !== undefined && unsubscribe !== 0) {
      this.#subscriptions.get(unsubscribe)?.()
      this.#subscriptions.delete(unsubscribe)
    } else if (this.#open >= mostOpenRequests) {
      this.#fail(id, new ViewError('not-possible', 'too many requests at once'))
    } else {
      this.#open++
      this.#answer(request)
        .then(
          answer => this.#send({ id, ...answer }),
          (error: unknown) => this.#fail(id, error),
        )
        .finally(() => this.#open--)
        .catch((error: unknown) => this.#finish(`cannot be answered: ${String(error)}`))
    }
  }

  async #answer(request: Request): Promise<object> {
    const view = this.#view
    const { rows, why, timeline, acknowledge, unacknowledge, reload } = request
    if (rows !== undefined) {
      const kind = rowKinds.find(one => one === rows.kind)
      if (kind === undefined) throw new ViewError('not-possible', `no rows "${rows.kind}"`)
      this.#hooks.asked(this.#name, kind)
      return await this.#page(kind, rows)
    }
    if (why !== undefined) {
      this.#hooks.asked(this.#name, `why ${why}`)
      const { explain, now, ...rest } = await view.why(why)
      const told = now === undefined ? {} : { now: JSON.stringify(now) }
      return { explained: { ...rest, explain: JSON.stringify(explain), ...told } }
    }
    if (timeline !== undefined) {
      this.#hooks.asked(this.#name, 'timeline')
      return { timeline: { rows: await view.timeline(timeline) } }
    }
    if (acknowledge !== undefined) {
      await view.acknowledge(acknowledge.alert, acknowledge.note, acknowledge.who)
      return { done: {} }
    }
    if (unacknowledge !== undefined) {
      await view.unacknowledge(unacknowledge.alert, unacknowledge.who)
      return { done: {} }
    }
    if (reload !== undefined) return { reloaded: await view.reload() }
    throw new ViewError('not-possible', 'this daemon does not know the request')
  }

  async #page<K extends RowKind>(kind: K, query: RowQuery): Promise<object> {
    const { rows, shown, total, key_index } = await this.#view.rows(kind, query)
    const place = key_index === undefined ? {} : { key_index }
    return { page: { kind, shown, total, ...place, [kind]: rows } }
  }

  #subscribe(id: number, wish: { window_s: number; refresh_ms: number }): void {
    if (this.#subscriptions.size >= mostSubscriptions) {
      this.#fail(id, new ViewError('not-possible', 'too many subscriptions'))
      return
    }
    this.#subscriptions.get(id)?.()
    const stop = this.#view.subscribe(
      { windowS: wish.window_s, refreshMs: wish.refresh_ms },
      overview => {
        if (!this.#socket.writableNeedDrain) this.#send({ id, overview })
      },
    )
    this.#subscriptions.set(id, stop)
  }

  #fail(id: number, error: unknown): void {
    if (!(error instanceof ViewError)) {
      this.#send({ id, failure: { code: 'internal', message: String(error) } })
      return
    }
    const { code, message, span, hint } = error
    const place = span === undefined ? {} : { from: span[0], to: span[1] }
    this.#send({
      id,
      failure: { code, message, ...place, ...(hint === undefined ? {} : { hint }) },
    })
  }

  #send(reply: object): void {
    if (this.#ended) return
    this.#socket.write(encodeMessage('Reply', reply))
    if (this.#socket.writableLength > mostWaiting) this.#finish('does not read its answers')
  }

  #look(): void {
    const { writableLength } = this.#socket
    if (writableLength === 0 || writableLength < this.#waiting) this.#movedMs = performance.now()
    this.#waiting = writableLength
    if (performance.now() - this.#movedMs > stuckMs) this.#finish('does not read its answers')
  }

  #finish(why: string): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#watch)
    for (const stop of this.#subscriptions.values()) stop()
    this.#subscriptions.clear()
    if (why !== '') this.#socket.destroy()
    this.#hooks.ended(why)
  }
}
