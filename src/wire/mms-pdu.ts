/** The headers of one MMS PDU: OMA-MMS-ENC version 1.3 clauses 6 and 7 (version 1.0 is WAP-209), in an HTTP
 * or WSP body of type application/vnd.wap.mms-message or in a WAP push. Called when a transaction is
 * seen, not per packet, so it gives strings. `mms-assigned.ts` has the numbers. */

import { type Fault, FaultCode, layer } from './fault.js'
import { MmsField, mmsTypeNames } from './mms-assigned.js'
import { isWide, wapText } from './wap-charset.js'
import { mediaTypeText, versionText } from './wsp-header.js'
import { fieldText, ValueForm, WspValue } from './wsp-value.js'

const mms = layer('mms')

/** Bounds on what a PDU may make us keep. */
const maxText = 1024
const maxRecipients = 50
const maxFields = 200

/** First octet of every PDU: X-Mms-Message-Type, which clause 7 wants first. */
const messageTypeOctet = 0x80 | MmsField.MessageType
/** Tokens of the From value: what follows is the sender; the MMS centre is to fill it in. */
const addressPresent = 0x80
/** Fields whose value is text or data, never a number. */
const textFields: ReadonlySet<number> = new Set([
  MmsField.Bcc,
  MmsField.Cc,
  MmsField.To,
  MmsField.Subject,
  MmsField.ResponseText,
  MmsField.RetrieveText,
])
/** A character set number of more than this many octets is not one. */
const maxCharsetOctets = 4

/** Name of an X-Mms-Message-Type value (0x80..0x97) as the standard writes it, `0xa5` for others. */
export function mmsTypeName(type: number): string {
  return mmsTypeNames[type - 0x80] ?? `0x${type.toString(16).padStart(2, '0')}`
}

/** Whether [off, end) begins like an MMS PDU: its message type, one of the 24 assigned. */
export function looksLikeMms(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off < 2 || buf[off] !== messageTypeOctet) return false
  return mmsTypeNames[buf[off + 1]! - 0x80] !== undefined
}

export class MmsPdu {
  /** X-Mms-Message-Type, 0x80.. ; 0 before it is read */
  type = 0
  transactionId = ''
  /** `1.2` */
  version = ''
  /** '' where the MMS centre fills it in (`fromInserted`) and where there is none */
  from = ''
  fromInserted = false
  to: string[] = []
  cc: string[] = []
  bcc: string[] = []
  subject = ''
  contentLocation = ''
  messageId = ''
  /** octets, -1 when not stated */
  messageSize = -1
  /** seconds since 1970, -1 when not stated */
  dateSec = -1
  /** the first token of X-Mms-Response-, Retrieve-, Status; 0 when not stated */
  responseStatus = 0
  responseText = ''
  retrieveStatus = 0
  status = 0
  /** of the body, without parameters; '' when there is no body */
  contentType = ''
  /** some text was not in the character set that it claimed, and was read octet by octet */
  lossy = false
  bodyOff = 0
  bodyEnd = 0

  readonly #value = new WspValue()
  readonly #inner = new WspValue()

  /** Reads the headers of [off, end) up to the body. False when they are cut or damaged; then what came
   * before is kept, so the first segment of a message is worth reading. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#reset(end)
    if (off >= end) return fault.raise(FaultCode.Truncated, mms, off, 1, 0)
    if (buf[off] !== messageTypeOctet) return fault.raise(FaultCode.BadValue, mms, off, 1, 0)
    const value = this.#value
    let at = off
    for (let fields = 0; at < end; fields++) {
      if (fields === maxFields) return fault.raise(FaultCode.Limit, mms, at, fields + 1, maxFields)
      const octet = buf[at]!
      if (octet < 0x20) return fault.raise(FaultCode.BadValue, mms, at, 1, 0)
      // a field of somebody's own has its name in text (clause 7.1)
      if (octet < 0x80 && !value.decode(buf, at, end)) return this.#cut(fault, at, end)
      const valueOff = octet < 0x80 ? value.next : at + 1
      // text that begins above 127 should be quoted; of a field that is always text it is still text
      const unquoted = octet >= 0x80 && valueOff < end && buf[valueOff]! >= 0x80
      const text = unquoted && textFields.has(octet & 0x7f)
      const good = text ? value.decodeText(buf, valueOff, end) : value.decode(buf, valueOff, end)
      if (!good) return this.#cut(fault, valueOff, end)
      at = value.next
      if (octet < 0x80) continue
      this.#field(buf, octet & 0x7f)
      if ((octet & 0x7f) === MmsField.ContentType) break // always the last header (clause 7)
    }
    this.bodyOff = at
    return true
  }

  #reset(end: number): void {
    this.type = this.responseStatus = this.retrieveStatus = this.status = 0
    this.transactionId = this.version = this.from = this.subject = ''
    this.contentLocation = this.messageId = this.contentType = this.responseText = ''
    this.fromInserted = this.lossy = false
    this.to = []
    this.cc = []
    this.bcc = []
    this.messageSize = this.dateSec = -1
    this.bodyOff = this.bodyEnd = end
  }

  #cut(fault: Fault, at: number, end: number): false {
    return fault.raise(FaultCode.Truncated, mms, at, end - at + 1, end - at)
  }

  #field(buf: Uint8Array, code: number): void {
    const value = this.#value
    switch (code) {
      case MmsField.MessageType:
        this.type = this.#token()
        break
      case MmsField.TransactionId:
        this.transactionId = this.#plain(buf)
        break
      case MmsField.MmsVersion:
        this.version = value.short >= 0 ? versionText(value.short) : this.#plain(buf)
        break
      case MmsField.From:
        this.#from(buf)
        break
      case MmsField.To:
        this.#recipient(buf, this.to)
        break
      case MmsField.Cc:
        this.#recipient(buf, this.cc)
        break
      case MmsField.Bcc:
        this.#recipient(buf, this.bcc)
        break
      case MmsField.Subject:
        this.subject = this.#encoded(buf, value)
        break
      case MmsField.ContentLocation:
        this.contentLocation = this.#plain(buf)
        break
      case MmsField.MessageId:
        this.messageId = this.#plain(buf)
        break
      case MmsField.MessageSize:
        this.messageSize = value.integer(buf)
        break
      case MmsField.Date:
        this.dateSec = value.integer(buf)
        break
      case MmsField.ResponseStatus:
        this.responseStatus = this.#token()
        break
      case MmsField.ResponseText:
      case MmsField.RetrieveText:
        this.responseText = this.#encoded(buf, value)
        break
      case MmsField.RetrieveStatus:
        this.retrieveStatus = this.#token()
        break
      case MmsField.Status:
        this.status = this.#token()
        break
      case MmsField.ContentType:
        this.contentType = mediaTypeText(buf, value.start, value.next)
        break
    }
  }

  /** The octet of a one-octet value, 0 for any other form. */
  #token(): number {
    return this.#value.short < 0 ? 0 : this.#value.short | 0x80
  }

  /** Text-string that has no character set: identifiers and URIs. */
  #plain(buf: Uint8Array): string {
    const value = this.#value
    if (value.form !== ValueForm.Text) return ''
    return fieldText(buf, value.off, value.end, maxText)
  }

  /** Encoded-string-value: text, or data of a character set and text (clause 7.3). */
  #encoded(buf: Uint8Array, value: WspValue): string {
    if (value.form === ValueForm.Text) return this.#text(buf, value.off, value.end, 0)
    if (value.form !== ValueForm.Data) return ''
    const charset = this.#inner
    if (!charset.decode(buf, value.off, value.end)) return ''
    let mib = charset.integer(buf)
    let at = charset.next
    if (
      charset.form === ValueForm.Text ||
      charset.end - charset.off > maxCharsetOctets ||
      mib < 0
    ) {
      // some handsets leave the character set out
      mib = 0
      at = value.off
    }
    if (at < value.end && buf[at] === 0x7f) at += 1
    return this.#text(buf, at, value.end, mib)
  }

  #text(buf: Uint8Array, off: number, end: number, mib: number): string {
    const step = isWide(mib) ? 2 : 1
    let stop = Math.min(end, off + maxText)
    while (stop - step >= off && buf[stop - 1] === 0 && buf[stop - step] === 0) stop -= step
    const decoded = wapText(buf, off, stop, mib)
    if (decoded.lossy) this.lossy = true
    return decoded.text
  }

  /** From: data of a token, and of the sender's address when the token says so (clause 7.3). */
  #from(buf: Uint8Array): void {
    const value = this.#value
    if (value.form === ValueForm.Text) {
      this.from = this.#text(buf, value.off, value.end, 0)
      return
    }
    if (value.form !== ValueForm.Data || value.off >= value.end) return
    if (buf[value.off] !== addressPresent) {
      this.fromInserted = true
      return
    }
    const end = value.end
    if (value.decode(buf, value.off + 1, end)) this.from = this.#encoded(buf, value)
  }

  #recipient(buf: Uint8Array, list: string[]): void {
    if (list.length === maxRecipients) return
    const text = this.#encoded(buf, this.#value)
    if (text !== '') list.push(text)
  }
}
