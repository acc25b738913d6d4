/** Addresses of scenarios as octets in network order. */

import ipaddr from 'ipaddr.js'

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}

/** 4 or 16 octets of an address that `isAddress` accepted. */
export function addressOctets(text: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(text).toByteArray())
}

/** RFC 5952 text of an address. */
export function addressText(text: string): string {
  const address = ipaddr.parse(text)
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** The /64 of an IPv6 address: `2001:db8:46::/64`. */
export function prefix64(text: string): string {
  const octets = ipaddr.parse(text).toByteArray().fill(0, 8)
  return `${new ipaddr.IPv6(octets).toRFC5952String()}/64`
}
