/** HTTP/1.x for `dissect`: heads of requests and responses, cut over segments or not; bodies are passed
 * over, but MMS in them is read. Read RFC 9112 sections 2 to 6 and wire/http1.ts first. */

import { FaultCode, layer } from '../wire/fault.js'
import { HttpHead, headEnd, maxHeadOctets } from '../wire/http1.js'
import { BodyKind, requestBody, responseBody } from '../wire/http1-body.js'
import { ChunkedBody } from '../wire/http1-chunked.js'
import { beforeParameters, fieldText, TargetForm } from '../wire/http1-field-value.js'
import { startsRequest, startsResponse } from '../wire/http1-start.js'
import { latin1 } from '../wire/octets.js'
import { giveUp, type Inspector, type StreamReader, type Walk } from './inspector.js'

const mmsMediaType = 'application/vnd.wap.mms-message'
/** SSDP: requests and answers of the same form in datagrams. */
const ssdpPort = 1900
/** A body that is to be read is kept; MMS centres take messages of 300 kB to 1 MB. */
const maxKeptBody = 1 << 20
/** Requests that may wait for their answer; more is not pipelining. */
const maxWaiting = 64

const head = new HttpHead()
const http1 = layer('http1')

/** Methods of requests that are not answered yet: RFC 9112 section 6.3 makes the body depend on them. */
interface Waiting {
  methods: string[]
}

class HttpReader implements StreamReader {
  #left = 0
  #toClose = false
  #chunks: ChunkedBody | undefined
  #mms = false

  read(buf: Uint8Array, off: number, end: number, walk: Walk): number {
    let at = off
    while (at < end) {
      const next = this.#inBody() ? this.#body(buf, at, end, walk) : this.#head(buf, at, end, walk)
      if (next === giveUp) return giveUp
      if (next === at) break
      at = next
    }
    return at
  }

  cut(buf: Uint8Array, off: number, end: number, walk: Walk): void {
    if (this.#inBody()) {
      if (this.#mms) walk.enter('mmse', buf, off, end)
      return
    }
    const response = startsResponse(buf, off, end) === 1
    const read = response
      ? head.decodePartialResponse(buf, off, end, walk.fault)
      : head.decodePartialRequest(buf, off, end, walk.fault)
    if (!read) return
    headFields(buf, response, walk)
    walk.fault.raise(FaultCode.Truncated, http1, off, end - off + 1, end - off)
    walk.malformed(walk.fault)
  }

  #inBody(): boolean {
    return this.#left > 0 || this.#toClose || this.#chunks !== undefined
  }

  #body(buf: Uint8Array, at: number, end: number, walk: Walk): number {
    if (this.#toClose) return end
    const chunks = this.#chunks
    if (chunks !== undefined) {
      const next = chunks.feed(buf, at, end)
      if (chunks.failed) return giveUp
      if (chunks.done) this.#chunks = undefined
      return next
    }
    const octets = Math.min(this.#left, end - at)
    if (this.#mms) {
      if (octets < this.#left) return at
      walk.enter('mmse', buf, at, at + octets)
      this.#mms = false
    }
    this.#left -= octets
    return at + octets
  }

  #head(buf: Uint8Array, at: number, end: number, walk: Walk): number {
    const after = headEnd(buf, at, end)
    if (after < 0) {
      const lost = startsRequest(buf, at, end) === 0 && startsResponse(buf, at, end) === 0
      return lost || end - at > maxHeadOctets ? giveUp : at
    }
    const response = startsResponse(buf, at, after) === 1
    const read = response
      ? head.decodeResponse(buf, at, after, walk.fault)
      : head.decodeRequest(buf, at, after, walk.fault)
    if (!read) return giveUp
    const method = headFields(buf, response, walk)
    const body = response
      ? responseBody(head, method === 'HEAD', method === 'CONNECT')
      : requestBody(head)
    return this.#expect(body, buf) ? after : giveUp
  }

  /** False when HTTP ends here. */
  #expect(body: BodyKind, buf: Uint8Array): boolean {
    this.#toClose = body === BodyKind.Close
    this.#left = body === BodyKind.Length ? head.contentLength : 0
    this.#mms = this.#left > 0 && this.#left <= maxKeptBody && mediaType(buf) === mmsMediaType
    if (body === BodyKind.Chunked) this.#chunks = new ChunkedBody()
    return body !== BodyKind.Tunnel && body !== BodyKind.Unknown
  }
}

/** Adds the fields of `head`; returns the method of the request, or of that which it answers. */
function headFields(buf: Uint8Array, response: boolean, walk: Walk): string {
  const waiting = walk.conversation<Waiting>('http', () => ({ methods: [] }))
  walk.layer('http')
  const method = response ? (waiting.methods.shift() ?? '') : requestFields(buf, walk)
  if (response) walk.out.add('http.response.code', head.status)
  else if (waiting.methods.length < maxWaiting) waiting.methods.push(method)
  // an interim answer is not the last one to its request (RFC 9110 section 15.2)
  if (response && head.status < 200 && head.status !== 101) waiting.methods.unshift(method)
  commonFields(buf, walk)
  return method
}

function mediaType(buf: Uint8Array): string {
  if (head.contentTypeOff < 0) return ''
  const end = beforeParameters(buf, head.contentTypeOff, head.contentTypeEnd)
  return latin1(buf, head.contentTypeOff, end).toLowerCase()
}

/** Adds the fields of the request in `head`; returns its method. */
function requestFields(buf: Uint8Array, walk: Walk): string {
  const { out } = walk
  const method = latin1(buf, head.methodOff, head.methodEnd)
  const target = latin1(buf, head.targetOff, head.targetEnd)
  out.add('http.request.method', method)
  out.add('http.request.uri', target)
  const host = text(buf, head.hostOff, head.hostEnd)
  out.addText('http.host', host)
  out.addText('http.request.full_uri', fullUri(host, target))
  out.addText('http.x_online_host', text(buf, head.xOnlineHostOff, head.xOnlineHostEnd))
  out.addText('http.x_wap_profile', text(buf, head.xWapProfileOff, head.xWapProfileEnd))
  return method
}

/** RFC 9112 section 3.3; the asterisk form has no path, the authority form is all there is. */
function fullUri(host: string, target: string): string {
  const { targetForm } = head
  if (targetForm === TargetForm.Absolute || targetForm === TargetForm.Authority) return target
  if (host === '') return ''
  return targetForm === TargetForm.Asterisk ? `http://${host}` : `http://${host}${target}`
}

function commonFields(buf: Uint8Array, walk: Walk): void {
  const { out } = walk
  out.addText('http.user_agent', text(buf, head.userAgentOff, head.userAgentEnd))
  out.addText('http.content_type', text(buf, head.contentTypeOff, head.contentTypeEnd))
  if (head.contentLength >= 0) out.add('http.content_length', head.contentLength)
  out.addText('http.location', text(buf, head.locationOff, head.locationEnd))
  out.addText('http.upgrade', text(buf, head.upgradeOff, head.upgradeEnd))
}

function text(buf: Uint8Array, off: number, end: number): string {
  return off < 0 ? '' : fieldText(buf, off, end)
}

export const http: Inspector = {
  name: 'http',
  doc: {
    standard: 'RFC 9110, RFC 9112',
    decoded:
      'start lines, the header fields that rating reads, the end of every body; pipelining, MMS in bodies; SSDP',
    missing: 'other header fields, content, HTTP/2 and HTTP/3',
  },
  fields: {
    'http.request.method': 'text',
    'http.request.uri': 'text',
    'http.host': 'text',
    'http.request.full_uri': 'text',
    'http.x_online_host': 'text',
    'http.x_wap_profile': 'text',
    'http.response.code': 'number',
    'http.user_agent': 'text',
    'http.content_type': 'text',
    'http.content_length': 'number',
    'http.location': 'text',
    'http.upgrade': 'text',
  },
  summary: [
    'http.request.method',
    'http.request.full_uri',
    'http.response.code',
    'http.content_type',
  ],
  udpPorts: [ssdpPort],
  starts(buf, off, end) {
    const request = startsRequest(buf, off, end)
    const response = startsResponse(buf, off, end)
    if (request === 1 || response === 1) return 1
    return request === -1 || response === -1 ? -1 : 0
  },
  stream: () => new HttpReader(),
  inspect(buf, off, end, walk) {
    new HttpReader().read(buf, off, end, walk)
  },
}
