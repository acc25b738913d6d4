/** Checksums after octets under them were changed: by difference (RFC 1624 equation 3), so that a cut packet
 * keeps a right one and a wrong one stays wrong; CRC32c of SCTP (RFC 9260 appendix A) anew. */

import type { ChecksumSite, Stretch } from './checksum-site.js'

/** Offset of the checksum in the header. */
const fieldOffset: Record<ChecksumSite['protocol'], number> = {
  udp: 6,
  tcp: 16,
  icmp: 2,
  icmpv6: 2,
  sctp: 8,
}

/** `before` are the octets of `block` as they were. False when the checksum could not be brought up to date. */
export function updateChecksum(block: Uint8Array, before: Uint8Array, site: ChecksumSite): boolean {
  const { protocol, covered } = site
  const field = placesOf(covered, fieldOffset[protocol], protocol === 'sctp' ? 4 : 2)
  if (field.length === 0) return false
  if (protocol === 'sctp') return updateCrc(block, before, site, field)
  const delta = changeOf(block, before, covered)
  if (delta === 0) return true
  const [high = 0, low = 0] = field
  const old = (block[high]! << 8) | block[low]!
  // RFC 768: no checksum
  if (protocol === 'udp' && old === 0) return true
  const sum = ~fold((~old & 0xffff) + delta) & 0xffff
  const shown = protocol === 'udp' && sum === 0 ? 0xffff : sum
  block[high] = shown >> 8
  block[low] = shown & 0xff
  return true
}

/** Sum of ~m + m' over all words that changed; 0 when none did. */
function changeOf(block: Uint8Array, before: Uint8Array, covered: readonly Stretch[]): number {
  let sum = 0
  let position = 0
  for (const { from, to } of covered) {
    for (let at = from; at < to; at++, position++) {
      const old = before[at]!
      const now = block[at]!
      if (old === now) continue
      const shift = position & 1 ? 0 : 8
      sum = fold(sum + (~(old << shift) & 0xffff) + (now << shift))
    }
  }
  return sum
}

function fold(value: number): number {
  let sum = value
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}

/** Indexes of `count` octets from `offset` on; none when they are not all there. */
function placesOf(covered: readonly Stretch[], offset: number, count: number): number[] {
  const places: number[] = []
  let at = 0
  for (const { from, to } of covered) {
    for (let i = Math.max(0, offset - at); i < to - from && places.length < count; i++) {
      places.push(from + i)
    }
    at += to - from
  }
  return places.length === count ? places : []
}

function updateCrc(
  block: Uint8Array,
  before: Uint8Array,
  { covered, whole }: ChecksumSite,
  field: readonly number[],
): boolean {
  const changed = covered.some(({ from, to }) =>
    block.subarray(from, to).some((octet, i) => octet !== before[from + i]),
  )
  if (!changed) return true
  const readField = () => field.map(at => block[at]!)
  if (!whole || crcOf(before, covered, field) !== littleEndian(field.map(at => before[at]!))) {
    return readField().every(octet => octet === 0)
  }
  const crc = crcOf(block, covered, field)
  for (const [i, at] of field.entries()) block[at] = (crc >>> (8 * i)) & 0xff
  return true
}

function littleEndian(octets: readonly number[]): number {
  return octets.reduce((value, octet, i) => value | (octet << (8 * i)), 0) >>> 0
}

const castagnoli = 0x82f63b78
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ castagnoli : crc >>> 1
  return crc >>> 0
})

/** With the field itself as zero. */
function crcOf(octets: Uint8Array, covered: readonly Stretch[], field: readonly number[]): number {
  let crc = 0xffff_ffff
  for (const { from, to } of covered) {
    for (let at = from; at < to; at++) {
      const octet = field.includes(at) ? 0 : octets[at]!
      crc = (crc >>> 8) ^ table[(crc ^ octet) & 0xff]!
    }
  }
  return ~crc >>> 0
}
