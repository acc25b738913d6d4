/** MMS PDUs for `dissect`, from WSP and HTTP bodies. Read OMA-MMS-ENC clauses 6 and 7, and WAP-230-WSP
 * clause 8.5 (multipart) first. */

import { MmsMultipart } from '../wire/mms-multipart.js'
import { MmsPdu } from '../wire/mms-pdu.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'

export const mmse: Inspector = {
  name: 'mmse',
  doc: {
    standard: 'OMA-MMS-ENC 1.3',
    decoded:
      'message type, transaction id, version, sender, recipients, subject, content location, message id, size, date, status, content type; types, names and sizes of the parts',
    missing: 'other header fields, what is in the parts',
  },
  fields: {
    'mmse.message_type': 'number',
    'mmse.transaction_id': 'text',
    'mmse.mms_version': 'text',
    'mmse.from': 'msisdn',
    'mmse.to': 'msisdn',
    'mmse.cc': 'msisdn',
    'mmse.bcc': 'msisdn',
    'mmse.subject': 'text',
    'mmse.content_location': 'text',
    'mmse.message_id': 'text',
    'mmse.message_size': 'number',
    'mmse.date': 'number',
    'mmse.response_status': 'number',
    'mmse.response_text': 'text',
    'mmse.retrieve_status': 'number',
    'mmse.status': 'number',
    'wsp.header.content_type': 'text',
    'mmse.part.name': 'text',
    'mmse.part.content_id': 'text',
    'mmse.part.size': 'number',
  },
  summary: ['mmse.message_type', 'mmse.from', 'mmse.to', 'mmse.subject', 'mmse.content_location'],
  inspect(buf, off, end, walk) {
    walk.layer('mmse')
    const pdu = new MmsPdu()
    const read = pdu.decode(buf, off, end, walk.fault)
    fields(pdu, walk)
    if (!read) walk.malformed(walk.fault)
    else if (/^(application\/vnd\.wap\.)?multipart\b/i.test(pdu.contentType)) {
      parts(buf, pdu.bodyOff, pdu.bodyEnd, walk)
    }
  },
}

/** Parts of the message: their types are WSP headers like that of the whole. */
function parts(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out } = walk
  const body = new MmsMultipart()
  const read = body.decode(buf, off, end, walk.fault)
  for (const { contentType, name, contentId, octets } of body.parts) {
    out.addText('wsp.header.content_type', contentType)
    out.addText('mmse.part.name', name)
    out.addText('mmse.part.content_id', contentId)
    out.add('mmse.part.size', octets)
  }
  if (!read) walk.malformed(walk.fault)
}

function fields(pdu: MmsPdu, walk: Walk): void {
  const { out } = walk
  out.add('mmse.message_type', hexNumber(pdu.type, 2))
  out.addText('mmse.transaction_id', pdu.transactionId)
  out.addText('mmse.mms_version', pdu.version)
  // Wireshark's words for the token that asks the MMS centre to fill the address in
  out.addText('mmse.from', pdu.fromInserted ? '<insert address>' : pdu.from)
  for (const to of pdu.to) out.add('mmse.to', to)
  for (const cc of pdu.cc) out.add('mmse.cc', cc)
  for (const bcc of pdu.bcc) out.add('mmse.bcc', bcc)
  out.addText('mmse.subject', pdu.subject)
  out.addText('mmse.content_location', pdu.contentLocation)
  out.addText('mmse.message_id', pdu.messageId)
  if (pdu.messageSize >= 0) out.add('mmse.message_size', pdu.messageSize)
  if (pdu.dateSec >= 0) out.add('mmse.date', pdu.dateSec)
  if (pdu.responseStatus > 0) out.add('mmse.response_status', hexNumber(pdu.responseStatus, 2))
  out.addText('mmse.response_text', pdu.responseText)
  if (pdu.retrieveStatus > 0) out.add('mmse.retrieve_status', hexNumber(pdu.retrieveStatus, 2))
  if (pdu.status > 0) out.add('mmse.status', hexNumber(pdu.status, 2))
  // Wireshark's name: the header is encoded as one of WSP
  out.addText('wsp.header.content_type', pdu.contentType)
}
