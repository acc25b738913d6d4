/** Addresses and prefixes as text and as four int32 words.
 * Read RFC 4291 sections 2.2 and 2.3, RFC 5952 section 4 and RFC 4632 section 3.1 first. */

import ipaddr from 'ipaddr.js'
import type { AddressWords } from './rule-facts.js'
import type { Prefix } from './rule-set.js'

function wordsOf(octets: number[]): [number, number, number, number] {
  const word = (at: number) =>
    ((octets[at] ?? 0) << 24) |
    ((octets[at + 1] ?? 0) << 16) |
    ((octets[at + 2] ?? 0) << 8) |
    (octets[at + 3] ?? 0)
  return [word(0), word(4), word(8), word(12)]
}

/** Four decimal parts, or IPv6; no octal, no short forms (`10.1`), no zone. Undefined otherwise. */
export function parseAddress(text: string): AddressWords | undefined {
  const v4 = ipaddr.IPv4.isValidFourPartDecimal(text)
  if (!v4 && (text.includes('%') || !ipaddr.IPv6.isValid(text))) return undefined
  const address = v4 ? ipaddr.IPv4.parse(text) : ipaddr.IPv6.parse(text)
  const [w0, w1, w2, w3] = wordsOf(address.toByteArray())
  return { version: v4 ? 4 : 6, w0, w1, w2, w3 }
}

export function formatAddress(address: AddressWords): string {
  const words =
    address.version === 4 ? [address.w0] : [address.w0, address.w1, address.w2, address.w3]
  const octets = words.flatMap(w => [(w >>> 24) & 255, (w >>> 16) & 255, (w >>> 8) & 255, w & 255])
  return ipaddr.fromByteArray(octets).toString()
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.bits}`
}

/** Mask of word `index` (0 to 3) of a prefix of `bits`. A shift by 32 would be a shift by 0. */
export function maskWord(bits: number, index: number): number {
  const own = bits - 32 * index
  if (own >= 32) return -1
  return own <= 0 ? 0 : -1 << (32 - own)
}

export function inPrefix(address: AddressWords, prefix: Prefix): boolean {
  const bits = prefix.bits
  return (
    address.version === prefix.version &&
    ((address.w0 ^ prefix.w0) & maskWord(bits, 0)) === 0 &&
    ((address.w1 ^ prefix.w1) & maskWord(bits, 1)) === 0 &&
    ((address.w2 ^ prefix.w2) & maskWord(bits, 2)) === 0 &&
    ((address.w3 ^ prefix.w3) & maskWord(bits, 3)) === 0
  )
}

/** The network of `bits` that an address lies in. */
export function networkOf(address: AddressWords, bits: number): Prefix {
  return {
    version: address.version,
    w0: address.w0 & maskWord(bits, 0),
    w1: address.w1 & maskWord(bits, 1),
    w2: address.w2 & maskWord(bits, 2),
    w3: address.w3 & maskWord(bits, 3),
    bits,
  }
}

/** Why a text is not a prefix. */
export interface PrefixProblem {
  kind: 'not-a-prefix' | 'host-bits'
  /** for host bits: the network that was probably meant, and the single address */
  hint?: string
}

/** `10.0.0.172`, `10.0.0.0/8`, `2001:db8::/32`; a bare address is a prefix of full length. */
export function parsePrefix(text: string): Prefix | PrefixProblem {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (!address) return { kind: 'not-a-prefix' }
  const most = address.version === 4 ? 32 : 128
  const digits = slash < 0 ? String(most) : text.slice(slash + 1)
  const bits = /^[0-9]{1,3}$/.test(digits) ? Number(digits) : most + 1
  if (bits > most) return { kind: 'not-a-prefix' }
  const network = networkOf(address, bits)
  const single = { ...address, bits: most }
  if (!inPrefix(address, { ...network, bits: most }))
    return { kind: 'host-bits', hint: `${formatPrefix(network)} or ${formatPrefix(single)}` }
  return network
}
