/** The detector of subscribers who stay blocked after they renewed. Takes records of the pipeline, in packet order, and
 * events of a feed, in any order; says at any time how each case stands. Has no clock and no input of its own: live and
 * replay give the same. */

import type { AlertRecord } from '../record/alert-record.js'
import type { BusinessEvent, FeedEvent, NasEvent } from '../record/business-event.js'
import type { ProbeRecord, RecordType } from '../record/sink.js'
import type { SessionEvent } from '../record/subscriber-record.js'
import { History, type NasSeen, usOf } from './history.js'
import { Identities } from './identities.js'
import { NameLists } from './name-lists.js'
import { eventUs, type Renewal, renewalsOf } from './orders.js'
import { Population } from './population.js'
import { PortalEvents } from './portal-events.js'
import { alertOf, caseId, dueAfter, type Notice } from './renewal-case.js'
import type { RenewalSettings } from './settings.js'
import type { Judged } from './verdict.js'

/** Records that the detector reads. */
export const detectorRecords: readonly RecordType[] = ['session', 'activity', 'control']

export interface DetectorBounds {
  /** subscribers whose doings are kept; the one that was silent for the longest time goes first */
  subscribers: number
  /** events of the feed that are kept */
  events: number
}

const defaultBounds: DetectorBounds = { subscribers: 1 << 20, events: 1 << 21 }
/** Old entries are looked for this often: each look passes over all subscribers. */
const sweepUs = 900_000_000

export class RenewalDetector {
  readonly #settings: RenewalSettings
  readonly #bounds: DetectorBounds
  readonly #lists: NameLists
  readonly #identities = new Identities()
  readonly #population: Population
  readonly #portals: PortalEvents
  /** by IMSI, in order of use */
  readonly #histories = new Map<string, History>()
  /** UE address -> IMSI */
  readonly #byUe = new Map<string, string>()
  /** business events by what names their subscriber: `imsi N` or `msisdn N` */
  readonly #business = new Map<string, BusinessEvent[]>()
  readonly #nas = new Map<string, NasEvent[]>()
  readonly #ids = new Set<string>()
  /** cases of each subscriber with events, as they were judged last */
  readonly #judged = new Map<string, AlertRecord[]>()
  /** to be judged again: at once, and from a moment on */
  readonly #dirty = new Set<string>()
  readonly #reviewed = new Set<string>()
  readonly #due = new Map<number, Set<string>>()
  readonly #notices = new Map<string, Notice[]>()
  #nowUs = Number.NEGATIVE_INFINITY
  #sweptUs = Number.NEGATIVE_INFINITY
  /** events beyond the bound */
  droppedEvents = 0
  /** subscribers who were let go although something was known of them */
  droppedSubscribers = 0

  constructor(settings: RenewalSettings, bounds: Partial<DetectorBounds> = {}) {
    this.#settings = settings
    this.#bounds = { ...defaultBounds, ...bounds }
    this.#lists = new NameLists(settings)
    this.#population = new Population(settings)
    this.#portals = new PortalEvents(settings, this.#lists)
  }

  /** Packet time up to which records have come. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** Packet time goes on, with or without records. */
  advance(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = nowUs
    if (this.#nowUs - this.#sweptUs < sweepUs) return
    this.#sweptUs = this.#nowUs
    this.#forget()
  }

  /** A record of the pipeline. */
  record(record: ProbeRecord): void {
    switch (record.type) {
      case 'activity': {
        this.#population.activity(record)
        if (record.imsi !== undefined) this.#history(record.imsi).activity(record, this.#lists)
        for (const event of this.#portals.events(record)) this.event(event)
        // a flow may end before its bin does
        this.advance(usOf(record.ended === true ? record.last : record.end))
        break
      }
      case 'session':
        this.#session(record)
        this.advance(usOf(record.ts))
        break
      case 'control': {
        const imsi = record.imsi ?? this.#byUe.get(record.ue ?? '')
        if (imsi !== undefined) this.#history(imsi).control(record)
        this.advance(usOf(record.ts))
        break
      }
      default:
        break
    }
  }

  /** An event of the feed; false: it was there before. */
  event(event: FeedEvent): boolean {
    if (event.type === 'identity') {
      this.#identities.interval(event)
      this.#touchNumber(event.msisdn)
      return true
    }
    const id = event.type === 'nas' ? nasId(event) : event.event_id
    const key = `${event.type === 'nas' ? 'nas' : 'business'} ${id}`
    if (this.#ids.has(key)) return false
    if (this.#ids.size >= this.#bounds.events) {
      this.droppedEvents++
      return true
    }
    this.#ids.add(key)
    const { imsi, msisdn } = event
    if (imsi !== undefined && msisdn !== undefined) this.#identities.said(imsi, msisdn)
    if (event.type === 'nas') keep(this.#nas, event)
    else keep(this.#business, event)
    if (imsi !== undefined) this.#dirty.add(imsi)
    if (msisdn !== undefined) this.#touchNumber(msisdn)
    return true
  }

  /** The subscriber was told; the case stays the same. */
  notice(id: string, notice: Notice): void {
    const list = this.#notices.get(id) ?? []
    list.push(notice)
    this.#notices.set(id, list)
    for (const [imsi, alerts] of this.#judged) {
      if (alerts.some(one => one.case === id)) this.#dirty.add(imsi)
    }
  }

  #touchNumber(msisdn: string): void {
    for (const imsi of this.#identities.holders(msisdn)) this.#dirty.add(imsi)
  }

  /** All cases as they stand now, in the order of their renewals. */
  cases(): AlertRecord[] {
    this.changes()
    const found = [...this.#judged.values()].flat()
    return found.sort((a, b) => compare(a.t0, b.t0) || compare(a.case, b.case))
  }

  /** Cases that were judged again since the last look. What it costs grows with them, not with all. */
  changes(): AlertRecord[] {
    for (const [dueUs, waiting] of this.#due) {
      if (dueUs > this.#nowUs) continue
      for (const imsi of waiting) this.#review(imsi, false)
      this.#due.delete(dueUs)
    }
    const found: AlertRecord[] = []
    const reviewed = new Set([...this.#dirty, ...this.#reviewed])
    for (const imsi of this.#dirty) this.#review(imsi, true)
    this.#dirty.clear()
    this.#reviewed.clear()
    for (const imsi of reviewed) found.push(...(this.#judged.get(imsi) ?? []))
    return found
  }

  /** `isFresh`: something happened; what others did in the same bin may be told after it, so that the next moment of
   * the grid looks once more. */
  #review(imsi: string, isFresh: boolean): void {
    const events = this.#eventsOf(imsi)
    if (events.length === 0) {
      this.#judged.delete(imsi)
      return
    }
    this.#reviewed.add(imsi)
    const gridUs = this.#settings.times.evaluation_s * 1e6
    let dueUs = isFresh ? (Math.floor(this.#nowUs / gridUs) + 1) * gridUs : Number.POSITIVE_INFINITY
    const alerts: AlertRecord[] = []
    for (const renewal of renewalsOf(events, this.#settings)) {
      const judged = this.#case(imsi, renewal)
      const alert = alertOf(judged, this.#nowUs, this.#notices.get(caseId(imsi, renewal)))
      if (alert !== undefined) alerts.push(alert)
      dueUs = Math.min(dueUs, dueAfter(judged, this.#nowUs))
    }
    this.#judged.set(imsi, alerts)
    if (!Number.isFinite(dueUs)) return
    const waiting = this.#due.get(dueUs) ?? new Set()
    waiting.add(imsi)
    this.#due.set(dueUs, waiting)
  }

  #case(imsi: string, renewal: Renewal): Judged {
    const history = this.#histories.get(imsi) ?? new History(imsi)
    if (history.msisdn === '') history.msisdn = renewal.order.msisdn ?? ''
    history.nas = this.#nasOf(imsi)
    return {
      history,
      renewal,
      lists: this.#lists,
      settings: this.#settings,
      population: this.#population,
    }
  }

  #owner(event: BusinessEvent): string {
    return this.#identities.owner(event.imsi, event.msisdn, eventUs(event))
  }

  /** Events of a subscriber, by whatever number each names him. */
  #eventsOf(imsi: string): BusinessEvent[] {
    return this.#namesOf(imsi)
      .flatMap(key => this.#business.get(key) ?? [])
      .filter(event => this.#owner(event) === imsi)
  }

  #nasOf(imsi: string): NasSeen[] {
    return this.#namesOf(imsi)
      .flatMap(key => this.#nas.get(key) ?? [])
      .map(event => ({ timeUs: usOf(event.ts), event }))
      .filter(
        ({ timeUs, event }) => this.#identities.owner(event.imsi, event.msisdn, timeUs) === imsi,
      )
      .sort((a, b) => a.timeUs - b.timeUs || compare(nasId(a.event), nasId(b.event)))
  }

  #namesOf(imsi: string): string[] {
    return [`imsi ${imsi}`, ...[...this.#identities.numbers(imsi)].map(one => `msisdn ${one}`)]
  }

  #session(event: SessionEvent): void {
    const { imsi, msisdn, ue_v4, ue_v6 } = event
    if (imsi === undefined) return
    const timeUs = usOf(event.ts)
    const history = this.#history(imsi)
    history.session(event)
    if (msisdn !== undefined) {
      history.msisdn = msisdn
      if (this.#identities.seen(imsi, msisdn, timeUs)) this.#touchNumber(msisdn)
    }
    for (const ue of [ue_v4, ue_v6]) if (ue !== undefined) this.#holds(ue, imsi)
    this.#population.located(imsi, event.uli ?? '', event.ggsn ?? '', timeUs)
  }

  #holds(ue: string, imsi: string): void {
    this.#byUe.delete(ue)
    this.#byUe.set(ue, imsi)
    if (this.#byUe.size <= this.#bounds.subscribers) return
    const [oldest] = this.#byUe.keys()
    if (oldest !== undefined) this.#byUe.delete(oldest)
  }

  #history(imsi: string): History {
    const known = this.#histories.get(imsi)
    const history = known ?? new History(imsi)
    if (this.#judged.has(imsi)) this.#dirty.add(imsi)
    this.#histories.delete(imsi)
    this.#histories.set(imsi, history)
    if (known === undefined && this.#histories.size > this.#bounds.subscribers) {
      const [oldest] = this.#histories.keys()
      if (oldest !== undefined) this.#histories.delete(oldest)
      this.droppedSubscribers++
    }
    return history
  }

  /** What nobody will ask for again. */
  #forget(): void {
    const { keep_s, horizon_s } = this.#settings.times
    const keptUs = this.#nowUs - keep_s * 1e6
    const watchedUs = this.#nowUs - (horizon_s + keep_s) * 1e6
    this.#population.forget(watchedUs)
    for (const [imsi, history] of this.#histories) {
      history.forget(this.#judged.has(imsi) ? watchedUs : keptUs)
    }
  }
}

function keep<T extends { imsi?: string; msisdn?: string }>(map: Map<string, T[]>, event: T): void {
  const key = event.msisdn === undefined ? `imsi ${event.imsi}` : `msisdn ${event.msisdn}`
  const list = map.get(key) ?? []
  list.push(event)
  map.set(key, list)
}

function nasId(event: NasEvent): string {
  return event.event_id ?? JSON.stringify(event)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
