/** Where the lengths, counts, offsets, numbers and codes of each protocol lie, for breaking them on
 * purpose. Layers are called by their names in src/inspect. The walks are simple: a place that is
 * wrong is only an octet changed for nothing. */

import { avpDefinition } from '../../src/wire/diameter-dictionary.js'
import { gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { u16, u24, u32 } from '../../src/wire/octets.js'
import { isGrouped } from '../../src/wire/pfcp-ie.js'
import { dnsSites } from './dns-sites.js'
import { lengthSite, type Site, site } from './site.js'
import { tlsSites } from './tls-sites.js'

export type FindSites = (buf: Uint8Array, off: number, end: number) => Site[]

/** A header of fixed places: offset and width, lengths with a third member. */
type Fixed = readonly (readonly [at: number, width: number, length?: 'length'])[]

function fixed(places: Fixed): FindSites {
  return (_buf, off, end) =>
    places
      .filter(([at, width]) => off + at + width <= end)
      .map(([at, width, length]) => ({ off: off + at, width, length: length !== undefined }))
}

/** Elements of one head each. `walk` adds the sites of the one at `at` and returns where it ends. */
function each(off: number, end: number, head: number, walk: (at: number) => number): void {
  for (let at = off, n = 0; at + head <= end && n < 400; n++) {
    const next = walk(at)
    if (next <= at) return
    at = next
  }
}

const ipHead = fixed([
  ...([
    [0, 1],
    [1, 1],
    [4, 2],
    [6, 2],
    [8, 1],
    [9, 1],
    [12, 4],
    [16, 4],
    [20, 1],
    [21, 1],
  ] as const),
  [2, 2, 'length'],
])
const ipv6Head = fixed([
  [0, 1],
  [4, 2, 'length'],
  [6, 1],
  [7, 1],
  [8, 8],
  [24, 8],
])

/** Next header and length of the extension headers. */
function ipv6Sites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = ipv6Head(buf, off, end)
  let next = buf[off + 6] ?? 59
  each(off + 40, end, 8, at => {
    if (![0, 43, 44, 60, 135].includes(next)) return -1
    found.push(site(at, 1), lengthSite(at + 1, 1), site(at + 2, 2), site(at + 4, 4))
    const octets = next === 44 ? 8 : 8 + (buf[at + 1] ?? 0) * 8
    next = buf[at] ?? 59
    return at + octets
  })
  return found
}

const tcpHead = fixed([
  [0, 2],
  [2, 2],
  [4, 4],
  [8, 4],
  [12, 1],
  [13, 1],
  [14, 2],
  [20, 1],
  [21, 1],
])

function sctpSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 2],
    [2, 2],
    [4, 4],
  ])(buf, off, end)
  each(off + 12, end, 4, at => {
    found.push(site(at, 1), site(at + 1, 1), lengthSite(at + 2, 2))
    if (buf[at] === 0 && at + 16 <= end) {
      found.push(site(at + 4, 4), site(at + 8, 2), site(at + 10, 2), site(at + 12, 4))
    }
    return at + ((u16(buf, at + 2) + 3) & ~3)
  })
  return found
}

const gtpHead = fixed([
  [0, 1],
  [1, 1],
  [2, 2, 'length'],
  [4, 4],
  [8, 2],
  [10, 1],
  [11, 1],
])

/** Headers of version 0 and 1, extension headers, elements of signalling. */
function gtpSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = gtpHead(buf, off, end)
  if (end - off < 12) return found
  const flags = buf[off] ?? 0
  const version0 = flags >> 5 === 0
  if (version0) found.push(site(off + 12, 8))
  let from = off + (version0 ? 20 : (flags & 7) === 0 ? 8 : 12)
  if (!version0 && (flags & 4) !== 0) {
    let next = buf[off + 11] ?? 0
    each(from, end, 4, at => {
      if (next === 0) return -1
      const octets = (buf[at] ?? 0) * 4
      found.push(lengthSite(at, 1), site(at + octets - 1, 1))
      next = buf[at + octets - 1] ?? 0
      from = at + octets
      return from
    })
  }
  if (buf[off + 1] === 255) return found
  each(from, end, 1, at => {
    const type = buf[at] ?? 0
    found.push(site(at, 1), site(at + 1, 1))
    if (type < 128) return at + 1 + Math.max(0, gtp1TvLengths[type] ?? 0)
    if (at + 3 > end) return -1
    found.push(lengthSite(at + 1, 2), site(at + 3, 1), site(at + 4, 1))
    return at + 3 + u16(buf, at + 1)
  })
  return found
}

/** Grouped elements of TS 29.274 that hold elements in turn: Bearer Context, PDN Connection and others. */
const gtp2Groups = new Set([93, 109, 180, 181, 191, 195])

function gtp2Elements(buf: Uint8Array, off: number, end: number, found: Site[]): void {
  each(off, end, 4, at => {
    const stop = at + 4 + u16(buf, at + 1)
    found.push(
      site(at, 1),
      lengthSite(at + 1, 2),
      site(at + 3, 1),
      site(at + 4, 1),
      site(at + 5, 4),
    )
    if (gtp2Groups.has(buf[at] ?? 0)) gtp2Elements(buf, at + 4, Math.min(stop, end), found)
    return stop
  })
}

function gtp2Sites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 1],
    [1, 1],
    [2, 2, 'length'],
    [4, 4],
    [8, 4],
  ])(buf, off, end)
  gtp2Elements(buf, off + ((buf[off] ?? 0) & 8 ? 12 : 8), end, found)
  return found
}

function pfcpElements(buf: Uint8Array, off: number, end: number, found: Site[]): void {
  each(off, end, 4, at => {
    const stop = at + 4 + u16(buf, at + 2)
    found.push(
      site(at, 2),
      lengthSite(at + 2, 2),
      site(at + 4, 1),
      site(at + 5, 2),
      site(at + 6, 4),
    )
    if (isGrouped(u16(buf, at))) pfcpElements(buf, at + 4, Math.min(stop, end), found)
    return stop
  })
}

function pfcpSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 1],
    [1, 1],
    [2, 2, 'length'],
    [4, 8],
    [12, 3],
  ])(buf, off, end)
  pfcpElements(buf, off + ((buf[off] ?? 0) & 1 ? 16 : 8), end, found)
  return found
}

function radiusSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 1],
    [1, 1],
    [2, 2, 'length'],
  ])(buf, off, end)
  const attributes = (from: number, to: number, inner: boolean) =>
    each(from, to, 2, at => {
      const stop = at + (buf[at + 1] ?? 0)
      found.push(site(at, 1), lengthSite(at + 1, 1), site(at + 2, 1), site(at + 2, 4))
      if (buf[at] === 26 && !inner) attributes(at + 6, Math.min(stop, to), true)
      return stop
    })
  attributes(off + 20, end, false)
  return found
}

function avpSites(buf: Uint8Array, off: number, end: number, found: Site[]): void {
  each(off, end, 8, at => {
    const vendor = ((buf[at + 4] ?? 0) & 0x80) !== 0 && at + 12 <= end
    const head = vendor ? 12 : 8
    const length = u24(buf, at + 5)
    found.push(site(at, 4), site(at + 4, 1), lengthSite(at + 5, 3), site(at + head, 4))
    found.push(site(at + head, 2))
    if (vendor) found.push(site(at + 8, 4))
    const definition = avpDefinition(vendor ? u32(buf, at + 8) : 0, u32(buf, at))
    if (definition?.type === 'Grouped') {
      avpSites(buf, at + head, Math.min(at + length, end), found)
    }
    return at + ((length + 3) & ~3)
  })
}

function diameterSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 1],
    [1, 3, 'length'],
    [4, 1],
    [5, 3],
    [8, 4],
  ])(buf, off, end)
  avpSites(buf, off + 20, end, found)
  return found
}

function quicSites(buf: Uint8Array, off: number, end: number): Site[] {
  const found = fixed([
    [0, 1],
    [1, 4],
    [5, 1, 'length'],
  ])(buf, off, end)
  const scid = off + 6 + (buf[off + 5] ?? 0)
  const token = scid + 1 + (buf[scid] ?? 0)
  for (const at of [scid, token, token + 1, token + 2]) if (at < end) found.push(lengthSite(at, 1))
  return found
}

/** Every octet may be a code, a length or a uintvar: WTP, WSP, MMS and WTLS are made of them. */
export function everyOctet(buf: Uint8Array, off: number, end: number): Site[] {
  const found: Site[] = []
  for (let at = off; at < Math.min(end, off + 200); at++) {
    found.push(at % 3 === 0 ? lengthSite(at, 1) : site(at, 1))
    // a uintvar that goes on
    if ((buf[at] ?? 0) > 0x7f && at + 2 <= end) found.push(site(at, 2))
  }
  return found
}

export const layerSites: Readonly<Record<string, FindSites>> = {
  eth: fixed([
    [12, 2],
    [14, 2],
    [16, 2],
  ]),
  vlan: fixed([
    [0, 2],
    [2, 2],
  ]),
  pppoes: fixed([
    [0, 1],
    [1, 1],
    [4, 2, 'length'],
    [6, 2],
  ]),
  mpls: fixed([
    [0, 4],
    [4, 4],
  ]),
  sll: fixed([
    [0, 2],
    [2, 2],
    [4, 2],
    [14, 2],
  ]),
  sll2: fixed([
    [0, 2],
    [8, 2],
    [10, 1],
    [11, 1],
  ]),
  null: fixed([[0, 4]]),
  gre: fixed([
    [0, 2],
    [2, 2],
    [4, 4],
    [8, 4],
  ]),
  vxlan: fixed([
    [0, 1],
    [4, 3],
  ]),
  ip: ipHead,
  ipv6: ipv6Sites,
  icmp: fixed([
    [0, 1],
    [1, 1],
    [4, 4],
  ]),
  icmpv6: fixed([
    [0, 1],
    [1, 1],
    [4, 4],
  ]),
  udp: fixed([
    [0, 2],
    [2, 2],
    [4, 2, 'length'],
  ]),
  tcp: tcpHead,
  sctp: sctpSites,
  gtp: gtpSites,
  gtpprime: gtpSites,
  gtpv2: gtp2Sites,
  pfcp: pfcpSites,
  radius: radiusSites,
  diameter: diameterSites,
  dns: dnsSites,
  tls: tlsSites,
  quic: quicSites,
  wtp: everyOctet,
  wsp: everyOctet,
  wtls: everyOctet,
  mmse: everyOctet,
}
