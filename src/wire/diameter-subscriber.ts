/** What an S6a message says of a subscription: barring, the APNs, why a request was refused, why a terminal
 * is thrown out. Read 3GPP TS 29.272 clauses 5.2 (procedures), 7.2 (messages), 7.3 (AVPs). */

import type { AvpGroup } from './diameter-tree.js'

export interface SubscribedApn {
  contextIdentifier: number
  /** the APN; `*` stands for any */
  name: string
  pdnType: number
  qci: number
  /** bits per second of the AMBR */
  maxBitsUp: number
  maxBitsDown: number
}

export interface SubscriptionFacts {
  /** whether Subscription-Data is there at all */
  present: boolean
  /** SubscriberStatus */
  status: number
  /** Operator-Determined-Barring, bits of clause 7.3.30; -1 when absent */
  barring: number
  /** HPLMN-ODB, bits */
  homeBarring: number
  networkAccessMode: number
  accessRestriction: number
  /** AMBR of the terminal, bits per second */
  maxBitsUp: number
  maxBitsDown: number
  defaultContext: number
  apns: SubscribedApn[]
}

export interface SubscriberFacts {
  /** MCC and MNC where the terminal is: `460-01` */
  visitedPlmn: string
  ulrFlags: number
  ulaFlags: number
  clrFlags: number
  idrFlags: number
  /** Cancellation-Type */
  cancellation: number
  /** Error-Diagnostic: which barring made DIAMETER_ERROR_ROAMING_NOT_ALLOWED or _UNKNOWN_EPS_SUBSCRIPTION */
  errorDiagnostic: number
  /** vectors in an Authentication-Information-Answer */
  vectors: number
  subscription: SubscriptionFacts
}

/** ULR-Flags bit 5 (clause 7.3.7): the terminal attaches, the location data there was is void. */
export const ulrInitialAttach = 1 << 5
/** CLR-Flags bit 1 (clause 7.3.152): the terminal is told to attach again at once. */
export const clrReattachRequired = 1 << 1

export function subscriberFacts(avps: AvpGroup): SubscriberFacts {
  const vectors = avps.group('Authentication-Info')
  return {
    visitedPlmn: avps.text('Visited-PLMN-Id'),
    ulrFlags: avps.number('ULR-Flags'),
    ulaFlags: avps.number('ULA-Flags'),
    clrFlags: avps.number('CLR-Flags'),
    idrFlags: avps.number('IDR-Flags'),
    cancellation: avps.number('Cancellation-Type'),
    errorDiagnostic: avps.number('Error-Diagnostic'),
    vectors: vectors === undefined ? 0 : vectorsOf(vectors),
    subscription: readSubscription(avps.group('Subscription-Data')),
  }
}

function vectorsOf(info: AvpGroup): number {
  const names = ['E-UTRAN-Vector', 'UTRAN-Vector', 'GERAN-Vector'] as const
  return names.reduce((sum, name) => sum + info.all(name).length, 0)
}

function readSubscription(data: AvpGroup | undefined): SubscriptionFacts {
  const profile = data?.group('APN-Configuration-Profile')
  const ambr = data?.group('AMBR')
  return {
    present: data !== undefined,
    status: data?.number('Subscriber-Status') ?? -1,
    barring: data?.number('Operator-Determined-Barring') ?? -1,
    homeBarring: data?.number('HPLMN-ODB') ?? -1,
    networkAccessMode: data?.number('Network-Access-Mode') ?? -1,
    accessRestriction: data?.number('Access-Restriction-Data') ?? -1,
    maxBitsUp: ambr?.number('Max-Requested-Bandwidth-UL') ?? -1,
    maxBitsDown: ambr?.number('Max-Requested-Bandwidth-DL') ?? -1,
    defaultContext: profile?.number('Context-Identifier') ?? -1,
    apns: profile?.groups('APN-Configuration').map(readApn) ?? [],
  }
}

function readApn(group: AvpGroup): SubscribedApn {
  const ambr = group.group('AMBR')
  const qos = group.group('EPS-Subscribed-QoS-Profile')
  return {
    contextIdentifier: group.number('Context-Identifier'),
    name: group.text('Service-Selection'),
    pdnType: group.number('PDN-Type'),
    qci: qos?.number('QoS-Class-Identifier') ?? -1,
    maxBitsUp: ambr?.number('Max-Requested-Bandwidth-UL') ?? -1,
    maxBitsDown: ambr?.number('Max-Requested-Bandwidth-DL') ?? -1,
  }
}
