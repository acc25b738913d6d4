/** WILDCARD-LEADING: `*x.com` is meant to be x.com and what is below it, and also frees evilx.com. */

import { literal } from '../language/automaton.js'
import { Language } from '../language/language.js'
import { urlsOfHost } from '../language/url-language.js'
import type { Lint } from '../lint.js'
import { rowLabel } from '../rule-set.js'
import { meetAll, pickAny } from '../space/box.js'
import { hellosNamed, requestFacts, requestsWithUrl } from '../space/request-space.js'
import type { TextPattern } from '../text-pattern.js'

/** `x.com` of `*x.com`, `http://*x.com/*`: a domain behind a star, without a dot between. */
function tailOf({ operator, text }: TextPattern): string | undefined {
  if (operator !== 'glob') return undefined
  return /^(?:[a-z]+:\/\/)?\*([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+)(?:$|[/:?])/i.exec(text)?.[1]
}

export const wildcardLeading: Lint = {
  id: 'WILDCARD-LEADING',
  severity: 'warn',
  doc: 'a free row begins with a star directly before a domain',
  check(subject, report) {
    for (const [index, row] of subject.set.rows.entries()) {
      if (!subject.isFree(row) || subject.rowReach(index).state === 'covered') continue
      for (const { key, passes, at } of row.conditions) {
        if (!['url', 'host', 'sni'].includes(key) || passes?.by !== 'text') continue
        const tail = passes.patterns.map(tailOf).find(text => text !== undefined)
        if (tail === undefined) continue
        const name = literal(`evil${tail.toLowerCase()}`)
        const foreign = [
          requestsWithUrl(new Language(urlsOfHost(name))),
          hellosNamed(new Language(name)),
        ]
        const point = pickAny(meetAll(subject.requests(index) ?? [], foreign))
        if (typeof point === 'string') continue
        const request = requestFacts(point)
        const decides = subject.rowFor(row.table, request)
        if (decides < 0 || !subject.isFree(subject.row(decides))) continue
        report({
          at,
          rules: [rowLabel(subject.set, row)],
          message: `${rowLabel(subject.set, row)} also frees evil${tail.toLowerCase()}: the star stands directly before the domain`,
          witness: { flow: subject.flowAsking(row.table)?.flow, request },
          hint: `{suffix: ${tail}}`,
        })
      }
    }
  },
}
