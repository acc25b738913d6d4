/** The names in a server's certificate: common name of the subject and the DNS names among its alternative
 * names. Read RFC 5246 section 7.4.2 (the Certificate message), RFC 5280 sections 4.1 and 4.2.1.6, and
 * RFC 9525 section 6 (which names count) before changing this file. TLS 1.3 encrypts the message. */

import { DerTag, DerValue } from './der.js'
import { type Fault, FaultCode, layer } from './fault.js'
import { latin1, u24 } from './octets.js'

const tls = layer('tls')

/** Names kept of one certificate; those of hosting centres have hundreds. */
export const maxCertificateNames = 32
/** A DNS name has 253 characters; a common name has 64 (RFC 5280 appendix A.1). */
const maxName = 255

const lengthOctets = 3
/** Version and extensions stand in `[0]` and `[3]`, a DNS name in `[2]`. */
const tagVersion = 0xa0
const tagExtensions = 0xa3
const tagDnsName = 0x82
/** Fields of a TBSCertificate before the subject, the version left out. */
const beforeSubject = 4

const oidCommonName = Uint8Array.of(0x55, 0x04, 0x03)
const oidAlternativeName = Uint8Array.of(0x55, 0x1d, 0x11)

export class CertificateNames {
  /** '' when the subject has none */
  commonName = ''
  /** in the certificate's order, at most 32 */
  dnsNames: string[] = []
  readonly #tbs = new DerValue()
  readonly #field = new DerValue()
  readonly #part = new DerValue()
  readonly #inner = new DerValue()

  /** Common name and DNS names, each once. */
  get names(): string[] {
    const { commonName, dnsNames } = this
    const all = commonName === '' ? dnsNames : [commonName, ...dnsNames]
    return [...new Set(all)].slice(0, maxCertificateNames)
  }

  /** Reads the body of a Certificate message: [off, end) begins behind the handshake header. Only the first
   * certificate, the server's own, is looked at. False when it is none; what was read before is kept. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.commonName = ''
    this.dnsNames = []
    const first = off + lengthOctets
    if (end - off < 2 * lengthOctets) {
      return fault.raise(FaultCode.Truncated, tls, off, 2 * lengthOctets, end - off)
    }
    const list = u24(buf, off)
    const length = u24(buf, first)
    const start = first + lengthOctets
    if (first + list > end || length + lengthOctets > list) {
      return fault.raise(FaultCode.BadLength, tls, off, list, end - first)
    }
    return this.#certificate(buf, start, start + length) || this.#damaged(fault, start, length)
  }

  #damaged(fault: Fault, at: number, length: number): false {
    return fault.raise(FaultCode.BadValue, tls, at, length, this.#field.off - at)
  }

  #certificate(buf: Uint8Array, off: number, end: number): boolean {
    const tbs = this.#tbs
    const field = this.#field
    if (!tbs.decodeTag(DerTag.Sequence, buf, off, end)) return false
    if (!tbs.decodeTag(DerTag.Sequence, buf, tbs.off, tbs.end)) return false
    let at = tbs.off
    for (let n = 0; n < beforeSubject; n++) {
      if (!field.decode(buf, at, tbs.end)) return false
      at = field.end
      if (n === 0 && field.tag === tagVersion) n--
    }
    if (!field.decodeTag(DerTag.Sequence, buf, at, tbs.end)) return false
    if (!this.#subject(buf, field.off, field.end)) return false
    at = field.end
    while (at < tbs.end) {
      if (!field.decode(buf, at, tbs.end)) return false
      at = field.end
      if (field.tag === tagExtensions && !this.#extensions(buf, field.off, field.end)) return false
    }
    return true
  }

  /** SEQUENCE OF SET OF SEQUENCE { type, value }; of several common names the last is the most specific. */
  #subject(buf: Uint8Array, off: number, end: number): boolean {
    const part = this.#part
    const inner = this.#inner
    for (let at = off; at < end; at = part.end) {
      if (!part.decodeTag(DerTag.Set, buf, at, end)) return false
      if (!inner.decodeTag(DerTag.Sequence, buf, part.off, part.end)) return false
      const stop = inner.end
      if (!inner.decodeTag(DerTag.ObjectIdentifier, buf, inner.off, stop)) return false
      if (!equals(buf, inner.off, inner.end, oidCommonName)) continue
      if (!inner.decode(buf, inner.end, stop)) return false
      if (isText(inner.tag) && inner.end - inner.off <= maxName) {
        this.commonName = latin1(buf, inner.off, inner.end)
      }
    }
    return true
  }

  /** SEQUENCE OF SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
  #extensions(buf: Uint8Array, off: number, end: number): boolean {
    const part = this.#part
    const inner = this.#inner
    if (!part.decodeTag(DerTag.Sequence, buf, off, end)) return false
    const stop = part.end
    for (let at = part.off; at < stop; at = part.end) {
      if (!part.decodeTag(DerTag.Sequence, buf, at, stop)) return false
      if (!inner.decodeTag(DerTag.ObjectIdentifier, buf, part.off, part.end)) return false
      if (!equals(buf, inner.off, inner.end, oidAlternativeName)) continue
      // the value is the last, with or without `critical` before it
      while (inner.end < part.end) if (!inner.decode(buf, inner.end, part.end)) return false
      if (!this.#alternativeNames(buf, inner.off, inner.end)) return false
    }
    return true
  }

  #alternativeNames(buf: Uint8Array, off: number, end: number): boolean {
    const inner = this.#inner
    if (!inner.decodeTag(DerTag.Sequence, buf, off, end)) return false
    const stop = inner.end
    for (let at = inner.off; at < stop; at = inner.end) {
      if (!inner.decode(buf, at, stop)) return false
      if (inner.tag !== tagDnsName || this.dnsNames.length === maxCertificateNames) continue
      if (inner.end - inner.off <= maxName) this.dnsNames.push(latin1(buf, inner.off, inner.end))
    }
    return true
  }
}

function isText(tag: number): boolean {
  return (
    tag === DerTag.Utf8String ||
    tag === DerTag.PrintableString ||
    tag === DerTag.TeletexString ||
    tag === DerTag.Ia5String
  )
}

function equals(buf: Uint8Array, off: number, end: number, octets: Uint8Array): boolean {
  if (end - off !== octets.length) return false
  for (let i = 0; i < octets.length; i++) if (buf[off + i] !== octets[i]) return false
  return true
}
