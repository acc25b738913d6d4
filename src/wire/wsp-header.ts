/** Header fields of WSP: WAP-230-WSP clause 8.4. A walk over [off, end) that allocates nothing, and on top
 * of it, for a request or reply that has been seen, the fields that rules ask for and a readable list of
 * all of them. Numbers and their names are in `wsp-assigned.ts`. */

import { type Fault, FaultCode, layer } from './fault.js'
import { hex, latin1 } from './octets.js'
import { charsetName } from './wap-charset.js'
import { wspMethod } from './wsp.js'
import {
  applicationIds,
  companyMediaTypes,
  contentCodings,
  HeaderField,
  type HeaderValueKind,
  headerFieldNames,
  headerValueKinds,
  languages,
  mediaTypes,
} from './wsp-assigned.js'
import { fieldText, textEnd, ValueForm, WspValue } from './wsp-value.js'

const wspHeader = layer('wsp-header')

/** Code page that is in force until a shift: the names of table 39. */
const firstPage = 1
/** Octet before a page number; 1 to 31 are pages themselves (clause 8.4.1.1). */
const shiftDelimiter = 127
const lastShortCutShift = 31

/** Bounds on what is copied out of one header block, whatever it says. */
const maxFieldText = 1024
const maxListed = 100
const maxListedData = 32
/** The last second that ECMAScript can name (ECMA-262 section 21.4.1.1); six octets count further. */
const maxDateSeconds = 8.64e12

export class WspHeaderWalk {
  page = firstPage
  /** number of the field on `page`, 0 to 127; -1 when it has a name in text */
  code = -1
  nameOff = 0
  nameEnd = 0
  readonly value = new WspValue()
  #buf: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  start(buf: Uint8Array, off: number, end: number): void {
    this.#buf = buf
    this.#at = off
    this.#end = end
    this.page = firstPage
  }

  /** Goes to the next field. False at the end, and, with `fault` raised, at octets that are no header;
   * a caller that must know which calls `fault.clear()` before. */
  next(fault: Fault): boolean {
    const buf = this.#buf
    while (this.#at < this.#end && buf[this.#at]! <= shiftDelimiter) {
      const octet = buf[this.#at]!
      if (octet > lastShortCutShift && octet !== shiftDelimiter) return this.#named(fault)
      if (octet === 0) return fault.raise(FaultCode.BadValue, wspHeader, this.#at, 1, 0)
      if (octet === shiftDelimiter) {
        this.#at += 1
        if (this.#at >= this.#end) {
          return fault.raise(FaultCode.Truncated, wspHeader, this.#at, 1, 0)
        }
      }
      this.page = buf[this.#at]!
      this.#at += 1
    }
    if (this.#at >= this.#end) return false
    this.code = buf[this.#at]! & 0x7f
    this.nameOff = this.#at
    this.nameEnd = this.#at + 1
    return this.#read(this.#at + 1, fault)
  }

  #named(fault: Fault): boolean {
    const zero = textEnd(this.#buf, this.#at, this.#end)
    if (zero < 0) {
      return fault.raise(FaultCode.Truncated, wspHeader, this.#at, 1, this.#end - this.#at)
    }
    this.code = -1
    this.nameOff = this.#at
    this.nameEnd = zero
    return this.#read(zero + 1, fault)
  }

  #read(off: number, fault: Fault): boolean {
    const good = this.value.decode(this.#buf, off, this.#end)
    this.#at = this.value.next
    return good || fault.raise(FaultCode.Truncated, wspHeader, off, 1, this.#end - off)
  }
}

/** What rules and reasons may ask of a WSP message; '' where the field is not there. */
export interface WspHeaderFacts {
  host: string
  userAgent: string
  contentType: string
  contentLocation: string
  applicationId: string
  contentUri: string
  referer: string
  /** URL of the handset's description (WAP-248-UAProf) */
  profile: string
}

/** Reads the fields of [off, end) that rules know. `fault` says afterwards whether the
 * block was good; what came before the damage is kept. */
export function wspHeaderFacts(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): WspHeaderFacts {
  const facts: WspHeaderFacts = {
    host: '',
    userAgent: '',
    contentType: '',
    contentLocation: '',
    applicationId: '',
    contentUri: '',
    referer: '',
    profile: '',
  }
  const walk = new WspHeaderWalk()
  walk.start(buf, off, end)
  fault.clear()
  while (walk.next(fault)) {
    if (walk.page !== firstPage) continue
    const member = factOf(walk.code)
    if (member !== undefined && facts[member] === '') facts[member] = valueText(buf, walk)
  }
  return facts
}

function factOf(code: number): keyof WspHeaderFacts | undefined {
  switch (code) {
    case HeaderField.Host:
      return 'host'
    case HeaderField.UserAgent:
      return 'userAgent'
    case HeaderField.ContentType:
      return 'contentType'
    case HeaderField.ContentLocation:
      return 'contentLocation'
    case HeaderField.XWapApplicationId:
      return 'applicationId'
    case HeaderField.XWapContentUri:
      return 'contentUri'
    case HeaderField.Referer:
      return 'referer'
    case HeaderField.Profile:
      return 'profile'
    default:
      return undefined
  }
}

export interface WspHeaderText {
  name: string
  value: string
}

/** Name and value of every field of [off, end) as text, at most a hundred; for explaining. */
export function wspHeaderList(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): WspHeaderText[] {
  const list: WspHeaderText[] = []
  const walk = new WspHeaderWalk()
  walk.start(buf, off, end)
  fault.clear()
  while (walk.next(fault)) {
    if (list.length === maxListed) {
      fault.raise(FaultCode.Limit, wspHeader, walk.nameOff, maxListed + 1, maxListed)
      break
    }
    list.push({ name: nameText(buf, walk), value: valueText(buf, walk) })
  }
  return list
}

function nameText(buf: Uint8Array, walk: WspHeaderWalk): string {
  if (walk.code < 0) return fieldText(buf, walk.nameOff, walk.nameEnd, maxFieldText)
  const name = walk.page === firstPage ? headerFieldNames[walk.code] : undefined
  return name ?? `page ${walk.page} field 0x${walk.code.toString(16).padStart(2, '0')}`
}

function valueText(buf: Uint8Array, walk: WspHeaderWalk): string {
  const value = walk.value
  if (value.form === ValueForm.Text) return fieldText(buf, value.off, value.end, maxFieldText)
  const kind = walk.page === firstPage ? headerValueKinds[walk.code] : undefined
  if (kind === undefined) return plainText(buf, value)
  if (kind === 'media') return mediaTypeText(buf, value.start, value.next)
  const general = kind === 'charset' || walk.code === HeaderField.AcceptLanguage
  if (general && value.form === ValueForm.Data) return generalText(buf, value, kind)
  return numberText(value.integer(buf), kind)
}

/** Accept-charset and Accept-language in their general form (clauses 8.4.2.8, 8.4.2.10): a value and
 * its q-value inside the data. */
function generalText(buf: Uint8Array, outer: WspValue, kind: HeaderValueKind): string {
  const inner = new WspValue()
  if (!inner.decode(buf, outer.off, outer.end)) return ''
  if (inner.form === ValueForm.Text) return fieldText(buf, inner.off, inner.end, maxFieldText)
  return numberText(inner.integer(buf), kind)
}

function plainText(buf: Uint8Array, value: WspValue): string {
  const number = value.integer(buf)
  if (number >= 0 && value.end - value.off <= 4) return String(number)
  return `0x${hex(buf, value.off, Math.min(value.end, value.off + maxListedData))}`
}

function numberText(number: number, kind: HeaderValueKind): string {
  if (number < 0) return ''
  switch (kind) {
    case 'media':
      return mediaName(number)
    case 'charset':
      return charsetName(number)
    case 'language':
      return languages[number] ?? String(number)
    case 'method':
      return wspMethod(number) || String(number)
    case 'coding':
      return contentCodings[number] ?? String(number)
    case 'application':
      return applicationIds[number] ?? String(number)
    case 'version':
      return versionText(number)
    case 'date':
      return number > maxDateSeconds ? '' : new Date(number * 1000).toISOString()
  }
}

/** Version-value (clause 8.4.2.3) of seven bits: major in three, minor in four, 15 = none. */
export function versionText(short: number): string {
  const minor = short & 15
  return minor === 15 ? String(short >> 4) : `${short >> 4}.${minor}`
}

function mediaName(number: number): string {
  const name = mediaTypes[number] ?? companyMediaTypes[number] ?? ''
  return name === '' ? `0x${number.toString(16).padStart(2, '0')}` : name
}

/** MIME text of the Content-type-value [off, end) (clause 8.4.2.24) without its parameters,
 * `0x7e` for a number that is not assigned; '' when there is none. */
export function mediaTypeText(buf: Uint8Array, off: number, end: number): string {
  const value = new WspValue()
  if (!value.decode(buf, off, end)) return ''
  if (value.form === ValueForm.Data && !value.decode(buf, value.off, value.end)) return ''
  if (value.form === ValueForm.Text) {
    return latin1(buf, value.off, Math.min(value.end, value.off + maxFieldText))
  }
  const number = value.integer(buf)
  return number < 0 ? '' : mediaName(number)
}
