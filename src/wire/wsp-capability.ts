/** What the ends of a WSP session agree on: WAP-230-WSP clause 8.3 (Capabilities of Connect, ConnectReply and
 * Resume) and table 37. Sizes matter to whoever asks why a message was refused. */

import { type Fault, FaultCode, layer } from './fault.js'
import { hex, uintvar, uintvarLength } from './octets.js'
import { wspTypeName } from './wsp.js'
import { fieldText, textEnd, WspValue } from './wsp-value.js'

const wsp = layer('wsp')

/** Table 37. */
export const WspCapability = {
  ClientSduSize: 0,
  ServerSduSize: 1,
  ProtocolOptions: 2,
  MethodMor: 3,
  PushMor: 4,
  ExtendedMethods: 5,
  HeaderCodePages: 6,
  Aliases: 7,
  ClientMessageSize: 8,
  ServerMessageSize: 9,
} as const

/** Index = number, in the standard's words. */
export const wspCapabilityNames = [
  'Client-SDU-Size',
  'Server-SDU-Size',
  'Protocol Options',
  'Method-MOR',
  'Push-MOR',
  'Extended Methods',
  'Header Code Pages',
  'Aliases',
  'Client-Message-Size',
  'Server-Message-Size',
] as const

/** Bits of the Protocol Options, most significant first (clause 8.3.2.2). */
const protocolOptions = [
  'confirmed push',
  'push',
  'session resume',
  'acknowledgement headers',
  'large data transfer',
] as const

const maxCapabilities = 32
const maxText = 64
const maxListed = 16

export interface WspCapabilityValue {
  /** number of table 37, -1 when it has a name in text */
  code: number
  name: string
  /** of sizes and of maximum outstanding requests; -1 when it is none, or empty */
  number: number
  /** readable, for explaining */
  text: string
}

/** The capabilities in [off, end). `fault` says afterwards whether they were good; what came before the
 * damage is there. */
export function wspCapabilities(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): WspCapabilityValue[] {
  const list: WspCapabilityValue[] = []
  const value = new WspValue()
  fault.clear()
  let at = off
  while (at < end) {
    if (list.length === maxCapabilities) {
      fault.raise(FaultCode.Limit, wsp, at, maxCapabilities + 1, maxCapabilities)
      break
    }
    const size = uintvarLength(buf, at, end)
    const start = at + size
    const stop = size < 0 ? end + 1 : start + uintvar(buf, at, size)
    if (stop > end || !value.decode(buf, start, stop)) {
      fault.raise(FaultCode.Truncated, wsp, at, stop - at, end - at)
      break
    }
    list.push(capability(buf, value, stop))
    at = stop
  }
  return list
}

function capability(buf: Uint8Array, id: WspValue, end: number): WspCapabilityValue {
  const off = id.next
  const code = id.short
  const name =
    code < 0
      ? fieldText(buf, id.off, id.end, maxText)
      : (wspCapabilityNames[code] ?? `0x${code.toString(16).padStart(2, '0')}`)
  const one = { code, name, number: -1, text: '' }
  switch (code) {
    case WspCapability.ClientSduSize:
    case WspCapability.ServerSduSize:
    case WspCapability.ClientMessageSize:
    case WspCapability.ServerMessageSize: {
      const size = uintvarLength(buf, off, end)
      if (size > 0) one.number = uintvar(buf, off, size)
      break
    }
    case WspCapability.MethodMor:
    case WspCapability.PushMor:
      if (off < end) one.number = buf[off]!
      break
    case WspCapability.ProtocolOptions:
      if (off < end) one.number = buf[off]!
      one.text = protocolOptions.filter((_, bit) => one.number & (0x80 >> bit)).join(', ')
      return one
    case WspCapability.ExtendedMethods:
      one.text = numberedNames(buf, off, end, wspTypeName)
      return one
    case WspCapability.HeaderCodePages:
      one.text = numberedNames(buf, off, end, page => `page ${page}`)
      return one
    default:
      one.text = off < end ? `0x${hex(buf, off, Math.min(end, off + maxListed))}` : ''
      return one
  }
  if (one.number >= 0) one.text = String(one.number)
  return one
}

/** Pairs of an octet and a text, as in `0x50 LOCK`; a server repeats the octet alone to agree. */
function numberedNames(
  buf: Uint8Array,
  off: number,
  end: number,
  name: (number: number) => string,
): string {
  const names: string[] = []
  for (let at = off; at < end && names.length < maxListed; ) {
    const zero = textEnd(buf, at + 1, end)
    const text = zero < 0 ? '' : ` ${fieldText(buf, at + 1, zero, maxText)}`
    names.push(`${name(buf[at]!)}${text}`)
    at = zero < 0 ? at + 1 : zero + 1
  }
  return names.join(', ')
}
