/** Values that GTP versions 0, 1 and 2 write the same way: TBCD digits, APN labels, PLMN, location.
 * Read 3GPP TS 29.060 clause 7.7, TS 29.274 clause 8 and TS 24.008 clause 10.5.1.3 (PLMN). */

import { OctetBuilder } from './octet-builder.js'

/** Telephony BCD: low nibble first, an odd count ends with 1111; padded with 0xff to `octets`. */
export function emitTbcd(digits: string, octets = Math.ceil(digits.length / 2)): Uint8Array {
  const out = new Uint8Array(octets).fill(0xff)
  for (let i = 0; i < octets; i++) {
    const low = digits[2 * i]
    const high = digits[2 * i + 1]
    out[i] =
      (high === undefined ? 0xf0 : Number(high) << 4) | (low === undefined ? 15 : Number(low))
  }
  return out
}

/** ISDN-AddressString: international number, E.164 plan (TS 29.002 clause 17.7.8). */
export function emitMsisdn(digits: string): Uint8Array {
  return new OctetBuilder().u8(0x91).octets(emitTbcd(digits)).take()
}

/** APN as length-prefixed labels (TS 23.003 clause 9.1). */
export function emitApn(apn: string): Uint8Array {
  const out = new OctetBuilder()
  for (const label of apn.split('.')) out.u8(label.length).text(label)
  return out.take()
}

/** MCC and MNC, three octets. */
export function emitPlmn(mcc: string, mnc: string): Uint8Array {
  const d = (text: string, i: number) => Number(text[i])
  const third = mnc.length === 3 ? d(mnc, 2) : 15
  return Uint8Array.of(
    (d(mcc, 1) << 4) | d(mcc, 0),
    (third << 4) | d(mcc, 2),
    (d(mnc, 1) << 4) | d(mnc, 0),
  )
}

/** One part of a user location: `cgi 460-01-4660-22136`. */
export interface LocationPart {
  kind: 'cgi' | 'sai' | 'rai' | 'tai' | 'ecgi'
  mcc: string
  mnc: string
  /** LAC and CI, LAC and SAC, LAC and RAC, TAC, ECI */
  numbers: number[]
}

const locationNumbers = { cgi: 2, sai: 2, rai: 2, tai: 1, ecgi: 1 } as const
const locationPart = /^(cgi|sai|rai|tai|ecgi) (\d{3})-(\d{2,3})((?:-\d+)+)$/

/** `tai 460-01-1 ecgi 460-01-256` in parts, or undefined when it is written otherwise. */
export function parseLocation(text: string): LocationPart[] | undefined {
  const parts: LocationPart[] = []
  for (const piece of text.match(/[a-z]+ [\d-]+/g) ?? []) {
    const [, kind, mcc, mnc, rest] = locationPart.exec(piece) ?? []
    if (mcc === undefined || mnc === undefined || rest === undefined) return undefined
    const numbers = rest.slice(1).split('-').map(Number)
    const known = kind as LocationPart['kind']
    if (numbers.length !== locationNumbers[known]) return undefined
    parts.push({ kind: known, mcc, mnc, numbers })
  }
  return parts.length > 0 ? parts : undefined
}

const geographicTypes: Record<string, number> = { cgi: 0, sai: 1, rai: 2 }

/** GTPv1 User Location Information value (TS 29.060 clause 7.7.51): one geographic location. */
export function emitUliV1(parts: readonly LocationPart[]): Uint8Array {
  const part = parts[0]
  if (part === undefined) return new Uint8Array(0)
  const [area = 0, cell = 0] = part.numbers
  return new OctetBuilder()
    .u8(geographicTypes[part.kind] ?? 0)
    .octets(emitPlmn(part.mcc, part.mnc))
    .u16(area)
    .u16(part.kind === 'rai' ? (cell << 8) | 0xff : cell)
    .take()
}

const uliFlags = { cgi: 1, sai: 2, rai: 4, tai: 8, ecgi: 16 } as const

/** GTPv2 User Location Information value (TS 29.274 clause 8.21). */
export function emitUliV2(parts: readonly LocationPart[]): Uint8Array {
  const ordered = [...parts].sort((a, b) => uliFlags[a.kind] - uliFlags[b.kind])
  const out = new OctetBuilder().u8(ordered.reduce((flags, part) => flags | uliFlags[part.kind], 0))
  for (const part of ordered) {
    const [first = 0, second = 0] = part.numbers
    out.octets(emitPlmn(part.mcc, part.mnc))
    if (part.kind === 'ecgi') out.u32(first)
    else out.u16(first)
    if (part.kind === 'cgi' || part.kind === 'sai') out.u16(second)
    if (part.kind === 'rai') out.u16((second << 8) | 0xff)
  }
  return out.take()
}

/** RAT Type values (TS 29.060 clause 7.7.50, TS 29.274 clause 8.17). */
export const ratTypes = {
  utran: 1,
  geran: 2,
  wlan: 3,
  gan: 4,
  hspa: 5,
  eutran: 6,
  virtual: 7,
  'nb-iot': 8,
  'lte-m': 9,
  nr: 10,
} as const
export type RatName = keyof typeof ratTypes

/** End User Address value of GTPv0 and GTPv1 (TS 29.060 clause 7.7.27). */
export function emitEndUserAddress(
  v4: Uint8Array | undefined,
  v6: Uint8Array | undefined,
): Uint8Array {
  const type = v4 && v6 ? 0x8d : v6 ? 0x57 : 0x21
  const out = new OctetBuilder().u8(0xf1).u8(type)
  return out
    .octets(v4 ?? new Uint8Array(0))
    .octets(v6 ?? new Uint8Array(0))
    .take()
}
