/** Text of WAP messages in its character set: WAP-230-WSP table 42, whose numbers are IANA's MIBenum
 * values. Called per event only. */

import { latin1 } from './octets.js'

/** Name of a MIBenum that `TextDecoder` knows under that name, or that is printed only. */
const names: { readonly [mib: number]: string } = {
  3: 'us-ascii',
  4: 'iso-8859-1',
  5: 'iso-8859-2',
  6: 'iso-8859-3',
  7: 'iso-8859-4',
  8: 'iso-8859-5',
  9: 'iso-8859-6',
  10: 'iso-8859-7',
  11: 'iso-8859-8',
  12: 'iso-8859-9',
  17: 'shift_jis',
  18: 'euc-jp',
  38: 'euc-kr',
  39: 'iso-2022-jp',
  106: 'utf-8',
  113: 'gbk',
  114: 'gb18030',
  1000: 'iso-10646-ucs-2',
  1013: 'utf-16be',
  1014: 'utf-16le',
  1015: 'utf-16',
  2025: 'gb2312',
  2026: 'big5',
  2084: 'koi8-r',
  2252: 'windows-1252',
}

/** MIBenum values whose text has two octets a character, most significant first without a mark. */
const wide = [1000, 1013, 1015]

/** Text and whether it may differ from what was sent. */
export interface WapText {
  text: string
  lossy: boolean
}

/** Name of character set `mib`; the number as text when it is not known. 0 is "any". */
export function charsetName(mib: number): string {
  return mib === 0 ? '*' : (names[mib] ?? String(mib))
}

/** Whether the set's characters take two octets each, so that a zero octet ends nothing. */
export function isWide(mib: number): boolean {
  return wide.includes(mib) || mib === 1014
}

/** [off, end) in the set `mib`; 0 = not stated. Not stated, us-ascii and unknown sets are tried as UTF-8,
 * which is what handsets send whatever they say; octets that are not are taken as ISO 8859-1 and
 * said to be lossy. */
export function wapText(buf: Uint8Array, off: number, end: number, mib: number): WapText {
  const octets = buf.subarray(off, end)
  const name = names[mib]
  if (mib === 4) return { text: latin1(buf, off, end), lossy: false }
  if (name === undefined || mib === 3 || mib === 106) return utf8OrLatin1(octets)
  const label = isWide(mib) ? wideLabel(octets, mib) : name
  const text = new TextDecoder(label).decode(octets)
  return { text, lossy: text.includes('\ufffd') }
}

function wideLabel(octets: Uint8Array, mib: number): string {
  const marked = octets[0] === 0xff && octets[1] === 0xfe
  return mib === 1014 || marked ? 'utf-16le' : 'utf-16be'
}

function utf8OrLatin1(octets: Uint8Array): WapText {
  const text = new TextDecoder('utf-8').decode(octets)
  if (!text.includes('\ufffd')) return { text, lossy: false }
  return { text: latin1(octets, 0, octets.length), lossy: true }
}
