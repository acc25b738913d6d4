/** Subscribers and contexts of a laboratory scenario against what the GGSN's own terminal and the SGSN's
 * command line say of them. */

import type {
  ContextSummary,
  SessionEvent,
  SubscriberRecord,
} from '../../src/record/subscriber-record.js'
import { type Check, equal, oneOf } from './check.js'
import type { LabScenario, LabSession } from './lab-scenario.js'
import { type Replayed, seconds } from './replay.js'

/** The laboratory writes a time down before or after the message that it means. */
const slack = 2

export function compareSessions(lab: LabScenario, replayed: Replayed): Check[] {
  const accepted = lab.sessions.filter(session => session.accepted)
  const imsis = [...new Set(accepted.map(session => session.imsi))].sort()
  const seen = replayed.subscribers.filter(subscriber => subscriber.contexts.length > 0)
  const checks = [
    equal('sessions', replayed.summary?.sessions ?? -1, accepted.length),
    equal(
      'subscribers',
      seen
        .map(s => s.imsi ?? '?')
        .sort()
        .join(' '),
      imsis.join(' '),
    ),
  ]
  for (const imsi of imsis) {
    const subscriber = seen.find(s => s.imsi === imsi)
    if (!subscriber) continue
    const sessions = accepted.filter(session => session.imsi === imsi)
    checks.push(
      equal(`contexts of ${imsi}`, subscriber.contexts.length, sessions.length),
      equal(`msisdn of ${imsi}`, subscriber.msisdn ?? '?', sessions[0]!.msisdn),
      ...sessions.flatMap(session => compareContext(subscriber, session)),
    )
  }
  for (const session of lab.sessions) {
    if (!session.accepted) checks.push(rejected(session, replayed))
    if (session.update) checks.push(updated(session, replayed))
  }
  return checks
}

function near(ts: string | undefined, at: number): boolean {
  return ts !== undefined && Math.abs(seconds(ts) - at) < slack
}

function compareContext(subscriber: SubscriberRecord, session: LabSession): Check[] {
  const name = `context ${session.imsi} of ${session.ue_ip} (${session.apn})`
  const context = subscriber.contexts.find(
    c => c.ue_v4 === session.ue_ip && c.apn === session.apn && near(c.created, session.t_create),
  )
  if (!context) return [{ ok: false, name, wanted: 'seen', found: 'not seen' }]
  const sgsns = session.update ? [session.sgsn, session.update.new_sgsn] : [session.sgsn]
  const checks = [
    equal(`${name}: GTP version`, context.gtp_version ?? -1, session.gtp_version),
    equal(`${name}: NSAPI`, context.bearer ?? -1, session.nsapi),
    equal(`${name}: GGSN`, context.ggsn ?? '?', session.ggsn),
    oneOf(`${name}: SGSN`, context.sgsn ?? '?', sgsns),
    oneOf(`${name}: end`, endOf(context), wantedEnds(session)),
  ]
  if (session.t_delete) checks.push(equal(`${name}: when`, endedNear(context, session.t_delete), 1))
  if (session.gtp_version === 0) return checks
  const [, mcc, mnc, lac, ci] = session.uli.split('.')
  const cell = `${mcc}-${mnc}-${lac}-${ci}`
  if (!session.update) {
    checks.push(oneOf(`${name}: cell`, context.uli?.replace(/^\S+ /, '') ?? '?', [cell]))
  }
  checks.push(equal(`${name}: IMEISV`, subscriber.imei ?? '?', session.imeisv))
  if (session.pdp) {
    checks.push(
      equal(`${name}: TEID up`, Number(context.teid_up ?? -1), session.pdp.ggsn_usr[1]),
      equal(`${name}: TEID down`, Number(context.teid_down ?? -1), session.pdp.sgsn_usr[1]),
    )
  }
  return checks
}

function endOf(context: ContextSummary): string {
  return context.end_reason ?? 'open'
}

/** A crash leaves no message: the context ends with what shows it, or stays open. */
function wantedEnds(session: LabSession): string[] {
  if (session.t_crash) return ['replaced', 'peer-restart', 'error-indication']
  return session.t_delete ? ['deleted'] : ['open']
}

function endedNear(context: ContextSummary, at: number): number {
  return near(context.ended, at) ? 1 : 0
}

function rejected(session: LabSession, replayed: Replayed): Check {
  const away = (e: SessionEvent) => Math.abs(seconds(e.ts) - session.t_create)
  const [event] = replayed.sessions
    .filter(e => e.event === 'rejected' && e.imsi === session.imsi && away(e) < slack)
    .sort((a, b) => away(a) - away(b))
  const name = `rejected create of ${session.imsi} (${session.apn})`
  return equal(name, event?.cause ?? 'not seen', session.cause)
}

function updated(session: LabSession, replayed: Replayed): Check {
  const event = replayed.sessions.find(
    e => e.event === 'updated' && e.imsi === session.imsi && near(e.ts, session.update!.t),
  )
  return equal(`update of ${session.imsi}`, event ? 'seen' : 'not seen', 'seen')
}
