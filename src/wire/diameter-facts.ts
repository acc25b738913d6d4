/** What any Diameter message of a subscriber says: the session, who it is, which address he has, how it was
 * answered. Read RFC 6733 section 8.8 (Session-Id), RFC 8506 section 8.46 (Subscription-Id), RFC 7155
 * section 4.4.10.5 (Framed-...), 3GPP TS 29.212 clause 5.3 and TS 29.272 clause 7.2.
 *
 * What one interface adds is in diameter-policy.ts (Gx), diameter-credit.ts (Gy), diameter-subscriber.ts
 * (S6a) and diameter-spending.ts (Sy), read from the same group of AVPs. */

import type { DiameterHeader } from './diameter.js'
import { DiameterApplication } from './diameter-code.js'
import { SubscriptionIdType } from './diameter-enumerated.js'
import { AvpGroup, readAvps } from './diameter-tree.js'
import type { Fault } from './fault.js'

export interface SubscriptionId {
  /** SubscriptionIdType */
  type: number
  data: string
}

/** Absent is '' or -1, here and in the facts of each interface. */
export interface DiameterFacts {
  sessionId: string
  originHost: string
  originRealm: string
  destinationHost: string
  destinationRealm: string
  userName: string
  subscriptions: SubscriptionId[]
  /** digits, from whichever AVP of this application has them */
  imsi: string
  msisdn: string
  /** APN or DNN */
  calledStationId: string
  framedIpv4: string
  /** `2001:db8::/64` */
  framedIpv6Prefix: string
  /** Result-Code of the message, not those of services in it */
  result: number
  /** vendor and code of Experimental-Result */
  resultVendor: number
  experimentalResult: number
  errorMessage: string
  /** CcRequestType */
  requestType: number
  requestNumber: number
  /** Accounting-Record-Type, of Rf */
  accountingRecord: number
  accountingNumber: number
  terminationCause: number
  /** seconds since 1970 */
  eventTime: number
  /** RAT-Type of TS 29.212 clause 5.3.31, another numbering than GTP's */
  rat: number
  ipCanType: number
  /** all of the message, for the facts of its interface */
  avps: AvpGroup
}

/** Reads the AVPs behind a decoded header. What was read is there also when `fault` is raised. */
export function readDiameter(header: DiameterHeader, buf: Uint8Array, fault: Fault): DiameterFacts {
  const avps = new AvpGroup(buf, readAvps(buf, header.avpOff, header.end, fault))
  const experimental = avps.group('Experimental-Result')
  const subscriptions = readSubscriptions(avps)
  const userName = avps.text('User-Name')
  // TS 32.299 clause 7.2.158: Gy and Rf describe the packet session in a group of its own
  const session = avps.group('Service-Information')?.group('PS-Information')
  return {
    sessionId: avps.text('Session-Id'),
    originHost: avps.text('Origin-Host'),
    originRealm: avps.text('Origin-Realm'),
    destinationHost: avps.text('Destination-Host'),
    destinationRealm: avps.text('Destination-Realm'),
    userName,
    subscriptions,
    imsi: imsiOf(header.application, userName, subscriptions, avps) || sessionImsi(avps),
    msisdn: msisdnOf(subscriptions, avps),
    calledStationId: avps.text('Called-Station-Id') || (session?.text('Called-Station-Id') ?? ''),
    framedIpv4: avps.text('Framed-IP-Address') || sessionIpv4(session),
    framedIpv6Prefix: avps.text('Framed-IPv6-Prefix') || sessionIpv6Prefix(session),
    result: avps.number('Result-Code'),
    resultVendor: experimental?.number('Vendor-Id') ?? -1,
    experimentalResult: experimental?.number('Experimental-Result-Code') ?? -1,
    errorMessage: avps.text('Error-Message'),
    requestType: avps.number('CC-Request-Type'),
    requestNumber: avps.number('CC-Request-Number'),
    accountingRecord: avps.number('Accounting-Record-Type'),
    accountingNumber: avps.number('Accounting-Record-Number'),
    terminationCause: avps.number('Termination-Cause'),
    eventTime: avps.time('Event-Timestamp'),
    rat: avps.number('RAT-Type'),
    ipCanType: avps.number('IP-CAN-Type'),
    avps,
  }
}

/** The PDP-Address that is IPv4: a dual-stack session has two. */
function sessionIpv4(session: AvpGroup | undefined): string {
  return session?.texts('PDP-Address').find(address => !address.includes(':')) ?? ''
}

/** TS 32.299 clause 7.2.138B: without PDP-Address-Prefix-Length the prefix has 64 bits. */
const usualPrefix = 64

function sessionIpv6Prefix(session: AvpGroup | undefined): string {
  const address = session?.texts('PDP-Address').find(text => text.includes(':'))
  if (session === undefined || address === undefined) return ''
  const bits = session.number('PDP-Address-Prefix-Length')
  return `${address}/${bits < 0 ? usualPrefix : bits}`
}

function readSubscriptions(avps: AvpGroup): SubscriptionId[] {
  const service = avps.group('Service-Information')
  const groups = [...avps.groups('Subscription-Id'), ...(service?.groups('Subscription-Id') ?? [])]
  return groups.map(group => ({
    type: group.number('Subscription-Id-Type'),
    data: group.text('Subscription-Id-Data'),
  }))
}

/** TS 23.003 clause 2.2: an IMSI has at most 15 digits, MCC and MNC are 5 or 6 of them. */
const imsiDigits = /^\d{6,15}$/
/** TS 23.003 clauses 14.3 and 19.3.2: a name made of an IMSI begins with 0 (EAP-AKA), 1 (EAP-SIM) or 6
 * (EAP-AKA'); other first digits mark pseudonyms. */
const imsiName = /^[016](\d{14,15})@[^@]*\.3gppnetwork\.org$/

function imsiOf(
  application: number,
  userName: string,
  subscriptions: readonly SubscriptionId[],
  avps: AvpGroup,
): string {
  for (const { type, data } of subscriptions) {
    if (type === SubscriptionIdType.Imsi && imsiDigits.test(data)) return data
  }
  const of3gpp = avps.text('3GPP-IMSI')
  if (imsiDigits.test(of3gpp)) return of3gpp
  // TS 29.272 clause 5.2.1.1.1: on S6a the User-Name is the IMSI
  if (application === DiameterApplication.S6a && imsiDigits.test(userName)) return userName
  return imsiName.exec(userName)?.[1] ?? ''
}

/** RFC 6733 section 8.8: the last part of a Session-Id is what the sender likes. Some put the IMSI there, which
 * names the subscriber of an answer that has no Subscription-Id. */
const imsiAtEnd = /;(?:IMSI)?(\d{14,15})$/i

function sessionImsi(avps: AvpGroup): string {
  return imsiAtEnd.exec(avps.text('Session-Id'))?.[1] ?? ''
}

/** TS 23.003 clause 3.3: country code and national number; some senders put a + before them. */
const msisdnDigits = /^\+?(\d{5,15})$/

function msisdnOf(subscriptions: readonly SubscriptionId[], avps: AvpGroup): string {
  for (const { type, data } of subscriptions) {
    const digits = msisdnDigits.exec(data)?.[1]
    if (type === SubscriptionIdType.E164 && digits !== undefined) return digits
  }
  return avps.text('MSISDN') || (avps.group('Subscription-Data')?.text('MSISDN') ?? '')
}
