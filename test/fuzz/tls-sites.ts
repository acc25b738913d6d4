/** Places of TLS: records, handshake messages, the lists inside a ClientHello. Read RFC 8446 sections 4.1.2
 * and 5.1 first. */

import { u16, u24 } from '../../src/wire/octets.js'
import { lengthSite, type Site, site } from './site.js'

export function tlsSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found: Site[] = []
  for (let at = off, n = 0; at + 5 <= end && n < 8; n++) {
    found.push(site(at, 1), site(at + 1, 2), lengthSite(at + 3, 2))
    const stop = at + 5 + u16(buf, at + 3)
    if (buf[at] === 22) handshakeSites(buf, at + 5, Math.min(stop, end), found)
    at = stop
  }
  return found
}

/** Handshake messages, without records around them. */
export function handshakeSites(buf: Uint8Array, off: number, end: number, found: Site[]): Site[] {
  for (let at = off, n = 0; at + 4 <= end && n < 8; n++) {
    found.push(site(at, 1), lengthSite(at + 1, 3), site(at + 4, 2))
    const stop = at + 4 + u24(buf, at + 1)
    const type = buf[at]
    if (type === 1) helloSites(buf, at + 4, Math.min(stop, end), found)
    if (type === 11) {
      // DER: any octet may be a length
      for (let i = at + 4; i < Math.min(stop, end, at + 600); i++) found.push(lengthSite(i, 1))
    }
    at = stop
  }
  return found
}

function helloSites(buf: Uint8Array, off: number, end: number, found: Site[]): void {
  let at = off + 34
  found.push(lengthSite(at, 1))
  at += 1 + (buf[at] ?? 0)
  if (at + 2 > end) return
  found.push(lengthSite(at, 2))
  at += 2 + u16(buf, at)
  if (at + 3 > end) return
  found.push(lengthSite(at, 1))
  at += 1 + (buf[at] ?? 0)
  if (at + 2 > end) return
  found.push(lengthSite(at, 2))
  at += 2
  for (let n = 0; at + 4 <= end && n < 40; n++) {
    found.push(site(at, 2), lengthSite(at + 2, 2), lengthSite(at + 4, 2), site(at + 6, 1))
    found.push(lengthSite(at + 7, 2))
    at += 4 + u16(buf, at + 2)
  }
}
