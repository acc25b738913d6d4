/** PLMN, Routing Area Identity and User Location Information as text. Read 3GPP TS 24.008 clause 10.5.1.3
 * (nibbles of a PLMN), TS 29.060 clauses 7.7.3 and 7.7.51, TS 29.274 clauses 8.18 and 8.21. */

import { u16, u24, u32 } from './octets.js'

/** `460-01`, or '' when the digits are not decimal (fff: not known). Three octets at `off`.
 * A filler in the high nibble of the second octet means a two-digit MNC; `460-001` is another network. */
export function plmnText(buf: Uint8Array, off: number): string {
  const a = buf[off]!
  const b = buf[off + 1]!
  const c = buf[off + 2]!
  const third = b >> 4
  const digits = [a & 15, a >> 4, b & 15, c & 15, c >> 4]
  if (digits.some(d => d > 9) || (third > 9 && third !== 15)) return ''
  const mnc = `${digits[3]}${digits[4]}${third === 15 ? '' : third}`
  return `${digits[0]}${digits[1]}${digits[2]}-${mnc}`
}

/** 29.060 7.7.3: MCC/MNC (3), LAC (2), RAC (1): `rai 460-01-4660-1`. */
export const raiLength = 6

export function raiText(buf: Uint8Array, off: number): string {
  return `rai ${plmnText(buf, off)}-${u16(buf, off + 3)}-${buf[off + 5]!}`
}

/** Geographic Location Type of 29.060 7.7.51. */
const geographicNames = ['cgi', 'sai', 'rai'] as const

/** Where a terminal is, from one ULI; overwritten by each decode. */
export class UserLocation {
  /** `cgi 460-01-4660-22136`, `tai 460-01-1 ecgi 460-01-256`; '' when nothing was readable */
  text = ''
  /** MCC-MNC of the cell or area; '' when not known */
  plmn = ''

  /** GTPv1: one octet of type, PLMN, LAC, CI or SAC or RAC. False when it is too short. */
  decode1(buf: Uint8Array, off: number, end: number): boolean {
    this.text = ''
    this.plmn = ''
    if (end - off < 8) return false
    const name = geographicNames[buf[off]!]
    if (name === undefined) return true
    this.plmn = plmnText(buf, off + 1)
    // the RAC is one octet and the octet after it is filled with ones
    const last = name === 'rai' ? buf[off + 6]! : u16(buf, off + 6)
    this.text = `${name} ${this.plmn}-${u16(buf, off + 4)}-${last}`
    return true
  }

  /** GTPv2: a bit for each identity, then the identities in the order of 8.21.1 to 8.21.8. False when
   * one of them is cut; those before it stay. */
  decode2(buf: Uint8Array, off: number, end: number): boolean {
    this.text = ''
    this.plmn = ''
    if (off >= end) return false
    const flags = buf[off]!
    let at = off + 1
    for (let i = 0; i < identities.length; i++) {
      if ((flags & (1 << i)) === 0) continue
      const [name, length] = identities[i]!
      if (end - at < length) return false
      const plmn = plmnText(buf, at)
      if (this.plmn === '') this.plmn = plmn
      if (this.text !== '') this.text += ' '
      this.text += `${name} ${plmn}-${identityText(name, buf, at + 3)}`
      at += length
    }
    return true
  }
}

/** 29.274 8.21, bit 1 first: name and octets. */
const identities: readonly (readonly [string, number])[] = [
  ['cgi', 7],
  ['sai', 7],
  ['rai', 7],
  ['tai', 5],
  ['ecgi', 7],
  ['lai', 5],
  ['macro-enb', 6],
  ['ext-macro-enb', 6],
]

function identityText(name: string, buf: Uint8Array, at: number): string {
  if (name === 'tai' || name === 'lai') return `${u16(buf, at)}`
  // ECI: four spare bits, 28 bits of cell identity
  if (name === 'ecgi') return `${u32(buf, at) & 0x0fffffff}`
  if (name === 'macro-enb' || name === 'ext-macro-enb') {
    return `${u24(buf, at) & (name === 'macro-enb' ? 0x0fffff : 0x1fffff)}`
  }
  // 29.274 8.21.3: the RAC is the first octet of its two
  const last = name === 'rai' ? buf[at + 2]! : u16(buf, at + 2)
  return `${u16(buf, at)}-${last}`
}
