/** Values as they are typed in a filter: `1MB`, `30s`, `10.45.0.0/16`, `9200-9203`, `0x4003`. */

import ipaddr from 'ipaddr.js'
import { parseTime } from '../time.js'

const octetUnits: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
}
const secondUnits: Record<string, number> = {
  '': 1,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
}

const numberForm = /^(\d+(?:\.\d+)?|0x[0-9a-f]+)([a-z]*)$/i

function unitNumber(text: string, units: Record<string, number>): number | undefined {
  const match = numberForm.exec(text)
  const unit = units[(match?.[2] ?? '').toLowerCase()]
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}

/** A number without a unit. */
export function plainNumber(text: string): number | undefined {
  return /^(\d+(\.\d+)?|0x[0-9a-f]+)$/i.test(text) ? Number(text) : undefined
}

export function octetNumber(text: string): number | undefined {
  return unitNumber(text, octetUnits)
}

export function secondNumber(text: string): number | undefined {
  return unitNumber(text, secondUnits)
}

/** A TEID as it is shown (0x00004003) or in decimal. */
export function teidNumber(text: string): number | undefined {
  const value = plainNumber(text)
  return value !== undefined && value <= 0xffff_ffff && Number.isInteger(value) ? value : undefined
}

/** Microseconds since 1970. */
export function timeNumber(text: string): number | undefined {
  return parseTime(text)
}

/** `9200-9203` or `9200..9203`, both ends included. */
export function numberRange(
  text: string,
  number: (text: string) => number | undefined,
): readonly [number, number] | undefined {
  const match = /^([^-]+?)(?:-|\.\.)([^-]+)$/.exec(text)
  const low = number(match?.[1] ?? '')
  const high = number(match?.[2] ?? '')
  return low === undefined || high === undefined || low > high ? undefined : [low, high]
}

export interface Network {
  octets: readonly number[]
  bits: number
}

/** Octets of an address, of `2001:db8::/64` without its length; undefined when it is none. IPv4
 * only as four numbers: the parser's short forms would read `10` as 0.0.0.10. */
export function addressOctets(text: string): readonly number[] | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).octets
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return undefined
  const six = ipaddr.IPv6.parse(address)
  return six.isIPv4MappedAddress() ? six.toIPv4Address().octets : six.toByteArray()
}

/** A prefix, or an address as a prefix of full length. */
export function parseNetwork(text: string): Network | undefined {
  const octets = addressOctets(text)
  if (octets === undefined) return undefined
  const slash = text.indexOf('/')
  if (slash < 0) return { octets, bits: octets.length * 8 }
  const length = text.slice(slash + 1)
  const bits = Number(length)
  return /^\d{1,3}$/.test(length) && bits <= octets.length * 8 ? { octets, bits } : undefined
}

export function networkHolds(network: Network, octets: readonly number[]): boolean {
  if (network.octets.length !== octets.length) return false
  const whole = network.bits >> 3
  for (let i = 0; i < whole; i++) {
    if (network.octets[i] !== octets[i]) return false
  }
  const rest = network.bits & 7
  if (rest === 0) return true
  const mask = 0xff & (0xff << (8 - rest))
  return ((network.octets[whole] ?? 0) & mask) === ((octets[whole] ?? 0) & mask)
}
