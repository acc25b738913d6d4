/** Text as the parts of a short message. 3GPP TS 23.038 (alphabets), TS 23.040 clause 9.2.3.24.1 (concatenation,
 * 8-bit reference). UCS-2 where the default alphabet has not all characters. */

/** GSM 7 bit default alphabet, TS 23.038 clause 6.2.1; the second line takes two septets a character. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const extended = '^{}\\[~]|€\f'

/** Octets of user data in one short message (TS 23.040 clause 9.2.3.16); septets are 8/7 of them. */
const oneOctets = 140
/** TP-UDHL and the concatenation element */
const headerOctets = 6
const partsMax = 255

export interface SmsPart {
  /** user data header, empty when the message is whole */
  udh: Buffer
  text: string
}

export interface SmsText {
  /** data coding scheme: 0 default alphabet, 8 UCS-2 */
  coding: 0 | 8
  parts: SmsPart[]
}

function septets(character: string): number {
  return extended.includes(character) ? 2 : 1
}

/** `reference`: 0 to 255, the same in all parts. Throws a RangeError when it needs more than 255 parts. */
export function smsText(text: string, reference: number): SmsText {
  const characters = [...text]
  const isBasic = characters.every(one => basic.includes(one) || extended.includes(one))
  const size = isBasic ? septets : (one: string) => one.length * 2
  const room = (octets: number) => (isBasic ? Math.floor((octets * 8) / 7) : octets)
  const coding = isBasic ? 0 : 8
  const all = characters.reduce((sum, one) => sum + size(one), 0)
  if (all <= room(oneOctets)) return { coding, parts: [{ udh: Buffer.alloc(0), text }] }
  const pieces = cut(characters, size, room(oneOctets - headerOctets))
  if (pieces.length > partsMax) throw new RangeError(`a text of ${pieces.length} short messages`)
  const parts = pieces.map((piece, i) => ({
    udh: Buffer.from([5, 0, 3, reference & 0xff, pieces.length, i + 1]),
    text: piece,
  }))
  return { coding, parts }
}

/** Never within a character: surrogate pairs and escaped characters stay together. */
function cut(characters: readonly string[], size: (one: string) => number, room: number): string[] {
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const one of characters) {
    if (used + size(one) > room) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += one
    used += size(one)
  }
  pieces.push(piece)
  return pieces
}
