/** The L3/L4 filter of a UGW command line: `l34-protocol tcp server-ip 10.0.0.172 32 server-port eq 80`. Importers.md
 * 2.1. */

import { networkOf, parseAddress } from '../address.js'
import { protocolNumber } from '../protocol-number.js'
import type { PortRange, Prefix } from '../rule-set.js'
import { type FlowTerm, HIGHEST_PORT } from './flow-term.js'

export interface UgwFilter {
  readonly term: FlowTerm
  /** words from the first that was not understood */
  readonly unread: string | undefined
}

function prefixOf(text: string, length: string): Prefix | undefined {
  const address = parseAddress(text)
  const bits = Number(length)
  if (!address || !/^\d{1,3}$/.test(length) || bits > (address.version === 4 ? 32 : 128))
    return undefined
  return networkOf(address, bits)
}

/** `eq 80`, `range 9200 9203`, `gt 1023`, `lt 1024`. */
function portsOf(words: readonly string[]): { range: PortRange; used: number } | undefined {
  const [op = '', first = '', second = ''] = words
  const port = Number(first)
  const last = Number(second)
  const range = {
    eq: { low: port, high: port },
    gt: { low: port + 1, high: HIGHEST_PORT },
    lt: { low: 0, high: port - 1 },
    range: { low: port, high: last },
  }[op]
  const whole = /^\d{1,5}$/.test(first) && (op !== 'range' || /^\d{1,5}$/.test(second))
  if (!range || !whole || range.low > range.high || range.high > HIGHEST_PORT) return undefined
  return { range, used: op === 'range' ? 3 : 2 }
}

export function ugwFilter(words: readonly string[]): UgwFilter {
  let term: FlowTerm = {}
  for (let at = 0; at < words.length; ) {
    const [key = '', first = '', second = ''] = words.slice(at, at + 3)
    const unread = words.slice(at).join(' ')
    if (key === 'l34-protocol') {
      const number = protocolNumber(first)
      if (number === undefined && first !== 'any') return { term, unread }
      if (number !== undefined) term = { ...term, protocol: [number] }
      at += 2
    } else if (key === 'server-ip' || key === 'ms-ip') {
      const prefix = prefixOf(first, second)
      if (!prefix) return { term, unread }
      term = key === 'server-ip' ? { ...term, server: [prefix] } : { ...term, ue: [prefix] }
      at += 3
    } else if (key === 'server-port') {
      const ports = portsOf(words.slice(at + 1))
      if (!ports) return { term, unread }
      term = { ...term, port: [ports.range] }
      at += 1 + ports.used
    } else return { term, unread }
  }
  return { term, unread: undefined }
}
