/** The decoders of DNS, HTTP, TLS and QUIC, for the fuzzer. */

import { octetsOf } from '../../src/synth/octet-builder.js'
import { DnsMessage, tcpMessageEnd } from '../../src/wire/dns.js'
import { HttpHead, headEnd } from '../../src/wire/http1.js'
import { requestBody, responseBody } from '../../src/wire/http1-body.js'
import { ChunkedBody } from '../../src/wire/http1-chunked.js'
import {
  findRequestStart,
  startsH2,
  startsRequest,
  startsResponse,
} from '../../src/wire/http1-start.js'
import { QuicCryptoStream } from '../../src/wire/quic-crypto-stream.js'
import { QuicFrames, QuicFrameType } from '../../src/wire/quic-frame.js'
import { QuicHeader, startsQuic } from '../../src/wire/quic-header.js'
import { CertificateNames } from '../../src/wire/tls-certificate.js'
import { ClientHello } from '../../src/wire/tls-client-hello.js'
import { startsTls, startsTlsRecord } from '../../src/wire/tls-record.js'
import { ServerFlight } from '../../src/wire/tls-server-flight.js'
import { WebSocketFrames } from '../../src/wire/websocket.js'
import { hex } from '../helpers/hex.js'
import { certificate, certificateList } from '../wire-app/certificate-octets.js'
import { clientHello, crypto, initialPacket } from '../wire-quic/emit-initial.js'
import { type DecoderFuzz, fields, type Reader, steps } from './decoder-target.js'
import { lengthSite } from './site.js'
import { Finding } from './target.js'
import { handshakeSites } from './tls-sites.js'

/** A body that is fed whole and in pieces; where it ends may not depend on the pieces. */
interface Fed {
  reset(): void
  feed(buf: Uint8Array, off: number, end: number): number
  readonly done: boolean
  readonly failed: boolean
}

function fedInPieces<T extends Fed>(make: () => T, say: (body: T) => unknown): () => Reader {
  return () => {
    const whole = make()
    const cut = make()
    return (buf, off, end) => {
      whole.reset()
      cut.reset()
      const stop = whole.feed(buf, off, end)
      let at = off
      for (let n = 1; at < end && !cut.done && !cut.failed; n++) {
        const to = Math.min(end, at + (n % 7) + 1)
        const taken = cut.feed(buf, at, to)
        if (taken < at || taken > to) throw new Finding(`fed [${at}, ${to}), took to ${taken}`)
        at = taken
        if (taken < to) break
      }
      const said = [JSON.stringify(say(whole)), JSON.stringify(say(cut))]
      if (at !== stop || said[0] !== said[1]) {
        throw new Finding(`whole ${said[0]} to ${stop - off}, in pieces ${said[1]} to ${at - off}`)
      }
      return [stop, said[0]]
    }
  }
}

const chunked = [
  '5\r\nhello\r\n0\r\n\r\n',
  'a;x=y\r\n0123456789\r\n1f\r\n0123456789012345678901234567890\r\n0\r\nTrailer: 1\r\n\r\nGET',
  'FFFFFFFFFFFFFFFF\r\n',
  '0000000000000000000000001\r\nx\r\n0\n\n',
].map(octetsOf)

const webSocket = [
  '810548656c6c6f',
  '818537fa213d7f9f4d5158 8900 8a00 880203e8',
  '827e0100',
  '827f0000000000010000',
].map(hex)

const heads = [
  'GET / HTTP/1.1\r\nHost: a.test\r\nX-Online-Host: b.test\r\nUser-Agent: x\r\n\r\n',
  'POST http://a.test/p HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 5, 5\r\nExpect: 100-continue\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: http://a.test/\r\nConnection: keep-alive, close, upgrade\r\nUpgrade: websocket\r\n folded\r\n\r\n',
  'CONNECT a.test:443 HTTP/1.0\r\n\r\n',
].map(octetsOf)

const hello = clientHello('mmsc.example.test', { alpn: ['h3', 'h2'], ech: true })
const quicFrames = [
  crypto(0, hello),
  Buffer.concat([crypto(100, hello.subarray(100)), crypto(0, hello.subarray(0, 120))]),
  Buffer.concat([
    hex('02 05 00 02 01 00 00 01 02 03 0203'),
    crypto(0, hello),
    hex('1c 00 06 0161'),
  ]),
]

const certificateMessage = Uint8Array.from(
  certificateList(
    certificate({ commonName: 'www.example.test', dnsNames: ['a.test', '*.example.test'] }),
    certificate({ commonName: 'An Issuer', critical: true }),
  ),
)

export const webDecoders: readonly DecoderFuzz[] = [
  {
    name: 'dns',
    layers: ['dns'],
    weight: 2,
    make() {
      const dns = new DnsMessage()
      return (buf, off, end, fault) => [
        dns.decode(buf, off, end, fault),
        fields(dns),
        { tcpEnd: Math.min(end, tcpMessageEnd(buf, off, end)) },
      ]
    },
  },
  {
    name: 'http1-head',
    layers: ['http'],
    more: heads,
    weight: 2,
    make() {
      const head = new HttpHead()
      return (buf, off, end, fault) => {
        const stop = headEnd(buf, off, end)
        let at = -1
        for (let to = off, from = off; at < 0 && to < end; from = to) {
          to = Math.min(end, to + 3)
          at = headEnd(buf, off, to, from)
        }
        if (at !== stop) throw new Finding(`head ends at ${stop - off}, in pieces at ${at - off}`)
        const last = stop < 0 ? end : stop
        const said = [
          [head.decodeRequest(buf, off, last, fault), fields(head), requestBody(head)],
          [head.decodeResponse(buf, off, last, fault), fields(head)],
          [responseBody(head, false, false), responseBody(head, true, false)],
          [head.decodePartialRequest(buf, off, last, fault), fields(head)],
        ]
        return [{ headEnd: stop }, ...said]
      }
    },
  },
  {
    name: 'http1-start',
    layers: ['http', 'tls', 'wsp'],
    more: heads,
    make: () => (buf, off, end) => {
      const found = findRequestStart(buf, off, end)
      const likely = [startsRequest, startsResponse, startsH2].map(one => one(buf, off, end))
      return [likely, { startOff: found }]
    },
  },
  {
    name: 'http1-chunked',
    layers: [],
    more: chunked,
    make: fedInPieces(() => new ChunkedBody(), fields),
  },
  {
    name: 'websocket',
    layers: [],
    more: webSocket,
    sites: (_buf, off, end) => [lengthSite(off, 1), lengthSite(Math.min(off + 1, end - 1), 1)],
    make: fedInPieces(() => new WebSocketFrames(), fields),
  },
  {
    name: 'tls-client-hello',
    layers: ['tls'],
    weight: 2,
    make() {
      const client = new ClientHello()
      return (buf, off, end, fault) => [
        startsTls(buf, off, end),
        startsTlsRecord(buf, off, end),
        [client.decode(buf, off, end, fault), fields(client)],
        [client.decodePartial(buf, off, end, fault), fields(client)],
      ]
    },
  },
  {
    name: 'tls-handshake',
    layers: [],
    more: [hello, clientHello('', { filler: 300 })],
    sites: (buf, off, end) => handshakeSites(buf, off, end, []),
    make() {
      const client = new ClientHello()
      return (buf, off, end, fault) => [
        [client.decodeMessage(buf, off, end, fault), fields(client)],
        [client.decodePartialMessage(buf, off, end, fault), fields(client)],
      ]
    },
  },
  {
    name: 'tls-server-flight',
    layers: ['tls'],
    make() {
      const flight = new ServerFlight()
      return (buf, off, end, fault) => [
        flight.decode(buf, off, end, fault),
        flight.certificate.commonName,
        flight.certificate.dnsNames,
      ]
    },
  },
  {
    name: 'tls-certificate',
    layers: [],
    more: [certificateMessage],
    sites: (_buf, off, end) => Array.from({ length: end - off }, (_, i) => lengthSite(off + i, 1)),
    make() {
      const certificate = new CertificateNames()
      return (buf, off, end, fault) => [
        certificate.decode(buf, off, end, fault),
        certificate.commonName,
        certificate.dnsNames,
        certificate.names,
      ]
    },
  },
  {
    name: 'quic-header',
    layers: ['quic'],
    more: [initialPacket(hello.subarray(4, 12), quicFrames[0] ?? hello)],
    make() {
      const header = new QuicHeader()
      return (buf, off, end, fault) => {
        let at = off
        const next = () => at < end && header.decode(buf, at, end, fault)
        const packets = steps(end - off, next, () => {
          if (header.end <= at) throw new Finding('a packet without octets')
          at = header.end
          return fields(header)
        })
        return [startsQuic(buf, off, end), packets]
      }
    },
  },
  {
    name: 'quic-frame',
    layers: [],
    more: quicFrames,
    sites: (_buf, off, end) =>
      Array.from({ length: Math.min(end - off, 16) }, (_, i) => lengthSite(off + i, 1)),
    make() {
      const frames = new QuicFrames()
      const stream = new QuicCryptoStream()
      return (buf, off, end, fault) => {
        stream.reset()
        frames.start(buf, off, end)
        const next = () => frames.next(fault)
        const found = steps(end - off, next, () => {
          if (frames.type !== QuicFrameType.Crypto) return [frames.type]
          const { cryptoOffset, dataOff, dataEnd } = frames
          return [fields(frames), stream.add(cryptoOffset, buf, dataOff, dataEnd, fault)]
        })
        return [found, Buffer.from(stream.octets.subarray(0, stream.length)).toString('hex')]
      }
    },
  },
]
