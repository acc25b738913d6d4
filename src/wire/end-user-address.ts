/** Addresses of the terminal: End User Address of GTPv0/v1 (3GPP TS 29.060 clause 7.7.27) and PDN Address
 * Allocation of GTPv2 (TS 29.274 clause 8.14). Offsets only; text is made when a context changes. */

/** PDP Type Organization IETF, in the low nibble. */
const organizationIetf = 1
/** PDP Type Number of IETF. */
const typeIpv4 = 0x21
const typeIpv6 = 0x57
const typeIpv4v6 = 0x8d

/** 29.274 8.14: PDN Type in the low three bits. */
const pdnIpv4 = 1
const pdnIpv6 = 2
const pdnIpv4v6 = 3

export class EndUserAddress {
  /** offset of the four octets; -1 when there is none */
  v4Off = -1
  /** offset of the sixteen octets; -1 when there is none */
  v6Off = -1
  /** bits of the IPv6 prefix: 64 unless GTPv2 says otherwise */
  v6Bits = 64

  /** An address that the network still has to choose is absent or zero. False: shorter than it says. */
  decode1(buf: Uint8Array, off: number, end: number): boolean {
    this.#clear()
    const length = end - off
    if (length < 2) return false
    if ((buf[off]! & 15) !== organizationIetf) return true
    const type = buf[off + 1]!
    const at = off + 2
    const rest = length - 2
    if (rest === 0) return true
    if (type === typeIpv4) {
      if (rest < 4) return false
      this.v4Off = at
    } else if (type === typeIpv6) {
      if (rest < 16) return false
      this.v6Off = at
    } else if (type === typeIpv4v6) {
      // 7.7.27: lengths 6 (only IPv4), 18 (only IPv6) and 22 (both, IPv4 first) are all legal
      if (rest === 16) this.v6Off = at
      else if (rest < 4) return false
      else this.v4Off = at
      if (rest >= 20) this.v6Off = at + 4
    }
    return true
  }

  decode2(buf: Uint8Array, off: number, end: number): boolean {
    this.#clear()
    if (end - off < 1) return false
    const type = buf[off]! & 7
    let at = off + 1
    if (type === pdnIpv6 || type === pdnIpv4v6) {
      if (end - at < 17) return false
      this.v6Bits = buf[at]!
      this.v6Off = at + 1
      at += 17
    }
    if (type === pdnIpv4 || type === pdnIpv4v6) {
      if (end - at < 4) return false
      this.v4Off = at
    }
    return true
  }

  #clear(): void {
    this.v4Off = -1
    this.v6Off = -1
    this.v6Bits = 64
  }
}
