/** QUIC for `dissect`: long headers, and the ClientHello out of the client's Initial packets. Read RFC 9000
 * section 17.2, RFC 9001 section 5 and wire/quic-client-hello.ts first. Short headers belong to nobody
 * who has not seen the handshake, and are not shown. */

import { hex } from '../wire/octets.js'
import { QuicClientHello, QuicHelloState } from '../wire/quic-client-hello.js'
import { QuicForm, QuicHeader, startsQuic } from '../wire/quic-header.js'
import { conversationKey, LeastRecent } from './conversations.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'
import { helloFieldForms, helloFields } from './tls.js'

/** Datagrams of a client in which its ClientHello is looked for. */
const maxTries = 16
/** Connections whose ClientHello is waited for; each keeps its octets. */
const maxConnections = 1024

const header = new QuicHeader()

/** The direction that began is the client's. */
interface Connection {
  client: string
  tries: number
  reader: QuicClientHello
}

export const quic: Inspector = {
  name: 'quic',
  doc: {
    standard: 'RFC 8999, RFC 9000, RFC 9001, RFC 9369, drafts 23 to 34',
    decoded:
      'long headers; the ClientHello of Initial packets (decrypted, put together over packets); Google QUIC by its version',
    missing: 'short headers, what the server sends, HTTP/3, crypto handshake of Google QUIC',
  },
  fields: {
    'quic.version': 'number',
    'quic.long.packet_type': 'number',
    'quic.dcid': 'text',
    'quic.scid': 'text',
    ...helloFieldForms,
  },
  summary: ['tls.handshake.extensions_server_name', 'quic.version', 'quic.long.packet_type'],
  recognise: startsQuic,
  inspect(buf, off, end, walk) {
    walk.layer('quic')
    headers(buf, off, end, walk)
    clientHello(buf, off, end, walk)
  },
}

function headers(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  let at = off
  while (at < end) {
    if (!header.decode(buf, at, end, fault)) {
      walk.malformed(fault)
      return
    }
    // padding behind the last packet reads as a short header
    if (header.form === QuicForm.Short) return
    out.add('quic.version', hexNumber(header.version, 8))
    out.addText('quic.dcid', hex(buf, header.dcidOff, header.dcidEnd))
    out.addText('quic.scid', hex(buf, header.scidOff, header.scidEnd))
    if (header.form !== QuicForm.Long) return
    out.add('quic.long.packet_type', header.type)
    at = header.end
  }
}

function clientHello(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const from = `${walk.ends.src} ${walk.ends.srcPort}`
  const connection = walk
    .state('quic', () => new LeastRecent<Connection>(maxConnections))
    .take(conversationKey(walk.ends), () => ({
      client: from,
      tries: 0,
      reader: new QuicClientHello(),
    }))
  if (connection.client !== from || connection.tries === maxTries) return
  connection.tries++
  const { reader } = connection
  const state = reader.read(buf, off, end, end < walk.wireEnd, walk.fault)
  if (state === QuicHelloState.Complete || state === QuicHelloState.Damaged) {
    helloFields(reader.hello, walk)
    if (state === QuicHelloState.Damaged) walk.malformed(walk.fault)
  }
}
