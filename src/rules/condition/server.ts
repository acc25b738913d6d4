/** `server`, `ue`: an address lies in one of the prefixes. RFC 4632 section 3.1, RFC 4291 section 2.3. */

import { z } from 'zod'
import { formatAddress, formatPrefix, inPrefix, parsePrefix } from '../address.js'
import { condition, listed, type Refuse } from '../condition.js'
import type { AddressWords, FlowFacts } from '../rule-facts.js'
import type { Prefix } from '../rule-set.js'

const schema = z.union([z.string(), z.array(z.string()).min(1)])

/** Reads a list of prefixes; undefined when one was refused. */
export function compilePrefixes(value: string | string[], refuse: Refuse): Prefix[] | undefined {
  const prefixes: Prefix[] = []
  const all = listed(value)
  for (const { path, item } of all) {
    const prefix = parsePrefix(item)
    if (!('kind' in prefix)) prefixes.push(prefix)
    else if (prefix.kind === 'host-bits')
      refuse(path, `"${item}" has host bits set`, prefix.hint, 'HOST-BITS-SET')
    else refuse(path, `"${item}" is not an address or prefix`, 'such as 10.0.0.172/32')
  }
  return prefixes.length === all.length ? prefixes : undefined
}

function addressCondition(key: 'server' | 'ue', doc: string) {
  const read = (facts: FlowFacts): AddressWords | undefined => facts[key]
  return condition<FlowFacts, string | string[]>({
    key,
    doc,
    form: 'takes an address, a prefix, or a list of them',
    schema,
    compile(value, refuse) {
      const prefixes = compilePrefixes(value, refuse)
      if (!prefixes) return undefined
      const test = (facts: FlowFacts) => {
        const address = read(facts)
        if (!address) return false
        for (const prefix of prefixes) if (inPrefix(address, prefix)) return true
        return false
      }
      const expected = prefixes.map(formatPrefix).join(', ')
      const passes = { by: 'addresses', prefixes } as const
      return key === 'server'
        ? { expected, passes, test, hint: { by: 'server', prefixes } }
        : { expected, passes, test }
    },
    show(facts) {
      const address = read(facts)
      return address ? formatAddress(address) : '(not known)'
    },
  })
}

export const server = addressCondition(
  'server',
  'address of the remote end, in both directions: a prefix or a list of them',
)
export const ue = addressCondition('ue', "the subscriber's address: a prefix or a list of them")
