/** Text from packets as Unicode: decoders give one character an octet, people and rules read UTF-8. */

import { decodeText } from '../record/text.js'

/** Result of `packetText`: octets that were not UTF-8 stand as U+0080 to U+00FF. */
export interface PacketText {
  text: string
  lossy: boolean
}

/** `latin1` holds one character an octet. */
export function packetText(latin1: string): PacketText {
  for (let i = 0; i < latin1.length; i++) {
    if (latin1.charCodeAt(i) > 0x7f) return decodeText(Buffer.from(latin1, 'latin1'))
  }
  return { text: latin1, lossy: false }
}
