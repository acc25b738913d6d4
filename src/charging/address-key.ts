/** Addresses of bills and of the capture in one spelling: an IPv6 address has many (RFC 5952 section 2), and a
 * terminal has all those of its prefix of 64 bits (3GPP TS 23.060 clause 9.2.1.1). */

import { addressOctets } from '../record/filter/values.js'

const prefixOctets = 8

/** A gateway; what is no address (a name) stays as it is. */
export function gatewayKey(text: string): string {
  return addressOctets(text)?.join('.') ?? text
}

/** A terminal, an IPv6 one by its /64: `2001:DB8:0:1::5` and `2001:db8:0:1::/64` are the same. '' when the text is
 * no address. */
export function terminalKey(text: string): string {
  const octets = addressOctets(text) ?? []
  return octets.length > 4 ? `${octets.slice(0, prefixOctets).join('.')}/64` : octets.join('.')
}
