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
import { alertOf, caseId, type Notice } from './renewal-case.js'
import type { RenewalSettings } from './settings.js'

/** Records that the detector reads. */
export const detectorRecords: readonly RecordType[] = ['session', 'activity', 'control']

export interface DetectorBounds {
  /** subscribers whose doings are kept; the one that was silent for the longest time goes first */
  subscribers: number
  /** events of the feed that are kept */
  events: number
}

const defaultBounds: DetectorBounds = { subscribers: 1 << 20, events: 1 << 21 }
const sweepUs = 60_000_000

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
    return true
  }

  /** The subscriber was told; the case stays the same. */
  notice(id: string, notice: Notice): void {
    const list = this.#notices.get(id) ?? []
    list.push(notice)
    this.#notices.set(id, list)
  }

  /** All cases as they stand at `nowUs`, in the order of their renewals. */
  cases(nowUs = this.#nowUs): AlertRecord[] {
    const found: AlertRecord[] = []
    for (const imsi of this.#subscribers()) {
      const events = this.#eventsOf(imsi)
      for (const renewal of renewalsOf(events, this.#settings)) {
        const alert = this.#alert(imsi, renewal, nowUs)
        if (alert !== undefined) found.push(alert)
      }
    }
    return found.sort((a, b) => compare(a.t0, b.t0) || compare(a.case, b.case))
  }

  #alert(imsi: string, renewal: Renewal, nowUs: number): AlertRecord | undefined {
    const history = this.#histories.get(imsi) ?? new History(imsi)
    if (history.msisdn === '') history.msisdn = renewal.order.msisdn ?? ''
    history.nas = this.#nasOf(imsi)
    const judged = {
      history,
      renewal,
      lists: this.#lists,
      settings: this.#settings,
      population: this.#population,
    }
    return alertOf(judged, nowUs, this.#notices.get(caseId(imsi, renewal)))
  }

  /** IMSIs that business events are about. */
  #subscribers(): Set<string> {
    const all = new Set<string>()
    for (const events of this.#business.values()) {
      for (const event of events) {
        const owner = this.#owner(event)
        if (owner !== '') all.add(owner)
      }
    }
    return all
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
      this.#identities.seen(imsi, msisdn, timeUs)
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
    const watched = this.#subscribers()
    for (const [imsi, history] of this.#histories) {
      history.forget(watched.has(imsi) ? watchedUs : keptUs)
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
