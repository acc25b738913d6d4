/** Requests and their responses. Read 3GPP TS 29.060 clause 7.6 and TS 29.274 clause 7.6: a response has
 * the sequence number of its request and goes back to where it came from; what stays unanswered is sent
 * again after T3-RESPONSE with the same sequence number and the same octets, up to N3-REQUESTS times. */

import type { Address } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import type { PdpContextFacts } from './pdp-context.js'

/** One context that a create message describes, or what an update message says of one. */
export interface Draft {
  facts: PdpContextFacts
  endpoints: Endpoint[]
  /** the context that it changes: row and instance; -1 and 0 when it is to be opened */
  row: number
  instance: number
  /** endpoints that were added when the request was seen, before it was accepted */
  added: Endpoint[]
}

/** What a handler keeps from a request until the response comes. */
export interface Request {
  drafts: Draft[]
  /** context that the request is about: row and instance; -1 and 0 when none is known */
  row: number
  instance: number
  /** bearers that are to go; empty: all of the connection */
  bearers: number[]
  /** sent by the node next to the terminal (SGSN, MME, SGW), not by the GGSN or PGW */
  fromAccess: boolean
}

export function newRequest(row: number, instance: number, fromAccess: boolean): Request {
  return { drafts: [], row, instance, bearers: [], fromAccess }
}

export function newDraft(facts: PdpContextFacts, endpoints: Endpoint[]): Draft {
  return { facts, endpoints, row: -1, instance: 0, added: [] }
}

export interface Transaction {
  readonly key: string
  readonly version: number
  readonly type: number
  readonly timeUs: number
  readonly frame: number
  readonly digest: number
  /** answered: remembered only to recognise what is sent again */
  done: boolean
  readonly request: Request
}

/** The message that is being read, as the matching needs it. */
export interface Exchange {
  version: number
  type: number
  sequence: number
  source: Address
  destination: Address
  timeUs: number
  frame: number
}

export class GtpTransactions {
  /** requests forgotten before their time, to make room for others */
  evicted = 0
  readonly #byKey = new Map<string, Transaction>()
  readonly #limit: number
  readonly #memoryUs: number
  readonly #onNoResponse: (t: Transaction) => void

  /** `memoryUs`: how long a request may wait, and how long an answered one is remembered. */
  constructor(limit: number, memoryUs: number, onNoResponse: (t: Transaction) => void) {
    this.#limit = limit
    this.#memoryUs = memoryUs
    this.#onNoResponse = onNoResponse
  }

  get size(): number {
    return this.#byKey.size
  }

  /** The earlier transaction when this request is the same one sent again, octet for octet. The sequence
   * number alone does not tell: 65,536 go round in half a minute on a busy path. */
  repeated(exchange: Exchange, digest: number): Transaction | undefined {
    const known = this.#byKey.get(key(exchange, exchange.type, false))
    return known !== undefined && known.digest === digest ? known : undefined
  }

  begin(exchange: Exchange, digest: number, request: Request): Transaction {
    return this.#put(exchange, key(exchange, exchange.type, false), exchange.type, digest, request)
  }

  /** The request of type `requestType` that this message answers. 'repeated': it was answered already.
   * Undefined: no such request was seen; from now on it counts as answered. */
  finish(exchange: Exchange, requestType: number): Transaction | 'repeated' | undefined {
    const name = key(exchange, requestType, true)
    const known = this.#byKey.get(name)
    if (known === undefined || exchange.timeUs - known.timeUs > this.#memoryUs) {
      this.#put(exchange, name, requestType, 0, newRequest(-1, 0, false)).done = true
      return undefined
    }
    if (known.done) return 'repeated'
    known.done = true
    return known
  }

  /** Whether a request of this type waits for this message. */
  isWaiting(exchange: Exchange, requestType: number): boolean {
    const known = this.#byKey.get(key(exchange, requestType, true))
    return known !== undefined && !known.done
  }

  /** Forgets what is older than the memory, before the next message is looked at; reports what was never answered. The map keeps the order of
   * insertion, which is the order of time. */
  expire(nowUs: number): void {
    for (const t of this.#byKey.values()) {
      if (nowUs - t.timeUs <= this.#memoryUs) return
      this.#forget(t)
    }
  }

  #put(
    exchange: Exchange,
    name: string,
    type: number,
    digest: number,
    request: Request,
  ): Transaction {
    const old = this.#byKey.get(name)
    if (old !== undefined) this.#forget(old)
    else if (this.#byKey.size >= this.#limit) this.#forgetOldest()
    const transaction: Transaction = {
      key: name,
      version: exchange.version,
      type,
      timeUs: exchange.timeUs,
      frame: exchange.frame,
      digest,
      done: false,
      request,
    }
    this.#byKey.set(name, transaction)
    return transaction
  }

  #forgetOldest(): void {
    for (const t of this.#byKey.values()) {
      if (!t.done) this.evicted++
      this.#forget(t)
      return
    }
  }

  #forget(t: Transaction): void {
    this.#byKey.delete(t.key)
    if (!t.done) this.#onNoResponse(t)
  }
}

/** Ports are left out: a node may answer from another port than it was asked on (29.060 clause 10.1.2). */
function key(e: Exchange, requestType: number, isResponse: boolean): string {
  const from = isResponse ? e.destination : e.source
  const to = isResponse ? e.source : e.destination
  return `${e.version} ${requestType} ${e.sequence} ${from} ${to}`
}

/** FNV-1a over the octets of a message, int32. */
export function digestOf(buf: Uint8Array, off: number, end: number): number {
  let h = 0x811c9dc5 | 0
  for (let i = off; i < end; i++) h = Math.imul(h ^ buf[i]!, 0x01000193)
  return h
}
