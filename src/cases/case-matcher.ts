/** Which cases fit a subscriber or one flow of his, with the evidence, the octets and the steps on his handset. */

import type { CaseEvidence, HandsetRecord, HandsetSteps, Language } from '../record/case-record.js'
import { type FlowHits, fieldValues, type Hit, type SubjectHits } from './case-hits.js'
import type { Evidence } from './evidence.js'
import type { HandsetBook, HandsetFound } from './handset-book.js'
import type { CaseEntry } from './library.js'

/** Records of one pattern that are told; the others are counted. */
const mostTold = 5
const mostFlows = 1000

/** A case that fits, without the names of rules: the caller knows them. */
export interface CaseMatch {
  readonly entry: CaseEntry
  readonly flows: readonly string[]
  readonly flowsLeftOut: number
  readonly octets: number
  readonly charged: number
  readonly evidence: readonly CaseEvidence[]
  readonly steps: readonly HandsetSteps[]
  readonly advice: string | undefined
}

export interface SubjectMatches {
  readonly subject: SubjectHits
  readonly handset: HandsetRecord
  readonly matches: readonly CaseMatch[]
}

/** The cases that fit, those with most charged octets first. `flow`: only what fits this flow. */
export function matchSubject(
  cases: Iterable<CaseEntry>,
  book: HandsetBook,
  subject: SubjectHits,
  lang: Language,
  flow?: string,
): SubjectMatches {
  const handset = book.find(subject.clues)
  const matches: CaseMatch[] = []
  for (const entry of cases) {
    const match = matchCase(entry, book, subject, handset, lang, flow)
    if (match !== undefined) matches.push(match)
  }
  matches.sort((a, b) => b.charged - a.charged || b.octets - a.octets)
  return { subject, handset: handset.record, matches }
}

function matchCase(
  entry: CaseEntry,
  book: HandsetBook,
  subject: SubjectHits,
  handset: HandsetFound,
  lang: Language,
  only: string | undefined,
): CaseMatch | undefined {
  const ofFlow = entry.evidence.filter(one => one.scope === 'flow')
  const neededOfFlow = ofFlow.filter(one => one.needed)
  const one = only === undefined ? undefined : subject.flows.get(only)
  const candidates = only === undefined ? [...subject.flows.values()] : one ? [one] : []
  const flows =
    neededOfFlow.length === 0
      ? []
      : candidates.filter(flow => neededOfFlow.every(need => flow.hits.has(need)))
  if (neededOfFlow.length > 0 && flows.length === 0) return undefined
  const found: CaseEvidence[] = []
  let direct: readonly Hit[] = []
  for (const evidence of entry.evidence) {
    const hits = hitsOf(evidence, subject, handset, flows, ofFlow.includes(evidence))
    if (hits.length === 0 && evidence.needed) return undefined
    if (evidence.needed && evidence.of === 'finding') direct = hits
    found.push(...told(evidence, hits, lang))
  }
  // without a pattern of a flow the case is about the subscriber: of one flow nothing can be said
  if (neededOfFlow.length === 0 && only !== undefined) return undefined
  const sum = neededOfFlow.length === 0 ? sumOf(direct) : octetsOf(flows, neededOfFlow)
  const names = flows.map(flow => flow.flow)
  return {
    entry,
    flows: names.slice(0, mostFlows),
    flowsLeftOut: Math.max(0, names.length - mostFlows),
    octets: sum.octets,
    charged: sum.charged,
    evidence: found,
    steps: (entry.shape.steps ?? []).flatMap(kind => {
      const steps = book.steps(handset, kind)
      return steps ? [{ kind, generic: steps.generic, text: steps.steps[lang] }] : []
    }),
    advice: entry.shape.replace === true ? book.advice(handset)?.[lang] : undefined,
  }
}

function hitsOf(
  evidence: Evidence,
  subject: SubjectHits,
  handset: HandsetFound,
  flows: readonly FlowHits[],
  isOfFlow: boolean,
): readonly Hit[] {
  if (evidence.of === 'handset') {
    // a pattern may name the file as well as the brand
    const seen = [handset.record, { ...handset.record, brand: handset.id }]
    const record = seen.find(one => evidence.test(one))
    if (record === undefined) return []
    const fields = fieldValues(evidence, record)
    return [{ found: { of: 'handset', pattern: evidence.pattern, fields }, octets: 0, charged: 0 }]
  }
  if (isOfFlow) return flows.flatMap(flow => flow.hits.get(evidence) ?? [])
  if (evidence.of === 'flow' || evidence.of === 'transaction') {
    return [...subject.flows.values()].flatMap(flow => flow.hits.get(evidence) ?? [])
  }
  return subject.hits.get(evidence) ?? []
}

function told(evidence: Evidence, hits: readonly Hit[], lang: Language): CaseEvidence[] {
  const shows = evidence.shows === undefined ? {} : { shows: evidence.shows[lang] }
  const more = hits.length - mostTold
  return hits.slice(0, mostTold).map(({ found }, i) => {
    const { of, pattern, ...rest } = found
    const last = i === mostTold - 1 && more > 0
    return { of, pattern, ...shows, ...rest, ...(last ? { more } : {}) }
  })
}

/** Octets of the requests, where the case asks for requests, else of the whole flows. */
function octetsOf(flows: readonly FlowHits[], needed: readonly Evidence[]): Sum {
  const requests = needed.filter(one => one.of === 'transaction')
  if (requests.length === 0) return sumOf(flows)
  // one request may fit several patterns
  const counted = new Map<string, Hit>()
  for (const flow of flows) {
    for (const hit of requests.flatMap(one => flow.hits.get(one) ?? [])) {
      counted.set(`${hit.found.flow} ${hit.found.n}`, hit)
    }
  }
  return sumOf([...counted.values()])
}

interface Sum {
  octets: number
  charged: number
}

function sumOf(parts: readonly Sum[]): Sum {
  let octets = 0
  let charged = 0
  for (const part of parts) {
    octets += part.octets
    charged += part.charged
  }
  return { octets, charged }
}
