/** `apn`, `rat`: facts of the PDP context or bearer that the flow runs in.
 * An APN is a network identifier and, often left out, an operator identifier: 3GPP TS 23.003 clause 9.1. */

import { condition } from '../condition.js'
import type { FlowFacts } from '../rule-facts.js'
import { compileText, type TextValue, textForm, textSchema } from '../text-pattern.js'

const operatorIdentifier = /\.mnc\d{3}\.mcc\d{3}\.gprs$/i

/** A rule that names `3gwap` means the network identifier, however the request spelt the rest. */
export const apn = condition<FlowFacts, TextValue>({
  key: 'apn',
  doc: 'access point name, with or without its operator identifier',
  form: textForm,
  schema: textSchema,
  compile(value, refuse) {
    const text = compileText(value, false, refuse)
    return (
      text && {
        expected: text.expected,
        passes: text.passes,
        test(facts) {
          const seen = facts.apn
          if (seen === undefined) return false
          return text.test(seen) || text.test(seen.replace(operatorIdentifier, ''))
        },
      }
    )
  },
  show: facts => facts.apn ?? '(not known)',
})

export const rat = condition<FlowFacts, TextValue>({
  key: 'rat',
  doc: 'radio access type of the context: GERAN, UTRAN, EUTRAN ...',
  form: textForm,
  schema: textSchema,
  compile(value, refuse) {
    const text = compileText(value, false, refuse)
    return (
      text && {
        expected: text.expected,
        passes: text.passes,
        test: facts => facts.rat !== undefined && text.test(facts.rat),
      }
    )
  },
  show: facts => facts.rat ?? '(not known)',
})
