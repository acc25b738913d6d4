/** Whether two descriptions can be of one session: what both of them say must agree. A number or an
 * address that was given to somebody else is what makes them differ, so that nothing is joined across
 * a recycled one. */

import type { ContextSource, PdpContext } from './pdp-context.js'

type Apn = Pick<PdpContext, 'apn' | 'apnSent'>
type Described = Apn & Pick<PdpContext, 'imsi' | 'msisdn' | 'ueV4' | 'ueV6'>

/** `byAddress`: the address alone brought them together. Then the APN must agree too, since networks give
 * the same private addresses out in several of them (3GPP TS 23.060 clause 9.2.1). */
export function isSameSession(a: Described, b: Described, byAddress: boolean): boolean {
  if (!isSameSubscriber(a, b)) return false
  if (!agree(a.ueV4, b.ueV4) || !agree(a.ueV6, b.ueV6)) return false
  return !byAddress || isSameApn(a, b)
}

/** By the IMSI where both have one: MSISDNs move to other SIM cards. */
export function isSameSubscriber(
  a: Pick<PdpContext, 'imsi' | 'msisdn'>,
  b: Pick<PdpContext, 'imsi' | 'msisdn'>,
): boolean {
  if (a.imsi !== '' && b.imsi !== '') return a.imsi === b.imsi
  return agree(a.msisdn, b.msisdn)
}

/** A network instance of PFCP stands for an APN that nobody sent (`apnSent` is ''): names of interfaces are
 * in use for it, so that it contradicts nothing. */
export function isSameApn(a: Apn, b: Apn): boolean {
  if (a.apnSent === '' || b.apnSent === '') return true
  return agree(a.apn.toLowerCase(), b.apn.toLowerCase())
}

function agree(a: string, b: string): boolean {
  return a === '' || b === '' || a === b
}

/** What knows more of a session: GTP-C its subscriber, place and tunnels, PFCP its tunnels, the others who
 * has an address. */
const ranks: Readonly<Record<ContextSource, number>> = { gtp: 2, pfcp: 1, gx: 0, gy: 0, radius: 0 }

export function knowsMore(a: ContextSource, b: ContextSource): boolean {
  return ranks[a] > ranks[b]
}

/** Whether a context is known only because somebody said who has its address. */
export function isIdentityOnly(source: ContextSource): boolean {
  return ranks[source] === 0
}
