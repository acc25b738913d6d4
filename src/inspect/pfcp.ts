/** PFCP for `dissect`: every message of a datagram and its elements, grouped ones too. Read 3GPP TS 29.244
 * clauses 7 and 8 first. */

import { FaultCode } from '../wire/fault.js'
import { u16 } from '../wire/octets.js'
import { PfcpHeader, pfcpPort, seidText } from '../wire/pfcp.js'
import { isGrouped, layerPfcpIe } from '../wire/pfcp-ie.js'
import { PfcpWalk } from '../wire/pfcp-walk.js'
import type { Inspector, Walk } from './inspector.js'
import { pfcpElementFields, pfcpElements } from './pfcp-elements.js'

/** Messages bundled in one datagram (FO flag): each is at least eight octets, so that the datagram's
 * length bounds them as well. */
const maxMessages = 64
/** Create PDR, PDI, Ethernet Packet Filter, its values: the standard goes no deeper than four. */
const maxNesting = 6

const header = new PfcpHeader()

export const pfcp: Inspector = {
  name: 'pfcp',
  doc: {
    standard: 'TS 29.244',
    decoded:
      'headers, bundled messages; every element by number, grouped and vendor elements; node and session ids, cause, PDR (precedence, PDI: interface, F-TEID, network instance, UE address, SDF filter, application, QFI), FAR (action, interface, redirection, outer header), URR (method, triggers, thresholds, quotas), QER (gates, bit rates), usage reports, user id, DNN, slice',
    missing:
      'values of Ethernet, MAR (ATSSS), TSC, multicast, L2TP and QoS monitoring elements, PFDs, load and overload control, function features; values of vendor elements',
  },
  fields: {
    'pfcp.msg_type': 'number',
    'pfcp.length': 'number',
    'pfcp.seqno': 'number',
    'pfcp.mp': 'number',
    'pfcp.ie_type': 'number',
    'pfcp.enterprise_ie': 'number',
    'pfcp.enterprise_id': 'number',
    ...pfcpElementFields,
  },
  summary: ['pfcp.msg_type', 'pfcp.cause', 'pfcp.seid'],
  udpPorts: [pfcpPort],
  inspect(buf, off, end, walk) {
    let at = off
    for (let n = 0; n < maxMessages; n++) {
      walk.layer('pfcp')
      const { out, fault } = walk
      if (!header.decode(buf, at, end, fault)) {
        walk.malformed(fault)
        return
      }
      out.add('pfcp.msg_type', header.type)
      out.add('pfcp.length', u16(buf, at + 2))
      if (header.hasSeid) out.add('pfcp.seid', seidText(buf, header.seidOff))
      out.add('pfcp.seqno', header.sequence)
      if (header.priority >= 0) out.add('pfcp.mp', header.priority)
      const { ieOff, followOn } = header
      at = header.end
      elements(new PfcpWalk(buf, fault), ieOff, at, walk, 0)
      if (fault.code !== FaultCode.None) walk.malformed(fault)
      if (!followOn) return
    }
  },
}

function elements(pfcpWalk: PfcpWalk, off: number, end: number, walk: Walk, depth: number): void {
  const { out, fault } = walk
  if (depth === maxNesting) {
    fault.raise(FaultCode.Limit, layerPfcpIe, off, depth + 1, maxNesting)
    return
  }
  pfcpWalk.each(off, end, ie => {
    if (ie.enterprise > 0) {
      out.add('pfcp.enterprise_ie', ie.type)
      out.add('pfcp.enterprise_id', ie.enterprise)
      return
    }
    out.add('pfcp.ie_type', ie.type)
    if (isGrouped(ie.type)) elements(pfcpWalk, ie.off, ie.end, walk, depth + 1)
    else pfcpElements[ie.type]?.(pfcpWalk, ie, out)
  })
}
