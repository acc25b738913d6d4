/** BSD loopback header (LINKTYPE_NULL 0, LINKTYPE_LOOP 108): four octets of address family. Read the
 * page LINKTYPE_NULL of the tcpdump.org registry first: the octet order is that of the machine that
 * captured, which the file does not reliably tell, so both orders are tried. */

import { EtherType } from './ethernet.js'
import { type Fault, FaultCode, layer } from './fault.js'
import { u32 } from './octets.js'

const HEADER = 4
const afInet = 2
/** AF_INET6 of Linux, NetBSD/OpenBSD, FreeBSD and macOS. */
const afInet6Linux = 10
const afInet6NetBsd = 24
const afInet6FreeBsd = 28
const afInet6Darwin = 30

const self = layer('null-loopback')

export class NullLoopback {
  /** EtherType.Ipv4, EtherType.Ipv6, or 0 for a family that is not IP */
  etherType = 0
  payload = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (end - off < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, end - off)
    const value = u32(buf, off)
    // a family is a small number: in the wrong order it sits in the top octet
    const family = (value & 0xffffff) === 0 ? value >>> 24 : value
    this.payload = off + HEADER
    if (family === afInet) this.etherType = EtherType.Ipv4
    else if (
      family === afInet6Darwin ||
      family === afInet6FreeBsd ||
      family === afInet6NetBsd ||
      family === afInet6Linux
    ) {
      this.etherType = EtherType.Ipv6
    } else this.etherType = 0
    return true
  }
}
