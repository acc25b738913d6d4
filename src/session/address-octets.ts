/** Addresses that a decoder gave as text, as octets again. Read RFC 4291 section 2.2 (text of IPv6). */

const groupsOfV6 = 8

/** 4 or 16 octets; undefined for the empty text and for what a malformed element was shown as. `text` may be a prefix: its length is passed over. */
export function addressOctets(text: string): Uint8Array | undefined {
  if (text === '') return undefined
  const [address = ''] = text.split('/')
  if (!address.includes(':')) {
    const parts = address.split('.')
    return parts.length === 4 ? Uint8Array.from(parts, Number) : undefined
  }
  const [left = '', right] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const octets = new Uint8Array(2 * groupsOfV6)
  const put = (group: string, i: number) => {
    const value = Number.parseInt(group, 16)
    octets[2 * i] = value >> 8
    octets[2 * i + 1] = value & 255
  }
  head.forEach(put)
  for (const [i, group] of tail.entries()) put(group, groupsOfV6 - tail.length + i)
  return octets
}
