/** HTTP/1.1 messages. Read RFC 9112 sections 3, 6 and 7. */

import { OctetBuilder } from './octet-builder.js'

const reasons: Record<number, string> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

export function reasonOf(status: number): string {
  return reasons[status] ?? 'Other'
}

/** Start line and fields; `null` fields are left out. */
export function emitHead(
  startLine: string,
  fields: readonly [string, string | null][],
): Uint8Array {
  const out = new OctetBuilder().text(`${startLine}\r\n`)
  for (const [name, value] of fields) if (value !== null) out.text(`${name}: ${value}\r\n`)
  return out.text('\r\n').take()
}

/** Chunked transfer coding (RFC 9112 section 7.1) with chunks of `size` octets. */
export function emitChunked(body: Uint8Array, size: number): Uint8Array {
  const out = new OctetBuilder()
  for (let from = 0; from < body.length; from += size) {
    const chunk = body.subarray(from, from + size)
    out
      .text(`${chunk.length.toString(16)}\r\n`)
      .octets(chunk)
      .text('\r\n')
  }
  return out.text('0\r\n\r\n').take()
}
