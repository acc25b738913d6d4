/** Octets written as hex with comments, for test vectors. */

/** The octets of `text`: hex digits in pairs, white space ignored, `#` to the end of a line a comment. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '')
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) {
    throw new RangeError(`not hex: ${digits.slice(0, 40)}`)
  }
  const octets = new Uint8Array(digits.length / 2)
  for (let i = 0; i < octets.length; i++) {
    octets[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  }
  return octets
}
