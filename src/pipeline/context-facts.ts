/** What level-1 rules may ask of a context and of an address. */

import type { FlowFacts } from '../rules/rule-facts.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { FlowAddress } from './flow-address.js'

/** What rules may ask of the context. */
export function fillContext(facts: FlowFacts, context: PdpContext | undefined): void {
  facts.apn = context?.apn || undefined
  facts.rat = context?.rat || undefined
  facts.imsi = context?.imsi || undefined
  facts.servingPlmn = context?.servingPlmn || undefined
  facts.roaming = context === undefined ? undefined : isRoaming(context)
}

/** Undefined when the network that serves, or the subscriber, is not known. */
export function isRoaming({ imsi, servingPlmn }: PdpContext): boolean | undefined {
  return imsi && servingPlmn ? !homePlmn(imsi, servingPlmn) : undefined
}

/** The address, to keep. */
export function words(address: FlowAddress): FlowFacts['server'] {
  const { version, w0, w1, w2, w3 } = address
  return { version, w0, w1, w2, w3 }
}

/** `460-01` is the home network of an IMSI that begins with 46001 (3GPP TS 23.003 clause 2.2). */
function homePlmn(imsi: string, plmn: string): boolean {
  return imsi.startsWith(plmn.replace('-', ''))
}
