/** How other users fared at the same time: at a server, in a cell, at a gateway, on the whole link. Who shares a fault
 * with many is not a case of a renewal (blocked-after-renewal.md B2, B4 steps 7 and 9). */

import type { ActivityRecord } from '../record/activity-record.js'
import { usOf } from './history.js'
import { serverPrefix } from './name-lists.js'
import type { RenewalSettings } from './settings.js'

/** Bins and places that are remembered. */
const mostPlaces = 200_000
/** Moves of one subscriber that are remembered. */
const mostMoves = 64
/** that of activity records */
const binUs = 60_000_000

interface UserCount {
  failed: number
  worked: number
}

interface Where {
  readonly timeUs: number
  readonly places: readonly string[]
}

interface Place {
  readonly slot: number
  readonly users: Map<string, UserCount>
}

export class Population {
  readonly #settings: RenewalSettings
  /** by bin, kind and name; in order of time */
  readonly #places = new Map<string, Place>()
  /** by bin: users with uplink, and those of them with downlink */
  readonly #links = new Map<number, { up: Set<string>; down: Set<string> }>()
  /** IMSI -> cells and gateways of its sessions */
  readonly #where = new Map<string, Where[]>()

  constructor(settings: RenewalSettings) {
    this.#settings = settings
  }

  /** A session tells where its subscriber is. */
  located(imsi: string, uli: string, gateway: string, timeUs: number): void {
    const places: string[] = []
    if (uli !== '') places.push(`cell ${uli}`)
    if (gateway !== '') places.push(`gateway ${gateway}`)
    if (places.length === 0) return
    const moves = this.#where.get(imsi) ?? []
    moves.push({ timeUs, places })
    if (moves.length > mostMoves) moves.shift()
    this.#where.set(imsi, moves)
  }

  activity(record: ActivityRecord): void {
    const { imsi } = record
    if (imsi === undefined) return
    const slot = slotOf(usOf(record.ts))
    this.#link(slot, imsi, record)
    const worked = record.answer === 'payload' && record.app !== 'dns'
    const failed = record.answer === 'none' || record.answer === 'reset'
    if (!worked && !failed) return
    const places = [
      `server ${serverPrefix(record.server)}`,
      ...this.#placesAt(imsi, usOf(record.end)),
    ]
    for (const name of places) {
      const place = this.#place(slot, name)
      const count = place.users.get(imsi) ?? { failed: 0, worked: 0 }
      if (worked) count.worked++
      else count.failed++
      place.users.set(imsi, count)
    }
  }

  /** Up to `toUs` many others fail at the subscriber's cell or gateway; which, or ''. */
  gatewayFault(imsi: string, timesUs: readonly number[], toUs: number): string {
    const { gateway_share } = this.#settings.population
    for (const name of this.#placesAt(imsi, toUs)) {
      if (this.#shares(imsi, name, timesUs, gateway_share, toUs)) return name
    }
    return ''
  }

  /** Up to `toUs` many others fail at this server, too. */
  serverFault(imsi: string, prefix: string, timesUs: readonly number[], toUs: number): boolean {
    const { server_share } = this.#settings.population
    return this.#shares(imsi, `server ${prefix}`, timesUs, server_share, toUs)
  }

  /** Nobody had downlink: not one of the users on the link, and there were several. */
  isBlind(timeUs: number): boolean {
    const link = this.#links.get(slotOf(timeUs))
    if (link === undefined) return false
    return link.up.size >= this.#settings.population.blind_users && link.down.size === 0
  }

  #placesAt(imsi: string, timeUs: number): readonly string[] {
    return this.#where.get(imsi)?.findLast(one => one.timeUs <= timeUs)?.places ?? []
  }

  #link(slot: number, imsi: string, record: ActivityRecord): void {
    const link = this.#links.get(slot) ?? { up: new Set<string>(), down: new Set<string>() }
    if (record.up_packets > 0) link.up.add(imsi)
    if (record.down_packets > 0) link.down.add(imsi)
    this.#links.set(slot, link)
  }

  #place(slot: number, name: string): Place {
    const key = `${slot} ${name}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = { slot, users: new Map<string, UserCount>() }
    this.#places.set(key, place)
    if (this.#places.size > mostPlaces) {
      const [oldest] = this.#places.keys()
      if (oldest !== undefined) this.#places.delete(oldest)
    }
    return place
  }

  /** Around these times, taken together: of the others that were active, so many only failed. */
  #shares(
    imsi: string,
    name: string,
    timesUs: readonly number[],
    share: number,
    toUs: number,
  ): boolean {
    const others = new Map<string, UserCount>()
    for (const slot of this.#slotsAround(timesUs, toUs)) {
      for (const [other, count] of this.#places.get(`${slot} ${name}`)?.users ?? []) {
        if (other === imsi) continue
        const sum = others.get(other) ?? { failed: 0, worked: 0 }
        sum.failed += count.failed
        sum.worked += count.worked
        others.set(other, sum)
      }
    }
    if (others.size < this.#settings.population.others) return false
    const failing = [...others.values()].filter(one => one.failed > 0 && one.worked === 0).length
    return failing / others.size >= share
  }

  #slotsAround(timesUs: readonly number[], toUs: number): Set<number> {
    const reachUs = (this.#settings.times.population_s * 1e6) / 2
    const slots = new Set<number>()
    for (const us of timesUs) {
      const last = Math.min(slotOf(us + reachUs), slotOf(toUs) - 1)
      for (let slot = slotOf(us - reachUs); slot <= last; slot++) slots.add(slot)
    }
    return slots
  }

  /** Lets go of bins that were over before. */
  forget(beforeUs: number): void {
    const first = slotOf(beforeUs)
    for (const [key, { slot }] of this.#places) if (slot < first) this.#places.delete(key)
    for (const slot of this.#links.keys()) if (slot < first) this.#links.delete(slot)
  }
}

function slotOf(timeUs: number): number {
  return Math.floor(timeUs / binUs)
}
