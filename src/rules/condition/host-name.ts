/** `host`, `sni`: a name that the payload shows. Port and final dot do not belong to the name, and a
 * suffix stops at a label's edge. RFC 9110 section 7.2, RFC 6066 section 3. */

import { type Condition, condition } from '../condition.js'
import type { AppFacts } from '../rule-facts.js'
import { compileText, type TextValue, textForm, textSchema } from '../text-pattern.js'
import { hostName } from '../url.js'

function hostCondition(key: 'host' | 'sni', doc: string): Condition<AppFacts> {
  const read = (facts: AppFacts) => facts[key]
  return condition<AppFacts, TextValue>({
    key,
    doc,
    form: textForm,
    schema: textSchema,
    compile(value, refuse) {
      const text = compileText(value, true, refuse)
      if (!text) return undefined
      return {
        expected: text.expected,
        passes: text.passes,
        hint: { by: 'text', read, literals: text.literals },
        test(facts) {
          const seen = facts[key]
          return seen !== undefined && text.test(hostName(seen))
        },
      }
    },
    show: facts => facts[key] ?? (key === 'sni' ? '(no SNI seen)' : '(no host seen)'),
  })
}

export const host = hostCondition(
  'host',
  'host of the request; `suffix` means it and its subdomains',
)
export const sni = hostCondition(
  'sni',
  'server name of the TLS or QUIC ClientHello; `suffix` as for host',
)
