/** What had to make room for newer, by kind, and how it is told: a bound that was met makes results less than
 * the whole truth. */

import type { Dissector } from '../dissect/dissector.js'
import type { Flows } from '../flow/flows.js'
import { groupDigits } from '../record/figures.js'
import type { Sessions } from '../session/sessions.js'
import type { RunBounds } from './bounds.js'
import type { DnsLearner } from './dns-learner.js'
import type { FlowRater } from './flow-rater.js'
import type { FreeIntent } from './free-intent.js'
import type { RunTotals } from './run-totals.js'

/** Kind, what is said of so many, the option that has the bound. */
const kinds = [
  ['flows', 'flows ended early', 'max-flows'],
  ['transactions', 'transactions settled early', 'max-transactions'],
  ['sessions', 'sessions ended early', 'max-sessions'],
  ['pfcp_sessions', 'PFCP sessions forgotten', 'max-sessions'],
  ['identities', 'identities forgotten', 'max-sessions'],
  ['ended_contexts', 'ended contexts left out of subscriber records', 'max-sessions'],
  ['requests', 'requests forgotten before their answer', 'max-requests'],
  ['subscribers', 'subscribers counted together', 'max-subscribers'],
  ['datagrams', 'fragmented datagrams given up', 'max-reassembly'],
  ['streams', 'holes in TCP streams given up', 'max-reassembly'],
  ['heads', 'heads cut over segments given up', 'max-reassembly'],
  ['messages', 'segmented WTP messages given up', 'max-reassembly'],
  ['dns_names', 'DNS answers forgotten', 'max-dns'],
  ['findings', 'findings closed early', 'max-findings'],
  ['notifications', 'MMS notifications forgotten', 'max-findings'],
] as const

type Kind = (typeof kinds)[number][0]
export type Evictions = Partial<Record<Kind, number>>

/** The stages of a run, as far as they have bounds. */
export interface BoundedStages {
  dissector: Dissector
  sessions: Sessions
  flows: Flows
  rater: FlowRater
  dns: DnsLearner | undefined
  intent: FreeIntent
  totals: RunTotals
}

/** Counts by kind, without those that are 0. */
export function evictionsOf(stages: BoundedStages): Evictions {
  const { flows, sessions, rater, intent } = stages
  const { counts } = sessions
  const all: Record<Kind, number> = {
    flows: flows.evicted,
    transactions: rater.settledEarly,
    sessions: counts.evicted,
    pfcp_sessions: counts.evictedPfcp,
    identities: counts.evictedIdentities,
    ended_contexts: stages.totals.contextsLeftOut,
    requests: sessions.forgottenRequests,
    subscribers: rater.owners.others.count,
    datagrams: stages.dissector.evictedDatagrams,
    streams: flows.holes.evicted,
    heads: flows.heads.evicted,
    messages: flows.wtp.evicted,
    dns_names: stages.dns?.evicted ?? 0,
    findings: intent.closedEarly,
    notifications: intent.forgotten,
  }
  const evicted: Evictions = {}
  for (const [kind] of kinds) if (all[kind] > 0) evicted[kind] = all[kind]
  return evicted
}

/** Kinds that each thread of a run has of its own flows. The others come before flows, alike in all threads, but
 * for those of findings. */
const ofFlows: readonly Kind[] = [
  'flows',
  'transactions',
  'subscribers',
  'streams',
  'messages',
  'dns_names',
]

/** Of several threads that shared a run; findings are made of what all of them tell. */
export function joinEvictions(parts: readonly Evictions[], intent: FreeIntent): Evictions {
  const joined: Evictions = { ...parts[0] }
  for (const kind of ofFlows) joined[kind] = parts.reduce((sum, one) => sum + (one[kind] ?? 0), 0)
  joined.findings = intent.closedEarly
  joined.notifications = intent.forgotten
  const evicted: Evictions = {}
  for (const [kind] of kinds) if ((joined[kind] ?? 0) > 0) evicted[kind] = joined[kind] ?? 0
  return evicted
}

/** `136 flows ended early (--max-flows)`, one a kind. */
export function evictionReasons(evicted: Evictions): string[] {
  return kinds.flatMap(([kind, said, option]) => {
    const count = evicted[kind]
    return count === undefined ? [] : [`${groupDigits(count)} ${said} (--${option})`]
  })
}

/** Subscribers above the bound are not told apart, and nobody knows how many there were. */
export function subscriberReasons(subscribers: number, bounds: RunBounds): string[] {
  if (subscribers < bounds.subscribers) return []
  return [`subscribers counted up to ${groupDigits(bounds.subscribers)} (--max-subscribers)`]
}
