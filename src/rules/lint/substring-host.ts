/** SUBSTRING-HOST: a free row whose pattern is found in names and queries of anybody's: `*mmsc*` also frees
 * `http://evil.example/?mmsc`, `{contains: x.com}` also `x.com.evil.example`. The witness is such a
 * request, of a domain that nobody owns (RFC 2606 section 3). */

import { literal, oneOf, run, sequence } from '../language/automaton.js'
import { Language } from '../language/language.js'
import type { Lint } from '../lint.js'
import type { LintSubject } from '../lint-subject.js'
import type { AppFacts } from '../rule-facts.js'
import { rowLabel } from '../rule-set.js'
import { type Box, meetAll, pickAny } from '../space/box.js'
import { hellosNamed, requestFacts, requestsWithUrl } from '../space/request-space.js'
import { type Anchors, anchorsOf, mayMeet } from '../text-anchor.js'

const foreign = 'evil.example'
const nameRanges = [
  [0x2d, 0x2e],
  [0x30, 0x39],
  [0x61, 0x7a],
] as const
const foreignName = sequence(oneOf(...nameRanges), run(...nameRanges), literal(`.${foreign}`))
const queryRanges = [
  [0x26, 0x39],
  [0x3d, 0x3d],
  [0x5f, 0x5f],
  [0x61, 0x7a],
] as const

/** Anything of a domain that the row does not name; a row that matches it says nothing of names. */
const plain = [
  requestsWithUrl(new Language(literal(`http://${foreign}/`))),
  hellosNamed(new Language(literal(foreign))),
]
/** The same domain with something of the subscriber's choice in it. */
const rides: readonly { ride: Box; like: Anchors }[] = [
  {
    ride: requestsWithUrl(
      new Language(sequence(literal(`http://${foreign}/?`), run(...queryRanges))),
    ),
    like: likeHost({ prefix: foreign, suffix: foreign }),
  },
  {
    ride: requestsWithUrl(
      new Language(sequence(literal(`http://${foreign}/`), run(...queryRanges))),
    ),
    like: likeHost({ prefix: foreign, suffix: foreign }),
  },
  {
    ride: requestsWithUrl(new Language(sequence(literal('http://'), foreignName, literal('/')))),
    like: likeHost({ prefix: '', suffix: `.${foreign}` }),
  },
  {
    ride: hellosNamed(new Language(foreignName)),
    like: new Map([['sni', [{ prefix: '', suffix: `.${foreign}` }]]]),
  },
]

/** How the host has to begin and end for a ride. */
function likeHost(host: { prefix: string; suffix: string }): Anchors {
  return new Map([['host', [host]]])
}

/** A request of a foreign domain that the row lets ride free. */
function foreignRequest(subject: LintSubject, row: number): AppFacts | undefined {
  const own = subject.requests(row)
  if (!own || own.length === 0 || pickAny(meetAll(own, plain)) !== 'none') return undefined
  const { table, conditions } = subject.row(row)
  const anchors = anchorsOf(conditions)
  for (const { ride, like } of rides) {
    if (!mayMeet(anchors, like)) continue
    const point = pickAny(meetAll(own, [ride]))
    if (typeof point === 'string') continue
    const request = requestFacts(point)
    const decides = subject.rowFor(table, request)
    if (decides >= 0 && subject.isFree(subject.row(decides))) return request
  }
  return undefined
}

export const substringHost: Lint = {
  id: 'SUBSTRING-HOST',
  severity: 'warn',
  doc: 'a free row matches requests of domains that it does not mean',
  check(subject, report) {
    for (const [index, row] of subject.set.rows.entries()) {
      if (!subject.isFree(row) || subject.rowCoverage(index).state === 'empty') continue
      if (subject.rowReach(index).state === 'covered') continue
      const request = foreignRequest(subject, index)
      if (!request) continue
      const label = rowLabel(subject.set, row)
      const patterns = row.conditions.map(({ key, expected }) => `${key} ${expected}`)
      report({
        at: row.conditions[0]?.at ?? row.at,
        rules: [label],
        message: `${label} (${patterns.join(' and ')}) also frees ${request.sni ?? request.url}: anybody's server can be reached free of charge`,
        witness: { flow: subject.flowAsking(row.table)?.flow, request },
        hint: 'host: {suffix: the domain}',
      })
    }
  },
}
