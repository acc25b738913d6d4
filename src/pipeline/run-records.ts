/** Records about the run as a whole: usage from the ledger, subscribers from the control plane, session
 * events (interface.md section 0). */

import { type Ledger, type LedgerOwner, SpecialRow, type UsageRow } from '../rating/ledger.js'
import type { Tariff } from '../record/flow-record.js'
import type { RecordSink } from '../record/sink.js'
import type { ContextSummary, SessionEvent, SubscriberRecord } from '../record/subscriber-record.js'
import { utcTime } from '../record/time.js'
import type { LedgerRow, UsageRecord } from '../record/usage-record.js'
import type { RuleEngine } from '../rules/engine.js'
import { contextSummary } from '../session/context-summary.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { SessionEventData, SessionPlace } from '../session/session-event.js'
import type { FreeIntent } from './free-intent.js'
import type { RunTotals, SubscriberTotals } from './run-totals.js'

const rowNames: Record<SpecialRow, LedgerRow> = {
  [SpecialRow.Unmatched]: 'unmatched',
  [SpecialRow.Excluded]: 'excluded',
  [SpecialRow.DirectionUnknown]: 'direction-unknown',
  [SpecialRow.NotSampled]: 'not-sampled',
}

function usageRecord(engine: RuleEngine, row: UsageRow, others: LedgerOwner): UsageRecord {
  const charge = engine.charges[row.charge]
  const { owner } = row
  return {
    type: 'usage',
    schema: 'tollgate.usage/1',
    ...(owner.imsi === '' ? {} : { imsi: owner.imsi }),
    ...(owner.msisdn === '' ? {} : { msisdn: owner.msisdn }),
    ...(owner === others ? { others: true } : {}),
    ...(owner.apn === '' ? {} : { apn: owner.apn }),
    ...(charge === undefined
      ? {}
      : {
          rule_id: charge.id,
          rule_id_hex: charge.idHex,
          rating_group: charge.ratingGroup,
        }),
    ...(row.special >= 0 ? { row: rowNames[row.special as SpecialRow] } : {}),
    ...(row.sessionless ? { row: 'no-session' as const } : {}),
    tariff: tariffOf(engine, row),
    up_packets: row.up_packets,
    down_packets: row.down_packets,
    up_bytes: row.up_bytes,
    down_bytes: row.down_bytes,
    first: utcTime(row.firstUs),
    last: utcTime(row.lastUs),
  }
}

/** Octets of one subscriber by tariff. */
type TariffOctets = Record<Tariff, number>

/** Octets by IMSI and tariff; what has no charging id counts as unknown. Those of the others together have
 * the key `others`. */
function octetsByImsi(engine: RuleEngine, ledger: Ledger): Map<string, TariffOctets> {
  const byImsi = new Map<string, TariffOctets>()
  for (const row of ledger.rows()) {
    const key = row.owner === ledger.others ? othersKey : row.owner.imsi
    const sums = byImsi.get(key) ?? { free: 0, charged: 0, unknown: 0 }
    sums[tariffOf(engine, row)] += row.up_bytes + row.down_bytes
    byImsi.set(key, sums)
  }
  return byImsi
}

/** no IMSI */
const othersKey = 'others'

export function tariffOf(engine: RuleEngine, row: UsageRow): Tariff {
  return row.sessionless ? 'unknown' : (engine.charges[row.charge]?.tariff ?? 'unknown')
}

function subscriberRecord(
  imsi: string,
  totals: SubscriberTotals,
  sums: TariffOctets,
): SubscriberRecord {
  const named = totals.contexts.at(-1)
  return {
    type: 'subscriber',
    schema: 'tollgate.subscriber/1',
    ...(imsi === '' || imsi === othersKey ? {} : { imsi }),
    ...(named === undefined || named.msisdn === '' ? {} : { msisdn: named.msisdn }),
    ...(named === undefined || named.imei === '' ? {} : { imei: named.imei }),
    ...(totals.userAgent === '' ? {} : { user_agent: totals.userAgent }),
    ...(totals.uaProfile === '' ? {} : { ua_profile: totals.uaProfile }),
    ...(imsi === othersKey ? { others: true } : {}),
    contexts: totals.contexts.map(contextRecord),
    ...(totals.contextsLeftOut === 0 ? {} : { contexts_left_out: totals.contextsLeftOut }),
    flows: totals.flows,
    up_bytes: totals.up,
    down_bytes: totals.down,
    free_bytes: sums.free,
    charged_bytes: sums.charged,
    unknown_bytes: sums.unknown,
    blocked_flows: totals.blockedFlows,
  }
}

function contextRecord(context: PdpContext): ContextSummary {
  const { createdUs, endedUs, ...rest } = contextSummary(context)
  return {
    ...rest,
    created: utcTime(createdUs),
    ...(endedUs === undefined ? {} : { ended: utcTime(endedUs) }),
  }
}

export function sessionEvent(data: SessionEventData): SessionEvent {
  return {
    type: 'session',
    schema: 'tollgate.session/1',
    ts: utcTime(data.timeUs),
    frame: data.frame,
    event: data.event,
    ...(data.context > 0 ? { context: data.context } : {}),
    ...(data.imsi === '' ? {} : { imsi: data.imsi }),
    ...(data.msisdn === '' ? {} : { msisdn: data.msisdn }),
    ...(data.apn === '' ? {} : { apn: data.apn }),
    ...(data.place === undefined ? {} : placeFields(data.place)),
    ...(data.cause >= 0 ? { cause: data.cause, cause_name: data.causeName } : {}),
    ...(data.detail === '' ? {} : { detail: data.detail }),
  }
}

function placeFields(place: SessionPlace): Partial<SessionEvent> {
  return {
    ...(place.gtpVersion < 0 ? {} : { gtp_version: place.gtpVersion }),
    ...(place.rat === '' ? {} : { rat: place.rat }),
    ...(place.uli === '' ? {} : { uli: place.uli }),
    ...(place.servingPlmn === '' ? {} : { plmn: place.servingPlmn }),
    ...(place.ueV4 === '' ? {} : { ue_v4: place.ueV4 }),
    ...(place.ueV6 === '' ? {} : { ue_v6: place.ueV6 }),
    ...(place.ggsn === '' ? {} : { ggsn: place.ggsn }),
  }
}

/** Writes what a run adds up to, as far as the sink wants it: usage, subscribers, findings. */
export function writeRunRecords(
  sink: RecordSink,
  engine: RuleEngine,
  ledger: Ledger,
  totals: RunTotals,
  intent: FreeIntent,
): void {
  if (sink.wants.has('usage')) {
    for (const row of ledger.rows()) sink.write(usageRecord(engine, row, ledger.others))
  }
  if (sink.wants.has('subscriber')) {
    const sums = octetsByImsi(engine, ledger)
    const none = { free: 0, charged: 0, unknown: 0 }
    for (const [imsi, one] of totals.subscribers) {
      sink.write(subscriberRecord(imsi, one, sums.get(imsi) ?? none))
    }
    const { others } = totals
    if (others.flows > 0 || others.contextsLeftOut > 0 || sums.has(othersKey)) {
      sink.write(subscriberRecord(othersKey, others, sums.get(othersKey) ?? none))
    }
  }
  if (sink.wants.has('finding')) for (const finding of intent.findings()) sink.write(finding)
}
