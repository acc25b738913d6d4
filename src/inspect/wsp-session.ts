/** What WSP says of a session, for `dissect`: capabilities of Connect, ConnectReply and Resume, and where a
 * Redirect leads. Read WAP-230-WSP clauses 8.2.2.4 and 8.3 first. */

import { FaultCode } from '../wire/fault.js'
import { type WspPdu, WspType } from '../wire/wsp.js'
import { WspCapability, type WspCapabilityValue, wspCapabilities } from '../wire/wsp-capability.js'
import { wspRedirect } from '../wire/wsp-redirect.js'
import type { Walk } from './inspector.js'

export const sessionFieldForms = {
  'wsp.capability.client_sdu_size': 'number',
  'wsp.capability.server_sdu_size': 'number',
  'wsp.capability.protocol_opt': 'text',
  'wsp.capability.method_mor': 'number',
  'wsp.capability.push_mor': 'number',
  'wsp.capability.extended_method': 'text',
  'wsp.capability.code_page': 'text',
  'wsp.capability.aliases': 'text',
  'wsp.capability.client_message_size': 'number',
  'wsp.capability.server_message_size': 'number',
  'wsp.capability': 'text',
  'wsp.redirect.flags.permanent': 'number',
  'wsp.redirect.flags.reuse_security_session': 'number',
  'wsp.redirect.address': 'text',
  'wsp.redirect.port': 'number',
} as const

/** Wireshark's names by number of table 37. */
const capabilityFields: { readonly [code: number]: keyof typeof sessionFieldForms } = {
  [WspCapability.ClientSduSize]: 'wsp.capability.client_sdu_size',
  [WspCapability.ServerSduSize]: 'wsp.capability.server_sdu_size',
  [WspCapability.ProtocolOptions]: 'wsp.capability.protocol_opt',
  [WspCapability.MethodMor]: 'wsp.capability.method_mor',
  [WspCapability.PushMor]: 'wsp.capability.push_mor',
  [WspCapability.ExtendedMethods]: 'wsp.capability.extended_method',
  [WspCapability.HeaderCodePages]: 'wsp.capability.code_page',
  [WspCapability.Aliases]: 'wsp.capability.aliases',
  [WspCapability.ClientMessageSize]: 'wsp.capability.client_message_size',
  [WspCapability.ServerMessageSize]: 'wsp.capability.server_message_size',
}

/** Adds what the PDU says of its session. */
export function sessionFields(buf: Uint8Array, pdu: WspPdu, walk: Walk): void {
  if (pdu.type === WspType.Redirect) redirect(buf, pdu, walk)
  if (pdu.capabilitiesEnd === pdu.capabilitiesOff) return
  for (const one of wspCapabilities(buf, pdu.capabilitiesOff, pdu.capabilitiesEnd, walk.fault)) {
    capability(one, walk)
  }
  if (walk.fault.code !== FaultCode.None) walk.malformed(walk.fault)
}

function capability(one: WspCapabilityValue, walk: Walk): void {
  const field = capabilityFields[one.code]
  if (field === undefined) walk.out.add('wsp.capability', `${one.name}: ${one.text}`)
  else if (sessionFieldForms[field] === 'text') walk.out.addText(field, one.text)
  else if (one.number >= 0) walk.out.add(field, one.number)
}

function redirect(buf: Uint8Array, pdu: WspPdu, walk: Walk): void {
  const { out, fault } = walk
  const { permanent, reuseSecurity, addresses } = wspRedirect(buf, pdu.dataOff, pdu.dataEnd, fault)
  out.add('wsp.redirect.flags.permanent', permanent ? 1 : 0)
  out.add('wsp.redirect.flags.reuse_security_session', reuseSecurity ? 1 : 0)
  for (const { address, port } of addresses) {
    out.add('wsp.redirect.address', address)
    if (port >= 0) out.add('wsp.redirect.port', port)
  }
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}
