/** TLS for `dissect`: records, and the ClientHello joined over records and segments. Read RFC 8446 sections
 * 4.1.2 and 5.1 and wire/tls-client-hello.ts first. */

import { FaultCode, layer } from '../wire/fault.js'
import { u16, u24 } from '../wire/octets.js'
import { CertificateNames } from '../wire/tls-certificate.js'
import { ClientHello, HelloState } from '../wire/tls-client-hello.js'
import { ContentType, HandshakeType, recordHeader, startsTlsRecord } from '../wire/tls-record.js'
import { hexNumber } from './field-list.js'
import { giveUp, type Inspector, type StreamReader, type Walk } from './inspector.js'

const handshakeHeader = 4
const certificateListHeader = 3
const tlsLayer = layer('tls')

const hello = new ClientHello()
const certificate = new CertificateNames()

class TlsReader implements StreamReader {
  /** octets of a record whose header was shown, still to be passed over */
  #skip = 0
  #helloRead = false
  /** after ChangeCipherSpec, handshake records hold nothing that can be read */
  #encrypted = false

  read(buf: Uint8Array, off: number, end: number, walk: Walk): number {
    let at = off
    while (at < end) {
      if (this.#skip > 0) {
        const octets = Math.min(this.#skip, end - at)
        this.#skip -= octets
        at += octets
        continue
      }
      const start = startsTlsRecord(buf, at, end)
      if (start === 0) return giveUp
      if (start < 0) break
      if (!this.#record(buf, at, end, walk)) break
      this.#skip = recordHeader + u16(buf, at + 3)
    }
    return at
  }

  cut(buf: Uint8Array, off: number, end: number, walk: Walk): void {
    if (this.#skip > 0 || this.#helloRead || end - off <= recordHeader) return
    if (!this.#mayBeHello(buf, off, end)) return
    hello.decodePartial(buf, off, end, walk.fault)
    showLayer(walk)
    recordFields(buf[off] ?? 0, u16(buf, off + 3), walk)
    helloFields(hello, walk)
    walk.fault.raise(FaultCode.Truncated, tlsLayer, off, end - off + 1, end - off)
    walk.malformed(walk.fault)
  }

  /** False when more of the record has to come first. */
  #record(buf: Uint8Array, at: number, end: number, walk: Walk): boolean {
    const type = buf[at] ?? 0
    const length = u16(buf, at + 3)
    if (type === ContentType.Handshake && !this.#encrypted) {
      if (!this.#helloRead && this.#mayBeHello(buf, at, end)) {
        if (!this.#hello(buf, at, end, walk)) return false
        recordFields(type, length, walk)
        return true
      }
      if (end - at < recordHeader + length) return false
      showLayer(walk)
      recordFields(type, length, walk)
      messages(buf, at + recordHeader, at + recordHeader + length, walk)
      return true
    }
    showLayer(walk)
    if (type === ContentType.ChangeCipherSpec) this.#encrypted = true
    recordFields(type, length, walk)
    return true
  }

  #mayBeHello(buf: Uint8Array, at: number, end: number): boolean {
    if (end - at <= recordHeader) return true
    return buf[at + recordHeader] === HandshakeType.ClientHello
  }

  #hello(buf: Uint8Array, at: number, end: number, walk: Walk): boolean {
    const state = hello.decode(buf, at, end, walk.fault)
    if (state === HelloState.NeedMore) return false
    this.#helloRead = true
    showLayer(walk)
    if (state === HelloState.NotTls) return true
    helloFields(hello, walk)
    if (state === HelloState.Damaged) walk.malformed(walk.fault)
    return true
  }
}

/** One `tls` a frame and stretch of records. */
function showLayer(walk: Walk): void {
  if (walk.out.layers.at(-1) !== 'tls') walk.layer('tls')
}

function recordFields(type: number, length: number, walk: Walk): void {
  walk.out.add('tls.record.content_type', type)
  walk.out.add('tls.record.length', length)
}

/** Types of the handshake messages that begin in a plain record, and the names in the server's certificate. */
function messages(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  let at = off
  while (end - at >= handshakeHeader) {
    const next = at + handshakeHeader + u24(buf, at + 1)
    // an encrypted Finished of a resumed session, or a message cut over records
    if (next > end) return
    walk.out.add('tls.handshake.type', buf[at] ?? 0)
    if (buf[at] === HandshakeType.Certificate)
      certificateNames(buf, at + handshakeHeader, next, walk)
    at = next
  }
}

/** Wireshark has the certificates of the whole chain; the first one is the server's own. */
function certificateNames(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  // RFC 5246 section 7.4.6: a client without one sends an empty list
  if (end - off < certificateListHeader || u24(buf, off) === 0) return
  if (!certificate.decode(buf, off, end, walk.fault)) walk.malformed(walk.fault)
  walk.out.addText('tls.certificate.common_name', certificate.commonName)
  for (const name of certificate.dnsNames) walk.out.addText('x509ce.dNSName', name)
}

/** The fields of a ClientHello, also for QUIC. */
export function helloFields(from: ClientHello, walk: Walk): void {
  const { out } = walk
  out.add('tls.handshake.type', HandshakeType.ClientHello)
  out.add('tls.handshake.version', hexNumber(from.legacyVersion, 4))
  for (const version of from.versions) {
    out.add('tls.handshake.extensions.supported_version', hexNumber(version, 4))
  }
  out.addText('tls.handshake.extensions_server_name', from.serverName)
  for (const protocol of from.protocols) {
    out.add('tls.handshake.extensions_alpn_str', protocol)
  }
  if (from.ech) out.add('tls.ech', 1)
  if (from.esni) out.add('tls.esni', 1)
}

/** For inspectors that show a ClientHello too. */
export const helloFieldForms = {
  'tls.handshake.type': 'number',
  'tls.handshake.version': 'number',
  'tls.handshake.extensions.supported_version': 'number',
  'tls.handshake.extensions_server_name': 'text',
  'tls.handshake.extensions_alpn_str': 'text',
  'tls.ech': 'number',
  'tls.esni': 'number',
} as const

export const tls: Inspector = {
  name: 'tls',
  doc: {
    standard: 'RFC 8446, RFC 5246, RFC 6066, RFC 7301, RFC 5280',
    decoded:
      'records, types of handshake messages; of the ClientHello versions, server name, ALPN, ECH and ESNI; names in the server’s certificate up to TLS 1.2, when it is in one record',
    missing: 'ServerHello, the rest of certificates, everything encrypted, DTLS, SSL 2.0',
  },
  fields: {
    'tls.record.content_type': 'number',
    'tls.record.length': 'number',
    'tls.certificate.common_name': 'text',
    'x509ce.dNSName': 'text',
    ...helloFieldForms,
  },
  summary: ['tls.handshake.extensions_server_name', 'tls.record.content_type'],
  starts: startsTlsRecord,
  stream: () => new TlsReader(),
  inspect(buf, off, end, walk) {
    new TlsReader().read(buf, off, end, walk)
  },
}
