/** What a message of credit control (Gy, Ro) grants, reports and refuses, for each service. Read RFC 8506
 * section 8 and, for the AVPs of vendor 3GPP in it, 3GPP TS 32.299 clause 7.2. */

import type { AvpName } from './diameter-dictionary.js'
import { FinalUnitAction } from './diameter-enumerated.js'
import type { AvpGroup } from './diameter-tree.js'

/** Units asked for, granted or used; -1 where the sender names none. */
export interface ServiceUnits {
  seconds: number
  totalOctets: number
  /** CC-Input-Octets: from the subscriber */
  octetsUp: number
  /** CC-Output-Octets: to the subscriber */
  octetsDown: number
  serviceSpecific: number
  /** 3GPP-Reporting-Reason of these used units */
  reportingReasons: number[]
  /** Tariff-Change-Usage */
  tariffChange: number
  /** seconds since 1970 at which a tariff begins */
  tariffTime: number
}

export interface RedirectServer {
  /** Redirect-Address-Type */
  type: number
  /** URL, SIP URI or address */
  address: string
}

/** What is to happen when the granted units are used up: RFC 8506 section 5.6. */
export interface FinalUnit {
  /** FinalUnitAction */
  action: number
  redirect: RedirectServer | undefined
  /** IPFilterRules, and names of filters that the gateway knows */
  filters: string[]
  filterIds: string[]
}

/** One Multiple-Services-Credit-Control, or a message without any. */
export interface CreditService {
  /** -1 when the sender names none */
  ratingGroup: number
  serviceIdentifiers: number[]
  granted: ServiceUnits | undefined
  requested: ServiceUnits | undefined
  used: ServiceUnits[]
  /** seconds for which the grant is good */
  validity: number
  result: number
  finalUnit: FinalUnit | undefined
  reportingReasons: number[]
  /** Trigger-Type values under which the gateway asks again */
  triggers: number[]
  /** thresholds, octets or seconds left at which the gateway asks again */
  volumeThreshold: number
  timeThreshold: number
  unitThreshold: number
  /** seconds without traffic after which the grant is given back */
  holdingTime: number
  consumptionTime: number
}

export interface CreditFacts {
  /** those of Multiple-Services-Credit-Control; else one with what the message has itself, if anything */
  services: CreditService[]
  serviceContext: string
  /** of the whole message: what the gateway does when the server does not answer */
  failureHandling: number
  reAuthRequestType: number
  /** RAR, CCR: rating groups named outside services (RFC 8506 section 5.5) */
  ratingGroup: number
}

export function creditFacts(avps: AvpGroup): CreditFacts {
  const groups = avps.groups('Multiple-Services-Credit-Control')
  const services = groups.map(readService)
  if (services.length === 0) {
    const own = readService(avps)
    if (own.granted || own.requested || own.finalUnit || own.used.length > 0) services.push(own)
  }
  return {
    services,
    serviceContext: avps.text('Service-Context-Id'),
    failureHandling: avps.number('Credit-Control-Failure-Handling'),
    reAuthRequestType: avps.number('Re-Auth-Request-Type'),
    ratingGroup: avps.number('Rating-Group'),
  }
}

function readService(group: AvpGroup): CreditService {
  return {
    ratingGroup: group.number('Rating-Group'),
    serviceIdentifiers: group.numbers('Service-Identifier'),
    granted: units(group, 'Granted-Service-Unit'),
    requested: units(group, 'Requested-Service-Unit'),
    used: group.groups('Used-Service-Unit').map(readUnits),
    validity: group.number('Validity-Time'),
    result: group.number('Result-Code'),
    finalUnit: readFinalUnit(group),
    reportingReasons: group.numbers('3GPP-Reporting-Reason'),
    triggers: group.groups('Trigger').flatMap(trigger => trigger.numbers('Trigger-Type')),
    volumeThreshold: group.number('Volume-Quota-Threshold'),
    timeThreshold: group.number('Time-Quota-Threshold'),
    unitThreshold: group.number('Unit-Quota-Threshold'),
    holdingTime: group.number('Quota-Holding-Time'),
    consumptionTime: group.number('Quota-Consumption-Time'),
  }
}

function units(group: AvpGroup, name: AvpName): ServiceUnits | undefined {
  const found = group.group(name)
  return found === undefined ? undefined : readUnits(found)
}

function readUnits(group: AvpGroup): ServiceUnits {
  return {
    seconds: group.number('CC-Time'),
    totalOctets: group.count('CC-Total-Octets'),
    octetsUp: group.count('CC-Input-Octets'),
    octetsDown: group.count('CC-Output-Octets'),
    serviceSpecific: group.count('CC-Service-Specific-Units'),
    reportingReasons: group.numbers('3GPP-Reporting-Reason'),
    tariffChange: group.number('Tariff-Change-Usage'),
    tariffTime: group.time('Tariff-Time-Change'),
  }
}

/** Final-Unit-Indication, or the QoS-Final-Unit-Indication that RFC 8506 section 8.68 added to it. */
function readFinalUnit(group: AvpGroup): FinalUnit | undefined {
  const found = group.group('Final-Unit-Indication') ?? group.group('QoS-Final-Unit-Indication')
  if (found === undefined) return undefined
  return {
    action: found.number('Final-Unit-Action'),
    redirect: readRedirectServer(found),
    filters: found.texts('Restriction-Filter-Rule'),
    filterIds: found.texts('Filter-Id'),
  }
}

function readRedirectServer(group: AvpGroup): RedirectServer | undefined {
  const server = group.group('Redirect-Server')
  if (server !== undefined) {
    return {
      type: server.number('Redirect-Address-Type'),
      address: server.text('Redirect-Server-Address'),
    }
  }
  const extension = group.group('Redirect-Server-Extension')
  if (extension === undefined) return undefined
  const url = extension.text('Redirect-Address-URL')
  if (url !== '') return { type: RedirectType.Url, address: url }
  const uri = extension.text('Redirect-Address-SIP-URI')
  if (uri !== '') return { type: RedirectType.SipUri, address: uri }
  const address = extension.text('Redirect-Address-IPAddress')
  return { type: address.includes(':') ? RedirectType.Ipv6 : RedirectType.Ipv4, address }
}

/** RFC 8506 section 8.38. */
export const RedirectType = { Ipv4: 0, Ipv6: 1, Url: 2, SipUri: 3 } as const

/** Whether this service sends the subscriber's requests to a portal instead. */
export function redirects(service: CreditService): boolean {
  return service.finalUnit?.action === FinalUnitAction.Redirect
}
