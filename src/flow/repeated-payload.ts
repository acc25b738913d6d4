/** Tells whether octets that are sent again are the same: a tunnel in "retransmissions" carries others, and rides on
 * what a gateway does not count, or counts as the free original (Go, Won, Kune, Jeong, Kim, Park: "Gaining Control of
 * Cellular Traffic Accounting by Spurious TCP Retransmission", NDSS 2014).
 *
 * Nothing is kept of octets that are sent once: most flows never repeat any. What is sent again is compared
 * with the start line of the message that began there, and with what was sent again there before. RFC 9293 section
 * 3.10.7.4 (repeated segments), RFC 1122 section 4.2.3.6 (a keep-alive may carry one octet of garbage). */

import { up } from './accounts.js'
import type { Segment } from './flow-hooks.js'
import type { Transaction } from './transaction.js'

/** Repeated segments that a flow remembers, the latest ones. */
const most = 8
/** A keep-alive probe is one octet of anything. */
const minOctets = 2
/** RFC 9112 section 4: every status line begins so */
const statusLine = 'HTTP/1.'

/** Repeated segments of one flow: direction and length, sequence number, and sum of the octets, of each. */
export type Repetitions = number[]

/** Whether the segment at hand, all of which was sent before, has other octets than then. `original` is the
 * transaction that its first octet belonged to. Remembers it otherwise. */
export function differs(
  seg: Segment,
  original: Transaction | undefined,
  repetitions: Repetitions,
): boolean {
  const { buf, off, len } = seg
  if (len < minOctets || seg.capEnd < off + len) return false
  const kind = len * 2 + seg.dir
  const sum = sumOf(buf, off, off + len)
  for (let i = 0; i < repetitions.length; i += 3) {
    if (repetitions[i] === kind && repetitions[i + 1] === seg.seq) return repetitions[i + 2] !== sum
  }
  repetitions.push(kind, seg.seq, sum)
  if (repetitions.length > most * 3) repetitions.splice(0, 3)
  return original !== undefined && isOtherStart(seg, original)
}

/** Whether the segment begins where the message did, and not as it did. */
function isOtherStart(seg: Segment, txn: Transaction): boolean {
  if (txn.method === '') return false
  if (seg.dir === up) {
    if (!txn.hasUpSeq || txn.upSeq !== seg.seq || isBlank(seg.buf[seg.off]!)) return false
    const name = `${txn.method} `
    if (!startsAs(seg, 0, name)) return true
    // a target that is not ASCII was read as UTF-8 since: its octets are not known any more
    const known = isPlain.test(txn.target) && !isBlank(seg.buf[seg.off + name.length] ?? 0x20)
    return known && !startsAs(seg, name.length, txn.target)
  }
  const answered = txn.hasDownSeq && txn.status > 0
  return answered && txn.downSeq === seg.seq && !startsAs(seg, 0, statusLine)
}

const isPlain = /^[\x21-\x7e]*$/

/** What may stand before a method or a target (RFC 9112 sections 2.2, 3): CR, LF, SP, HTAB. */
function isBlank(octet: number): boolean {
  return octet === 0x0d || octet === 0x0a || octet === 0x20 || octet === 0x09
}

/** Whether the segment from its octet `at` on and the text agree as far as both go. */
function startsAs({ buf, off, len }: Segment, at: number, text: string): boolean {
  const n = Math.min(len - at, text.length)
  for (let i = 0; i < n; i++) if (buf[off + at + i] !== text.charCodeAt(i)) return false
  return true
}

/** FNV-1a, 32 bits: two different payloads have the same sum once in four thousand million times. */
function sumOf(buf: Uint8Array, off: number, end: number): number {
  let sum = 0x811c9dc5
  for (let i = off; i < end; i++) sum = Math.imul(sum ^ buf[i]!, 0x01000193)
  return sum
}
