/** WebSocket frames. Read RFC 6455 section 5.2. */

import { OctetBuilder } from './octet-builder.js'
import type { Xorshift32 } from './xorshift.js'

const FINAL_BINARY = 0x82
const MASKED = 0x80

/** One binary frame with noise as payload; frames from the client are masked (section 5.1). */
export function emitWebsocketFrame(
  fromClient: boolean,
  payloadLength: number,
  random: Xorshift32,
): Uint8Array {
  const out = new OctetBuilder().u8(FINAL_BINARY)
  const mask = fromClient ? MASKED : 0
  if (payloadLength < 126) out.u8(mask | payloadLength)
  else out.u8(mask | 126).u16(payloadLength)
  if (fromClient) out.octets(random.octets(4))
  return out.octets(random.octets(payloadLength)).take()
}
