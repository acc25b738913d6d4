/** GTP for `dissect`: GTPv0 and GTPv1, control and user plane; version 2 and GTP' are handed on. Read 3GPP
 * TS 29.060 clauses 6 to 7, TS 29.281 clause 5 and GSM 09.60 clause 6 first. */

import { layer } from '../wire/fault.js'
import { gtpPrimePort } from '../wire/gtp-prime.js'
import { Gtp0 } from '../wire/gtp0.js'
import { Tid } from '../wire/gtp0-tid.js'
import { gtp0TvLengths, gtp1TvLengths } from '../wire/gtp1-ie.js'
import { Gtp1U, gPdu, gtpProtocolType } from '../wire/gtp1-u.js'
import { hex, u16 } from '../wire/octets.js'
import { hexNumber } from './field-list.js'
import { gtp1ElementFields, gtp1Elements } from './gtp1-elements.js'
import type { Inspector, Walk } from './inspector.js'
import { enterIp } from './link-type.js'

/** The PDU Session Container of TS 38.415, as an extension header. */
const pduSessionContainer = 0x85

const gtp0Layer = layer('gtp0')
const gtp1Layer = layer('gtp1-c')
const header0 = new Gtp0()
const header1 = new Gtp1U()
const tid = new Tid()

export const gtp: Inspector = {
  name: 'gtp',
  doc: {
    standard: 'TS 29.060, TS 29.281, GSM 09.60',
    decoded:
      'headers of version 0 and 1, extension headers, the PDU session container; cause, IMSI, RAI, TEIDs, NSAPI, charging characteristics and id, end user address, APN, GSN addresses, MSISDN, RAT, location, IMEI; T-PDUs',
    missing:
      'QoS profile, TFT, protocol configuration options, MM and PDP contexts of handovers, MBMS',
  },
  fields: {
    'gtp.flags': 'number',
    'gtp.flags.version': 'number',
    'gtp.message': 'number',
    'gtp.length': 'number',
    'gtp.teid': 'teid',
    'gtp.seq_number': 'number',
    'gtp.npdu_number': 'number',
    'gtp.tid': 'imsi',
    'gtp.tid_imsi': 'imsi',
    'gtp.ext_hdr.next': 'number',
    'gtp.ext_hdr.pdu_ses_con.pdu_type': 'number',
    'gtp.ext_hdr.pdu_ses_con.qos_flow_id': 'number',
    ...gtp1ElementFields,
  },
  summary: ['gtp.message', 'gtp.cause', 'e212.imsi', 'gtp.apn', 'gtp.teid'],
  udpPorts: [2152, 2123, 3386],
  inspect(buf, off, end, walk) {
    // inside a T-PDU nothing is a tunnel again: see dissect/dissector.ts
    if (walk.tunnel !== undefined || off >= end) return
    const flags = buf[off] ?? 0
    const version = flags >> 5
    // GTP' of version 2 has the first octet of GTPv2 without piggybacking, which has another port
    const charging = walk.ends.srcPort === gtpPrimePort || walk.ends.dstPort === gtpPrimePort
    if (version === 2 && !charging) {
      walk.enter('gtpv2', buf, off, end, walk.wireEnd)
      return
    }
    if ((flags & gtpProtocolType) === 0) {
      walk.enter('gtpprime', buf, off, end, walk.wireEnd)
      return
    }
    walk.layer('gtp')
    walk.out.add('gtp.flags', hexNumber(flags, 2))
    walk.out.add('gtp.flags.version', version)
    if (end - off >= 4) {
      walk.out.add('gtp.message', hexNumber(buf[off + 1] ?? 0, 2))
      walk.out.add('gtp.length', u16(buf, off + 2))
    }
    if (version === 0) inspect0(buf, off, end, walk)
    else if (version === 1) inspect1(buf, off, end, walk)
    else walk.malformed()
  },
}

function inspect0(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  if (!header0.decode(buf, off, end, fault)) {
    walk.malformed(fault)
    return
  }
  out.add('gtp.seq_number', hexNumber(header0.sequence, 4))
  out.add('gtp.flow_label', hexNumber(header0.flowLabel, 4))
  out.add('gtp.tid', swappedHex(buf, header0.tidOff))
  tid.decode(buf, header0.tidOff, '')
  out.addText('gtp.tid_imsi', tid.imsi)
  const { payload, messageEnd } = header0
  const wireEnd = Math.min(messageEnd, walk.wireEnd)
  const stop = Math.min(end, wireEnd)
  if (header0.type === gPdu) {
    walk.tunnel = { version: 0, teid: header0.flowLabel, tidOff: header0.tidOff }
    enterIp(buf, payload, stop, wireEnd, walk)
  } else gtp1Elements(buf, payload, stop, gtp0TvLengths, gtp0Layer, walk)
}

function inspect1(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  const read = header1.decode(buf, off, end, fault)
  if (end - off >= 8) out.add('gtp.teid', hexNumber(header1.teid, 8))
  if (header1.sequence >= 0) out.add('gtp.seq_number', hexNumber(header1.sequence, 4))
  if (header1.nPdu >= 0) out.add('gtp.npdu_number', hexNumber(header1.nPdu, 2))
  if (!read) {
    walk.malformed(fault)
    return
  }
  extensions(buf, off, walk)
  const { payload, messageEnd, type } = header1
  const wireEnd = Math.min(messageEnd, walk.wireEnd)
  const stop = Math.min(end, wireEnd)
  if (type === gPdu) {
    walk.tunnel = { version: 1, teid: header1.teid, tidOff: -1 }
    enterIp(buf, payload, stop, wireEnd, walk)
  } else gtp1Elements(buf, payload, stop, gtp1TvLengths, gtp1Layer, walk)
}

/** The chain that the decoder has walked: each header's type stands in front of it. */
function extensions(buf: Uint8Array, off: number, walk: Walk): void {
  const flags = buf[off] ?? 0
  if ((flags & 4) === 0) return
  let next = header1.firstExtension
  walk.out.add('gtp.ext_hdr.next', hexNumber(next, 2))
  let at = off + 12
  while (next !== 0 && at < header1.payload) {
    const length = (buf[at] ?? 0) * 4
    if (next === pduSessionContainer) {
      walk.out.add('gtp.ext_hdr.pdu_ses_con.pdu_type', (buf[at + 1] ?? 0) >> 4)
      walk.out.add('gtp.ext_hdr.pdu_ses_con.qos_flow_id', (buf[at + 2] ?? 0) & 63)
    }
    next = buf[at + length - 1] ?? 0
    walk.out.add('gtp.ext_hdr.next', hexNumber(next, 2))
    at += length
  }
}

/** The eight octets of a TID as Wireshark prints them: the low nibble of each octet first. */
function swappedHex(buf: Uint8Array, off: number): string {
  return hex(buf, off, off + 8).replace(/(.)(.)/g, '$2$1')
}
