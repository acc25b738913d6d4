/** DNS messages. Read RFC 1035 sections 4.1 and 3.3; RFC 3596 (AAAA). */

import { addressOctets } from './address.js'
import { fillerText } from './filler.js'
import { OctetBuilder, octetsOf } from './octet-builder.js'

export const dnsTypes = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 } as const
export type DnsType = keyof typeof dnsTypes

export interface DnsMessage {
  id: number
  response: boolean
  name: string
  type: DnsType
  rcode: number
  truncated: boolean
  /** record data as text, or made-up TXT data of a size */
  answers: readonly (string | { text: number })[]
}

const RESPONSE = 0x8000
const TRUNCATED = 0x0200
const RECURSION_DESIRED = 0x0100
const RECURSION_AVAILABLE = 0x0080
const CLASS_IN = 1
const NAME_AT_QUESTION = 0xc00c
const TTL = 300

function emitName(name: string): Uint8Array {
  const out = new OctetBuilder()
  for (const label of name.split('.')) {
    const octets = octetsOf(label)
    if (octets.length > 0) out.u8(octets.length).octets(octets)
  }
  return out.u8(0).take()
}

function characterStrings(data: Uint8Array): Uint8Array {
  const out = new OctetBuilder()
  for (let from = 0; from < data.length; from += 255) {
    const piece = data.subarray(from, from + 255)
    out.u8(piece.length).octets(piece)
  }
  return out.take()
}

function recordData(type: DnsType, answer: string | { text: number }): Uint8Array {
  if (typeof answer !== 'string') return characterStrings(fillerText(answer.text))
  if (type === 'A' || type === 'AAAA') return addressOctets(answer)
  if (type === 'TXT') return characterStrings(octetsOf(answer))
  if (type === 'MX') return new OctetBuilder().u16(10).octets(emitName(answer)).take()
  return emitName(answer)
}

export function emitDns(message: DnsMessage): Uint8Array {
  let flags = RECURSION_DESIRED | message.rcode
  if (message.response) flags |= RESPONSE | RECURSION_AVAILABLE
  if (message.truncated) flags |= TRUNCATED
  const out = new OctetBuilder().u16(message.id).u16(flags).u16(1).u16(message.answers.length)
  out.u32(0).octets(emitName(message.name)).u16(dnsTypes[message.type]).u16(CLASS_IN)
  for (const answer of message.answers) {
    const data = recordData(message.type, answer)
    out.u16(NAME_AT_QUESTION).u16(dnsTypes[message.type]).u16(CLASS_IN).u32(TTL)
    out.u16(data.length).octets(data)
  }
  return out.take()
}
