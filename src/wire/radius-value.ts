/** Values of RADIUS attributes. Read RFC 2865 section 5 (data types), RFC 3162 section 2.3 (prefix) and 3GPP TS
 * 29.061 clause 16.4.7.2 (3GPP-User-Location-Info). */

import type { FieldReader } from './field-reader.js'
import { hex, ipv6Text, u16, u32 } from './octets.js'
import { plmnText, UserLocation } from './user-location.js'

/** RFC 2865's integers have four octets, 3GPP's RAT type and DSCP one: the attribute's length tells. */
export function radiusNumber(f: FieldReader): number {
  if (f.left === 1) return f.u8()
  if (f.left === 2) return f.u16()
  if (f.left === 3) return f.u24()
  return f.u32()
}

export function text(f: FieldReader): string {
  return f.text(f.left)
}

export function octets(f: FieldReader): string {
  return f.hex(f.left)
}

const addressOctets = 16

/** `2001:db8::/48`. The octets behind the prefix may be left out; RFC 3162 allows 0 to 128 bits and 0 to 16
 * octets. */
export function prefix(f: FieldReader): string {
  f.u8()
  const bits = f.u8()
  const given = f.left
  if (bits > 8 * addressOctets || given > addressOctets) f.refuse()
  const at = f.range(given)
  if (at < 0) return ''
  const address = new Uint8Array(addressOctets)
  address.set(f.buf.subarray(at, at + given))
  return `${ipv6Text(address, 0)}/${bits}`
}

/** RFC 2865 section 5.8: not addresses but "the user chooses" and "the NAS chooses". */
const chosenLater: ReadonlySet<string> = new Set(['255.255.255.255', '255.255.255.254'])

/** Framed-IP-Address; '' when it is not an address yet. */
export function framedAddress(f: FieldReader): string {
  const address = f.ipv4()
  return chosenLater.has(address) ? '' : address
}

const location = new UserLocation()
const TAI = 128
const ECGI = 129
const TAI_ECGI = 130
const taiOctets = 5
const ecgiOctets = 7

/** Where the terminal is, in the words of UserLocation; `type 131 <hex>` for the ones that have none. The
 * first types are those of GTPv1, the later ones of no other protocol. */
export function userLocation(f: FieldReader): string {
  const { buf, at, end } = f
  const have = end - at
  const type = f.u8()
  if (type <= 2) {
    if (location.decode1(buf, at, end)) return location.text
    f.range(8)
    return ''
  }
  if (type === TAI && have >= 1 + taiOctets) return tai(buf, at + 1)
  if (type === ECGI && have >= 1 + ecgiOctets) return ecgi(buf, at + 1)
  if (type === TAI_ECGI && have >= 1 + taiOctets + ecgiOctets) {
    return `${tai(buf, at + 1)} ${ecgi(buf, at + 1 + taiOctets)}`
  }
  return `type ${type} ${hex(buf, f.at, end)}`
}

function tai(buf: Uint8Array, at: number): string {
  return `tai ${plmnText(buf, at)}-${u16(buf, at + 3)}`
}

/** Four spare bits, 28 bits of cell identity. */
function ecgi(buf: Uint8Array, at: number): string {
  return `ecgi ${plmnText(buf, at)}-${u32(buf, at + 3) & 0x0fff_ffff}`
}
