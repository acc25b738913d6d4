/** The state that control messages left a PDN connection in: credit (Gy), rules (Gx), user plane (PFCP), subscription
 * (S6a). The newest message wins; what is older than the session is not of it (blocked-after-renewal.md B4 step 4). */

import type { ControlRecord, RuleState } from '../record/control-record.js'
import type { ControlSeen, History } from './history.js'
import type { NameLists } from './name-lists.js'
import type { Pdn } from './pdn.js'

/** Diameter results that refuse credit: RFC 8506 section 9.1. */
const creditRefused = new Set([4010, 4012])

/** A refresh by the server: RAR, its answer, and the request that must follow. */
export interface Refresh {
  asked: ControlSeen
  answer: ControlSeen | undefined
  followed: ControlSeen | undefined
}

export interface ControlState {
  /** last answer with a final unit that still stands */
  finalUnit: ControlSeen | undefined
  /** last answer that refused credit and was not followed by a grant */
  refused: ControlSeen | undefined
  granted: ControlSeen | undefined
  /** Gx: what blocks or redirects, and since when */
  blocking: { seen: ControlSeen; rule: string; why: string } | undefined
  /** Gx: last message that changed rules, whoever sent it */
  policyChanged: ControlSeen | undefined
  inactive: ControlSeen | undefined
  /** PFCP: last state of the user plane */
  forwarding: ControlSeen | undefined
  /** Gx APN-AMBR, or MBR of PFCP: bits per second downlink */
  rate: { seen: ControlSeen; bits: number } | undefined
  /** S6a and Sy */
  subscription: ControlSeen | undefined
  spending: ControlSeen | undefined
  errorIndications: ControlSeen[]
  refreshes: Record<'gx' | 'gy', Refresh[]>
  /** last message that let traffic through again */
  openedUs: number
  /** any message of policy or charging */
  visible: boolean
}

export function controlState(
  history: History,
  pdn: Pdn,
  lists: NameLists,
  toUs: number,
): ControlState {
  const state = emptyState()
  const lost = lostRefreshes(history.controls, toUs)
  const rules = new Map<string, RuleState & { seen: ControlSeen }>()
  const removed = new Map<string, ControlSeen>()
  for (const seen of history.controls) {
    const { record, timeUs } = seen
    if (timeUs > toUs) break
    // a session's rules come before it is answered, and end with it
    const ofSession =
      record.interface === 'gx' || record.interface === 'gy' || record.interface === 'pfcp'
    if (ofSession && timeUs < pdn.sinceUs) continue
    if (ofSession && pdn.apn !== '' && record.apn !== undefined && record.apn !== pdn.apn) continue
    switch (record.interface) {
      case 'gy':
        state.visible = true
        takeCredit(state, seen)
        break
      case 'gx':
        state.visible = true
        takePolicy(state, seen, rules, removed, lost.has(seen))
        break
      case 'pfcp':
        takeUserPlane(state, seen)
        break
      case 's6a':
        state.subscription = subscriptionSeen(seen) ? seen : state.subscription
        break
      default:
        state.spending = record.counters === undefined ? state.spending : seen
    }
    const blocked = blockingOf(rules, removed, lists)
    if (blocked === undefined && state.blocking !== undefined) state.openedUs = timeUs
    state.blocking = blocked
  }
  return state
}

function emptyState(): ControlState {
  return {
    finalUnit: undefined,
    refused: undefined,
    granted: undefined,
    blocking: undefined,
    policyChanged: undefined,
    inactive: undefined,
    forwarding: undefined,
    rate: undefined,
    subscription: undefined,
    spending: undefined,
    errorIndications: [],
    refreshes: { gx: [], gy: [] },
    openedUs: Number.NEGATIVE_INFINITY,
    visible: false,
  }
}

function takeCredit(state: ControlState, seen: ControlSeen): void {
  const { record, timeUs } = seen
  takeRefresh(state.refreshes.gy, seen)
  if (!record.message.startsWith('CCA')) return
  const { result = 0, refused = 0 } = record
  if (creditRefused.has(result) || creditRefused.has(refused)) {
    state.refused = seen
    return
  }
  if (record.granted !== true && record.final_unit === undefined) return
  if (record.final_unit !== undefined) {
    state.finalUnit = seen
    return
  }
  // RFC 8506 section 5.6: a grant without final units ends what the last one ordered
  if (state.finalUnit !== undefined || state.refused !== undefined) state.openedUs = timeUs
  state.finalUnit = undefined
  state.refused = undefined
  state.granted = seen
}

function takePolicy(
  state: ControlState,
  seen: ControlSeen,
  rules: Map<string, RuleState & { seen: ControlSeen }>,
  removed: Map<string, ControlSeen>,
  isLost: boolean,
): void {
  const { record } = seen
  takeRefresh(state.refreshes.gx, seen)
  if (record.ambr_down !== undefined) state.rate = { seen, bits: record.ambr_down }
  if (record.inactive_rules !== undefined) state.inactive = seen
  if (record.rules === undefined || isLost) return
  state.policyChanged = seen
  for (const rule of record.rules) {
    if (rule.status === 'removed') {
      rules.delete(rule.name)
      removed.set(rule.name, seen)
    } else {
      rules.set(rule.name, { ...rule, seen })
      removed.delete(rule.name)
    }
  }
}

/** RARs whose rules are not in force: the answer refuses them, or none comes although the gateway's direction is
 * captured. */
function lostRefreshes(controls: readonly ControlSeen[], toUs: number): Set<ControlSeen> {
  const open = new Map<string, ControlSeen>()
  const lost = new Set<ControlSeen>()
  let hearsGateway = false
  for (const seen of controls) {
    const { interface: on, message, session } = seen.record
    if (on !== 'gx' || seen.timeUs > toUs) continue
    if (message === 'RAR') open.set(session, seen)
    else if (message.startsWith('CCR')) hearsGateway = true
    if (message !== 'RAA') continue
    hearsGateway = true
    const asked = open.get(session)
    open.delete(session)
    if (asked !== undefined && isFailedAnswer(seen.record)) lost.add(asked)
  }
  if (hearsGateway) for (const asked of open.values()) lost.add(asked)
  return lost
}

/** The first of what is installed that blocks, or a general rule that was removed. */
function blockingOf(
  rules: ReadonlyMap<string, RuleState & { seen: ControlSeen }>,
  removed: ReadonlyMap<string, ControlSeen>,
  lists: NameLists,
): ControlState['blocking'] {
  for (const { name, status, redirect, seen } of rules.values()) {
    if (redirect !== undefined) return { seen, rule: name, why: `redirects to ${redirect}` }
    if (status === 'disabled') return { seen, rule: name, why: 'is DISABLED' }
    if (lists.isBlockingRule(name)) return { seen, rule: name, why: 'is installed' }
  }
  for (const [name, seen] of removed) {
    if (lists.isGeneralRule(name)) return { seen, rule: name, why: 'was removed' }
  }
  return undefined
}

function takeUserPlane(state: ControlState, seen: ControlSeen): void {
  const { record, timeUs } = seen
  if ((record.error_indications ?? 0) > 0) state.errorIndications.push(seen)
  if (record.mbr_down !== undefined) state.rate = { seen, bits: record.mbr_down }
  if (record.forwarding === undefined) return
  const before = state.forwarding?.record.forwarding
  if (record.forwarding === 'forward' && before !== undefined && before !== 'forward') {
    state.openedUs = timeUs
  }
  state.forwarding = seen
}

function subscriptionSeen({ record }: ControlSeen): boolean {
  return record.barred !== undefined || record.message === 'ULA'
}

/** RFC 8506 section 5.5: RAR, RAA, then a CCR-U with the same Session-Id. */
function takeRefresh(list: Refresh[], seen: ControlSeen): void {
  const { message, session } = seen.record
  if (message === 'RAR') list.push({ asked: seen, answer: undefined, followed: undefined })
  const last = list.findLast(one => one.asked.record.session === session)
  if (last === undefined) return
  if (message === 'RAA') last.answer ??= seen
  if (message === 'CCR-U') last.followed ??= seen
}

export function isFailedAnswer(record: ControlRecord): boolean {
  return record.result !== undefined && (record.result < 2000 || record.result >= 3000)
}
