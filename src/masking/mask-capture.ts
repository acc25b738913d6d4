/** Takes the personal numbers out of the octets of a capture: test numbers of the same length stand in their
 * place, checksums are brought up to date, and what could not be looked into is told. */

import { fieldForms } from '../inspect/frame-fields.js'
import type { FrameRecord } from '../record/frame-record.js'
import { u32 } from '../wire/octets.js'
import type { CapturedFrames } from './captured-frames.js'
import { type ChecksumSite, ChecksumSites, type Stretch } from './checksum-site.js'
import { updateChecksum } from './checksum-update.js'
import { DigitSearch } from './digit-search.js'
import {
  leastDigits,
  type NumberKind,
  type PersonalNumber,
  type Substitution,
  substitutions,
} from './test-number.js'

export interface MaskReport {
  readonly numbers: readonly Substitution[]
  /** places that were written over */
  readonly places: number
  /** checksums that could not be brought up to date: part of their octets is not in the capture */
  readonly checksums: number
  /** what may still hold a number or name the subscriber, with how many frames */
  readonly unseen: ReadonlyMap<string, number>
}

/** Numbers of other people in messages: shorter ones are those of services. */
const leastOther = 10
const longestImsi = 15
/** A number that lies in two segments is within so many octets of their border (UTF-16). */
const borderOctets = 64

/** By layer. */
const opaque: Readonly<Record<string, string>> = {
  tls: 'encrypted payload (TLS)',
  quic: 'encrypted payload (QUIC)',
  wtls: 'encrypted payload (WTLS)',
  radius: 'RADIUS authenticators, which verify no more',
}
const headers: Readonly<Record<string, string>> = {
  cookie: 'cookies',
  'set-cookie': 'cookies',
  authorization: 'credentials',
  'proxy-authorization': 'credentials',
  'content-encoding': 'compressed content',
}
const headerLine = new RegExp(`^(${Object.keys(headers).join('|')})[ \\t]*:`, 'gim')

/** Changes `frames.block` in place. `own`: numbers that are known; those in fields of the frames come to them. */
export function maskCapture(frames: CapturedFrames, own: Iterable<PersonalNumber>): MaskReport {
  const numbers = [...own]
  const unseen = new Map<string, number>()
  const sites = new ChecksumSites(frames)
  for (let i = 0; i < frames.count; i++) {
    const record = sites.read(i)
    numbers.push(...numbersIn(record))
    for (const what of hidingPlaces(record, frameOctets(frames, i))) {
      unseen.set(what, (unseen.get(what) ?? 0) + 1)
    }
  }
  const found = substitutions(numbers)
  const search = new DigitSearch(found)
  const before = frames.block.slice()
  let places = 0
  for (let i = 0; i < frames.count; i++) places += search.replace(frameOctets(frames, i))
  for (const border of borders(frames.block, sites.sites)) {
    places += replaceOver(frames.block, border, search)
  }
  // a checksum lies under those around it: the innermost first
  const stale = sites.sites.toReversed().filter(site => !updateChecksum(frames.block, before, site))
  const changed = stale.filter(site => isChanged(frames.block, before, site.covered))
  return { numbers: found, places, checksums: changed.length, unseen }
}

function frameOctets(frames: CapturedFrames, i: number): Uint8Array {
  const off = frames.off[i]!
  return frames.block.subarray(off, off + frames.caplen[i]!)
}

function numbersIn(record: FrameRecord): PersonalNumber[] {
  const numbers: PersonalNumber[] = []
  for (const [name, values] of Object.entries(record.fields)) {
    const form = fieldForms.get(name)
    if (form !== 'imsi' && form !== 'msisdn' && form !== 'imei') continue
    for (const value of values) {
      for (const [run] of String(value).matchAll(/\d+/g)) {
        const digits = form === 'imsi' ? run.slice(0, longestImsi) : run
        const least: Record<NumberKind, number> = { imsi: 14, msisdn: leastOther, imei: 14 }
        if (digits.length >= Math.max(least[form], leastDigits)) {
          numbers.push({ kind: form, digits })
        }
      }
    }
  }
  return numbers
}

function hidingPlaces(record: FrameRecord, octets: Uint8Array): Set<string> {
  const found = new Set<string>()
  for (const layer of record.layers) {
    const what = opaque[layer]
    if (what !== undefined) found.add(what)
  }
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1')
  for (const [, name = ''] of text.matchAll(headerLine)) {
    const what = headers[name.toLowerCase()]
    if (what !== undefined) found.add(what)
  }
  return found
}

/** Octets on both sides of a cut: fragments of a datagram, and segments of TCP and WTP that follow each other. */
function borders(block: Uint8Array, sites: readonly ChecksumSite[]): Stretch[][] {
  const found = sites.filter(site => site.covered.length > 1).map(site => [...site.covered])
  const bySequence = new Map<string, Stretch[]>()
  const segments = sites.flatMap(site => segmentOf(block, site) ?? [])
  for (const { payload, ports, sequence } of segments) {
    const key = `${ports} ${sequence}`
    bySequence.set(key, [...(bySequence.get(key) ?? []), payload])
  }
  for (const { payload, ports, sequence } of segments) {
    const next = (sequence + payload.to - payload.from) >>> 0
    for (const follower of bySequence.get(`${ports} ${next}`) ?? []) {
      found.push(border(payload, follower))
    }
  }
  return [...found, ...datagramBorders(block, sites)]
}

function border(before: Stretch, after: Stretch): Stretch[] {
  return [
    { from: Math.max(before.from, before.to - borderOctets), to: before.to },
    { from: after.from, to: Math.min(after.to, after.from + borderOctets) },
  ]
}

const udpHeaderOctets = 8
/** Segmented Invoke and Segmented Result (WAP-224-WTP clauses 8.3.5 and 8.3.6). */
const wtpSegmentOctets = 4

/** Datagrams of one direction in their order, as if each but the first were a segment of WTP. */
function datagramBorders(block: Uint8Array, sites: readonly ChecksumSite[]): Stretch[][] {
  const found: Stretch[][] = []
  const last = new Map<number, Stretch>()
  for (const { protocol, covered } of sites) {
    const [only, second] = covered
    if (protocol !== 'udp' || only === undefined || second !== undefined) continue
    if (only.to - only.from < udpHeaderOctets + wtpSegmentOctets) continue
    const ports = u32(block, only.from)
    const before = last.get(ports)
    const from = only.from + udpHeaderOctets
    if (before !== undefined) {
      found.push(border(before, { from: from + wtpSegmentOctets, to: only.to }))
    }
    last.set(ports, { from, to: only.to })
  }
  return found
}

interface Segment {
  payload: Stretch
  ports: number
  sequence: number
}

/** RFC 9293 section 3.1. */
function segmentOf(block: Uint8Array, site: ChecksumSite): Segment | undefined {
  const [only, second] = site.covered
  if (site.protocol !== 'tcp' || only === undefined || second !== undefined) return undefined
  if (only.to - only.from < 20) return undefined
  const from = only.from + (block[only.from + 12]! >> 4) * 4
  if (from >= only.to) return undefined
  return {
    payload: { from, to: only.to },
    ports: u32(block, only.from),
    sequence: u32(block, only.from + 4) >>> 0,
  }
}

function replaceOver(block: Uint8Array, parts: readonly Stretch[], search: DigitSearch): number {
  const octets = Buffer.concat(parts.map(({ from, to }) => block.subarray(from, to)))
  const count = search.replace(octets)
  if (count === 0) return 0
  let at = 0
  for (const { from, to } of parts) {
    block.set(octets.subarray(at, at + to - from), from)
    at += to - from
  }
  return count
}

function isChanged(block: Uint8Array, before: Uint8Array, covered: readonly Stretch[]): boolean {
  return covered.some(({ from, to }) => {
    for (let at = from; at < to; at++) if (block[at] !== before[at]) return true
    return false
  })
}
