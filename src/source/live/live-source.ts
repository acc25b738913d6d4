/** Packets of live interfaces in the order of time: a Source like a capture file. With several interfaces
 * a packet is held until the others have had time to bring an earlier one: half a second at most, by this
 * machine's clock, which stamped the packets, and less when more is waiting behind it, since that fills the
 * kernel's buffer. A packet that comes later still goes on as it comes. */

import { blockOctetsDefault } from '../block-reader.js'
import { endOfTime, isBefore, type Moment, RunBlock, runOctets, takeRun } from '../frame-run.js'
import type { FrameBatch, Source, SourceStatus } from '../source.js'
import { BacklogEstimate } from './backlog.js'
import type { Engine } from './engine.js'
import { LiveInterface } from './live-interface.js'
import { dropsOf } from './live-status.js'

/** A run this long is handed on without copying. */
const directRun = 64
const holdMs = 500
const holdBehindMs = 100
/** A packet from further ahead was stamped by another clock: waiting for it means nothing. */
const aheadMs = 1000

export interface LiveOptions {
  interfaces: readonly string[]
  engine: Engine
  filter?: string
  snaplen: number
  bufferKiB: number
  /** the capture ends by itself after so much of it */
  packets?: number
  octets?: number
  durationMs?: number
  /** is told in words what happens to the capture */
  notice: (text: string) => void
}

export class LiveSource implements Source {
  readonly status: SourceStatus
  readonly #options: LiveOptions
  readonly #all: LiveInterface[]
  /** by the number of an interface in `status` */
  readonly #owners: LiveInterface[] = []
  /** those that may still have packets */
  #open: LiveInterface[]
  /** those that are waiting for their next packet */
  readonly #pending = new Set<LiveInterface>()
  readonly #copies = new RunBlock(blockOctetsDefault)
  readonly #backlog: BacklogEstimate
  #octets = 0
  #full = false
  #duration: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined
  #failure: unknown

  constructor(options: LiveOptions) {
    this.#options = options
    const { engine, filter, snaplen, bufferKiB, notice } = options
    const immediate = options.interfaces.length > 1
    const settings = { filter, snaplen, bufferKiB, immediate }
    this.#all = options.interfaces.map(
      (name, order) =>
        new LiveInterface({ name, order, engine, settings, notice }, (_, linkType) =>
          this.#interfaceNumber(order, linkType),
        ),
    )
    this.#open = [...this.#all]
    this.#backlog = new BacklogEstimate(bufferKiB * 1024 * this.#all.length)
    this.status = {
      name: options.interfaces.join(','),
      octetsRead: 0,
      octetsTotal: 0,
      frames: 0,
      interfaces: [],
      damage: [],
      drops: 0,
      severalFromUs: immediate ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      live: this.#all.map(one => one.status),
      backlog: this.#backlog.backlog,
    }
  }

  async open(): Promise<void> {
    try {
      await Promise.all(this.#all.map(one => one.open()))
    } catch (error) {
      await this.close()
      throw error
    }
    const { durationMs } = this.#options
    if (durationMs !== undefined) this.#duration = setTimeout(() => this.stop(), durationMs)
  }

  /** Ends the capture: `next` gives what arrived until now, then 0. */
  stop(): void {
    clearTimeout(this.#duration)
    for (const one of this.#all) one.stop()
  }

  async next(batch: FrameBatch): Promise<number> {
    batch.count = 0
    batch.firstFrame = this.status.frames + 1
    this.#copies.clear()
    while (batch.count === 0 && !this.#full) {
      this.#advanceAll()
      const first = this.#earliest()
      if (first === undefined && this.#pending.size === 0) break
      const waitMs = first === undefined ? Number.POSITIVE_INFINITY : this.#waitFor(first)
      if (first !== undefined && waitMs <= 0) this.#fill(batch, first)
      else await this.#change(waitMs)
      if (this.#failure !== undefined) throw this.#failure
    }
    this.#limit(batch)
    this.#backlog.look(batch, Date.now())
    this.#report(batch)
    return batch.count
  }

  async close(): Promise<void> {
    clearTimeout(this.#duration)
    await Promise.all(this.#all.map(one => one.close()))
    this.#refresh()
  }

  /** An interface that comes back keeps its number. */
  #interfaceNumber(order: number, linkType: number): number {
    const { interfaces } = this.status
    const owner = this.#all[order]
    if (owner === undefined) return -1
    const known = interfaces.findIndex(
      (one, i) => this.#owners[i] === owner && one.linkType === linkType,
    )
    if (known >= 0) return known
    this.#owners.push(owner)
    return interfaces.push({ name: owner.status.name, linkType }) - 1
  }

  /** Every interface without a frame looks for its next one. */
  #advanceAll(): void {
    for (const one of this.#open) {
      if (one.hasFrame || this.#pending.has(one)) continue
      this.#pending.add(one)
      one.advance().then(
        found => {
          this.#pending.delete(one)
          if (!found) this.#open = this.#open.filter(other => other !== one)
          this.#wake?.()
        },
        (error: unknown) => {
          this.#failure = error
          this.#wake?.()
        },
      )
    }
  }

  /** Until something came, or the time is over. */
  async #change(waitMs: number): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = waitMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  #earliest(besides?: LiveInterface): LiveInterface | undefined {
    let best: LiveInterface | undefined
    for (const one of this.#open) {
      if (one === besides || !one.hasFrame) continue
      if (best === undefined || isBefore(moment(one), moment(best))) best = one
    }
    return best
  }

  /** Milliseconds until the first frame is old enough that nothing earlier is to be expected. */
  #waitFor(first: LiveInterface): number {
    if (this.#pending.size === 0) return 0
    const ageMs = Date.now() - moment(first).timeUs / 1000
    return ageMs < -aheadMs ? 0 : holdOf(first) - ageMs
  }

  /** Up to where `of` may go: the first frame of the others, or what a silent one might still bring. */
  #until(of: LiveInterface): Moment {
    const other = this.#earliest(of)
    const limit = other === undefined ? endOfTime : moment(other)
    if (this.#pending.size === 0) return limit
    const heldUs = (Date.now() - holdOf(of)) * 1000
    // one frame goes in any case: its time was waited for
    const horizon = { timeUs: Math.max(heldUs, moment(of).timeUs), order: Number.POSITIVE_INFINITY }
    return isBefore(horizon, limit) ? horizon : limit
  }

  /** Puts frames into the empty batch until it is full or some interface has to be waited for. */
  #fill(batch: FrameBatch, first: LiveInterface): void {
    const { file } = first
    if (file === undefined) return
    takeRun(batch, file, this.#until(first), Number.POSITIVE_INFINITY)
    const copies = this.#copies
    const alone = this.#open.length === 1
    if (batch.count >= directRun || alone || runOctets(batch, 0) > copies.room) {
      batch.block = file.reader.octets
      return
    }
    copies.take(batch, 0, file.reader.octets)
    batch.block = copies.octets
    while (this.#open.every(one => one.hasFrame)) {
      const next = this.#earliest()
      if (next?.file === undefined) return
      const from = batch.count
      takeRun(batch, next.file, this.#until(next), copies.room)
      if (batch.count === from) return
      copies.take(batch, from, next.file.reader.octets)
    }
  }

  /** Counts the batch, and ends the capture at the packet or octet that was asked for. */
  #limit(batch: FrameBatch): void {
    const { packets, octets } = this.#options
    const left = (packets ?? Number.POSITIVE_INFINITY) - this.status.frames
    if (batch.count >= left) {
      batch.count = left
      this.#full = true
    }
    for (let i = 0; i < batch.count; i++) {
      this.#octets += batch.caplen[i]!
      const owner = this.#owners[batch.iface[i]!]
      if (owner !== undefined) owner.status.frames++
    }
    if (octets !== undefined && this.#octets >= octets) this.#full = true
  }

  #report(batch: FrameBatch): void {
    const { status } = this
    status.frames += batch.count
    status.octetsRead = this.#octets
    this.#refresh()
    const last = batch.count === 0 ? 0 : batch.timeUs[batch.count - 1]!
    for (const one of this.#open) one.reached(last)
  }

  #refresh(): void {
    for (const one of this.#all) one.count()
    this.status.drops = this.#all.reduce((sum, one) => sum + dropsOf(one.status), 0)
  }
}

function holdOf(one: LiveInterface): number {
  return one.isBehind ? holdBehindMs : holdMs
}

function moment(one: LiveInterface): Moment {
  return { timeUs: one.file?.cursor?.timeUs ?? 0, order: one.file?.order ?? 0 }
}
