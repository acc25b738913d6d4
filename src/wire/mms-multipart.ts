/** The parts of a multimedia message: WAP-230-WSP clause 8.5 (the binary form of MIME multipart), as an MMS
 * PDU has them behind its headers (OMA-MMS-ENC clause 6). Types, names and sizes; content is not
 * looked at. A slide show is the part of type application/smil. */

import { type Fault, FaultCode, layer } from './fault.js'
import { uintvar, uintvarLength } from './octets.js'
import { HeaderField } from './wsp-assigned.js'
import { mediaTypeText, WspHeaderWalk } from './wsp-header.js'
import { contentTypeParameter, WspParameter } from './wsp-parameter.js'
import { fieldText, WspValue } from './wsp-value.js'

const mms = layer('mms')

/** Parts that are read; handsets make messages of some ten slides, three parts each. */
export const maxParts = 100
const maxText = 256
const headerContentId = 0x40
const firstPage = 1

export interface MmsPart {
  /** without parameters */
  contentType: string
  /** what the sender calls it: Content-Location, else the Name parameter; '' when it has none */
  name: string
  /** without the angle brackets; '' when it has none */
  contentId: string
  /** [dataOff, dataEnd) is what is there of its data; `octets` is what there should be */
  dataOff: number
  dataEnd: number
  octets: number
}

export class MmsMultipart {
  /** number of parts that the message says it has */
  count = 0
  parts: MmsPart[] = []
  readonly #value = new WspValue()
  readonly #walk = new WspHeaderWalk()

  /** Reads the multipart body [off, end). False when it is cut or damaged; then the parts before are kept,
   * also the one whose data are cut. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.parts = []
    this.count = 0
    const size = uintvarLength(buf, off, end)
    if (size < 0) return fault.raise(FaultCode.Truncated, mms, off, 1, end - off)
    this.count = uintvar(buf, off, size)
    let at = off + size
    for (let n = 0; n < this.count; n++) {
      if (n === maxParts) return fault.raise(FaultCode.Limit, mms, at, this.count, maxParts)
      at = this.#part(buf, at, end, fault)
      if (at < 0) return false
    }
    return true
  }

  /** HeadersLen, DataLen, content type and headers, data; gives the offset behind it, or -1. */
  #part(buf: Uint8Array, off: number, end: number, fault: Fault): number {
    const first = uintvarLength(buf, off, end)
    const second = first < 0 ? -1 : uintvarLength(buf, off + first, end)
    if (second < 0) return raised(fault, off, 2, end - off)
    const headers = uintvar(buf, off, first)
    const octets = uintvar(buf, off + first, second)
    const start = off + first + second
    const dataOff = start + headers
    if (dataOff > end) return raised(fault, start, headers, end - start)
    const value = this.#value
    if (!value.decode(buf, start, dataOff)) return raised(fault, start, 1, headers)
    const part: MmsPart = {
      contentType: mediaTypeText(buf, start, dataOff),
      name: '',
      contentId: '',
      dataOff,
      dataEnd: Math.min(dataOff + octets, end),
      octets,
    }
    this.#headers(buf, value.next, dataOff, part, fault)
    if (part.name === '') {
      const wanted = [WspParameter.Name, WspParameter.NameValue]
      part.name = contentTypeParameter(buf, start, dataOff, wanted, 'name')
    }
    this.parts.push(part)
    if (dataOff + octets > end) return raised(fault, dataOff, octets, end - dataOff)
    return dataOff + octets
  }

  /** Damage in a part's headers takes no more than what comes behind it in them. */
  #headers(buf: Uint8Array, off: number, end: number, part: MmsPart, fault: Fault): void {
    const walk = this.#walk
    walk.start(buf, off, end)
    while (walk.next(fault)) {
      if (walk.page !== firstPage || walk.code < 0) continue
      const text = fieldText(buf, walk.value.off, walk.value.end, maxText)
      if (walk.code === HeaderField.ContentLocation) part.name = text
      else if (walk.code === headerContentId) part.contentId = text.replace(/^<|>$/g, '')
    }
  }
}

function raised(fault: Fault, at: number, need: number, have: number): -1 {
  fault.raise(FaultCode.Truncated, mms, at, need, have)
  return -1
}
