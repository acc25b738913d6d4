/** Charging records as a file. Read 3GPP TS 32.297 clause 6.1. */

import { joined } from './ber-writer.js'
import type { RecordForm } from './write-record.js'

const headerOctets = 52
const recordHeaderOctets = 4
/** CDR length has two octets. */
export const mostRecordOctets = 0xffff
/** Data Record Format 1 (BER), TS number 7 (TS 32.251) */
const berOf32251 = (1 << 5) | 7
/** Release identifier and version: release 7 is 4, release 9 is 6. */
const releases: Readonly<Record<RecordForm, number>> = {
  egcdr: (4 << 5) | 5,
  'pgw-cdr': (6 << 5) | 3,
}

/** Header and records; `openedUs`, `closedUs`: first and last usage, since the file is as old as they are. */
export function cdrFile(
  form: RecordForm,
  records: readonly Uint8Array[],
  openedUs: number,
  closedUs: number,
): Uint8Array {
  const release = releases[form]
  const bodies = records.map(record => {
    const header = new Uint8Array(recordHeaderOctets)
    new DataView(header.buffer).setUint16(0, record.length)
    header[2] = release
    header[3] = berOf32251
    return joined([header, record])
  })
  const body = joined(bodies)
  const header = new Uint8Array(headerOctets)
  const view = new DataView(header.buffer)
  view.setUint32(0, headerOctets + body.length)
  view.setUint32(4, headerOctets)
  header[8] = release
  header[9] = release
  view.setUint32(10, fileTime(openedUs))
  view.setUint32(14, fileTime(closedUs))
  view.setUint32(18, records.length)
  // 6.1.1.9: an address of all ones says that there is none
  header.fill(0xff, 27, 47)
  return joined([header, body])
}

/** 6.1.1.4: month 4 bits, day 5, hour 5, minute 6, sign 1 (1 is east), hours 5 and minutes 6 of the offset. */
function fileTime(timeUs: number): number {
  const date = new Date(timeUs / 1000)
  const day = ((date.getUTCMonth() + 1) << 28) | (date.getUTCDate() << 23)
  return (day | (date.getUTCHours() << 18) | (date.getUTCMinutes() << 12) | (1 << 11)) >>> 0
}
