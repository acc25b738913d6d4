/** What the three GTP versions must be able to say about a context. */

import type { ContextState } from './world.js'

export interface ContextMessages {
  /** cause value for "Request accepted" */
  accepted: number
  echoRequest(seq: number, recovery: number): Uint8Array
  echoResponse(seq: number, recovery: number): Uint8Array
  createRequest(context: ContextState, seq: number): Uint8Array
  createResponse(context: ContextState, seq: number, cause: number): Uint8Array
  updateRequest(context: ContextState, seq: number): Uint8Array
  updateResponse(context: ContextState, seq: number, cause: number): Uint8Array
  /** `bySgsn`: the access side deletes */
  deleteRequest(context: ContextState, seq: number, bySgsn: boolean): Uint8Array
  deleteResponse(context: ContextState, seq: number, bySgsn: boolean, cause: number): Uint8Array
}
