/** A subscriber's PDN connections at a moment, as session events tell them, and the requests for one. Each judged APN
 * is looked at by itself (blocked-after-renewal.md B4 step 2). */

import type { SessionEvent } from '../record/subscriber-record.js'
import type { History, SessionSeen } from './history.js'
import type { NameLists } from './name-lists.js'

export interface Pdn {
  apn: string
  /** a session is open */
  present: boolean
  /** when it was asked for; -Infinity when that was not captured */
  sinceUs: number
  ueV4: string
  ueV6: string
  plmn: string
  uli: string
  gateway: string
}

const ends = new Set(['deleted', 'replaced', 'error-indication', 'peer-restart'])

interface Open {
  pdn: Pdn
  context: number
}

/** Judged PDN connections at `atUs`: those that are open; when none is, the last one that was, as absent. */
export function pdnsAt(history: History, lists: NameLists, atUs: number): Pdn[] {
  const open = new Map<number, Open>()
  const asked = new Map<string, number>()
  const last = new Map<string, Pdn>()
  for (const { timeUs, event } of history.sessions) {
    if (timeUs > atUs) break
    const { apn = '', context = -1 } = event
    if (event.event === 'create-request') asked.set(apn, timeUs)
    if (event.event === 'created') {
      const pdn = newPdn(apn, asked.get(apn) ?? timeUs)
      take(pdn, event)
      open.set(context, { pdn, context })
      last.set(apn, pdn)
    } else if (event.event === 'updated') {
      const known = open.get(context)
      if (known !== undefined) take(known.pdn, event)
    } else if (ends.has(event.event)) {
      const known = open.get(context)
      if (known === undefined || isPartial(event)) continue
      known.pdn.present = false
      open.delete(context)
    }
  }
  withoutSession(history, atUs, last)
  const judged = [...last.values()].filter(pdn => lists.isJudged(pdn.apn))
  const present = judged.filter(pdn => pdn.present)
  if (present.length > 0) return present
  return judged.length > 0
    ? judged.slice(-1)
    : [{ ...newPdn('', Number.NEGATIVE_INFINITY), present: false }]
}

/** Any session at all is open. */
export function hasSession(history: History, atUs: number): boolean {
  const open = new Set<number>()
  for (const { timeUs, event } of history.sessions) {
    if (timeUs > atUs) break
    if (event.event === 'created') open.add(event.context ?? -1)
    else if (ends.has(event.event)) open.delete(event.context ?? -1)
  }
  return open.size > 0
}

/** Requests for a session of a judged APN, and their refusals, after `fromUs`. */
export function requestsBetween(
  history: History,
  lists: NameLists,
  fromUs: number,
  toUs: number,
): { asked: SessionSeen[]; rejected: SessionSeen[] } {
  const asked: SessionSeen[] = []
  const rejected: SessionSeen[] = []
  for (const one of history.sessions) {
    if (one.timeUs <= fromUs || one.timeUs > toUs) continue
    const { event, apn = '' } = one.event
    if (apn !== '' && !lists.isJudged(apn)) continue
    if (event === 'create-request' || event === 'created') asked.push(one)
    else if (event === 'rejected') rejected.push(one)
  }
  return { asked, rejected }
}

function newPdn(apn: string, sinceUs: number): Pdn {
  return { apn, present: true, sinceUs, ueV4: '', ueV6: '', plmn: '', uli: '', gateway: '' }
}

function take(pdn: Pdn, event: SessionEvent): void {
  pdn.ueV4 = event.ue_v4 ?? pdn.ueV4
  pdn.ueV6 = event.ue_v6 ?? pdn.ueV6
  pdn.plmn = event.plmn ?? pdn.plmn
  pdn.uli = event.uli ?? pdn.uli
  pdn.gateway = event.ggsn ?? pdn.gateway
}

/** An Error Indication that takes one end of a tunnel leaves the session open: the event then has its context still,
 * and no end follows. */
function isPartial(event: SessionEvent): boolean {
  return event.event === 'error-indication' && event.context === undefined
}

/** Flows of a session that was opened before the capture. */
function withoutSession(history: History, atUs: number, last: Map<string, Pdn>): void {
  for (const { apn, openedUs } of history.flows.values()) {
    if (openedUs > atUs || last.has(apn)) continue
    last.set(apn, newPdn(apn, Number.NEGATIVE_INFINITY))
  }
}
