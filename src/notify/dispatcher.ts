/** When a subscriber is told, and how often: once for each renewal and cause, not at night unless he is trying just
 * then, once more a quarter of an hour later, never after he recovered. blocked-after-renewal.md B3.
 * The notice is marked before a channel gets it: after a crash it may be lost, which is shown, never doubled. */

import type { BlockedCase, Channel, Notice, NoticeState, Outcome, Receipt } from './notice.js'
import type { NoticeStore } from './notice-store.js'
import { afterQuiet, type QuietHours } from './quiet-hours.js'

export interface DispatchSettings {
  quiet: QuietHours
  /** activity as recent as this lifts the quiet hours */
  activeMs: number
  followUpMs: number
  /** the first wait after a `later`; doubled each time */
  retryMs: number
  retryMostMs: number
  /** after the renewal nobody is told any more */
  horizonMs: number
}

const minuteMs = 60_000

/** blocked-after-renewal.md B3. */
export const defaultDispatch: DispatchSettings = {
  quiet: { from: 22 * 60, to: 8 * 60, timeZone: 'UTC' },
  activeMs: 5 * minuteMs,
  followUpMs: 15 * minuteMs,
  retryMs: 30_000,
  retryMostMs: 10 * minuteMs,
  horizonMs: 24 * 60 * minuteMs,
}

/** Notices handed to the channel before it is looked what else is due. */
const batch = 100
/** Receipts that are kept for a message whose acceptance has not been written yet. */
const earlyMost = 1000

export class Dispatcher {
  readonly #store: NoticeStore
  readonly #channel: Channel
  readonly #settings: DispatchSettings
  readonly #nowUs: () => number
  readonly #changed: (notice: Notice) => void
  /** by name of the message: a receipt may overtake the answer that names it */
  readonly #early = new Map<string, Receipt>()

  /** `nowUs`: the clock that renewals and quiet hours are compared with. `changed` is told of every new state. */
  constructor(
    store: NoticeStore,
    channel: Channel,
    settings: DispatchSettings,
    nowUs: () => number,
    changed: (notice: Notice) => void = () => undefined,
  ) {
    this.#store = store
    this.#channel = channel
    this.#settings = settings
    this.#nowUs = nowUs
    this.#changed = changed
    for (const notice of store.inState('sending')) {
      this.#turn(notice, 'uncertain', 'the program ended while it was being sent')
    }
  }

  /** A subscriber is blocked and is to be told. False when he was told of this renewal and cause, or when it was too
   * long ago. */
  blocked(one: BlockedCase): boolean {
    const nowUs = this.#nowUs()
    if (this.#isLate(one.renewedUs, nowUs)) return false
    return this.#store.add('first', one, this.#allowedUs(nowUs, one.activeUs), nowUs)
  }

  /** The subscriber is trying: what waited for the morning is due, unless it waits for something else. */
  active(imsi: string): void {
    const nowUs = this.#nowUs()
    for (const notice of this.#store.waitingOf(imsi)) {
      if (notice.attempts > 0 || notice.kind === 'follow-up' || notice.dueUs <= nowUs) continue
      this.#store.save({ ...notice, dueUs: nowUs, changedUs: nowUs })
    }
  }

  /** He is online again, or the case is over: nothing more is sent. */
  recovered(caseId: string): void {
    for (const notice of this.#store.ofCase(caseId)) {
      if (notice.state === 'waiting') this.#turn(notice, 'cancelled', 'the case is over')
    }
  }

  /** What a channel heard later. Names that never become known belong to somebody else's messages. */
  receipt(receipt: Receipt): void {
    const { messageId, delivered, reason } = receipt
    const notice = this.#store.byMessage(messageId)
    if (notice !== undefined) {
      this.#turn(notice, delivered ? 'delivered' : 'undelivered', reason)
      return
    }
    for (const oldest of this.#early.keys()) {
      if (this.#early.size < earlyMost) break
      this.#early.delete(oldest)
    }
    this.#early.set(messageId, receipt)
  }

  /** Sends what is due. Resolves to the time when the next notice is due, microseconds since 1970. */
  async run(): Promise<number> {
    for (;;) {
      const due = this.#store.due(this.#nowUs(), batch)
      if (due.length === 0) return this.#store.nextDueUs()
      for (const notice of due) await this.#send(notice)
    }
  }

  async #send(notice: Notice): Promise<void> {
    const nowUs = this.#nowUs()
    if (this.#isLate(notice.renewedUs, nowUs)) {
      this.#turn(notice, 'expired', notice.reason || 'not sent in time')
      return
    }
    const tried = { ...notice, attempts: notice.attempts + 1 }
    this.#turn(tried, 'sending', '')
    this.#answered(tried, await this.#channel.send(tried))
  }

  #answered(notice: Notice, outcome: Outcome): void {
    if (outcome.kind === 'accepted') {
      this.#turn({ ...notice, messageId: outcome.messageId }, 'accepted', '')
      if (notice.kind === 'first') this.#followUp(notice)
      const early = this.#early.get(outcome.messageId)
      this.#early.delete(outcome.messageId)
      if (early !== undefined) this.receipt(early)
      return
    }
    const { kind, reason } = outcome
    if (kind !== 'later') {
      this.#turn(notice, kind, reason)
      return
    }
    const { retryMs, retryMostMs } = this.#settings
    const waitMs = Math.min(retryMs * 2 ** (notice.attempts - 1), retryMostMs)
    this.#turn({ ...notice, dueUs: this.#nowUs() + waitMs * 1000 }, 'waiting', reason)
  }

  #followUp(notice: Notice): void {
    const nowUs = this.#nowUs()
    const dueUs = nowUs + this.#settings.followUpMs * 1000
    this.#store.add('follow-up', notice, this.#allowedUs(dueUs, undefined), nowUs)
  }

  #isLate(renewedUs: number, nowUs: number): boolean {
    return nowUs > renewedUs + this.#settings.horizonMs * 1000
  }

  #allowedUs(timeUs: number, activeUs: number | undefined): number {
    const { quiet, activeMs } = this.#settings
    if (activeUs !== undefined && timeUs - activeUs <= activeMs * 1000) return timeUs
    return afterQuiet(timeUs, quiet)
  }

  #turn(notice: Notice, state: NoticeState, reason: string): void {
    const next: Notice = { ...notice, state, reason, changedUs: this.#nowUs() }
    this.#store.save(next)
    this.#changed(next)
  }
}
