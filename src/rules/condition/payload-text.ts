/** What the payload shows, as text: URL, path, method, content type, user agent, MMS fields.
 * RFC 9110 sections 9 and 8.3; OMA-MMS-ENC section 7 for From and Subject. */

import { type Condition, condition } from '../condition.js'
import type { AppFacts } from '../rule-facts.js'
import { compileText, type TextValue, textForm, textSchema } from '../text-pattern.js'

type TextFact = 'url' | 'path' | 'method' | 'contentType' | 'userAgent' | 'mmsFrom' | 'mmsSubject'

function textCondition(key: TextFact, doc: string, absent: string): Condition<AppFacts> {
  const read = (facts: AppFacts) => facts[key]
  return condition<AppFacts, TextValue>({
    key,
    doc,
    form: textForm,
    schema: textSchema,
    compile(value, refuse) {
      const text = compileText(value, false, refuse)
      if (!text) return undefined
      return {
        expected: text.expected,
        passes: text.passes,
        hint: { by: 'text', read, literals: text.literals },
        test(facts) {
          const seen = facts[key]
          return seen !== undefined && text.test(seen)
        },
      }
    },
    show: facts => facts[key] ?? `(no ${absent} seen)`,
  })
}

export const url = textCondition('url', 'canonical URL of the request', 'URL')
export const path = textCondition('path', 'path and query of the request', 'path')
export const method = textCondition('method', 'request method: GET, POST ...', 'method')
export const contentType = textCondition('contentType', 'content type', 'content type')
export const userAgent = textCondition('userAgent', 'user agent of the handset', 'user agent')
export const mmsFrom = textCondition('mmsFrom', 'sender of a multimedia message', 'MMS sender')
export const mmsSubject = textCondition('mmsSubject', 'its subject', 'MMS subject')
