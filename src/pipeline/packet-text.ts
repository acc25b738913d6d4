/** Text from packets as Unicode: decoders give one character an octet, people and rules read UTF-8. */

import { decodeText } from '../record/text.js'

/** Whether every character is ASCII, as nearly all text of packets is: nothing to decode then. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** `latin1` holds one character an octet; octets that are not UTF-8 stand as U+0080 to U+00FF and make
 * it `lossy`. */
export function packetText(latin1: string): { text: string; lossy: boolean } {
  return isAscii(latin1)
    ? { text: latin1, lossy: false }
    : decodeText(Buffer.from(latin1, 'latin1'))
}
