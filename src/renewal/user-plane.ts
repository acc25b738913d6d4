/** What the user plane of one PDN connection shows since a moment: what worked, what failed and how, what was asked for
 * (blocked-after-renewal.md B2, B3). The whitelist never counts as success, nor as failure. */

import type { AnswerSeen, FlowPoint, FlowSeen, History } from './history.js'
import { hostOf, type NameLists } from './name-lists.js'
import type { RenewalSettings } from './settings.js'

export interface FailedFlow {
  timeUs: number
  flow: FlowSeen
  kind: 'unanswered' | 'reset'
}

export interface UserPlane {
  /** completed transactions, and where; first one that met the criterion of success */
  completed: number
  completedServers: Set<string>
  completedFlows: FlowSeen[]
  failed: FailedFlow[]
  redirects: AnswerSeen[]
  /** hosts that were asked and answered with the portal */
  redirectedHosts: Set<string>
  /** requests to a portal */
  portal: FlowSeen[]
  upPackets: number
  /** most octets down in one bin */
  bestOctets: number
  /** most octets down in a bin that a transfer filled from end to end */
  heldOctets: number
  /** address families of what worked and of what failed */
  families: { worked: Set<string>; failed: Set<string> }
  /** last user packet, of any kind */
  lastUs: number
}

export interface Window {
  apn: string
  fromUs: number
  /** failures before this are of a state that is over */
  failuresFromUs: number
  toUs: number
  /** bins in which the probe saw no downlink of anybody */
  isBlind: (timeUs: number) => boolean
}

export function userPlane(
  history: History,
  window: Window,
  lists: NameLists,
  settings: RenewalSettings,
): UserPlane {
  const plane: UserPlane = {
    completed: 0,
    completedServers: new Set(),
    completedFlows: [],
    failed: [],
    redirects: [],
    redirectedHosts: new Set(),
    portal: [],
    upPackets: 0,
    bestOctets: 0,
    heldOctets: 0,
    families: { worked: new Set(), failed: new Set() },
    lastUs: Number.NEGATIVE_INFINITY,
  }
  const down = new Map<number, number>()
  const held = new Map<number, number>()
  for (const flow of history.flows.values()) {
    if (flow.apn !== window.apn || flow.openedUs > window.toUs) continue
    addFlow(plane, flow, window, settings, down, held)
  }
  plane.bestOctets = Math.max(0, ...down.values())
  plane.heldOctets = Math.max(0, ...held.values())
  for (const answer of history.answers) {
    if (answer.apn !== window.apn || answer.timeUs <= window.failuresFromUs) continue
    if (answer.timeUs > window.toUs || answer.location === undefined) continue
    addRedirect(plane, answer, lists)
  }
  plane.failed.sort((a, b) => a.timeUs - b.timeUs || Number(a.flow.flow) - Number(b.flow.flow))
  plane.redirects.sort((a, b) => a.timeUs - b.timeUs || Number(a.flow) - Number(b.flow))
  return plane
}

/** Bins of the window: those that began in it, and the ones in which a flow of it opened. */
function pointsIn(flow: FlowSeen, { fromUs, toUs }: Window): FlowPoint[] {
  const fresh = flow.openedUs > fromUs
  return flow.points.filter(
    point => point.endUs <= toUs && (point.startUs >= fromUs || (fresh && point.endUs > fromUs)),
  )
}

function addFlow(
  plane: UserPlane,
  flow: FlowSeen,
  window: Window,
  settings: RenewalSettings,
  down: Map<number, number>,
  held: Map<number, number>,
): void {
  const points = pointsIn(flow, window)
  const last = points.at(-1)
  if (last === undefined) return
  plane.lastUs = Math.max(plane.lastUs, last.lastUs)
  if (flow.white) {
    if (flow.portal && flow.openedUs > window.fromUs) plane.portal.push(flow)
    return
  }
  for (const point of points) {
    plane.upPackets += point.upPackets
    down.set(point.startUs, (down.get(point.startUs) ?? 0) + point.downOctets)
    if (flow.openedUs <= point.startUs && !point.ended) {
      held.set(point.startUs, (held.get(point.startUs) ?? 0) + point.downOctets)
    }
  }
  const family = flow.v6 ? 'IPv6' : 'IPv4'
  const worked = completedIn(flow, points, window)
  if (worked > 0) {
    plane.completed += worked
    plane.completedServers.add(flow.prefix)
    plane.completedFlows.push(flow)
    plane.families.worked.add(family)
  }
  const kind = failureOf(flow, last, window, settings)
  if (kind === undefined) return
  plane.failed.push({ timeUs: flow.openedUs, flow, kind })
  plane.families.failed.add(family)
}

/** Answered requests; a connection whose requests are not visible is one when payload came. Names asked of a DNS
 * server are not yet anything that worked. */
function completedIn(flow: FlowSeen, points: readonly FlowPoint[], window: Window): number {
  const answered = points.reduce((sum, point) => sum + point.answered, 0)
  if (flow.app === 'http' || flow.app === 'wsp-cl' || flow.app === 'wsp-co' || flow.app === 'mms') {
    return answered
  }
  if (flow.app === 'dns' || flow.protocol === 'icmp' || flow.protocol === 'icmpv6') return 0
  if (flow.openedUs <= window.fromUs) return 0
  return points.some(point => point.answer === 'payload') ? 1 : 0
}

function failureOf(
  flow: FlowSeen,
  last: FlowPoint,
  window: Window,
  settings: RenewalSettings,
): FailedFlow['kind'] | undefined {
  if (flow.openedUs <= window.failuresFromUs || flow.oneDirection) return undefined
  if (last.answer === 'reset') return 'reset'
  if (last.answer !== 'none' || flow.protocol === 'icmp' || flow.protocol === 'icmpv6')
    return undefined
  if (window.toUs - flow.openedUs < settings.times.silent_s * 1e6) return undefined
  return window.isBlind(flow.openedUs) ? undefined : 'unanswered'
}

/** A redirect counts when an operator's portal is named by the answer to a request for something else. */
function addRedirect(plane: UserPlane, answer: AnswerSeen, lists: NameLists): void {
  const to = hostOf(answer.location ?? '')
  if (!lists.isPortal(to) || lists.isWhite(answer.host, answer.server)) return
  plane.redirects.push(answer)
  plane.redirectedHosts.add(answer.host === '' ? answer.server : answer.host)
}

/** B3: success. */
export function isSuccess(plane: UserPlane, settings: RenewalSettings): boolean {
  const { success_transactions, success_servers, success_bytes } = settings.user_plane
  if (plane.bestOctets >= success_bytes) return true
  return plane.completed >= success_transactions && plane.completedServers.size >= success_servers
}

export function failedPrefixes(plane: UserPlane): Set<string> {
  return new Set(plane.failed.map(one => one.flow.prefix))
}

/** B3: user-plane failure. */
export function hasFailed(plane: UserPlane, settings: RenewalSettings): boolean {
  const { failed, servers, ratio } = settings.user_plane
  const count = plane.failed.length
  if (count < failed || failedPrefixes(plane).size < servers || plane.completed > 0) return false
  const all = count + plane.completed
  const first = plane.failed[0]?.timeUs ?? 0
  const last = plane.failed.at(-1)?.timeUs ?? 0
  return count / all >= ratio && last - first >= settings.times.min_span_s * 1e6
}

/** B3: redirect. */
export function isRedirected(plane: UserPlane, settings: RenewalSettings): boolean {
  return plane.redirectedHosts.size >= settings.user_plane.redirect_hosts
}
