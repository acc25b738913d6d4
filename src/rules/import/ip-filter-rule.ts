/** IPFilterRule as text: `permit out 6 from 10.0.0.172 80 to assigned`. Read RFC 6733 section 4.3.1 and, for what Gx
 * takes of it, 3GPP TS 29.212 clause 5.3.53 first: only `permit`, no options, no `!`; `from` is the server where the
 * direction is `out`. */

import { parsePrefix } from '../address.js'
import { hasPorts, protocolNumber } from '../protocol-number.js'
import type { PortRange, Prefix } from '../rule-set.js'
import { type FlowTerm, portProtocols } from './flow-term.js'
import { validRange } from './port-range.js'

/** `wider`: what of the filter is not in the term. */
export type FilterMeaning = { term: FlowTerm; wider?: string | undefined } | { why: string }

interface End {
  readonly prefix: Prefix | undefined
  readonly ports: readonly PortRange[] | undefined
}

function portList(text: string): PortRange[] | undefined {
  if (!/^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/.test(text)) return undefined
  const ranges = text.split(',').map(part => {
    const [low = 0, high = low] = part.split('-').map(Number)
    return { low, high }
  })
  return ranges.every(validRange) ? ranges : undefined
}

/** Address and ports of one end. Gateways are lenient about host bits below the mask, and so is this. */
function endOf(words: readonly string[]): End | string {
  const [address = '', ports, extra] = words
  if (extra !== undefined) return `"${extra}" is not expected`
  const list = ports === undefined ? undefined : portList(ports)
  if (ports !== undefined && !list) return `"${ports}" is not a list of ports`
  if (address === 'any' || address === 'assigned') return { prefix: undefined, ports: list }
  if (address.startsWith('!')) return 'a negated address is not allowed on Gx'
  const prefix = parsePrefix(address)
  if ('kind' in prefix)
    return `"${address}" ${prefix.kind === 'host-bits' ? `has host bits set: ${prefix.hint ?? ''}` : 'is not an address'}`
  return { prefix: prefix.bits === 0 ? undefined : prefix, ports: list }
}

/** Words of a filter from `permit` on, as they follow each other. */
export function filterMeaning(
  text: string,
  serverSide: 'by-direction' | 'the-specific' = 'by-direction',
): FilterMeaning {
  const words = text.trim().split(/\s+/)
  const [action = '', direction = '', proto = '', from = ''] = words
  if (action === 'deny') return { why: 'deny: Gx knows permit only' }
  if (action !== 'permit' || (direction !== 'out' && direction !== 'in') || from !== 'from')
    return { why: 'not "permit out PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS]"' }
  const every = proto === 'ip' || proto === '0'
  const protocol = every ? undefined : protocolNumber(proto)
  if (!every && protocol === undefined) return { why: `unknown protocol "${proto}"` }
  const to = words.indexOf('to')
  if (to < 0) return { why: '"to" is missing' }
  const option = words.findIndex((word, i) => i > to + 1 && !/^[\d,-]+$/.test(word))
  const end = option < 0 ? words.length : option
  const source = endOf(words.slice(4, to))
  const destination = endOf(words.slice(to + 1, end))
  if (typeof source === 'string') return { why: source }
  if (typeof destination === 'string') return { why: destination }
  const fromServer =
    serverSide === 'by-direction'
      ? direction === 'out'
      : source.prefix !== undefined || destination.prefix === undefined
  const [server, ue] = fromServer ? [source, destination] : [destination, source]
  const options = words.slice(end).join(' ')
  const wider = [
    ...(ue.ports ? ["the handset's port is not tested"] : []),
    ...(options === '' ? [] : [`${options} is not tested`]),
  ].join(', ')
  const protocols = protocol === undefined ? (server.ports ? portProtocols : undefined) : [protocol]
  if (server.ports && protocols && !protocols.some(hasPorts))
    return { why: 'ports of a protocol that has none' }
  return {
    term: {
      ...(server.prefix ? { server: [server.prefix] } : {}),
      ...(ue.prefix ? { ue: [ue.prefix] } : {}),
      ...(protocols ? { protocol: protocols } : {}),
      ...(server.ports ? { port: server.ports } : {}),
    },
    wider: wider === '' ? undefined : wider,
  }
}
