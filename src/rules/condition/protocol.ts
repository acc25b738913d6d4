/** `protocol`: the IP protocol, by name or number. RFC 790's successor, IANA "Protocol Numbers". */

import { z } from 'zod'
import { nearestWord } from '../../record/filter/nearest.js'
import { condition, listed } from '../condition.js'
import { protocolNumber, protocolNumbers, protocolText } from '../protocol-number.js'
import type { FlowFacts } from '../rule-facts.js'

const one = z.union([z.string(), z.int().min(0).max(255)])
const schema = z.union([one, z.array(one).min(1)])

export const protocol = condition<FlowFacts, z.infer<typeof schema>>({
  key: 'protocol',
  doc: 'IP protocol: tcp, udp, icmp, icmpv6, sctp ..., a number, or a list of them',
  form: 'takes a name (tcp, udp, icmp ...), a number from 0 to 255, or a list of them',
  schema,
  compile(value, refuse) {
    const numbers: number[] = []
    const all = listed<string | number>(value)
    for (const { path, item } of all) {
      const number = protocolNumber(item)
      if (number !== undefined) numbers.push(number)
      else
        refuse(
          path,
          `unknown protocol "${item}"`,
          nearestWord(String(item), Object.keys(protocolNumbers)),
        )
    }
    if (numbers.length < all.length) return undefined
    return {
      expected: numbers.map(protocolText).join(', '),
      hint: { by: 'protocol', numbers },
      passes: { by: 'protocols', numbers },
      test: facts => numbers.includes(facts.protocol),
    }
  },
  show: facts => protocolText(facts.protocol),
})
