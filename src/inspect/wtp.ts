/** WTP for `dissect`: the PDUs of a datagram, and messages put together from segments. Read WAP-224-WTP
 * clauses 7 (segmentation and reassembly) and 8 first. */

import { FaultCode } from '../wire/fault.js'
import { type WtpPdu, WtpType } from '../wire/wtp.js'
import { WtpDatagram } from '../wire/wtp-datagram.js'
import { conversationKey, LeastRecent } from './conversations.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { inspectWsp } from './wsp.js'

/** Bounds on what waits: messages of a capture, octets of a message (256 packets of 1,400 octets). */
const maxMessages = 128
const maxMessageOctets = 358_400

class Message {
  readonly parts = new Map<number, Uint8Array>()
  last = -1
  octets = 0

  /** The whole message once every packet up to the last is there. */
  add(psn: number, last: boolean, octets: Uint8Array): Uint8Array | undefined {
    if (last) this.last = psn
    if (!this.parts.has(psn) && this.octets + octets.length <= maxMessageOctets) {
      this.parts.set(psn, octets)
      this.octets += octets.length
    }
    if (this.last < 0 || this.parts.size <= this.last) return undefined
    const parts: Uint8Array[] = []
    for (let i = 0; i <= this.last; i++) {
      const part = this.parts.get(i)
      if (part === undefined) return undefined
      parts.push(part)
    }
    return Buffer.concat(parts)
  }
}

export const wtp: Inspector = {
  name: 'wtp',
  doc: {
    standard: 'WAP-224-WTP',
    decoded: 'all PDUs, concatenated or not; messages put together from segments (SAR)',
    missing: 'TPIs except the packet sequence number, extended SAR',
  },
  fields: {
    'wtp.pdu_type': 'number',
    'wtp.TID': 'number',
    'wtp.TID.response': 'number',
    'wtp.RID': 'number',
    'wtp.trailer_flags': 'number',
    'wtp.header.TCL': 'number',
    'wtp.header_variable_part.psn': 'number',
    'wtp.header.abort_type': 'number',
    'wtp.header.abort_reason': 'number',
    'wtp.header.missing_packets': 'number',
  },
  summary: ['wtp.pdu_type', 'wtp.TID'],
  udpPorts: [9201],
  inspect(buf, off, end, walk) {
    const datagram = new WtpDatagram()
    datagram.start(buf, off, end)
    while (datagram.next(walk.fault)) {
      walk.layer('wtp')
      if (walk.fault.code !== FaultCode.None) walk.malformed(walk.fault)
      const { pdu } = datagram
      if (pdu.type === WtpType.NotAllowed) continue
      pduFields(pdu, walk)
      userData(pdu, buf, walk)
    }
  },
}

function pduFields(pdu: WtpPdu, walk: Walk): void {
  const { out } = walk
  out.add('wtp.pdu_type', hexNumber(pdu.type, 2))
  out.add('wtp.TID', hexNumber(pdu.tid, 4))
  out.add('wtp.TID.response', pdu.fromResponder ? 1 : 0)
  if (pdu.rid) out.add('wtp.RID', 1)
  if (pdu.payloadEnd > pdu.payloadOff) {
    out.add('wtp.trailer_flags', (pdu.gtr ? 2 : 0) | (pdu.ttr ? 1 : 0))
  }
  if (pdu.transactionClass >= 0) out.add('wtp.header.TCL', pdu.transactionClass)
  if (pdu.psn > 0) out.add('wtp.header_variable_part.psn', pdu.psn)
  if (pdu.abortType >= 0) out.add('wtp.header.abort_type', pdu.abortType)
  if (pdu.abortReason >= 0) out.add('wtp.header.abort_reason', hexNumber(pdu.abortReason, 2))
  if (pdu.missing >= 0) out.add('wtp.header.missing_packets', pdu.missing)
}

function userData(pdu: WtpPdu, buf: Uint8Array, walk: Walk): void {
  const { payloadOff, payloadEnd, psn } = pdu
  if (payloadEnd <= payloadOff) return
  if (!pdu.segment) {
    inspectWsp(buf, payloadOff, payloadEnd, false, walk)
    return
  }
  const messages = walk.state('wtp', () => new LeastRecent<Message>(maxMessages))
  const key = `${conversationKey(walk.ends)} ${pdu.tid} ${pdu.fromResponder}`
  // a packet 0 that nobody calls a repetition begins another message
  if (psn === 0 && !pdu.rid) messages.delete(key)
  const message = messages.take(key, () => new Message())
  const whole = message.add(psn, pdu.ttr, buf.slice(payloadOff, payloadEnd))
  if (whole === undefined) return
  messages.delete(key)
  inspectWsp(whole, 0, whole.length, false, walk)
}
