/** Octets to numbers and text: the readers that every decoder shares.
 * Network order (RFC 791 appendix B), TBCD (3GPP TS 29.002 TBCD-STRING), uintvar (WAP-230-WSP clause
 * 8.1.2) and address text (RFC 5952). No reader checks bounds: the caller has compared with its own
 * `end` first, once per header. */

/** Unsigned 16-bit number at `off`, most significant octet first. */
export function u16(buf: Uint8Array, off: number): number {
  return (buf[off]! << 8) | buf[off + 1]!
}

/** Unsigned 24-bit number at `off`. */
export function u24(buf: Uint8Array, off: number): number {
  return (buf[off]! << 16) | (buf[off + 1]! << 8) | buf[off + 2]!
}

/** Unsigned 32-bit number at `off`: 0 to 4294967295, never negative. */
export function u32(buf: Uint8Array, off: number): number {
  return int32(buf, off) >>> 0
}

/** Unsigned 64-bit number at `off`: volumes of charging protocols, which a plain number would round. */
export function u64(buf: Uint8Array, off: number): bigint {
  return (BigInt(u32(buf, off)) << 32n) | BigInt(u32(buf, off + 4))
}

/** The 32 bits at `off` as an int32 pattern (TEID, address, sequence number); compare with `| 0`. */
export function int32(buf: Uint8Array, off: number): number {
  return (buf[off]! << 24) | (buf[off + 1]! << 16) | (buf[off + 2]! << 8) | buf[off + 3]!
}

/** Unsigned 16-bit number, least significant octet first (LINKTYPE_NULL of a little-endian host). */
export function u16le(buf: Uint8Array, off: number): number {
  return buf[off]! | (buf[off + 1]! << 8)
}

/** Digits of TS 29.002 TBCD-STRING: 0-9, then `*`, `#`, a, b, c; 15 is the filler. */
const tbcdDigits = '0123456789*#abc'

/** TBCD digits of [off, end): low nibble first, stops at the filler 1111. IMSI, MSISDN, IMEI(SV). */
export function tbcd(buf: Uint8Array, off: number, end: number): string {
  let text = ''
  for (let i = off; i < end; i++) {
    const octet = buf[i]!
    const low = octet & 15
    if (low === 15) return text
    text += tbcdDigits[low]
    const high = octet >> 4
    if (high === 15) return text
    text += tbcdDigits[high]
  }
  return text
}

/** BCD digits of [off, end) with the high nibble first; a nibble above 9 prints as its hex digit. */
export function bcd(buf: Uint8Array, off: number, end: number): string {
  return hex(buf, off, end)
}

/** Lower-case hex of [off, end), two digits an octet. */
export function hex(buf: Uint8Array, off: number, end: number): string {
  let text = ''
  for (let i = off; i < end; i++) {
    const octet = buf[i]!
    text += (octet >> 4).toString(16) + (octet & 15).toString(16)
  }
  return text
}

/** Up to this length, adding character to character beats a call into the runtime. */
const shortText = 6
/** A view of the memory that text was last read from: most reads come from the same block. */
let lastView: Buffer = Buffer.alloc(0)

/** [off, end) as ISO 8859-1: one character an octet, nothing lost. Whoever prints it escapes it. */
export function latin1(buf: Uint8Array, off: number, end: number): string {
  if (end - off <= shortText) {
    let text = ''
    for (let i = off; i < end; i++) text += String.fromCharCode(buf[i]!)
    return text
  }
  if (lastView.buffer !== buf.buffer || lastView.byteOffset !== buf.byteOffset) {
    lastView = Buffer.from(buf.buffer, buf.byteOffset, buf.byteLength)
  }
  return lastView.toString('latin1', off, end)
}

/** The longest uintvar of WAP-230 clause 8.1.2: five octets carry 32 bits. */
export const uintvarMax = 5

/** Octets that the uintvar at `off` takes, or -1 when it does not end before `end` or within five. */
export function uintvarLength(buf: Uint8Array, off: number, end: number): number {
  for (let n = 1; n <= uintvarMax; n++) {
    if (off + n > end) return -1
    if (buf[off + n - 1]! < 0x80) return n
  }
  return -1
}

/** Value of the uintvar at `off` whose length is `length` octets: 0 to 2^35 - 1, a plain number, so
 * that five octets of ones do not wrap to something small (WAP-230 allows 2^32 - 1). */
export function uintvar(buf: Uint8Array, off: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) value = value * 128 + (buf[off + i]! & 0x7f)
  return value
}

/** Four octets as dotted decimal. */
export function ipv4Text(buf: Uint8Array, off: number): string {
  return `${buf[off]!}.${buf[off + 1]!}.${buf[off + 2]!}.${buf[off + 3]!}`
}

/** An int32 (or uint32) IPv4 address as dotted decimal. */
export function ipv4NumberText(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Sixteen octets as RFC 5952 text: lower case, no leading zeros, the longest run of two or more zero
 * groups (the first of equals) as `::`, and dotted decimal for IPv4-mapped addresses (clause 5). */
export function ipv6Text(buf: Uint8Array, off: number): string {
  let runStart = -1
  let runLength = 1
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (i + n < 8 && u16(buf, off + 2 * (i + n)) === 0) n++
    if (n > runLength) {
      runStart = i
      runLength = n
    }
    if (n > 0) i += n - 1
  }
  if (runStart === 0 && runLength === 5 && u16(buf, off + 10) === 0xffff) {
    return `::ffff:${ipv4Text(buf, off + 12)}`
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === runStart) {
      text += '::'
      i += runLength - 1
      continue
    }
    if (text !== '' && !text.endsWith(':')) text += ':'
    text += u16(buf, off + 2 * i).toString(16)
  }
  return text
}

/** Address text of IP version 4 or 6 at `off`. */
export function ipText(version: number, buf: Uint8Array, off: number): string {
  return version === 6 ? ipv6Text(buf, off) : ipv4Text(buf, off)
}
