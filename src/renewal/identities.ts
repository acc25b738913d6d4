/** IMSI and MSISDN with the time for which they belong together. An operator's map decides where it has the number;
 * else what an event says itself; else what sessions showed. What the answer is does not depend on the order in
 * which map, events and sessions came. */

import type { IdentityInterval } from '../record/business-event.js'
import { parseTime } from '../record/time.js'

interface Interval {
  imsi: string
  fromUs: number
  toUs: number
}

interface Seen {
  imsi: string
  firstUs: number
}

export class Identities {
  readonly #map = new Map<string, Interval[]>()
  /** MSISDN -> IMSIs that sessions showed with it, by the first time */
  readonly #seen = new Map<string, Seen[]>()
  /** IMSI -> MSISDNs that it may have had */
  readonly #numbers = new Map<string, Set<string>>()

  interval(said: IdentityInterval): void {
    const fromUs = parseTime(said.valid_from) ?? Number.NEGATIVE_INFINITY
    const toUs = parseTime(said.valid_to ?? '') ?? Number.POSITIVE_INFINITY
    const list = this.#map.get(said.msisdn) ?? []
    if (!list.some(one => one.imsi === said.imsi && one.fromUs === fromUs && one.toUs === toUs)) {
      list.push({ imsi: said.imsi, fromUs, toUs })
    }
    this.#map.set(said.msisdn, list)
    this.#number(said.imsi, said.msisdn)
  }

  /** A session showed both. False: nothing new. */
  seen(imsi: string, msisdn: string, timeUs: number): boolean {
    const list = this.#seen.get(msisdn) ?? []
    const known = list.find(one => one.imsi === imsi)
    if (known !== undefined && known.firstUs <= timeUs) return false
    if (known === undefined) list.push({ imsi, firstUs: timeUs })
    else known.firstUs = timeUs
    this.#seen.set(msisdn, list)
    this.#number(imsi, msisdn)
    return true
  }

  /** An event names both. */
  said(imsi: string, msisdn: string): void {
    this.#number(imsi, msisdn)
  }

  /** Numbers whose events may be this subscriber's. */
  numbers(imsi: string): ReadonlySet<string> {
    return this.#numbers.get(imsi) ?? none
  }

  /** IMSIs that may have had the number. */
  holders(msisdn: string): string[] {
    const mapped = this.#map.get(msisdn)?.map(one => one.imsi) ?? []
    const seen = this.#seen.get(msisdn)?.map(one => one.imsi) ?? []
    return [...mapped, ...seen]
  }

  /** Whose an event is; '' when nobody is known to have the number at that time. */
  owner(imsi: string | undefined, msisdn: string | undefined, timeUs: number): string {
    const list = msisdn === undefined ? undefined : this.#map.get(msisdn)
    if (list !== undefined) {
      const holder = list.find(one => one.fromUs <= timeUs && timeUs < one.toUs)
      // the map knows the number, and this subscriber did not have it then
      if (holder === undefined || (imsi !== undefined && imsi !== holder.imsi)) return ''
      return holder.imsi
    }
    if (imsi !== undefined) return imsi
    return msisdn === undefined ? '' : this.#shown(msisdn, timeUs)
  }

  /** By sessions: the latest that had the number by then, else the first that has it later. */
  #shown(msisdn: string, timeUs: number): string {
    let best: Seen | undefined
    for (const one of this.#seen.get(msisdn) ?? []) {
      if (best === undefined || isBetter(one, best, timeUs)) best = one
    }
    return best?.imsi ?? ''
  }

  #number(imsi: string, msisdn: string): void {
    const numbers = this.#numbers.get(imsi) ?? new Set()
    numbers.add(msisdn)
    this.#numbers.set(imsi, numbers)
  }
}

const none: ReadonlySet<string> = new Set()

function isBetter(one: Seen, than: Seen, timeUs: number): boolean {
  const before = one.firstUs <= timeUs
  const wasBefore = than.firstUs <= timeUs
  if (before !== wasBefore) return before
  if (one.firstUs !== than.firstUs) return before === one.firstUs > than.firstUs
  return one.imsi < than.imsi
}
