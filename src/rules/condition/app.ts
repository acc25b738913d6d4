/** `app`: the protocol that carried the request, as the probe recognised it by its octets. A gateway that
 * tells HTTP rules from WSP rules asks this; the well-known port says nothing of it. */

import { z } from 'zod'
import { type App, apps } from '../../record/flow-record.js'
import { condition, listed } from '../condition.js'
import type { AppFacts } from '../rule-facts.js'

const one = z.enum(apps)
const schema = z.union([one, z.array(one).min(1)])

export const app = condition<AppFacts, z.infer<typeof schema>>({
  key: 'app',
  doc: 'protocol of the request: http, wsp-cl, wsp-co, mms, tls, quic ..., or a list of them',
  form: `takes one of ${apps.join(', ')}, or a list of them`,
  schema,
  compile(value) {
    const own = listed<App>(value).map(({ item }) => item)
    return {
      expected: own.join(', '),
      passes: { by: 'apps', apps: own },
      test: facts => own.includes(facts.app),
    }
  },
  show: facts => facts.app,
})
