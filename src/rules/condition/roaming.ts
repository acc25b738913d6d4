/** `roaming`: whether the subscriber is served by a foreign network. A context that does not say is
 * neither: the condition fails, and explanations say that it is not known. */

import { z } from 'zod'
import { condition } from '../condition.js'
import type { FlowFacts } from '../rule-facts.js'

export const roaming = condition<FlowFacts, boolean>({
  key: 'roaming',
  doc: 'true: served by a foreign network; false: served at home',
  form: 'takes true or false',
  schema: z.boolean(),
  compile: value => ({
    expected: String(value),
    passes: { by: 'truth', value },
    test: facts => facts.roaming === value,
  }),
  show(facts) {
    if (facts.roaming === undefined) return '(not known)'
    return facts.servingPlmn ? `${facts.roaming} (${facts.servingPlmn})` : String(facts.roaming)
  },
})
