/** Flow descriptions of Gx as lines of text: `permit out 6 from 10.0.0.172 80 to assigned`, with what the rule around
 * them says before it: `name=wap precedence=10 rating-group=20 service-id=3 permit out ...`. Lines without a precedence
 * follow each other. 3GPP TS 29.212 clauses 5.3.2 (Charging-Rule-Definition) and 5.3.53. */

import type { Dialect } from './dialect.js'
import { flowMatch } from './flow-term.js'
import { filterMeaning } from './ip-filter-rule.js'
import { LineLedger } from './line-ledger.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

const comment = /^\s*(?:#|\/\/)/
const keys = ['name', 'precedence', 'rating-group', 'service-id'] as const
type Key = (typeof keys)[number]
const STEP = 10

function saysSomething(line: string): boolean {
  return line.trim() !== '' && !comment.test(line)
}

interface Head {
  readonly values: ReadonlyMap<Key, string>
  /** the rest of the line */
  readonly filter: string
  readonly wrong?: string
}

function headOf(line: string): Head {
  const values = new Map<Key, string>()
  let rest = line.trim()
  for (;;) {
    const [whole, word = '', value = ''] = /^([A-Za-z-]+)=(\S*)\s*/.exec(rest) ?? []
    if (whole === undefined) return { values, filter: rest }
    const key = keys.find(one => one === word.toLowerCase())
    const numeric = key !== 'name' && !/^\d{1,10}$/.test(value)
    if (!key || value === '' || numeric)
      return { values, filter: rest, wrong: `"${whole.trim()}" is none of ${keys.join(', ')}` }
    values.set(key, value)
    rest = rest.slice(whole.length)
  }
}

function readFilters(texts: readonly SourceText[], set: SetBuilder): void {
  let precedence = 0
  for (const source of texts) {
    const ledger = new LineLedger(source, saysSomething)
    for (let line = 1; line <= source.lineCount; line++) {
      const text = source.line(line)
      if (!saysSomething(text)) continue
      const { values, filter, wrong } = headOf(text)
      const number = (key: Key) => (values.has(key) ? Number(values.get(key)) : undefined)
      precedence = number('precedence') ?? precedence + STEP
      const meaning = wrong === undefined ? filterMeaning(filter) : { why: wrong }
      const col = text.indexOf(filter) + 1
      if ('why' in meaning) {
        ledger.leave(line, meaning.why, precedence, col)
        continue
      }
      const group = number('rating-group')
      const name = values.get('name') ?? `line ${line}`
      const problem = set.rule({
        precedence,
        name,
        flows: [flowMatch(meaning.term)],
        charge: set.charge({
          ratingGroup: group,
          serviceId: number('service-id'),
          name: group === undefined ? 'no rating group' : undefined,
        }),
        origin: source.origin(line),
        comment: text,
        ...(meaning.wider === undefined ? {} : { unsupported: meaning.wider }),
      })
      if (problem !== undefined) ledger.leave(line, problem, precedence, col)
      else if (meaning.wider !== undefined) ledger.leave(line, meaning.wider, undefined, col)
      else ledger.understood(line)
    }
    set.account(ledger.finish())
  }
}

export const ipFilter: Dialect = {
  name: 'ipfilter',
  doc: 'Gx flow descriptions (IPFilterRule), one a line',
  profiles: ['l34', 'ugw'],
  read: readFilters,
}
