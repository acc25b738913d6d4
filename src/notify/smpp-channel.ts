/** Notices as short messages through an SMSC (SMPP 3.4): UCS-2 where needed, long texts in parts, at most so many a
 * second, with a delivery receipt for the last part. */

import { setTimeout as pause } from 'node:timers/promises'
import smpp from 'smpp'
import { deliveryReceipt, type ReceiptIds, receiptName, reportedName } from './delivery-receipt.js'
import type { Channel, Notice, Outcome, Receipt } from './notice.js'
import {
  defaultTimes,
  NotBound,
  type SmppLogin,
  SmppSession,
  type SmppTimes,
  statusName,
} from './smpp-session.js'
import { type SmsPart, smsText } from './sms-text.js'

export interface SmppSettings {
  login: SmppLogin
  /** what the phone shows as sender: digits, or up to 11 letters */
  sender: string
  /** parts a second */
  perSecond: number
  receiptIds: ReceiptIds
  times?: Partial<SmppTimes>
}

/** esm_class bit 6: the message begins with a user data header (SMPP 3.4 section 5.2.12). */
const udhIndicator = 0x40
/** TON and NPI (SMPP 3.4 sections 5.2.5, 5.2.6) */
const international = 1
const alphanumeric = 5
const isdn = 1

/** Refusals that pass (SMPP 3.4 section 5.1.3). */
const passing: ReadonlySet<number> = new Set([
  0x08, // ESME_RSYSERR
  0x14, // ESME_RMSGQFUL
  0x58, // ESME_RTHROTTLED
])

export class SmppChannel implements Channel {
  readonly name = 'smpp'
  /** told of each final receipt */
  onReceipt: (receipt: Receipt) => void = () => undefined
  readonly #settings: SmppSettings
  readonly #session: SmppSession
  #reference = 0
  /** monotonic milliseconds of the next part */
  #nextAt = 0

  constructor(settings: SmppSettings) {
    this.#settings = settings
    const times = { ...defaultTimes, ...settings.times }
    this.#session = new SmppSession(settings.login, times, pdu => this.#delivered(pdu))
  }

  async send(notice: Notice): Promise<Outcome> {
    if (!/^\d{4,15}$/.test(notice.msisdn)) {
      return { kind: 'refused', reason: 'no MSISDN (ITU-T E.164) is known' }
    }
    this.#reference = (this.#reference + 1) & 0xff
    const { coding, parts } = smsText(notice.text, this.#reference)
    let messageId = ''
    for (const [i, part] of parts.entries()) {
      const isLast = i === parts.length - 1
      const answer = await this.#part(notice.msisdn, coding, part, isLast)
      if (answer.kind === 'accepted') messageId = answer.messageId
      // the first parts have gone: again would mean twice
      else if (i > 0) return { kind: 'uncertain', reason: `part ${i + 1}: ${answer.reason}` }
      else return answer
    }
    return { kind: 'accepted', messageId: receiptName(messageId, this.#settings.receiptIds) }
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async #part(msisdn: string, coding: 0 | 8, part: SmsPart, isLast: boolean): Promise<Outcome> {
    await this.#turn()
    const { sender } = this.#settings
    const isNumber = /^\d+$/.test(sender)
    try {
      const answer = await this.#session.submit({
        source_addr_ton: isNumber ? international : alphanumeric,
        source_addr_npi: isNumber ? isdn : 0,
        source_addr: sender,
        dest_addr_ton: international,
        dest_addr_npi: isdn,
        destination_addr: msisdn,
        esm_class: part.udh.length > 0 ? udhIndicator : 0,
        registered_delivery: isLast ? 1 : 0,
        data_coding: coding,
        short_message: Buffer.concat([part.udh, encoded(part.text, coding)]),
      })
      const { command_status: status } = answer
      if (status === 0) return { kind: 'accepted', messageId: answer.message_id ?? '' }
      return { kind: passing.has(status) ? 'later' : 'refused', reason: statusName(status) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: error instanceof NotBound ? 'later' : 'uncertain', reason }
    }
  }

  /** Waits until another part may go. */
  async #turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + 1000 / this.#settings.perSecond
    if (at > now) await pause(at - now)
  }

  #delivered(pdu: smpp.Pdu): void {
    const receipt = deliveryReceipt({ ...pdu, esm_class: pdu.esm_class ?? 0 })
    if (receipt?.delivered === undefined) return
    const { delivered, reason } = receipt
    const messageId = reportedName(receipt.messageId, this.#settings.receiptIds)
    this.onReceipt({ messageId, delivered, reason })
  }
}

function encoded(text: string, coding: 0 | 8): Buffer {
  if (coding === 0) return smpp.encodings.ASCII.encode(text)
  return Buffer.from(text, 'utf16le').swap16()
}
