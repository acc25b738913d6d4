/** Collects the first octets of an MMS body until its header can be read: the header of an MMS PDU comes
 * first (OMA-MMS-ENC clause 6), content is never kept. */

import type { Fault } from '../wire/fault.js'
import type { Direction } from './flow-detail.js'
import { type MmsFacts, mmsFacts } from './mms-facts.js'

/** Octets of the PDU's header that are looked at. */
const maxHeader = 2048

const mmsType = 'application/vnd.wap.mms-message'

export function isMmsType(contentType: string): boolean {
  return contentType.length >= mmsType.length && contentType.toLowerCase().startsWith(mmsType)
}

export function startMms(direction: Direction): void {
  direction.mms = new Uint8Array(maxHeader)
  direction.mmsLen = 0
}

/** Adds [off, end) of `buf`; true when enough is there. */
export function collectMms(
  direction: Direction,
  buf: Uint8Array,
  off: number,
  end: number,
): boolean {
  const mms = direction.mms
  if (mms === undefined) return false
  const n = Math.min(end - off, mms.length - direction.mmsLen)
  if (n > 0) {
    mms.set(buf.subarray(off, off + n), direction.mmsLen)
    direction.mmsLen += n
  }
  return direction.mmsLen === mms.length
}

/** Reads what was collected and forgets it; undefined when it is no MMS PDU. */
export function takeMms(direction: Direction, fault: Fault): MmsFacts | undefined {
  const mms = direction.mms
  direction.mms = undefined
  if (mms === undefined || direction.mmsLen === 0) return undefined
  return mmsFacts(mms, 0, direction.mmsLen, fault)
}
