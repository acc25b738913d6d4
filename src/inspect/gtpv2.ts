/** GTPv2 for `dissect`: every message of a datagram and its elements, bearer contexts too. Read 3GPP TS
 * 29.274 clauses 5 to 8 first. */

import { apnText } from '../wire/apn.js'
import { EndUserAddress } from '../wire/end-user-address.js'
import { FaultCode } from '../wire/fault.js'
import { Gtp2Header } from '../wire/gtp2-c.js'
import { FTeid, Gtp2IeCursor, Gtp2IeType } from '../wire/gtp2-ie.js'
import { hex, ipv4Text, ipv6Text, tbcd, u16, u32 } from '../wire/octets.js'
import { plmnText, UserLocation } from '../wire/user-location.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'

/** A message carries at most one behind it (TS 29.274 clause 5.5.1); more is made, not sent. */
const maxMessages = 4
const maxNesting = 3

/** Elements that hold elements: Bearer Context, PDN Connection, Overload and Load Control ... */
const grouped: ReadonlySet<number> = new Set([Gtp2IeType.BearerContext, 109, 180, 181, 191, 195])

const header = new Gtp2Header()
const address = new EndUserAddress()
const location = new UserLocation()
const fTeid = new FTeid()

export const gtpv2: Inspector = {
  name: 'gtpv2',
  doc: {
    standard: 'TS 29.274',
    decoded:
      'headers, piggybacked messages; IMSI, cause, recovery, APN, EBI, MEI, MSISDN, indication, PAA, RAT, serving network, location, F-TEIDs, charging id and characteristics, AMBR, also inside bearer contexts and PDN connections',
    missing: 'QoS, TFT, protocol configuration options, contexts of handovers, S2a/S2b elements',
  },
  fields: {
    'gtpv2.message_type': 'number',
    'gtpv2.msg_length': 'number',
    'gtpv2.teid': 'teid',
    'gtpv2.seq': 'number',
    'gtpv2.ie_type': 'number',
    'gtpv2.instance': 'number',
    'e212.imsi': 'imsi',
    'gtpv2.cause': 'number',
    'gtpv2.rec': 'number',
    'gtpv2.apn': 'text',
    'gtpv2.ebi': 'number',
    'gtpv2.mei': 'imei',
    'e164.msisdn': 'msisdn',
    'gtpv2.indication': 'text',
    'gtpv2.pdn_type': 'number',
    'gtpv2.pdn_addr_and_prefix.ipv4': 'address',
    'gtpv2.pdn_addr_and_prefix.ipv6': 'address',
    'gtpv2.rat_type': 'number',
    'e212.mcc_mnc': 'text',
    'gtpv2.uli': 'text',
    'gtpv2.f_teid_interface_type': 'number',
    'gtpv2.f_teid_gre_key': 'teid',
    'gtpv2.f_teid_ipv4': 'address',
    'gtpv2.f_teid_ipv6': 'address',
    'gtpv2.charging_id': 'number',
    'gtpv2.charging_characteristic': 'number',
    'gtpv2.ambr_up': 'number',
    'gtpv2.ambr_down': 'number',
  },
  summary: ['gtpv2.message_type', 'gtpv2.cause', 'e212.imsi', 'gtpv2.apn', 'gtpv2.teid'],
  inspect(buf, off, end, walk) {
    let at = off
    for (let n = 0; n < maxMessages; n++) {
      walk.layer('gtpv2')
      const { out, fault } = walk
      const read = header.decode(buf, at, end, fault)
      if (!read) {
        walk.malformed(fault)
        return
      }
      if (fault.code !== FaultCode.None) walk.malformed(fault)
      out.add('gtpv2.message_type', header.type)
      out.add('gtpv2.msg_length', u16(buf, at + 2))
      if (header.hasTeid) out.add('gtpv2.teid', hexNumber(header.teid, 8))
      out.add('gtpv2.seq', hexNumber(header.sequence, 6))
      const { ieOff, piggybacked } = header
      at = header.end
      elements(buf, ieOff, at, 0, walk)
      if (!piggybacked || at >= end) return
    }
  },
}

function elements(buf: Uint8Array, off: number, end: number, depth: number, walk: Walk): void {
  const cursor = new Gtp2IeCursor()
  const { fault, out } = walk
  fault.clear()
  cursor.open(off, end)
  while (cursor.next(buf, fault)) {
    out.add('gtpv2.ie_type', cursor.type)
    out.add('gtpv2.instance', cursor.instance)
    if (grouped.has(cursor.type)) {
      if (depth < maxNesting) elements(buf, cursor.off, cursor.end, depth + 1, walk)
    } else if (cursor.end > cursor.off) element(buf, cursor.type, cursor.off, cursor.end, walk)
  }
  if (fault.code !== FaultCode.None) walk.malformed(fault)
  fault.clear()
}

const ambr = 72

/** At least one octet of value is there. */
function element(buf: Uint8Array, type: number, off: number, end: number, walk: Walk): void {
  const { out } = walk
  const length = end - off
  switch (type) {
    case Gtp2IeType.Imsi:
      out.addText('e212.imsi', tbcd(buf, off, end))
      return
    case Gtp2IeType.Cause:
      out.add('gtpv2.cause', buf[off] ?? 0)
      return
    case Gtp2IeType.Recovery:
      out.add('gtpv2.rec', buf[off] ?? 0)
      return
    case Gtp2IeType.Apn:
      out.addText('gtpv2.apn', apnText(buf, off, end))
      return
    case ambr:
      if (length < 8) {
        walk.malformed()
        return
      }
      out.add('gtpv2.ambr_up', u32(buf, off))
      out.add('gtpv2.ambr_down', u32(buf, off + 4))
      return
    case Gtp2IeType.Ebi:
      out.add('gtpv2.ebi', (buf[off] ?? 0) & 15)
      return
    case Gtp2IeType.Mei:
      out.addText('gtpv2.mei', tbcd(buf, off, end))
      return
    case Gtp2IeType.Msisdn:
      out.addText('e164.msisdn', tbcd(buf, off, end))
      return
    case Gtp2IeType.Indication:
      out.add('gtpv2.indication', hex(buf, off, end))
      return
    case Gtp2IeType.Paa:
      pdnAddress(buf, off, end, walk)
      return
    case Gtp2IeType.RatType:
      out.add('gtpv2.rat_type', buf[off] ?? 0)
      return
    case Gtp2IeType.ServingNetwork:
      if (length < 3) walk.malformed()
      else out.addText('e212.mcc_mnc', plmnText(buf, off))
      return
    case Gtp2IeType.UserLocation:
      if (!location.decode2(buf, off, end)) walk.malformed()
      out.addText('gtpv2.uli', location.text)
      return
    case Gtp2IeType.FTeid:
      fullTeid(buf, off, end, walk)
      return
    case Gtp2IeType.ChargingId:
      if (length < 4) walk.malformed()
      else out.add('gtpv2.charging_id', hexNumber(u32(buf, off), 8))
      return
    case Gtp2IeType.ChargingCharacteristics:
      if (length < 2) {
        walk.malformed()
        return
      }
      out.add('gtpv2.charging_characteristic', hexNumber(u16(buf, off), 4))
      return
  }
}

function pdnAddress(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out } = walk
  if (!address.decode2(buf, off, end)) walk.malformed()
  out.add('gtpv2.pdn_type', (buf[off] ?? 0) & 7)
  if (address.v6Off >= 0) out.add('gtpv2.pdn_addr_and_prefix.ipv6', ipv6Text(buf, address.v6Off))
  if (address.v4Off >= 0) out.add('gtpv2.pdn_addr_and_prefix.ipv4', ipv4Text(buf, address.v4Off))
}

function fullTeid(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  const read = fTeid.decode(buf, off, end, fault)
  if (end - off >= 5) {
    out.add('gtpv2.f_teid_interface_type', fTeid.interfaceType)
    out.add('gtpv2.f_teid_gre_key', hexNumber(fTeid.teid, 8))
    if (fTeid.v4Off >= 0) out.add('gtpv2.f_teid_ipv4', ipv4Text(buf, fTeid.v4Off))
    if (fTeid.v6Off >= 0) out.add('gtpv2.f_teid_ipv6', ipv6Text(buf, fTeid.v6Off))
  }
  if (!read) walk.malformed(fault)
  fault.clear()
}
