/** WSP for `dissect`: connectionless in datagrams, with sessions behind WTP; header fields by name, MMS in
 * the data. Read WAP-230-WSP clause 8 first. */

import { FaultCode } from '../wire/fault.js'
import { looksLikeMms } from '../wire/mms-pdu.js'
import { latin1 } from '../wire/octets.js'
import { isGetType, isPostType, WspPdu, WspType } from '../wire/wsp.js'
import { mediaTypeText, wspHeaderList } from '../wire/wsp-header.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { sessionFieldForms, sessionFields } from './wsp-session.js'

/** Wireshark's name of a header field: Content-Type is wsp.header.content_type. */
function headerField(name: string): string {
  return `wsp.header.${name.toLowerCase().replaceAll('-', '_')}`
}

/** Fields with a filter name of their own; the others are in wsp.header as `Name: value`. */
const namedFields: ReadonlySet<string> = new Set(
  [
    'Host',
    'User-Agent',
    'Content-Type',
    'Content-Location',
    'Referer',
    'X-Wap-Application-Id',
    'X-Wap-Content-URI',
    'Profile',
  ].map(headerField),
)

export const wsp: Inspector = {
  name: 'wsp',
  doc: {
    standard: 'WAP-230-WSP',
    decoded:
      'all PDU types, connectionless and over WTP; every header field by name, content type, pushes (port 2948), capabilities, redirect addresses',
    missing: 'names of header code pages other than the first',
  },
  fields: {
    'wsp.TID': 'number',
    'wsp.pdu_type': 'number',
    'wsp.uri': 'text',
    'wsp.reply.status': 'number',
    'wsp.server.session_id': 'number',
    'wsp.version': 'number',
    'wsp.header': 'text',
    ...sessionFieldForms,
    ...Object.fromEntries([...namedFields].map(name => [name, 'text' as const])),
  },
  summary: ['wsp.pdu_type', 'wsp.uri', 'wsp.reply.status', 'wsp.header.content_type'],
  udpPorts: [9200, 2948],
  inspect: (buf, off, end, walk) => inspectWsp(buf, off, end, true, walk),
}

/** `connectionless`: a TID comes before the PDU type. */
export function inspectWsp(
  buf: Uint8Array,
  off: number,
  end: number,
  connectionless: boolean,
  walk: Walk,
): void {
  const { out, fault } = walk
  const pdu = new WspPdu()
  walk.layer('wsp')
  const read = pdu.decode(buf, off, end, connectionless, fault)
  if (pdu.tid >= 0) out.add('wsp.TID', hexNumber(pdu.tid, 2))
  if (end > off) out.add('wsp.pdu_type', hexNumber(pdu.type, 2))
  if (!read) {
    walk.malformed(fault)
    return
  }
  if (!pdu.complete) walk.malformed(fault)
  if (isGetType(pdu.type) || isPostType(pdu.type)) {
    out.add('wsp.uri', latin1(buf, pdu.uriOff, pdu.uriEnd))
  }
  if (pdu.type === WspType.Reply) out.add('wsp.reply.status', hexNumber(pdu.statusCode, 2))
  if (pdu.sessionId >= 0) out.add('wsp.server.session_id', pdu.sessionId)
  sessionFields(buf, pdu, walk)
  if (pdu.version > 0) out.add('wsp.version', hexNumber(pdu.version, 2))
  if (pdu.contentTypeEnd > pdu.contentTypeOff) {
    const type = mediaTypeText(buf, pdu.contentTypeOff, pdu.contentTypeEnd)
    out.addText('wsp.header.content_type', type)
  }
  headers(buf, pdu.headersOff, pdu.headersEnd, walk)
  if (looksLikeMms(buf, pdu.dataOff, pdu.dataEnd)) {
    walk.enter('mmse', buf, pdu.dataOff, pdu.dataEnd)
  }
}

function headers(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  for (const { name, value } of wspHeaderList(buf, off, end, fault)) {
    const field = headerField(name)
    if (namedFields.has(field)) out.add(field, value)
    else out.add('wsp.header', `${name}: ${value}`)
  }
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}
