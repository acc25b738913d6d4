/** Collects, out of the records of a run, those that fit the patterns of cases: by flow, then by subscriber.
 * What fits nothing is not kept; what is kept is bounded. */

import type { CaseEvidence } from '../record/case-record.js'
import type { Row } from '../record/filter/field.js'
import type { FlowRecord, TransactionRecord } from '../record/flow-record.js'
import type { ProbeRecord } from '../record/sink.js'
import type { Evidence } from './evidence.js'
import type { HandsetClues } from './handset-book.js'
import type { CaseEntry } from './library.js'

/** Records kept in all. */
const mostHits = 200_000
const mostSubjects = 1_048_576

/** A record that fits a pattern. */
export interface Hit {
  found: CaseEvidence
  octets: number
  charged: number
}

export interface FlowHits {
  flow: string
  octets: number
  charged: number
  hits: Map<Evidence, Hit[]>
}

/** What is known of a subscriber; `imsi` is absent when no session was seen, then the address tells him. */
export interface SubjectHits {
  imsi?: string | undefined
  msisdn?: string | undefined
  clues: HandsetClues
  /** how many flows he had, whatever they were */
  flowCount: number
  flows: Map<string, FlowHits>
  /** of sessions, subscriber and findings */
  hits: Map<Evidence, Hit[]>
}

/** Requests of a flow that has not ended. */
interface OpenFlow {
  charged: number
  hits: Map<Evidence, Hit[]>
}

export class CaseHits {
  readonly subjects = new Map<string, SubjectHits>()
  /** records that fit and were not kept */
  leftOut = 0
  #kept = 0
  readonly #byType = new Map<string, Evidence[]>()
  readonly #open = new Map<string, OpenFlow>()

  constructor(cases: Iterable<CaseEntry>) {
    for (const { evidence } of cases) {
      for (const one of evidence) {
        const list = this.#byType.get(one.of) ?? []
        list.push(one)
        this.#byType.set(one.of, list)
      }
    }
  }

  /** Takes a record of the run, numbers in the clear; the requests of a flow come before it. */
  take(record: ProbeRecord): void {
    if (record.type === 'transaction') this.#transaction(record)
    else if (record.type === 'flow') this.#flow(record)
    else if (record.type === 'session' || record.type === 'finding') this.#event(record)
    else if (record.type === 'subscriber' && record.others !== true) this.#event(record)
  }

  #transaction(record: TransactionRecord): void {
    const octets = record.up_bytes + record.down_bytes
    const charged = record.tariff === 'charged' ? octets : 0
    const open = this.#open.get(record.flow) ?? { charged: 0, hits: new Map() }
    open.charged += charged
    this.#open.set(record.flow, open)
    this.#keep(record, open.hits, { octets, charged, flow: record.flow, n: record.n })
  }

  #flow(record: FlowRecord): void {
    const open = this.#open.get(record.flow)
    this.#open.delete(record.flow)
    const octets = record.up_bytes + record.down_bytes
    const charged = chargedOctets(record, open?.charged ?? 0)
    const subject = this.#subject(record)
    if (subject === undefined) return
    subject.flowCount++
    const { clues } = subject
    clues.userAgent ??= record.user_agent
    clues.uaProfile ??= record.ua_profile
    clues.imei ??= record.imei
    const hits = open?.hits ?? new Map<Evidence, Hit[]>()
    this.#keep(record, hits, { octets, charged, flow: record.flow })
    if (hits.size > 0) subject.flows.set(record.flow, { flow: record.flow, octets, charged, hits })
  }

  #event(record: Extract<ProbeRecord, { type: 'session' | 'finding' | 'subscriber' }>): void {
    const subject = this.#subject(record)
    if (subject === undefined) return
    if (record.type === 'subscriber') {
      subject.clues.imei ??= record.imei
      subject.clues.userAgent ??= record.user_agent
      subject.clues.uaProfile ??= record.ua_profile
    }
    const octets = record.type === 'finding' ? record.up_bytes + record.down_bytes : 0
    const place = record.type === 'session' ? { frame: record.frame } : {}
    this.#keep(record, subject.hits, { octets, charged: octets, ...place })
  }

  #keep(
    record: ProbeRecord,
    hits: Map<Evidence, Hit[]>,
    about: { octets: number; charged: number } & Pick<CaseEvidence, 'flow' | 'n' | 'frame'>,
  ): void {
    const { octets, charged, ...place } = about
    for (const evidence of this.#byType.get(record.type) ?? []) {
      if (!evidence.test(record)) continue
      if (this.#kept >= mostHits) {
        this.leftOut++
        continue
      }
      this.#kept++
      const fields = fieldValues(evidence, record)
      const found: CaseEvidence = { of: evidence.of, pattern: evidence.pattern, ...place, fields }
      const list = hits.get(evidence) ?? []
      list.push({ found, octets, charged })
      hits.set(evidence, list)
    }
  }

  /** Undefined above the bound. */
  #subject(record: Exclude<ProbeRecord, { type: 'summary' }>): SubjectHits | undefined {
    const key = record.imsi ?? ('ue' in record ? `ue ${record.ue}` : '')
    let subject = this.subjects.get(key)
    if (subject === undefined) {
      if (this.subjects.size >= mostSubjects) {
        this.leftOut++
        return undefined
      }
      subject = { imsi: record.imsi, clues: {}, flowCount: 0, flows: new Map(), hits: new Map() }
      this.subjects.set(key, subject)
    }
    subject.msisdn ??= record.msisdn
    return subject
  }
}

/** A flow with several charges: what its requests were charged, which is the least. */
function chargedOctets(record: FlowRecord, ofRequests: number): number {
  if (record.verdict === 'MIXD') return ofRequests
  return record.tariff === 'charged' ? record.up_bytes + record.down_bytes : 0
}

/** Values of the fields that the pattern names. */
export function fieldValues(evidence: Evidence, record: object): Record<string, string | number> {
  const values: Record<string, string | number> = {}
  for (const field of evidence.fields) {
    const all = field.read(record as Row)
    const [only] = all
    if (only !== undefined) values[field.name] = all.length === 1 ? only : all.join(' ')
  }
  return values
}
