/** One WSP PDU: WAP-230-WSP clause 8.2. Which PDU, the method's URI, the status, and where content type,
 * headers and data lie. Connectionless WSP (port 9200) has a TID octet before the PDU type. Header
 * fields are read by `wsp-header.ts`. */

import { type Fault, FaultCode, layer } from './fault.js'
import { uintvar, uintvarLength } from './octets.js'
import { httpStatusOf } from './wsp-assigned.js'
import { WspValue } from './wsp-value.js'

const wsp = layer('wsp')

/** PDU types of table 34. 0x50..0x5f are further Get methods, 0x70..0x7f further Post methods. */
export const WspType = {
  Connect: 0x01,
  ConnectReply: 0x02,
  Redirect: 0x03,
  Reply: 0x04,
  Disconnect: 0x05,
  Push: 0x06,
  ConfirmedPush: 0x07,
  Suspend: 0x08,
  Resume: 0x09,
  Get: 0x40,
  Options: 0x41,
  Head: 0x42,
  Delete: 0x43,
  Trace: 0x44,
  Post: 0x60,
  Put: 0x61,
  DataFragment: 0x80,
} as const

const typeNames: { readonly [type: number]: string } = {
  1: 'Connect',
  2: 'ConnectReply',
  3: 'Redirect',
  4: 'Reply',
  5: 'Disconnect',
  6: 'Push',
  7: 'ConfirmedPush',
  8: 'Suspend',
  9: 'Resume',
  64: 'Get',
  65: 'Options',
  66: 'Head',
  67: 'Delete',
  68: 'Trace',
  96: 'Post',
  97: 'Put',
  128: 'Data Fragment',
}

/** Name of a PDU type in the standard's spelling, `0x7e` where it has none. */
export function wspTypeName(type: number): string {
  return typeNames[type] ?? `0x${type.toString(16).padStart(2, '0')}`
}

/** The HTTP method that a PDU type stands for; '' when it is no method PDU, `EXTENDED-50` for a method
 * that only the two ends' capability negotiation names (clause 8.3). */
export function wspMethod(type: number): string {
  if (isGetType(type) || isPostType(type)) {
    return (typeNames[type] ?? `extended-${type.toString(16)}`).toUpperCase()
  }
  return ''
}

/** A PDU of the form of Get (clause 8.2.3.1), whose body is empty. */
export function isGetType(type: number): boolean {
  return (type >= 0x40 && type <= 0x44) || (type >= 0x50 && type <= 0x5f)
}

/** A PDU of the form of Post (clause 8.2.3.2). */
export function isPostType(type: number): boolean {
  return type === 0x60 || type === 0x61 || (type >= 0x70 && type <= 0x7f)
}

/** PDU types that a WTP Invoke carries: methods, session requests, pushes. */
export function isWspRequest(type: number): boolean {
  if (type === WspType.Connect) return true
  return (
    (type >= WspType.Disconnect && type <= WspType.Resume) || isGetType(type) || isPostType(type)
  )
}

/** PDU types that a WTP Result carries. */
export function isWspResponse(type: number): boolean {
  return type >= WspType.ConnectReply && type <= WspType.Reply
}

export class WspPdu {
  type = 0
  /** connectionless: 0 to 255, pairs Reply and method; else -1 */
  tid = -1
  /** every octet that the PDU's own lengths ask for is there, and they agree */
  complete = false
  /** methods only; the URI as sent, cut at `end` unless `uriWhole` */
  uriOff = 0
  uriEnd = 0
  uriWhole = false
  /** Reply: the code of table 36 and its HTTP number (0 = not assigned); else 0 */
  statusCode = 0
  status = 0
  /** Connect: major << 4 | minor, 0x10 for WSP 1.0; else 0 */
  version = 0
  /** ConnectReply, Disconnect, Suspend, Resume; else -1 */
  sessionId = -1
  capabilitiesOff = 0
  capabilitiesEnd = 0
  /** the Content-Type value at the head of the headers: Reply, Push, Post forms */
  contentTypeOff = 0
  contentTypeEnd = 0
  /** header fields behind the content type */
  headersOff = 0
  headersEnd = 0
  dataOff = 0
  dataEnd = 0

  readonly #value = new WspValue()
  #buf: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  /** Reads the PDU that fills [off, end). True when the type and the lengths could be read, so that the
   * ranges are good; a PDU that is cut, as the first segment of a message is, gives true with
   * `complete` false and the shortage in `fault`. False: nothing but the type may be used. */
  decode(
    buf: Uint8Array,
    off: number,
    end: number,
    connectionless: boolean,
    fault: Fault,
  ): boolean {
    this.#reset(buf, off, end)
    const typeOff = connectionless ? off + 1 : off
    if (typeOff >= end)
      return fault.raise(FaultCode.Truncated, wsp, off, typeOff - off + 1, end - off)
    if (connectionless) this.tid = buf[off]!
    const type = buf[typeOff]!
    this.type = type
    this.#at = typeOff + 1
    if (isGetType(type)) return this.#get(fault)
    if (isPostType(type)) return this.#post(fault)
    switch (type) {
      case WspType.Connect:
        return this.#connect(fault)
      case WspType.ConnectReply:
        return this.#session(fault) && this.#negotiated(fault)
      case WspType.Reply:
        return this.#reply(fault)
      case WspType.Push:
      case WspType.ConfirmedPush:
        return this.#typed(fault)
      case WspType.Disconnect:
      case WspType.Suspend:
        return this.#session(fault)
      case WspType.Resume:
        return this.#resume(fault)
      case WspType.DataFragment:
        return this.#fragment(fault)
      case WspType.Redirect:
        // read by wsp-redirect.ts
        this.complete = true
        this.dataOff = this.#at
        return true
      default:
        return fault.raise(FaultCode.BadValue, wsp, typeOff, 1, 0)
    }
  }

  #reset(buf: Uint8Array, off: number, end: number): void {
    this.#buf = buf
    this.#end = end
    this.type = this.statusCode = this.status = this.version = 0
    this.tid = this.sessionId = -1
    this.complete = this.uriWhole = false
    this.uriOff = this.uriEnd = this.capabilitiesOff = this.capabilitiesEnd = off
    this.contentTypeOff = this.contentTypeEnd = this.headersOff = this.headersEnd = off
    this.dataOff = this.dataEnd = end
  }

  /** The uintvar at the cursor, which moves past it; -1 with the fault raised when it does not end. */
  #uintvar(fault: Fault): number {
    const size = uintvarLength(this.#buf, this.#at, this.#end)
    if (size < 0) {
      fault.raise(FaultCode.Truncated, wsp, this.#at, 1, this.#end - this.#at)
      return -1
    }
    const value = uintvar(this.#buf, this.#at, size)
    this.#at += size
    return value
  }

  /** Moves the cursor over `length` octets, or to the end with `complete` taken back. */
  #take(length: number, fault: Fault): number {
    const stop = this.#at + length
    if (stop > this.#end) {
      fault.raise(FaultCode.Truncated, wsp, this.#at, length, this.#end - this.#at)
      this.complete = false
      this.#at = this.#end
    } else {
      this.#at = stop
    }
    return this.#at
  }

  #uri(length: number, fault: Fault): void {
    this.uriOff = this.#at
    this.uriWhole = this.#at + length <= this.#end
    this.uriEnd = this.#take(length, fault)
  }

  #get(fault: Fault): boolean {
    const length = this.#uintvar(fault)
    if (length < 0) return false
    this.complete = true
    this.#uri(length, fault)
    this.headersOff = this.#at
    this.headersEnd = this.#end
    return true
  }

  #post(fault: Fault): boolean {
    const uriLength = this.#uintvar(fault)
    const headersLength = uriLength < 0 ? -1 : this.#uintvar(fault)
    if (headersLength < 0) return false
    this.complete = true
    this.#uri(uriLength, fault)
    this.#contentTypeAndHeaders(headersLength, fault)
    return true
  }

  #reply(fault: Fault): boolean {
    if (this.#at >= this.#end) return fault.raise(FaultCode.Truncated, wsp, this.#at, 1, 0)
    this.statusCode = this.#buf[this.#at]!
    this.status = httpStatusOf[this.statusCode]!
    this.#at += 1
    return this.#typed(fault)
  }

  /** HeadersLen, content type, headers, data: Push, and Reply behind its status. */
  #typed(fault: Fault): boolean {
    const length = this.#uintvar(fault)
    if (length < 0) return false
    this.complete = true
    this.#contentTypeAndHeaders(length, fault)
    return true
  }

  /** HeadersLen counts the content type and the headers together (clause 8.2.3.3). */
  #contentTypeAndHeaders(length: number, fault: Fault): void {
    const start = this.#at
    const stop = this.#take(length, fault)
    this.contentTypeOff = this.contentTypeEnd = start
    this.headersOff = this.headersEnd = stop
    this.dataOff = stop
    if (length === 0) return
    if (this.#value.decode(this.#buf, start, stop)) {
      this.contentTypeEnd = this.headersOff = this.#value.next
    } else if (this.complete) {
      fault.raise(FaultCode.BadLength, wsp, start, stop - start + 1, stop - start)
      this.complete = false
    }
  }

  #connect(fault: Fault): boolean {
    if (this.#at >= this.#end) return fault.raise(FaultCode.Truncated, wsp, this.#at, 1, 0)
    this.version = this.#buf[this.#at]!
    this.#at += 1
    return this.#negotiated(fault)
  }

  #negotiated(fault: Fault): boolean {
    const capabilities = this.#uintvar(fault)
    const headers = capabilities < 0 ? -1 : this.#uintvar(fault)
    if (headers < 0) return false
    this.complete = true
    this.capabilitiesOff = this.#at
    this.capabilitiesEnd = this.#take(capabilities, fault)
    this.headersOff = this.#at
    this.headersEnd = this.#take(headers, fault)
    return true
  }

  #session(fault: Fault): boolean {
    this.sessionId = this.#uintvar(fault)
    this.complete = this.sessionId >= 0
    return this.complete
  }

  #resume(fault: Fault): boolean {
    if (!this.#session(fault)) return false
    if (this.#at >= this.#end) return true // clients send the session id alone
    const capabilities = this.#uintvar(fault)
    if (capabilities < 0) return false
    this.capabilitiesOff = this.#at
    this.capabilitiesEnd = this.#take(capabilities, fault)
    this.headersOff = this.#at
    this.headersEnd = this.#end
    return true
  }

  #fragment(fault: Fault): boolean {
    const length = this.#uintvar(fault)
    if (length < 0) return false
    this.complete = true
    this.headersOff = this.#at
    this.headersEnd = this.dataOff = this.#take(length, fault)
    return true
  }
}
