/** Alerts: raised, seen again, acknowledged, cleared. One is open for each (kind, subject) at a time. Every change is
 * kept before it is told, so that no end of the program loses it. */

import type { AlertCounts, AlertRow } from '../record/snapshot.js'
import { utcTime } from '../record/time.js'
import { ViewError } from '../record/view-source.js'

/** Where alerts outlive the program. `save` throws when it cannot; the alert stays in memory then. */
export interface AlertStore {
  load(): readonly StoredAlert[]
  save(alert: StoredAlert): void
  remove(id: string): void
}

export interface StoredAlert {
  row: AlertRow
  /** what is the same as long as it is one alert */
  subject: string
}

/** What is to be told; whoever raises it names kind and subject. */
export type RaisedAlert = Pick<AlertRow, 'kind' | 'severity' | 'title'> &
  Partial<Omit<AlertRow, 'id' | 'state' | 'raised' | 'last' | 'cleared' | 'count'>> & {
    subject: string
  }

/** Alerts that were cleared are kept for the list, the oldest give way. */
const mostCleared = 2000
const mostOpen = 100_000

export class AlertBook {
  readonly #store: AlertStore
  readonly #byId = new Map<string, StoredAlert>()
  readonly #open = new Map<string, StoredAlert>()
  /** changes that could not be kept yet */
  readonly #unsaved = new Set<string>()
  #number = 0
  /** why alerts are not kept at the moment; empty while they are */
  damage = ''

  constructor(store: AlertStore) {
    this.#store = store
    for (const alert of store.load()) {
      this.#byId.set(alert.row.id, alert)
      if (alert.row.state !== 'CLEARED') this.#open.set(keyOf(alert), alert)
      this.#number = Math.max(this.#number, Number(alert.row.id) || 0)
    }
  }

  get rows(): AlertRow[] {
    return [...this.#byId.values()].map(alert => alert.row)
  }

  find(id: string): AlertRow | undefined {
    return this.#byId.get(id)?.row
  }

  /** The one that is not over. */
  open(kind: string, subject: string): AlertRow | undefined {
    return this.#open.get(`${kind} ${subject}`)?.row
  }

  counts(nowUs: number): AlertCounts {
    const today = utcTime(nowUs).slice(0, 10)
    const counts: AlertCounts = { new: 0, ack: 0, cleared_today: 0 }
    for (const { row } of this.#byId.values()) {
      if (row.state === 'NEW') counts.new++
      else if (row.state === 'ACK') counts.ack++
      else if (row.cleared?.startsWith(today) === true) counts.cleared_today++
    }
    return counts
  }

  /** A new alert, or one more sight of it. Returns true when it is new. */
  raise({ subject, ...told }: RaisedAlert, nowUs: number): boolean {
    const known = this.#open.get(`${told.kind} ${subject}`)
    const now = utcTime(nowUs)
    if (known !== undefined) {
      Object.assign(known.row, told, { last: now, count: known.row.count + 1 })
      this.#save(known)
      return false
    }
    if (this.#open.size >= mostOpen) return false
    const id = String(++this.#number)
    const { flows = 0, evidence = [], ...rest } = told
    const row: AlertRow = {
      ...rest,
      flows,
      evidence,
      id,
      state: 'NEW',
      raised: now,
      last: now,
      count: 1,
    }
    const alert: StoredAlert = { row, subject }
    this.#byId.set(id, alert)
    this.#open.set(keyOf(alert), alert)
    this.#save(alert)
    return true
  }

  /** It is over. Returns it when it was open. */
  clear(kind: string, subject: string, nowUs: number): AlertRow | undefined {
    const alert = this.#open.get(`${kind} ${subject}`)
    if (alert === undefined) return undefined
    this.#open.delete(keyOf(alert))
    alert.row.state = 'CLEARED'
    alert.row.cleared = utcTime(nowUs)
    this.#save(alert)
    this.#forgetCleared()
    return alert.row
  }

  /** Throws a ViewError for an alert that there is not, a cleared one, and an empty note. */
  acknowledge(id: string, note: string, who: string, nowUs: number): void {
    const alert = this.#mustBeOpen(id)
    if (note.trim() === '')
      throw new ViewError('not-possible', 'a note is needed', { hint: '--note' })
    Object.assign(alert.row, { state: 'ACK', note, acked_by: who, acked_at: utcTime(nowUs) })
    this.#save(alert)
  }

  unacknowledge(id: string): void {
    const alert = this.#mustBeOpen(id)
    alert.row.state = 'NEW'
    delete alert.row.note
    delete alert.row.acked_by
    delete alert.row.acked_at
    this.#save(alert)
  }

  /** Tries again what could not be kept. */
  retry(): void {
    for (const id of this.#unsaved) {
      const alert = this.#byId.get(id)
      if (alert !== undefined) this.#save(alert)
      else this.#unsaved.delete(id)
      if (this.damage !== '') return
    }
  }

  #mustBeOpen(id: string): StoredAlert {
    const alert = this.#byId.get(id)
    if (alert === undefined) throw new ViewError('not-found', `no alert ${id}`)
    if (alert.row.state === 'CLEARED') throw new ViewError('not-possible', `alert ${id} is cleared`)
    return alert
  }

  #save(alert: StoredAlert): void {
    try {
      this.#store.save(alert)
      this.#unsaved.delete(alert.row.id)
      this.damage = ''
    } catch (error) {
      this.damage = error instanceof Error ? error.message : String(error)
      this.#unsaved.add(alert.row.id)
    }
  }

  #forgetCleared(): void {
    if (this.#byId.size - this.#open.size <= mostCleared) return
    for (const [id, { row }] of this.#byId) {
      if (row.state !== 'CLEARED') continue
      this.#byId.delete(id)
      this.#unsaved.delete(id)
      try {
        this.#store.remove(id)
      } catch (error) {
        this.damage = error instanceof Error ? error.message : String(error)
      }
      return
    }
  }
}

function keyOf({ row, subject }: StoredAlert): string {
  return `${row.kind} ${subject}`
}
