/** Classes of octets and comparisons that HTTP/1.x needs, without making strings.
 * Read RFC 9110 section 5.6 (tokens, whitespace) before changing this file. */

export const LF = 0x0a
export const CR = 0x0d
export const SP = 0x20
export const HTAB = 0x09

/** 1 for every octet that may stand in a token (RFC 9110 section 5.6.2), case as it is. */
const tokenOctet = new Uint8Array(256)
for (const c of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenOctet[c.charCodeAt(0)] = 1
}

export function isTokenOctet(octet: number): boolean {
  return tokenOctet[octet] === 1
}

/** Whitespace inside a field value: SP and HTAB, and CR and LF, which occur only in an obs-fold. */
export function isValueSpace(octet: number): boolean {
  return octet === SP || octet === HTAB || octet === CR || octet === LF
}

/** Lower case of an ASCII letter; every other octet as it is. */
export function lower(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet
}

/** The octets of an ASCII word; call it at module load. */
export function word(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0))
}

/** True when the octets at `off` are `expected`, case and all. Nothing at or past `end` is read. */
export function octetsAre(
  buf: Uint8Array,
  off: number,
  end: number,
  expected: Uint8Array,
): boolean {
  if (end - off < expected.length) return false
  for (let i = 0; i < expected.length; i++) if (buf[off + i] !== expected[i]) return false
  return true
}

/** True when [off, end) is exactly the lower-case `expected`, in whatever case. */
export function tokenIs(buf: Uint8Array, off: number, end: number, expected: Uint8Array): boolean {
  if (end - off !== expected.length) return false
  for (let i = 0; i < expected.length; i++) if (lower(buf[off + i]!) !== expected[i]) return false
  return true
}

/** Offset of the next LF in [off, end), or -1. A plain loop: `indexOf` would search the whole block. */
export function findLf(buf: Uint8Array, off: number, end: number): number {
  for (let i = off; i < end; i++) if (buf[i] === LF) return i
  return -1
}

/** `end` moved back over the whitespace before it, not below `off`. */
export function trimEnd(buf: Uint8Array, off: number, end: number): number {
  let i = end
  while (i > off && isValueSpace(buf[i - 1]!)) i--
  return i
}

const versionPrefix = word('HTTP/1.')

/** Minor version when `HTTP/1.` and a digit stand at `off`, else -1. */
export function http1Minor(buf: Uint8Array, off: number, end: number): number {
  if (end - off < 8 || !octetsAre(buf, off, end, versionPrefix)) return -1
  const digit = buf[off + 7]! - 0x30
  return digit >= 0 && digit <= 9 ? digit : -1
}
