/** Fields of a charging record as BER. Read ITU-T X.690 clauses 8.1 and 8.3 and, for the types, 3GPP TS 32.298
 * clauses 5.2.2.1 and 5.2.2.2. Lengths are definite and as short as they can be. */

const context = 0x80
const constructed = 0x20
const longTag = 0x1f

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A context-specific primitive value. */
export function primitive(tag: number, content: Uint8Array): Uint8Array {
  return value(context, tag, content)
}

/** A context-specific value that holds others. */
export function group(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return value(context | constructed, tag, joined(parts))
}

/** The element of a SEQUENCE OF SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return value(constructed, 16, joined(parts))
}

/** INTEGER, 0 to 2^53 - 1. */
export function integer(tag: number, number: number): Uint8Array {
  return primitive(tag, integerContent(number))
}

export function text(tag: number, ascii: string): Uint8Array {
  return primitive(tag, Buffer.from(ascii, 'latin1'))
}

/** TBCD-STRING (TS 29.002): digits, and `*` for those that are masked. */
export function tbcdOctets(digits: string): Uint8Array {
  const octets = new Uint8Array(Math.ceil(digits.length / 2))
  for (let i = 0; i < octets.length; i++) {
    octets[i] = nibble(digits, i * 2) | (nibble(digits, i * 2 + 1) << 4)
  }
  return octets
}

const tbcdDigits = '0123456789*#abc'
const filler = 15

function nibble(digits: string, at: number): number {
  const found = at < digits.length ? tbcdDigits.indexOf(digits.charAt(at)) : filler
  return found < 0 ? filler : found
}

/** TimeStamp in UTC of microseconds since 1970. */
export function timeStamp(tag: number, timeUs: number): Uint8Array {
  const iso = new Date(Math.floor(timeUs / 1e6) * 1000).toISOString()
  const digits = iso.slice(2, 19).replace(/\D/g, '')
  return primitive(tag, Buffer.from(`${digits}2b0000`, 'hex'))
}

function integerContent(number: number): Uint8Array {
  const octets: number[] = []
  let rest = number
  do {
    octets.unshift(rest % 256)
    rest = Math.floor(rest / 256)
  } while (rest > 0)
  // clause 8.3.3: the first bit is the sign
  if ((octets[0] ?? 0) >= 0x80) octets.unshift(0)
  return Uint8Array.from(octets)
}

function value(first: number, tag: number, content: Uint8Array): Uint8Array {
  return joined([identifier(first, tag), length(content.length), content])
}

function identifier(first: number, tag: number): Uint8Array {
  if (tag < longTag) return Uint8Array.of(first | tag)
  return tag < 128
    ? Uint8Array.of(first | longTag, tag)
    : Uint8Array.of(first | longTag, 0x80 | (tag >> 7), tag & 0x7f)
}

function length(octets: number): Uint8Array {
  if (octets < 0x80) return Uint8Array.of(octets)
  const content = integerContent(octets)
  const bare = content[0] === 0 ? content.subarray(1) : content
  return joined([Uint8Array.of(0x80 | bare.length), bare])
}
