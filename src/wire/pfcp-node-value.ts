/** Values of PFCP elements that tell of nodes rather than of sessions: addresses of the user plane, and the
 * flows, URLs and names that applications are known by. Read 3GPP TS 29.244 clauses 8.2.39, 8.2.61, 8.2.70
 * and 8.2.82; pfcp-value.ts has the contract. */

import { FieldReader } from './field-reader.js'
import { networkInstance } from './pfcp-value.js'

/** 8.2.70 and 8.2.82: an end of a GTP-U path, or the addresses that a UP function gives tunnels. */
export interface PfcpUserPlane {
  v4: string | undefined
  v6: string | undefined
  interface: number | undefined
  networkInstance: string | undefined
}

/** Remote GTP-U Peer, 8.2.70 */
export function remotePeer(f: FieldReader): PfcpUserPlane {
  const flags = f.u8()
  const v4 = (flags & 2) !== 0 ? f.ipv4() : undefined
  const v6 = (flags & 1) !== 0 ? f.ipv6() : undefined
  const side = (flags & 4) !== 0 ? within(f, f.u16(), part => part.u8() & 15) : undefined
  const name = (flags & 8) !== 0 ? within(f, f.u16(), networkInstance) : undefined
  return { v4, v6, interface: side, networkInstance: name }
}

/** User Plane IP Resource Information, 8.2.82: until Release 15 the way to tell the CP function. */
export function userPlaneResource(f: FieldReader): PfcpUserPlane {
  const flags = f.u8()
  if ((flags & 0x1c) !== 0) f.u8()
  const v4 = (flags & 1) !== 0 ? f.ipv4() : undefined
  const v6 = (flags & 2) !== 0 ? f.ipv6() : undefined
  const hasInterface = (flags & 0x40) !== 0
  const nameOctets = Math.max(0, f.left - (hasInterface ? 1 : 0))
  const name = (flags & 0x20) !== 0 ? within(f, nameOctets, networkInstance) : undefined
  const side = hasInterface ? f.u8() & 15 : undefined
  return { v4, v6, interface: side, networkInstance: name }
}

/** Reads a part of `octets` octets; `read` may leave some of it. */
function within<T>(f: FieldReader, octets: number, read: (part: FieldReader) => T): T | undefined {
  const at = f.range(octets)
  if (at < 0) return undefined
  const part = new FieldReader()
  part.open(f.buf, at, at + octets)
  const found = read(part)
  return part.short ? undefined : found
}

/** 8.2.61 and 8.2.39: what packets or requests an application is known by. */
export interface PfcpFlows {
  /** IPFilterRules */
  flows: string[]
  urls: string[]
  domains: string[]
}

/** Flow Information, 8.2.61 */
export function flowInformation(f: FieldReader): PfcpFlows {
  f.u8()
  return { flows: [f.text(f.u16())], urls: [], domains: [] }
}

/** PFD Contents, 8.2.39: one of each kind, then (Release 15) lists of further ones. */
export function pfdContents(f: FieldReader): PfcpFlows {
  const found: PfcpFlows = { flows: [], urls: [], domains: [] }
  const flags = f.u8()
  f.u8()
  if ((flags & 1) !== 0) found.flows.push(f.text(f.u16()))
  if ((flags & 2) !== 0) found.urls.push(f.text(f.u16()))
  if ((flags & 4) !== 0) found.domains.push(f.text(f.u16()))
  // Custom PFD Content, Domain Name Protocol
  if ((flags & 8) !== 0) f.range(f.u16())
  if ((flags & 16) !== 0) f.range(f.u16())
  if ((flags & 32) !== 0) within(f, f.u16(), part => moreTexts(part, found.flows))
  if ((flags & 64) !== 0) within(f, f.u16(), part => moreTexts(part, found.urls))
  // a domain name and its protocol by turns
  const namesAndProtocols: string[] = []
  if ((flags & 128) !== 0) within(f, f.u16(), part => moreTexts(part, namesAndProtocols))
  found.domains.push(...namesAndProtocols.filter((_, i) => i % 2 === 0))
  return found
}

function moreTexts(f: FieldReader, list: string[]): void {
  while (f.left > 0 && !f.short) list.push(f.text(f.u16()))
}
