/** What gateways' filters say of addresses, protocols and ports, as sets that can be intersected: a rule of one
 * object and a routing rule of another together select what both select. RFC 4632 section 3.1. */

import { formatPrefix, inPrefix, maskWord } from '../address.js'
import { hasPorts, protocolNumbers, protocolText } from '../protocol-number.js'
import type { FlowMatch } from '../rule-draft.js'
import type { PortRange, Prefix } from '../rule-set.js'

/** A missing part is no restriction; an empty list never matches. */
export interface FlowTerm {
  readonly server?: readonly Prefix[] | undefined
  readonly ue?: readonly Prefix[] | undefined
  /** IANA numbers */
  readonly protocol?: readonly number[] | undefined
  readonly port?: readonly PortRange[] | undefined
}

export const HIGHEST_PORT = 65535
const HIGHEST_PROTOCOL = 255

type Both<T> = (a: readonly T[], b: readonly T[]) => readonly T[]

function joined<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
  both: Both<T>,
): readonly T[] | undefined {
  return a === undefined ? b : b === undefined ? a : both(a, b)
}

function contains(outer: Prefix, inner: Prefix): boolean {
  return outer.bits <= inner.bits && inPrefix(inner, outer)
}

const bothPrefixes: Both<Prefix> = (a, b) =>
  a.flatMap(x => b.flatMap(y => (contains(x, y) ? [y] : contains(y, x) ? [x] : [])))

const bothPorts: Both<PortRange> = (a, b) =>
  a.flatMap(x =>
    b.flatMap(y => {
      const low = Math.max(x.low, y.low)
      const high = Math.min(x.high, y.high)
      return low <= high ? [{ low, high }] : []
    }),
  )

export function bothTerms(a: FlowTerm, b: FlowTerm): FlowTerm {
  return {
    server: joined(a.server, b.server, bothPrefixes),
    ue: joined(a.ue, b.ue, bothPrefixes),
    protocol: joined(a.protocol, b.protocol, (x, y) => x.filter(n => y.includes(n))),
    port: joined(a.port, b.port, bothPorts),
  }
}

/** No flow has all of it: an empty list, or a port of a protocol that has none. */
export function isEmpty({ server, ue, protocol, port }: FlowTerm): boolean {
  if ([server, ue, protocol, port].some(list => list?.length === 0)) return true
  return port !== undefined && protocol !== undefined && !protocol.some(hasPorts)
}

/** Every port but these. */
export function otherPorts({ low, high }: PortRange): PortRange[] {
  return [
    { low: 0, high: low - 1 },
    { low: high + 1, high: HIGHEST_PORT },
  ].filter(range => range.low <= range.high)
}

export function otherProtocols(number: number): number[] {
  return Array.from({ length: HIGHEST_PROTOCOL + 1 }, (_, n) => n).filter(n => n !== number)
}

/** Every address of the same version that is not in the prefix: one prefix a bit. */
export function otherPrefixes(prefix: Prefix): Prefix[] {
  const others: Prefix[] = []
  for (let bits = 1; bits <= prefix.bits; bits++) {
    const flip = (index: number, word: number) => {
      const own = bits - 1 - 32 * index
      const flipped = own >= 0 && own < 32 ? word ^ (1 << (31 - own)) : word
      return flipped & maskWord(bits, index)
    }
    others.push({
      version: prefix.version,
      w0: flip(0, prefix.w0),
      w1: flip(1, prefix.w1),
      w2: flip(2, prefix.w2),
      w3: flip(3, prefix.w3),
      bits,
    })
  }
  return others
}

/** IPv4 addresses from low to high as prefixes, at most 62 of them. */
export function rangePrefixes(low: number, high: number): Prefix[] {
  const found: Prefix[] = []
  let from = low >>> 0
  const last = high >>> 0
  while (from <= last) {
    let size = 1
    let bits = 32
    while (bits > 0 && from % (size * 2) === 0 && from + size * 2 - 1 <= last) {
      size *= 2
      bits--
    }
    found.push({ version: 4, w0: from | 0, w1: 0, w2: 0, w3: 0, bits })
    from += size
  }
  return found
}

function portsText(ranges: readonly PortRange[]): (number | string)[] {
  return ranges.map(({ low, high }) => (low === high ? low : `${low}-${high}`))
}

/** The protocols that a port restriction without a protocol means. */
const { tcp, udp } = protocolNumbers
export const portProtocols: readonly number[] = [tcp, udp]

/** As the keys of a rule file; a restriction to everything is none. */
export function flowMatch({ server, ue, protocol, port }: FlowTerm): FlowMatch {
  const everyPort = port?.some(({ low, high }) => low === 0 && high === HIGHEST_PORT)
  return {
    ...(server === undefined ? {} : { server: [...new Set(server.map(formatPrefix))] }),
    ...(protocol === undefined ? {} : { protocol: protocol.map(protocolText).map(numbered) }),
    ...(port === undefined || everyPort ? {} : { port: portsText(port) }),
    ...(ue === undefined ? {} : { ue: [...new Set(ue.map(formatPrefix))] }),
  }
}

function numbered(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}
