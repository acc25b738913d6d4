/** `port`: the server's port. Protocols without ports never match, whatever the range: a rule that
 * names ports says nothing of ICMP. RFC 6335 section 6. */

import { z } from 'zod'
import { condition, listed } from '../condition.js'
import { hasPorts } from '../protocol-number.js'
import type { FlowFacts } from '../rule-facts.js'
import type { PortRange } from '../rule-set.js'

const HIGHEST = 65535
const one = z.union([z.int().min(0).max(HIGHEST), z.string().regex(/^\d{1,5}\s*-\s*\d{1,5}$/)])
const schema = z.union([one, z.array(one).min(1)])

function rangeOf(item: string | number): PortRange {
  if (typeof item === 'number') return { low: item, high: item }
  const [low = 0, high = 0] = item.split('-').map(Number)
  return { low, high }
}

export const port = condition<FlowFacts, z.infer<typeof schema>>({
  key: 'port',
  doc: 'port of the remote end: a number, "low-high", or a list of either',
  form: 'takes a number from 0 to 65535, "low-high", or a list of them',
  schema,
  compile(value, refuse) {
    const ranges: PortRange[] = []
    const all = listed<string | number>(value)
    for (const { path, item } of all) {
      const range = rangeOf(item)
      if (range.high > HIGHEST) refuse(path, `port ${range.high} is above ${HIGHEST}`)
      else if (range.low > range.high)
        refuse(path, `port range "${item}" is empty`, `"${range.high}-${range.low}"`)
      else ranges.push(range)
    }
    if (ranges.length < all.length) return undefined
    return {
      expected: ranges.map(r => (r.low === r.high ? `${r.low}` : `${r.low}-${r.high}`)).join(', '),
      hint: { by: 'port', ranges },
      passes: { by: 'ports', ranges },
      test(facts) {
        if (!hasPorts(facts.protocol)) return false
        for (const range of ranges)
          if (facts.port >= range.low && facts.port <= range.high) return true
        return false
      },
    }
  },
  show: facts => (hasPorts(facts.protocol) ? String(facts.port) : '(no ports)'),
})
