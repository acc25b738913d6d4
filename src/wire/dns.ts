/** DNS messages: header, questions, answers. Names are strings, one character an octet, not escaped.
 * Read RFC 1035 section 4.1 before changing this file; RFC 9267 tells what goes wrong with name
 * compression. Runs once a message: allocation is allowed and bounded. */

import { type Fault, FaultCode, layer } from './fault.js'
import { latin1, u16, u32 } from './octets.js'

const dns = layer('dns')

// offsets in the header
const ID = 0
const FLAGS = 2
const QDCOUNT = 4
const ANCOUNT = 6
const HEADER = 12

/** Real messages ask one question; more than this is an attack on the reader. */
const maxQuestions = 16
/** Answers that are read; the rest of a longer answer is passed over. */
const maxAnswers = 64
/** RFC 1035 section 3.1: a name has at most 255 octets, length octets included. */
const maxName = 255

export const DnsType = {
  A: 1,
  Ns: 2,
  Cname: 5,
  Null: 10,
  Ptr: 12,
  Mx: 15,
  Txt: 16,
  Aaaa: 28,
  Svcb: 64,
  Https: 65,
} as const

export interface DnsQuestion {
  name: string
  /** type and class as numbers: unknown ones are values */
  type: number
  class: number
}

export interface DnsAnswer {
  name: string
  type: number
  /** seconds */
  ttl: number
  /** [rdOff, rdOff + rdLength) is the record's data: 4 octets of A, 16 of AAAA, character strings of TXT */
  rdOff: number
  rdLength: number
  /** target of a CNAME */
  target?: string
}

export class DnsMessage {
  id = 0
  response = false
  /** the TC bit: the answer was cut and will be asked for over TCP */
  truncated = false
  opcode = 0
  rcode = 0
  /** ANCOUNT; `answers` may hold fewer */
  answerCount = 0
  questions: DnsQuestion[] = []
  answers: DnsAnswer[] = []
  /** result of `#name` */
  #name = ''

  /** Reads the message [off, end) of a UDP datagram, or of TCP without its length prefix. Authority and
   * additional records are not read. After false, what was read before the fault is there. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.questions = []
    this.answers = []
    const have = end - off
    if (have < HEADER) return fault.raise(FaultCode.Truncated, dns, off, HEADER, have)
    this.id = u16(buf, off + ID)
    const flags = u16(buf, off + FLAGS)
    this.response = (flags & 0x8000) !== 0
    this.opcode = (flags >> 11) & 15
    this.truncated = (flags & 0x0200) !== 0
    this.rcode = flags & 15
    this.answerCount = u16(buf, off + ANCOUNT)
    const questionCount = u16(buf, off + QDCOUNT)
    if (questionCount > maxQuestions) {
      return fault.raise(FaultCode.Limit, dns, off + QDCOUNT, maxQuestions, questionCount)
    }
    let i = off + HEADER
    for (let n = 0; n < questionCount; n++) {
      i = this.#readName(buf, off, i, end, fault)
      if (i < 0) return false
      if (end - i < 4) return fault.raise(FaultCode.Truncated, dns, i, 4, end - i)
      this.questions.push({ name: this.#name, type: u16(buf, i), class: u16(buf, i + 2) })
      i += 4
    }
    const answers = Math.min(this.answerCount, maxAnswers)
    for (let n = 0; n < answers; n++) {
      i = this.#readAnswer(buf, off, i, end, fault)
      if (i < 0) return false
    }
    return true
  }

  /** Reads one resource record and returns the offset behind it, or -1. */
  #readAnswer(buf: Uint8Array, message: number, off: number, end: number, fault: Fault): number {
    const i = this.#readName(buf, message, off, end, fault)
    if (i < 0) return -1
    // type 2, class 2, TTL 4, RDLENGTH 2
    if (end - i < 10) return failed(fault, FaultCode.Truncated, i, 10, end - i)
    const rdOff = i + 10
    const rdLength = u16(buf, i + 8)
    if (rdOff + rdLength > end)
      return failed(fault, FaultCode.Truncated, i + 8, rdLength, end - rdOff)
    const type = u16(buf, i)
    const answer: DnsAnswer = { name: this.#name, type, ttl: u32(buf, i + 4), rdOff, rdLength }
    const fixed = type === DnsType.A ? 4 : type === DnsType.Aaaa ? 16 : rdLength
    if (rdLength !== fixed) return failed(fault, FaultCode.BadLength, i + 8, fixed, rdLength)
    if (type === DnsType.Cname) {
      const nameEnd = this.#readName(buf, message, rdOff, rdOff + rdLength, fault)
      if (nameEnd < 0) return -1
      answer.target = this.#name
    }
    this.answers.push(answer)
    return rdOff + rdLength
  }

  /** Reads the name at `off` into `#name` ('' for the root) and returns the offset behind it, or -1.
   * A pointer must lead to a place before the labels that hold it: pointers then only go down, and no
   * message can make the walk long (RFC 9267 section 2). */
  #readName(buf: Uint8Array, message: number, off: number, end: number, fault: Fault): number {
    this.#name = ''
    let octets = 1
    let after = -1
    let start = off
    let i = off
    for (;;) {
      if (i >= end) return failed(fault, FaultCode.Truncated, i, 1, 0)
      const length = buf[i]!
      if (length === 0) return after < 0 ? i + 1 : after
      if (length >= 0xc0) {
        if (i + 2 > end) return failed(fault, FaultCode.Truncated, i, 2, 1)
        const target = message + (u16(buf, i) & 0x3fff)
        if (target >= start || target < message + HEADER) {
          return failed(fault, FaultCode.BadValue, i, start - message, target - message)
        }
        if (after < 0) after = i + 2
        start = i = target
        continue
      }
      // 01 and 10 were given to extended labels that nobody uses (RFC 6891 section 5)
      if (length > 63) return failed(fault, FaultCode.BadValue, i, 63, length)
      if (i + 1 + length > end) return failed(fault, FaultCode.Truncated, i, length, end - i - 1)
      octets += 1 + length
      if (octets > maxName) return failed(fault, FaultCode.Limit, i, maxName, octets)
      const label = latin1(buf, i + 1, i + 1 + length)
      this.#name = this.#name === '' ? label : `${this.#name}.${label}`
      i += 1 + length
    }
  }
}

function failed(fault: Fault, code: FaultCode, at: number, need: number, have: number): -1 {
  fault.raise(code, dns, at, need, have)
  return -1
}

/** End of the first message of a TCP stream: `off` is at its two-octet length (RFC 1035 section 4.2.2).
 * -1 when it is not whole yet; the message itself begins at `off + 2`. */
export function tcpMessageEnd(buf: Uint8Array, off: number, end: number): number {
  if (end - off < 2) return -1
  const messageEnd = off + 2 + u16(buf, off)
  return messageEnd <= end ? messageEnd : -1
}
