/** The procedure of blocked-after-renewal.md B4 for one PDN connection at one moment. A function of what is known up to
 * then, so that live and replay, and feeds in any order, give the same verdict. */

import type {
  Evidence,
  RenewalCause,
  RenewalVerdict,
  TimelineEntry,
} from '../record/alert-record.js'
import { utcTime } from '../record/time.js'
import { type Candidate, candidateOf, throttleOf } from './candidate.js'
import { type ControlState, controlState } from './control-state.js'
import type { History } from './history.js'
import type { NameLists } from './name-lists.js'
import type { Renewal } from './orders.js'
import { hasSession, type Pdn, pdnsAt, requestsBetween } from './pdn.js'
import type { Population } from './population.js'
import { earlierReject, isAway, nasDemand, rejectsBetween, subscriptionFault } from './rejects.js'
import { coversAll, isRoaming, scopeText } from './scope.js'
import type { RenewalSettings } from './settings.js'
import {
  failedPrefixes,
  hasFailed,
  isRedirected,
  isSuccess,
  type UserPlane,
  userPlane,
} from './user-plane.js'
import { failureEvidence, redirectEvidence, successEntries } from './user-plane-evidence.js'

export interface Judgement {
  verdict: RenewalVerdict
  cause?: RenewalCause
  confidence?: 'high' | 'medium' | 'low'
  evidence: Evidence[]
  hints: string[]
  /** flows that worked */
  shown: TimelineEntry[]
  apn: string
  /** why, in one sentence */
  text: string
}

export interface Judged {
  history: History
  renewal: Renewal
  lists: NameLists
  settings: RenewalSettings
  population: Population
}

/** All of one moment. */
interface Moment extends Judged {
  atUs: number
  pdn: Pdn
  state: ControlState
  plane: UserPlane
  candidate: Candidate | undefined
  covered: boolean
}

const secondUs = 1e6

/** The verdict on the subscriber: each judged PDN connection separately, the worst counts. */
export function judge(judged: Judged, atUs: number): Judgement {
  const { history, renewal, lists } = judged
  if (atUs < renewal.t0Us) return plain('PENDING', '', 'the renewal is not in force yet')
  const all = pdnsAt(history, lists, atUs).map(pdn => judgePdn(judged, pdn, atUs))
  return all.reduce((worst, one) => (rank(one) < rank(worst) ? one : worst))
}

const ranks: readonly RenewalVerdict[] = [
  'BLOCKED',
  'DEGRADED',
  'EXPLAIN',
  'RECOVERED',
  'OTHER_FAULT',
  'AT_RISK',
  'UNDETERMINED',
  'PENDING',
  'UNREACHABLE',
  'NO_DEMAND',
  'OUT_OF_SCOPE',
]

/** What may still become an alarm on one connection is not settled by success on another. */
function rank({ verdict, cause }: Judgement): number {
  if (verdict === 'PENDING' && cause !== undefined) return 2.5
  return ranks.indexOf(verdict)
}

function plain(verdict: RenewalVerdict, apn: string, text: string): Judgement {
  return { verdict, apn, text, evidence: [], hints: [], shown: [] }
}

function judgePdn(judged: Judged, pdn: Pdn, atUs: number): Judgement {
  const { history, renewal, lists, settings, population } = judged
  const roaming = isRoaming(history.imsi, pdn, settings)
  // step 2
  if (roaming && renewal.scope !== 'roaming') {
    return plain('OUT_OF_SCOPE', pdn.apn, `served by ${pdn.plmn}, the renewal is not for roaming`)
  }
  const state = controlState(history, pdn, lists, atUs)
  const window = {
    apn: pdn.apn,
    fromUs: renewal.t0Us,
    failuresFromUs: Math.max(renewal.t0Us, state.openedUs, pdn.sinceUs),
    toUs: atUs,
    isBlind: (timeUs: number) => population.isBlind(timeUs),
  }
  const plane = userPlane(history, window, lists, settings)
  const candidate = candidateOf({ history, renewal, pdn, state, lists, settings, atUs })
  const covered = coversAll(renewal, roaming, atUs, settings)
  const moment: Moment = { ...judged, atUs, pdn, state, plane, candidate, covered }
  const found = success(moment) ?? early(moment) ?? withoutDemand(moment) ?? others(moment)
  const verdict = found ?? (pdn.present ? withSession(moment) : withoutSession(moment))
  return { ...verdict, hints: [...verdict.hints, ...hintsOf(moment)] }
}

/** Step 3. */
function success(moment: Moment): Judgement | undefined {
  const { plane, settings, candidate, covered, renewal, pdn } = moment
  if (!isSuccess(plane, settings) || isHeld(moment)) return undefined
  const fails = plane.failed.length > 0 || plane.redirects.length > 0
  if (!covered && fails) {
    const text = `${scopeText(renewal)}; that works, other traffic does not`
    return explain(moment, 'C12', text)
  }
  if (candidate === undefined && !fails && plane.portal.length >= 2) {
    return explain(moment, 'C10', 'everything works; the handset asks for the portal again')
  }
  const recovered = plain('RECOVERED', pdn.apn, 'the user plane works')
  return { ...recovered, shown: successEntries(plane) }
}

/** Nothing went faster than the throttle that is still in the policy: small pages work also under it. */
function isHeld(moment: Moment): boolean {
  const bits = throttleOf(moment)
  const { plane, settings } = moment
  return bits > 0 && (plane.bestOctets * 8) / 60 <= bits * settings.throttle.factor
}

/** E6: a transfer that fills a whole bin goes at the throttle's rate. */
function throttleEvidence(moment: Moment): Evidence | undefined {
  const { plane, settings, atUs } = moment
  const bits = throttleOf(moment)
  if (bits === 0 || plane.heldOctets === 0) return undefined
  const rate = (plane.heldOctets * 8) / 60
  if (rate > bits * settings.throttle.factor || rate < bits / 2) return undefined
  const text = `a transfer is held at ${Math.round(rate / 10) / 100} kbit/s for a minute`
  return { class: 'E6', ts: utcTime(atUs), text }
}

function throttledBy(moment: Moment, held: Evidence): Judgement {
  const { settings, candidate, pdn } = moment
  const blocked = throttleOf(moment) <= settings.throttle.blocked_kbps * 1000
  const policy = candidate?.cause === 'C9' ? candidate.evidence : []
  return {
    ...plain(blocked ? 'BLOCKED' : 'DEGRADED', pdn.apn, 'the throttle is still on'),
    cause: 'C9',
    confidence: confidence(moment, 'high'),
    evidence: [...policy, held],
  }
}

function explain({ pdn, plane }: Moment, cause: RenewalCause, text: string): Judgement {
  const evidence = [...redirectEvidence(plane), ...failureEvidence(plane)]
  return { ...plain('EXPLAIN', pdn.apn, text), cause, confidence: 'medium', evidence }
}

/** Step 5. */
function early(moment: Moment): Judgement | undefined {
  const { candidate, renewal, settings, atUs, pdn } = moment
  const { grace_s, evaluation_s } = settings.times
  if (atUs >= renewal.t0Us + grace_s * secondUs) return undefined
  if (candidate?.hard === true && atUs >= renewal.t0Us + evaluation_s * secondUs) {
    return atRisk(moment, candidate)
  }
  const pending = plain('PENDING', pdn.apn, 'within the grace')
  if (candidate === undefined) return pending
  return { ...pending, cause: candidate.cause, evidence: candidate.evidence }
}

/** For the network side only. */
function atRisk({ pdn }: Moment, { cause, evidence }: Candidate): Judgement {
  const text = 'the network still blocks; nothing to tell the subscriber'
  return { ...plain('AT_RISK', pdn.apn, text), cause, confidence: 'medium', evidence }
}

/** Step 6. */
function withoutDemand(moment: Moment): Judgement | undefined {
  const { history, renewal, lists, settings, plane, pdn, candidate, atUs } = moment
  const { asked, rejected } = requestsBetween(history, lists, renewal.t0Us, atUs)
  const requests = asked.length + rejected.length > 0 || nasDemand(history, renewal.t0Us, atUs)
  const rejects = rejectsBetween(history, lists, settings, renewal.t0Us, atUs).length > 0
  const demand =
    requests ||
    rejects ||
    plane.redirects.length > 0 ||
    plane.upPackets >= settings.user_plane.demand_packets
  if (demand) return undefined
  if (!pdn.present) {
    const earlier = earlierReject(history, settings, renewal.capUs, renewal.t0Us)
    if (earlier !== undefined) return silent(moment, earlier)
    if (!hasSession(history, atUs)) {
      const known = pdn.apn !== '' || isAway(history, atUs)
      return known
        ? plain('UNREACHABLE', pdn.apn, 'no session and no signalling')
        : plain('NO_DEMAND', pdn.apn, 'no session, none asked for')
    }
  } else if (isAway(history, atUs)) {
    return plain('UNREACHABLE', pdn.apn, 'paging finds nobody, or the handset detached')
  }
  if (candidate !== undefined) return atRisk(moment, candidate)
  return plain('NO_DEMAND', pdn.apn, 'nothing was asked for after the renewal')
}

/** C1: told not to try again, and it does not, longer than its timers run. */
function silent({ renewal, settings, atUs, pdn }: Moment, earlier: Evidence): Judgement {
  const sinceUs = renewal.t0Us + settings.times.backoff_s * secondUs
  if (atUs < sinceUs) {
    const pending = plain('PENDING', pdn.apn, 'the handset may still try again')
    return { ...pending, cause: 'C1', evidence: [earlier] }
  }
  return {
    ...plain('BLOCKED', pdn.apn, 'rejected while stopped; no request since the renewal'),
    cause: 'C1',
    confidence: 'medium',
    evidence: [earlier],
  }
}

/** Step 7. */
function others({ plane, population, history, pdn, atUs }: Moment): Judgement | undefined {
  const times = plane.failed.map(one => one.timeUs)
  const where = times.length === 0 ? '' : population.gatewayFault(history.imsi, times, atUs)
  if (where === '') return undefined
  return plain('OTHER_FAULT', pdn.apn, `others fail at ${where}, too`)
}

/** Step 8. */
function withoutSession(moment: Moment): Judgement {
  const { history, lists, settings, renewal, state, candidate, pdn, atUs } = moment
  const rejects = rejectsBetween(history, lists, settings, renewal.t0Us, atUs)
  const subscription = rejects.filter(one => one.kind === 'subscription')
  const barred = subscriptionFault(state, renewal.t0Us)
  const evidence = rejects.slice(-5).map(one => one.evidence)
  if (barred !== undefined) evidence.push(barred)
  if (candidate?.cause === 'C5' || (candidate?.cause === 'C11' && rejects.length > 0)) {
    return blocked(moment, candidate.cause, 'high', [...candidate.evidence, ...evidence])
  }
  if (subscription.length > 0 || (barred !== undefined && rejects.length > 0)) {
    return blocked(moment, 'C2', 'high', evidence)
  }
  if (rejects.some(one => one.kind === 'congestion')) {
    return plain('OTHER_FAULT', pdn.apn, 'the network refuses because of congestion')
  }
  if (candidate !== undefined && rejects.length >= 3) {
    return blocked(moment, candidate.cause, 'low', [...candidate.evidence, ...evidence])
  }
  return { ...plain('UNDETERMINED', pdn.apn, 'asked for a session, none is open'), evidence }
}

/** Step 9. */
function withSession(moment: Moment): Judgement {
  const { plane, settings, candidate, pdn } = moment
  const held = throttleEvidence(moment)
  if (held !== undefined) return throttledBy(moment, held)
  const failing = hasFailed(plane, settings)
  const redirected = isRedirected(plane, settings)
  if (!isRecent(moment)) return undecided(moment, 'nothing has failed lately')
  if (failing && !redirected && isServerFault(moment)) {
    return plain('OTHER_FAULT', pdn.apn, 'others fail at these servers, too')
  }
  const evidence = [...redirectEvidence(plane), ...failureEvidence(plane)]
  if (failing || redirected) {
    if (candidate !== undefined) {
      return blocked(moment, candidate.cause, 'high', [...candidate.evidence, ...evidence])
    }
    return blocked(moment, redirected ? 'C4' : 'CX', 'medium', evidence)
  }
  const few = failedPrefixes(plane).size < settings.user_plane.servers
  if (few && candidate !== undefined && plane.failed.length >= 3 && plane.completed === 0) {
    return blocked(moment, candidate.cause, 'medium', [...candidate.evidence, ...evidence])
  }
  return undecided(moment, 'too few failures to tell')
}

function undecided(moment: Moment, text: string): Judgement {
  const { candidate, pdn } = moment
  return candidate === undefined ? plain('UNDETERMINED', pdn.apn, text) : atRisk(moment, candidate)
}

/** What failed early in the grace, and was not tried again, may have been cured meanwhile. */
function isRecent({ plane, renewal, settings }: Moment): boolean {
  const { grace_s, recent_s } = settings.times
  const fromUs = renewal.t0Us + (grace_s - recent_s) * secondUs
  const times = [...plane.failed, ...plane.redirects].map(one => one.timeUs)
  return Math.max(Number.NEGATIVE_INFINITY, ...times) >= fromUs
}

/** Most of the servers that fail are down for others, too. */
function isServerFault({ plane, population, history, atUs }: Moment): boolean {
  const times = plane.failed.map(one => one.timeUs)
  const prefixes = [...failedPrefixes(plane)]
  const down = prefixes.filter(one => population.serverFault(history.imsi, one, times, atUs))
  return down.length * 2 > prefixes.length
}

function blocked(
  moment: Moment,
  cause: RenewalCause,
  sure: 'high' | 'medium' | 'low',
  evidence: Evidence[],
): Judgement {
  const { covered, renewal, pdn } = moment
  if (!covered) return explain(moment, 'C12', scopeText(renewal))
  return {
    ...plain('BLOCKED', pdn.apn, 'still blocked after the renewal'),
    cause,
    confidence: confidence(moment, sure),
    evidence,
  }
}

/** A renewal that was inferred from packets is not certain itself. */
function confidence(
  { renewal }: Moment,
  sure: 'high' | 'medium' | 'low',
): 'high' | 'medium' | 'low' {
  return renewal.inferred && sure === 'high' ? 'medium' : sure
}

function hintsOf({ plane, population, atUs, history }: Moment): string[] {
  const hints: string[] = []
  const { worked, failed } = plane.families
  for (const family of failed) {
    if (worked.size > 0 && !worked.has(family))
      hints.push(`${family} fails, the other family works`)
  }
  if (population.isBlind(atUs - 60 * secondUs))
    hints.push('blind: no downlink of any user is captured')
  if (history.dropped > 0) hints.push(`${history.dropped} flows of this subscriber were let go`)
  return hints
}
