/** Every control message of the shared captures as tshark reads it: numbers, names and addresses of each
 * message, and the list of sessions that were asked for. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { PacketView } from '../../src/dissect/packet-view.js'
import { apnText } from '../../src/wire/apn.js'
import { EndUserAddress } from '../../src/wire/end-user-address.js'
import { Fault } from '../../src/wire/fault.js'
import { Gtp0 } from '../../src/wire/gtp0.js'
import { Gtp1C } from '../../src/wire/gtp1-c.js'
import { Gtp1Facts } from '../../src/wire/gtp1-facts.js'
import { gtp0TvLengths, gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { Gtp2Header } from '../../src/wire/gtp2-c.js'
import { Gtp2Facts } from '../../src/wire/gtp2-facts.js'
import { ipText, ipv4Text, tbcd } from '../../src/wire/octets.js'
import {
  capturesOf,
  eachPacket,
  haveShared,
  isControl,
  readJson,
  sharedCaptures,
} from './capture.js'

/** Several values of one name are compared as a sorted list: tshark lists them in the order of octets. */
type Message = Record<string, string | number>

interface Truth {
  gtp_c: Record<string, string | number | boolean | string[]>[]
  gtp_sessions_seen: {
    frame: number
    imsi: string | null
    msisdn: string | null
    apn: string | null
  }[]
}

const fault = new Fault()
const address = new EndUserAddress()
const text32 = (n: number) => `0x${(n >>> 0).toString(16).padStart(8, '0')}`
const sorted = (values: readonly (string | number)[]) => [...values].map(String).sort().join(' ')

function message(view: PacketView): Message {
  const m: Message = {
    frame: view.frame,
    src: ipText(view.outerVersion, view.buf, view.outerSrcOff),
    dst: ipText(view.outerVersion, view.buf, view.outerDstOff),
  }
  if (view.gtpVersion === 2) message2(m, view)
  else message1(m, view)
  return m
}

function message1(m: Message, view: PacketView): void {
  const { buf, gtpOff, gtpEnd } = view
  const facts = new Gtp1Facts()
  m.version = String(view.gtpVersion)
  if (view.gtpVersion === 0) {
    const h = new Gtp0()
    h.decode(buf, gtpOff, gtpEnd, fault)
    m.type = `0x${h.type.toString(16).padStart(2, '0')}`
    m.seq = `0x${h.sequence.toString(16).padStart(4, '0')}`
    m.tid = swapped(buf, h.tidOff)
    facts.collect(buf, h.payload, Math.min(h.messageEnd, gtpEnd), gtp0TvLengths, 11, fault)
  } else {
    const h = new Gtp1C()
    h.decode(buf, gtpOff, gtpEnd, fault)
    m.type = `0x${h.type.toString(16).padStart(2, '0')}`
    m.teid = text32(h.teid)
    if (h.sequence >= 0) m.seq = `0x${h.sequence.toString(16).padStart(4, '0')}`
    facts.collect(buf, h.ieOff, h.end, gtp1TvLengths, 14, fault)
  }
  if (facts.cause >= 0) m.cause = String(facts.cause)
  if (facts.apnOff >= 0) m.apn = apnText(buf, facts.apnOff, facts.apnEnd)
  if (facts.hasTeidData && view.gtpVersion === 1) m.teid_data = text32(facts.teidData)
  if (facts.hasTeidControl && view.gtpVersion === 1) m.teid_cp = text32(facts.teidControl)
  if (facts.imsiOff >= 0) m.imsi = tbcd(buf, facts.imsiOff, facts.imsiOff + 8)
  if (facts.msisdnOff >= 0) m.msisdn = tbcd(buf, facts.msisdnOff, facts.msisdnEnd)
  if (facts.euaOff >= 0 && address.decode1(buf, facts.euaOff, facts.euaEnd) && address.v4Off >= 0) {
    m.user_ipv4 = ipv4Text(buf, address.v4Off)
  }
}

/** tshark prints the TID with the digits of each octet swapped. */
function swapped(buf: Uint8Array, off: number): string {
  let text = ''
  for (let i = off; i < off + 8; i++) {
    text += (buf[i]! & 15).toString(16) + (buf[i]! >> 4).toString(16)
  }
  return text
}

function message2(m: Message, view: PacketView): void {
  const { buf, gtpOff, gtpEnd } = view
  const h = new Gtp2Header()
  const facts = new Gtp2Facts()
  h.decode(buf, gtpOff, gtpEnd, fault)
  facts.collect(buf, h.ieOff, h.end, fault)
  m.v2_type = String(h.type)
  if (h.hasTeid) m.v2_teid = text32(h.teid)
  m.v2_seq = `0x${h.sequence.toString(16).padStart(6, '0')}`
  const bearers = facts.bearers.slice(0, facts.bearerCount)
  const causes = [facts.cause, ...bearers.map(b => b.cause)].filter(c => c >= 0)
  if (causes.length > 0) m.v2_cause = sorted(causes)
  if (facts.apnOff >= 0) m.v2_apn = apnText(buf, facts.apnOff, facts.apnEnd)
  const fTeids = [
    ...facts.fTeids.slice(0, facts.fTeidCount),
    ...bearers.flatMap(b => b.fTeids.slice(0, b.fTeidCount)),
  ]
  if (fTeids.length > 0) {
    m.f_teid = sorted(fTeids.map(f => text32(f.teid)))
    m.f_teid_if = sorted(fTeids.map(f => f.interfaceType))
  }
  const v4 = fTeids.filter(f => f.v4Off >= 0)
  if (v4.length > 0) m.f_teid_ipv4 = sorted(v4.map(f => ipv4Text(buf, f.v4Off)))
  if (facts.paaOff >= 0 && address.decode2(buf, facts.paaOff, facts.paaEnd) && address.v4Off >= 0) {
    m.paa_ipv4 = ipv4Text(buf, address.v4Off)
  }
  const ebis = [facts.linkedEbi, ...facts.ebis.slice(0, facts.ebiCount), ...bearers.map(b => b.ebi)]
  const known = ebis.filter(e => e >= 0)
  if (known.length > 0) m.ebi = sorted(known)
  if (facts.meiOff >= 0) m.mei = tbcd(buf, facts.meiOff, facts.meiEnd)
  if (facts.imsiOff >= 0) m.imsi = tbcd(buf, facts.imsiOff, facts.imsiEnd)
  if (facts.msisdnOff >= 0) m.msisdn = tbcd(buf, facts.msisdnOff, facts.msisdnEnd)
}

async function compare(t: Test, file: { path: string; name: string; truth: string }) {
  const truth = readJson<Truth>(file.truth)
  const ours: Message[] = []
  await eachPacket(file.path, view => {
    if (isControl(view) && view.gtpType !== 255) ours.push(message(view))
  })
  const theirs = truth.gtp_c
    .filter(m => m.prime !== true)
    .map(m =>
      Object.fromEntries(Object.entries(m).map(([k, v]) => [k, Array.isArray(v) ? sorted(v) : v])),
    )
  t.same(ours, theirs, `${file.name}: ${ours.length} control messages`)
  const asked = ours
    .filter(
      m => m.imsi !== undefined || m.msisdn !== undefined || (m.apn ?? m.v2_apn) !== undefined,
    )
    .map(m => ({
      frame: m.frame,
      imsi: m.imsi ?? null,
      msisdn: m.msisdn ?? null,
      apn: m.apn ?? m.v2_apn ?? null,
    }))
  const primes = new Set(truth.gtp_c.filter(m => m.prime === true).map(m => m.frame))
  const seen = truth.gtp_sessions_seen
    .filter(s => !primes.has(s.frame))
    .map(({ frame, imsi, msisdn, apn }) => ({ frame, imsi, msisdn, apn }))
  t.same(asked, seen, `${file.name}: ${seen.length} sessions asked for`)
}

if (haveShared()) {
  for (const folder of [sharedCaptures, join(sharedCaptures, 'lab')]) {
    t.test(`control messages of ${folder}`, async t => {
      for (const file of capturesOf(folder)) {
        if (existsSync(file.truth)) await compare(t, file)
      }
    })
  }
}
