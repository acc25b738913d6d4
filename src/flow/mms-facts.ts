/** What an MMS PDU in a transaction said (OMA-MMS-ENC clause 6): the header fields that rules and people
 * ask for. Content is never kept. */

import type { Fault } from '../wire/fault.js'
import { looksLikeMms, MmsPdu, mmsTypeName } from '../wire/mms-pdu.js'

export interface MmsFacts {
  /** m-send-req, m-notification-ind ... */
  type: string
  transactionId: string
  from: string
  to: string
  subject: string
  contentLocation: string
}

export const notificationInd = 'm-notification-ind'

const pdu = new MmsPdu()

/** Reads the header of the PDU in [off, end), which may be cut: what came before the cut counts.
 * Undefined when it is no MMS PDU. */
export function mmsFacts(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): MmsFacts | undefined {
  if (!looksLikeMms(buf, off, end)) return undefined
  pdu.decode(buf, off, end, fault)
  return {
    type: mmsTypeName(pdu.type),
    transactionId: pdu.transactionId,
    from: pdu.from,
    to: pdu.to.join(','),
    subject: pdu.subject,
    contentLocation: pdu.contentLocation,
  }
}
