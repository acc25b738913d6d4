/** The Redirect PDU of WSP: WAP-230-WSP clause 8.2.2.4. A server answers Connect with it to send the client to
 * another address, so that whatever follows is on another flow. */

import { type Fault, FaultCode, layer } from './fault.js'
import { hex, ipv4Text, ipv6Text, u16 } from './octets.js'

const wsp = layer('wsp')

const flagPermanent = 0x80
const flagReuseSecurity = 0x40
const bearerIncluded = 0x80
const portIncluded = 0x40
const lengthMask = 0x3f
const maxAddresses = 16

export interface RedirectAddress {
  /** bearer type of WAP-259-WDP appendix C, -1 when it is the same as before */
  bearer: number
  /** -1 when it is the same as before */
  port: number
  /** IPv4 or IPv6 by its length, hex for any other */
  address: string
}

export interface WspRedirect {
  permanent: boolean
  reuseSecurity: boolean
  addresses: RedirectAddress[]
}

/** Reads [off, end), which begins behind the PDU type. `fault` says afterwards whether it was good; what came
 * before the damage is there. */
export function wspRedirect(buf: Uint8Array, off: number, end: number, fault: Fault): WspRedirect {
  const redirect: WspRedirect = { permanent: false, reuseSecurity: false, addresses: [] }
  fault.clear()
  if (off >= end) {
    fault.raise(FaultCode.Truncated, wsp, off, 1, 0)
    return redirect
  }
  redirect.permanent = (buf[off]! & flagPermanent) !== 0
  redirect.reuseSecurity = (buf[off]! & flagReuseSecurity) !== 0
  for (let at = off + 1; at < end; ) {
    const flags = buf[at]!
    const bearer = at + 1
    const port = bearer + (flags & bearerIncluded ? 1 : 0)
    const address = port + (flags & portIncluded ? 2 : 0)
    const length = flags & lengthMask
    if (address + length > end || redirect.addresses.length === maxAddresses) {
      const code = address + length > end ? FaultCode.Truncated : FaultCode.Limit
      fault.raise(code, wsp, at, address + length - at, end - at)
      break
    }
    redirect.addresses.push({
      bearer: flags & bearerIncluded ? buf[bearer]! : -1,
      port: flags & portIncluded ? u16(buf, port) : -1,
      address: addressText(buf, address, length),
    })
    at = address + length
  }
  return redirect
}

function addressText(buf: Uint8Array, off: number, length: number): string {
  if (length === 4) return ipv4Text(buf, off)
  return length === 16 ? ipv6Text(buf, off) : hex(buf, off, off + length)
}
