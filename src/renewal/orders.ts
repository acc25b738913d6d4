/** From business events to cases: a cap, then a renewal in force (blocked-after-renewal.md B3: T0, B4 step 1). Works on
 * the whole list in the order of ts_event, so that the order in which events came does not matter. */

import type { BusinessEvent } from '../record/business-event.js'
import { parseTime } from '../record/time.js'
import type { RenewalSettings } from './settings.js'

export interface Renewal {
  /** cap or stop; -Infinity when a `resume` has no stop before it */
  capUs: number
  cap: BusinessEvent | undefined
  /** renewal or resume */
  order: BusinessEvent
  acceptedUs: number
  /** T0: from when it is in force */
  t0Us: number
  scope: string
  /** from when the case is no more: a new cap, the month's end, a reversal; why */
  endUs: number
  endReason: string
  /** provisioning events of the order */
  provisions: BusinessEvent[]
  /** kbit/s that the subscriber was held to, 0: not throttled */
  throttleKbps: number
  /** in the feed, or inferred */
  inferred: boolean
}

const minuteUs = 60_000_000

function usOf(text: string | undefined): number {
  return (text === undefined ? undefined : parseTime(text)) ?? Number.NaN
}

export function eventUs(event: BusinessEvent): number {
  return usOf(event.ts_event)
}

/** In the order in which they happened. */
export function inOrder(events: readonly BusinessEvent[]): BusinessEvent[] {
  return [...events].sort(
    (a, b) =>
      eventUs(a) - eventUs(b) || (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : 0),
  )
}

/** YYYY-MM at the operator's clock. */
export function monthOf(timeUs: number, offsetMinutes: number): string {
  return new Date(timeUs / 1000 + offsetMinutes * 60_000).toISOString().slice(0, 7)
}

function monthEndUs(timeUs: number, offsetMinutes: number): number {
  const local = new Date(timeUs / 1000 + offsetMinutes * 60_000)
  const next = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1)
  return next * 1000 - offsetMinutes * minuteUs
}

function isCap(event: BusinessEvent): boolean {
  return event.type === 'cap_reached' || (event.type === 'enforce' && event.enforce !== 'payg')
}

function isOrder(event: BusinessEvent): boolean {
  return event.type === 'renewal' || event.type === 'resume'
}

interface Period {
  cap: BusinessEvent | undefined
  orders: BusinessEvent[]
}

/** From each cap to the next: what is ordered in between answers it. An `enforce` after a cap, or a cap told again
 * before anything was ordered, begins no other period. */
function periodsOf(list: readonly BusinessEvent[]): Period[] {
  const periods: Period[] = []
  for (const event of list) {
    const current = periods.at(-1)
    if (isOrder(event)) {
      if (current !== undefined) current.orders.push(event)
      else if (event.type === 'resume') periods.push({ cap: undefined, orders: [event] })
    } else if (event.type === 'cap_reached' || (isCap(event) && current === undefined)) {
      if (current?.cap === undefined || current.orders.length > 0) {
        periods.push({ cap: event, orders: [] })
      }
    }
  }
  return periods
}

/** Renewals after a cap; of several orders after one cap the first that is in force, and billing knows better than
 * a guess. */
export function renewalsOf(events: readonly BusinessEvent[], settings: RenewalSettings): Renewal[] {
  const list = inOrder(events)
  const caps = list.filter(event => event.type === 'cap_reached')
  const found: Renewal[] = []
  for (const { cap, orders } of periodsOf(list)) {
    const renewals = orders
      .map(order => renewalOf(list, caps, cap, order, settings))
      .filter(one => one !== undefined)
      .sort((a, b) => Number(a.inferred) - Number(b.inferred) || a.t0Us - b.t0Us)
    if (renewals[0] !== undefined) found.push(renewals[0])
  }
  return found
}

function renewalOf(
  list: readonly BusinessEvent[],
  caps: readonly BusinessEvent[],
  cap: BusinessEvent | undefined,
  order: BusinessEvent,
  settings: RenewalSettings,
): Renewal | undefined {
  const acceptedUs = eventUs(order)
  const id = order.order_id
  const own = id === undefined ? [order] : list.filter(one => one.order_id === id)
  if (own.some(one => isOrder(one) && one.status === 'failed')) return undefined
  const effective = own.filter(isOrder).map(one => usOf(one.effective_ts))
  const starts = [...effective, ...own.filter(isOrder).map(eventUs)]
  const t0Us = Math.max(...starts.filter(us => !Number.isNaN(us)))
  const reversals = own.filter(one => one.type === 'reversal' || one.status === 'reversed')
  const reversedUs = Math.min(...reversals.map(eventUs))
  if (reversedUs <= t0Us) return undefined
  const offset = settings.utc_offset_minutes
  const capUs = cap === undefined ? Number.NEGATIVE_INFINITY : eventUs(cap)
  const sameMonth =
    cap === undefined ||
    order.type === 'resume' ||
    (cap.month ?? monthOf(capUs, offset)) === monthOf(t0Us, offset)
  // a new month restores service by itself: not the renewal's doing
  if (!sameMonth) return undefined
  const nextCapUs = Math.min(...caps.map(eventUs).filter(us => us > t0Us))
  const monthUs = order.type === 'resume' ? Number.POSITIVE_INFINITY : monthEndUs(t0Us, offset)
  const ends: [number, string][] = [
    [nextCapUs, 'the cap was met again'],
    [reversedUs, 'the order was taken back'],
    [monthUs, 'a new month began'],
    [t0Us + settings.times.horizon_s * 1e6, 'watched to the end'],
  ]
  const [endUs, endReason] = ends.reduce((first, one) => (one[0] < first[0] ? one : first))
  const changes = own.filter(one => one.type === 'scope_change' && one.scope !== undefined)
  const limits = list.filter(one => one.type === 'enforce' && eventUs(one) < acceptedUs)
  return {
    capUs,
    cap,
    order,
    acceptedUs,
    t0Us,
    scope: changes.at(-1)?.scope ?? order.scope ?? 'general',
    endUs,
    endReason,
    provisions: list.filter(
      one => one.type === 'provision' && (one.order_id === id || eventUs(one) >= acceptedUs),
    ),
    throttleKbps: Number(/^throttle:(\d+)$/.exec(limits.at(-1)?.enforce ?? '')?.[1] ?? 0),
    inferred: order.source === 'inferred',
  }
}
