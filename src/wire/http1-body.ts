/** How long the body of an HTTP/1.x message is, as its head tells.
 * Read RFC 9112 section 6.3 before changing this file: the order of the tests is the standard's. */

import type { HttpHead } from './http1.js'
import { invalidContentLength, TransferCoding } from './http1-field-value.js'

export const BodyKind = {
  /** the message ends with its head */
  None: 0,
  /** `contentLength` octets follow */
  Length: 1,
  /** chunks follow (http1-chunked.ts) */
  Chunked: 2,
  /** everything up to the end of the stream */
  Close: 3,
  /** no HTTP any more in both directions: CONNECT or 101 Switching Protocols */
  Tunnel: 4,
  /** the head contradicts itself; the next message must be searched for */
  Unknown: 5,
} as const
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind]

/** `toHead`, `toConnect`: the method of the request that this response answers. */
export function responseBody(head: HttpHead, toHead: boolean, toConnect: boolean): BodyKind {
  const status = head.status
  if (status === 101) return BodyKind.Tunnel
  if (toConnect && status >= 200 && status < 300) return BodyKind.Tunnel
  if (toHead || status < 200 || status === 204 || status === 304) return BodyKind.None
  // Transfer-Encoding overrides Content-Length: the classic way to smuggle a response past a reader
  if (head.transferCoding === TransferCoding.Chunked) return BodyKind.Chunked
  if (head.transferCoding === TransferCoding.Other) return BodyKind.Close
  return byContentLength(head, BodyKind.Close)
}

export function requestBody(head: HttpHead): BodyKind {
  if (head.transferCoding === TransferCoding.Chunked) return BodyKind.Chunked
  // "the message body length cannot be determined reliably": a server answers 400
  if (head.transferCoding === TransferCoding.Other) return BodyKind.Unknown
  return byContentLength(head, BodyKind.None)
}

function byContentLength(head: HttpHead, whenAbsent: BodyKind): BodyKind {
  if (head.contentLength === invalidContentLength) return BodyKind.Unknown
  if (head.contentLength < 0) return whenAbsent
  return head.contentLength === 0 ? BodyKind.None : BodyKind.Length
}
