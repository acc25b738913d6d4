/** Parameters of a WSP content type: WAP-230-WSP clauses 8.4.2.4 (how they are encoded) and table 38 (their
 * numbers). Called for messages that are being explained. */

import { fieldText, WspValue } from './wsp-value.js'

/** Numbers of table 38. The same parameter has one as Text-string (1.1) and one as Text-value (1.4). */
export const WspParameter = {
  Charset: 0x01,
  Name: 0x05,
  FileName: 0x06,
  Type: 0x09,
  Start: 0x0a,
  NameValue: 0x17,
  FileNameValue: 0x18,
  StartValue: 0x19,
} as const

const maxText = 256

/** Text of the first parameter of the Content-type-value [off, end) whose number is in `wanted`, or whose
 * name in text is `name`; '' when there is none. */
export function contentTypeParameter(
  buf: Uint8Array,
  off: number,
  end: number,
  wanted: readonly number[],
  name: string,
): string {
  const value = new WspValue()
  // only the general form, a length and what it counts, has parameters
  if (!value.decode(buf, off, end) || buf[off]! >= 0x20) return ''
  const stop = value.end
  if (!value.decode(buf, value.off, stop)) return ''
  let at = value.next
  while (at < stop) {
    if (!value.decode(buf, at, stop)) return ''
    const code = value.short
    const typed = code >= 0 && wanted.includes(code)
    const named = code < 0 && fieldText(buf, value.off, value.end, maxText).toLowerCase() === name
    if (!value.decode(buf, value.next, stop)) return ''
    if (typed || named) return fieldText(buf, value.off, value.end, maxText)
    at = value.next
  }
  return ''
}
