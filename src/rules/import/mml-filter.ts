/** L3/L4 filters of MML scripts as flows: server and handset address with a mask, protocol, ports. Importers.md 2.2
 * (Huawei) and 3 (ZTE: ports 0 to 0 mean every port). */

import { maskWord, networkOf, parsePrefix } from '../address.js'
import { protocolNumber } from '../protocol-number.js'
import type { PortRange, Prefix } from '../rule-set.js'
import { type FlowTerm, HIGHEST_PORT } from './flow-term.js'
import { type MmlObject, textOf } from './mml-store.js'

/** Names of the parameters in a dialect. */
export interface FilterNames {
  readonly protocol: readonly string[]
  readonly server: AddressNames
  readonly ue: AddressNames
  readonly ports: readonly [low: string, high: string]
}

interface AddressNames {
  readonly address: readonly string[]
  readonly length: readonly string[]
  readonly mask: readonly string[]
}

/** Bits of a mask written as an address; a mask with holes, or all ones inverted, is none. */
function maskBits(text: string): number | undefined {
  const mask = parsePrefix(text)
  if ('kind' in mask || mask.version !== 4) return undefined
  for (let bits = 0; bits <= 32; bits++) if (maskWord(bits, 0) === mask.w0) return bits
  return undefined
}

/** Host bits do not matter to these gateways: the mask says what counts. */
function addressOf(filter: MmlObject, names: AddressNames): Prefix | string | undefined {
  const address = textOf(filter, ...names.address)
  if (address === undefined || /^any$/i.test(address)) return undefined
  const whole = parsePrefix(address)
  if ('kind' in whole) return `"${address}" is not an address`
  const length = textOf(filter, ...names.length)
  const mask = textOf(filter, ...names.mask)
  const bits =
    length === undefined ? (mask === undefined ? whole.bits : maskBits(mask)) : Number(length)
  if (bits === undefined || !Number.isInteger(bits) || bits < 0 || bits > whole.bits)
    return `"${mask ?? length}" is not a mask`
  return networkOf(whole, bits)
}

function portsOf(
  filter: MmlObject,
  [low, high]: FilterNames['ports'],
): PortRange | string | undefined {
  const start = textOf(filter, low)
  const end = textOf(filter, high) ?? start
  if (start === undefined || end === undefined) return undefined
  const range = { low: Number(start), high: Number(end) }
  if (range.low === 0 && range.high === 0) return undefined
  const whole = Number.isInteger(range.low) && Number.isInteger(range.high)
  if (!whole || range.low < 0 || range.high > HIGHEST_PORT || range.low > range.high)
    return `${start} to ${end} is not a range of ports`
  return range.low === 0 && range.high === HIGHEST_PORT ? undefined : range
}

/** The flow of one filter, or why there is none. */
export function filterTerm(filter: MmlObject, names: FilterNames): FlowTerm | string {
  const word = textOf(filter, ...names.protocol)
  const every = word === undefined || /^(any|ip|0)$/i.test(word)
  const protocol = every ? undefined : protocolNumber(word)
  if (!every && protocol === undefined) return `unknown protocol "${word}"`
  const server = addressOf(filter, names.server)
  if (typeof server === 'string') return server
  const ue = addressOf(filter, names.ue)
  if (typeof ue === 'string') return ue
  const port = portsOf(filter, names.ports)
  if (typeof port === 'string') return port
  return {
    ...(server ? { server: [server] } : {}),
    ...(ue ? { ue: [ue] } : {}),
    ...(protocol === undefined ? {} : { protocol: [protocol] }),
    ...(port ? { port: [port] } : {}),
  }
}
