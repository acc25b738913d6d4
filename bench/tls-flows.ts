/** TLS connections with a server name, and TCP connections that hold nothing known. RFC 8446 section 4.1
 * and 5.1: the records have right lengths, what is encrypted is filler. */

import {
  emitClientHello,
  emitServerHello,
  emitTlsRecord,
  TlsContent,
} from '../src/synth/emit-tls.js'
import { joinOctets, OctetBuilder, octetsOf } from '../src/synth/octet-builder.js'
import { ChargeId } from './capture-truth.js'
import type { Chance } from './chance.js'
import type { FlowScript } from './flow-script.js'
import { nothing, TcpScript } from './flow-script.js'

const httpsPort = 443
const otherPort = 5222
const recordHeader = 5
const changeCipher = Uint8Array.of(1)

export function tlsFlow(chance: Chance, full: () => number): FlowScript {
  const script = new TcpScript(chance.segmentOctets, ChargeId.Default)
  const host = chance.host()
  const { random, small } = chance
  const clientHello = small ? shortHello(chance, 1, host) : emitClientHello(host, false, random)
  const hello = emitTlsRecord(TlsContent.handshake, clientHello, true)
  const cut = chance.cut(hello.length)
  script.request(hello, ChargeId.Default, cut)
  const serverHello = small ? shortHello(chance, 2, '') : emitServerHello(random)
  const flight = emitTlsRecord(TlsContent.handshake, serverHello)
  if (small) {
    script.segment(flight, flight.length)
  } else {
    const cipher = emitTlsRecord(TlsContent.changeCipher, changeCipher)
    const certificate = chance.segmentOctets - flight.length - cipher.length
    script.segment(joinOctets([flight, cipher, application(certificate)]), chance.segmentOctets)
  }
  const exchanges = chance.chance(0.7) ? 1 : 2
  for (let n = 0; n < exchanges; n++) {
    const request = application(chance.small ? 60 : chance.between(60, 500))
    const message = joinOctets([request, random.octets(small ? 55 : 115)])
    script.request(record(message), ChargeId.Default, 0)
    for (let k = Math.max(1, full()); k > 0; k--) {
      script.segment(application(chance.segmentOctets), chance.segmentOctets)
    }
  }
  return {
    server: chance.server(),
    serverPort: httpsPort,
    steps: script.finish(),
    transactions: 1,
    cutRequests: cut > 0 ? 1 : 0,
  }
}

/** Header of an application data record that is `octets` long with it. */
function application(octets: number): Uint8Array {
  const length = octets - recordHeader
  return Uint8Array.of(TlsContent.application, 3, 3, length >> 8, length & 255)
}

/** Makes the length of a record header fit what follows it. */
function record(message: Uint8Array): Uint8Array {
  const length = message.length - recordHeader
  message[3] = length >> 8
  message[4] = length & 255
  return message
}

/** A hello of TLS 1.2 with nothing but the server name: fits a small packet. */
function shortHello(chance: Chance, type: 1 | 2, host: string): Uint8Array {
  const body = new OctetBuilder().u16(0x0303).octets(chance.random.octets(32)).u8(0)
  if (type === 1) {
    const name = octetsOf(host)
    body.u16(2).u16(0x009c).u8(1).u8(0)
    body
      .u16(name.length + 9)
      .u16(0)
      .u16(name.length + 5)
    body
      .u16(name.length + 3)
      .u8(0)
      .u16(name.length)
      .octets(name)
  } else {
    body.u16(0x009c).u8(0)
  }
  return new OctetBuilder().u8(type).u24(body.length).octets(body.take()).take()
}

/** A TCP connection on a port of no known protocol, with binary content. */
export function otherTcpFlow(chance: Chance, full: () => number): FlowScript {
  const script = new TcpScript(chance.segmentOctets, ChargeId.Default)
  for (let n = chance.between(1, 3); n > 0; n--) {
    const size = chance.between(8, chance.small ? 70 : 300)
    const message = joinOctets([Uint8Array.of(0, 1, 2, 255), chance.random.octets(size)])
    script.request(message, ChargeId.Default, 0)
    script.response(nothing, script.messageOctets(full(), chance.between(10, 60)))
  }
  return {
    server: chance.server(),
    serverPort: otherPort,
    steps: script.finish(),
    transactions: 0,
    cutRequests: 0,
  }
}
