/** Information elements of GTPv0 and GTPv1 as fields. Read 3GPP TS 29.060 clause 7.7 and, for version 0,
 * GSM 09.60 clause 7.9; gtp1-ie.ts walks them. */

import { apnText } from '../wire/apn.js'
import { EndUserAddress } from '../wire/end-user-address.js'
import { FaultCode, type Layer } from '../wire/fault.js'
import { Gtp1IeCursor, Gtp1IeType } from '../wire/gtp1-ie.js'
import { hex, ipv4Text, ipv6Text, tbcd, u16, u32 } from '../wire/octets.js'
import { plmnText, raiText, UserLocation } from '../wire/user-location.js'
import { hexNumber } from './field-list.js'
import type { FieldForm, Walk } from './inspector.js'

export const gtp1ElementFields: Readonly<Record<string, FieldForm>> = {
  'gtp.cause': 'number',
  'e212.imsi': 'imsi',
  'gtp.rai': 'text',
  'gtp.recovery': 'number',
  'gtp.sel_mode': 'number',
  'gtp.teid_data': 'teid',
  'gtp.teid_cp': 'teid',
  'gtp.flow_label': 'number',
  'gtp.flow_sig': 'number',
  'gtp.flow_ii': 'number',
  'gtp.teardown_ind': 'number',
  'gtp.nsapi': 'number',
  'gtp.chrg_char': 'number',
  'gtp.chrg_id': 'number',
  'gtp.user_ipv4': 'address',
  'gtp.user_ipv6': 'address',
  'gtp.apn': 'text',
  'gtp.gsn_ipv4': 'address',
  'gtp.gsn_ipv6': 'address',
  'e164.msisdn': 'msisdn',
  'gtp.qos': 'text',
  'gtp.ext_rat_type': 'number',
  'gtp.ext_uli': 'text',
  'gtp.ext_imeisv': 'imei',
  'gtp.ext_direct_tunnel_flags': 'number',
  'e212.mcc_mnc': 'text',
}

/** GTPv1 type 18; in version 0 the same number is Flow Label Data II. */
const teidDataII = 18
const selectionMode = 15

const cursor = new Gtp1IeCursor()
const address = new EndUserAddress()
const location = new UserLocation()

export function gtp1Elements(
  buf: Uint8Array,
  off: number,
  end: number,
  lengths: Int8Array,
  layer: Layer,
  walk: Walk,
): void {
  const { fault } = walk
  fault.clear()
  cursor.open(off, end, lengths, layer)
  while (cursor.next(buf, fault)) element(buf, cursor.type, cursor.off, cursor.end, walk)
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}

/** Lengths of TV elements were compared by the cursor; those of TLV elements are the sender's. */
function element(buf: Uint8Array, type: number, off: number, end: number, walk: Walk): void {
  const { out } = walk
  switch (type) {
    case Gtp1IeType.Cause:
      out.add('gtp.cause', buf[off] ?? 0)
      return
    case Gtp1IeType.Imsi:
      out.addText('e212.imsi', tbcd(buf, off, end))
      return
    case Gtp1IeType.Rai:
      out.addText('e212.mcc_mnc', plmnText(buf, off))
      out.add('gtp.rai', raiText(buf, off))
      return
    case Gtp1IeType.Recovery:
      out.add('gtp.recovery', buf[off] ?? 0)
      return
    case selectionMode:
      out.add('gtp.sel_mode', (buf[off] ?? 0) & 3)
      return
    case Gtp1IeType.TeidDataI:
      teid('gtp.teid_data', 'gtp.flow_label', buf, off, end, walk)
      return
    case Gtp1IeType.TeidControl:
      teid('gtp.teid_cp', 'gtp.flow_sig', buf, off, end, walk)
      return
    case teidDataII:
      // NSAPI first, then the TEID or flow label
      teid('gtp.teid_data', 'gtp.flow_ii', buf, off + 1, end, walk)
      return
    case Gtp1IeType.TeardownInd:
      out.add('gtp.teardown_ind', (buf[off] ?? 0) & 1)
      return
    case Gtp1IeType.Nsapi:
      out.add('gtp.nsapi', (buf[off] ?? 0) & 15)
      return
    case Gtp1IeType.ChargingCharacteristics:
      out.add('gtp.chrg_char', hexNumber(u16(buf, off), 4))
      return
    case Gtp1IeType.ChargingId:
      out.add('gtp.chrg_id', hexNumber(u32(buf, off), 8))
      return
    default:
      if (type >= 128 && end > off) tlvElement(buf, type, off, end, walk)
  }
}

/** Version 0 has flow labels of two octets where version 1 has TEIDs. */
function teid(
  name: string,
  labelName: string,
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
): void {
  if (end - off === 2) walk.out.add(labelName, hexNumber(u16(buf, off), 4))
  else walk.out.add(name, hexNumber(u32(buf, off), 8))
}

function tlvElement(buf: Uint8Array, type: number, off: number, end: number, walk: Walk): void {
  const { out } = walk
  switch (type) {
    case Gtp1IeType.EndUserAddress:
      if (!address.decode1(buf, off, end)) {
        walk.malformed()
        return
      }
      if (address.v4Off >= 0) out.add('gtp.user_ipv4', ipv4Text(buf, address.v4Off))
      if (address.v6Off >= 0) out.add('gtp.user_ipv6', ipv6Text(buf, address.v6Off))
      return
    case Gtp1IeType.Apn:
      out.addText('gtp.apn', apnText(buf, off, end))
      return
    case Gtp1IeType.GsnAddress:
      if (end - off === 4) {
        out.add('gtp.gsn_ipv4', ipv4Text(buf, off))
        return
      }
      if (end - off === 16) {
        out.add('gtp.gsn_ipv6', ipv6Text(buf, off))
        return
      }
      walk.malformed()
      return
    case Gtp1IeType.Msisdn:
      // 7.7.33: numbering plan and nature of address come before the digits
      out.addText('e164.msisdn', tbcd(buf, off + 1, end))
      return
    case Gtp1IeType.QosProfile:
      out.add('gtp.qos', hex(buf, off, end))
      return
    case Gtp1IeType.RatType:
      out.add('gtp.ext_rat_type', buf[off] ?? 0)
      return
    case Gtp1IeType.UserLocation:
      if (!location.decode1(buf, off, end)) {
        walk.malformed()
        return
      }
      out.addText('gtp.ext_uli', location.text)
      return
    case Gtp1IeType.ImeiSv:
      out.addText('gtp.ext_imeisv', tbcd(buf, off, end))
      return
    case Gtp1IeType.DirectTunnelFlags:
      out.add('gtp.ext_direct_tunnel_flags', buf[off] ?? 0)
      return
  }
}
