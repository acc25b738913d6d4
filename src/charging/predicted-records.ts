/** Predicted usage as what a gateway would put into charging records: one record a subscriber and APN, one container
 * a rating group. What has no rating group, or nobody it is of, is in no record. */

import type { ContextSummary, SubscriberRecord } from '../record/subscriber-record.js'
import { parseTime } from '../record/time.js'
import type { UsageRecord } from '../record/usage-record.js'
import type { PredictedContainer, PredictedRecord } from './write-record.js'

/** A container takes at most 80 octets, a record 65,535: more containers are further, partial records. */
const maxContainers = 500

/** Whether these octets can be in a record. */
export function isRecordable(row: UsageRecord): boolean {
  const { imsi = '', msisdn = '', rating_group: group } = row
  return group !== undefined && row.row === undefined && (imsi !== '' || msisdn !== '')
}

/** The context that usage is of, as far as the capture tells: the first one of the APN with a Charging ID. */
export class UsageContexts {
  readonly #contexts = new Map<string, ContextSummary>()

  constructor(subscribers: readonly SubscriberRecord[]) {
    for (const { imsi, msisdn, contexts } of subscribers) {
      for (const context of contexts) {
        const key = contextKey(imsi, msisdn, context.apn)
        const known = this.#contexts.get(key)
        const isBetter = known?.charging_id === undefined && context.charging_id !== undefined
        if (known === undefined || isBetter) this.#contexts.set(key, context)
      }
    }
  }

  of({ imsi, msisdn, apn }: UsageRecord): ContextSummary | undefined {
    return this.#contexts.get(contextKey(imsi, msisdn, apn))
  }
}

function contextKey(imsi = '', msisdn = '', apn = ''): string {
  return `${imsi === '' ? `+${msisdn}` : imsi}|${apn}`
}

export function predictedRecords(
  usage: readonly UsageRecord[],
  contexts: UsageContexts,
): PredictedRecord[] {
  const owners = new Map<string, UsageRecord[]>()
  for (const row of usage.filter(isRecordable)) {
    const key = `${row.imsi ?? ''}|${row.msisdn ?? ''}|${row.apn ?? ''}`
    const rows = owners.get(key)
    if (rows === undefined) owners.set(key, [row])
    else rows.push(row)
  }
  return [...owners.values()].flatMap(rows => recordsOf(rows, contexts))
}

function recordsOf(rows: readonly UsageRecord[], contexts: UsageContexts): PredictedRecord[] {
  const [first] = rows
  if (first === undefined) return []
  const containers = containersOf(rows)
  const context = contexts.of(first)
  const firstUs = containers.reduce((us, one) => Math.min(us, one.firstUs), Number.MAX_SAFE_INTEGER)
  const created = parseTime(context?.created ?? '') ?? firstUs
  const whole = {
    imsi: first.imsi ?? '',
    msisdn: first.msisdn ?? '',
    apn: first.apn ?? '',
    chargingId: context?.charging_id ?? -1,
    gateway: context?.ggsn ?? '',
    servingNode: context?.sgsn ?? '',
    fromSgsn: context?.gtp_version !== 2,
    ue: context?.ue_v4 ?? context?.ue_v6 ?? '',
    openingUs: Math.min(created, firstUs),
    lastUs: containers.reduce((us, one) => Math.max(us, one.lastUs), 0),
  }
  const records: PredictedRecord[] = []
  for (let at = 0; at < containers.length; at += maxContainers) {
    const part = containers.length > maxContainers ? records.length + 1 : -1
    const some = containers.slice(at, at + maxContainers)
    records.push({ ...whole, part, containers: some })
  }
  return records
}

function containersOf(rows: readonly UsageRecord[]): PredictedContainer[] {
  const groups = new Map<number, PredictedContainer>()
  for (const row of rows) {
    const { rating_group: ratingGroup = -1 } = row
    const firstUs = parseTime(row.first) ?? 0
    const lastUs = parseTime(row.last) ?? firstUs
    const before = groups.get(ratingGroup)
    groups.set(ratingGroup, {
      ratingGroup,
      octetsUp: (before?.octetsUp ?? 0) + row.up_bytes,
      octetsDown: (before?.octetsDown ?? 0) + row.down_bytes,
      firstUs: Math.min(before?.firstUs ?? firstUs, firstUs),
      lastUs: Math.max(before?.lastUs ?? lastUs, lastUs),
    })
  }
  return [...groups.values()].sort((a, b) => a.ratingGroup - b.ratingGroup)
}
