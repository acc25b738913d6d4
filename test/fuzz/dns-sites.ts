/** Places of a DNS message: counts, label lengths and pointers, types and lengths of records. Read RFC 1035
 * section 4.1 first. */

import { lengthSite, type Site, site } from './site.js'

export function dnsSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found: Site[] = []
  for (const at of [0, 2, 4, 6, 8, 10]) if (off + at + 2 <= end) found.push(site(off + at, 2))
  const word = (at: number) => ((buf[at] ?? 0) << 8) | (buf[at + 1] ?? 0)
  const name = (from: number): number => {
    let at = from
    for (let n = 0; n < 20 && at < end; n++) {
      const length = buf[at] ?? 0
      if (length >= 0xc0) {
        found.push(site(at, 2))
        return at + 2
      }
      found.push(lengthSite(at, 1))
      at += 1 + length
      if (length === 0) break
    }
    return at
  }
  let at = off + 12
  for (let n = Math.min(4, word(off + 4)); n > 0 && at < end; n--) {
    at = name(at)
    if (at + 4 <= end) found.push(site(at, 2), site(at + 2, 2))
    at += 4
  }
  for (let n = Math.min(20, word(off + 6)); n > 0 && at < end; n--) {
    at = name(at)
    if (at + 10 > end) break
    found.push(site(at, 2), site(at + 4, 4), lengthSite(at + 8, 2), site(at + 10, 1))
    at += 10 + word(at + 8)
  }
  return found
}
