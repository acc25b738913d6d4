/** What a Gx message installs, removes and reports. Read 3GPP TS 29.212 clauses 4.5 (procedures) and 5.3
 * (AVPs), TS 29.214 clause 5.3 (Flow-Description, Flow-Status). */

import type { RedirectServer } from './diameter-credit.js'
import type { AvpGroup } from './diameter-tree.js'

export interface PolicyFlow {
  /** IPFilterRule: `permit out 6 from 192.0.2.1 80 to any` */
  description: string
  /** Flow-Direction */
  direction: number
}

/** Quality of service; bits per second, -1 where nothing is said. */
export interface PolicyQos {
  qci: number
  maxBitsUp: number
  maxBitsDown: number
  guaranteedBitsUp: number
  guaranteedBitsDown: number
  apnBitsUp: number
  apnBitsDown: number
  priorityLevel: number
}

/** TS 29.212 clause 5.3.82: traffic of the rule goes to an address instead. */
export interface PolicyRedirect {
  enabled: boolean
  server: RedirectServer
}

export interface RuleDefinition {
  name: string
  ratingGroup: number
  serviceIdentifier: number
  flows: PolicyFlow[]
  /** FlowStatus; -1: as it was, and ENABLED in a new rule (clause 5.3.4) */
  flowStatus: number
  qos: PolicyQos | undefined
  precedence: number
  online: number
  offline: number
  meteringMethod: number
  reportingLevel: number
  monitoringKey: string
  /** TDF-Application-Identifier */
  application: string
  redirect: PolicyRedirect | undefined
}

/** Charging-Rule-Install: rules in full, and names of rules that the gateway knows. */
export interface RuleInstall {
  definitions: RuleDefinition[]
  names: string[]
  baseNames: string[]
  /** seconds since 1970 */
  activation: number
  deactivation: number
}

export interface RuleRemove {
  names: string[]
  baseNames: string[]
}

/** Charging-Rule-Report: what the gateway could not do, or does no more. */
export interface RuleReport {
  names: string[]
  baseNames: string[]
  /** PCC-Rule-Status */
  status: number
  /** Rule-Failure-Code */
  failure: number
  /** Final-Unit-Indication of credit control, passed on */
  finalUnitAction: number
}

export interface UsageMonitoring {
  key: string
  level: number
  grantedOctets: number
  usedOctets: number
}

export interface PolicyFacts {
  installs: RuleInstall[]
  removes: RuleRemove[]
  reports: RuleReport[]
  eventTriggers: number[]
  /** for the session: QoS-Information outside rules, and of the default bearer */
  qos: PolicyQos | undefined
  defaultBearerQos: PolicyQos | undefined
  monitoring: UsageMonitoring[]
  online: number
  offline: number
  bearerUsage: number
  /** hex */
  bearerIdentifier: string
  releaseCause: number
  /** seconds since 1970 at which the gateway asks again */
  revalidation: number
}

export function policyFacts(avps: AvpGroup): PolicyFacts {
  return {
    installs: avps.groups('Charging-Rule-Install').map(readInstall),
    removes: avps.groups('Charging-Rule-Remove').map(readRemove),
    reports: avps.groups('Charging-Rule-Report').map(readReport),
    eventTriggers: avps.numbers('Event-Trigger'),
    qos: readQos(avps.group('QoS-Information')),
    defaultBearerQos: readQos(avps.group('Default-EPS-Bearer-QoS')),
    monitoring: avps.groups('Usage-Monitoring-Information').map(readMonitoring),
    online: avps.number('Online'),
    offline: avps.number('Offline'),
    bearerUsage: avps.number('Bearer-Usage'),
    bearerIdentifier: avps.text('Bearer-Identifier'),
    releaseCause: avps.number('Session-Release-Cause'),
    revalidation: avps.time('Revalidation-Time'),
  }
}

function readInstall(group: AvpGroup): RuleInstall {
  return {
    definitions: group.groups('Charging-Rule-Definition').map(readDefinition),
    names: group.texts('Charging-Rule-Name'),
    baseNames: group.texts('Charging-Rule-Base-Name'),
    activation: group.time('Rule-Activation-Time'),
    deactivation: group.time('Rule-Deactivation-Time'),
  }
}

function readRemove(group: AvpGroup): RuleRemove {
  return {
    names: group.texts('Charging-Rule-Name'),
    baseNames: group.texts('Charging-Rule-Base-Name'),
  }
}

function readReport(group: AvpGroup): RuleReport {
  return {
    ...readRemove(group),
    status: group.number('PCC-Rule-Status'),
    failure: group.number('Rule-Failure-Code'),
    finalUnitAction: group.group('Final-Unit-Indication')?.number('Final-Unit-Action') ?? -1,
  }
}

function readDefinition(group: AvpGroup): RuleDefinition {
  return {
    name: group.text('Charging-Rule-Name'),
    ratingGroup: group.number('Rating-Group'),
    serviceIdentifier: group.number('Service-Identifier'),
    flows: readFlows(group),
    flowStatus: group.number('Flow-Status'),
    qos: readQos(group.group('QoS-Information')),
    precedence: group.number('Precedence'),
    online: group.number('Online'),
    offline: group.number('Offline'),
    meteringMethod: group.number('Metering-Method'),
    reportingLevel: group.number('Reporting-Level'),
    monitoringKey: group.text('Monitoring-Key'),
    application: group.text('TDF-Application-Identifier'),
    redirect: readRedirect(group.group('Redirect-Information')),
  }
}

/** Flow-Information, and before release 9 the Flow-Description in the rule itself. */
function readFlows(group: AvpGroup): PolicyFlow[] {
  const flows = group.groups('Flow-Information').map(flow => ({
    description: flow.text('Flow-Description'),
    direction: flow.number('Flow-Direction'),
  }))
  const plain = group.texts('Flow-Description')
  return [...flows, ...plain.map(description => ({ description, direction: -1 }))]
}

function readQos(group: AvpGroup | undefined): PolicyQos | undefined {
  if (group === undefined) return undefined
  const priority = group.group('Allocation-Retention-Priority')
  return {
    qci: group.number('QoS-Class-Identifier'),
    maxBitsUp: group.number('Max-Requested-Bandwidth-UL'),
    maxBitsDown: group.number('Max-Requested-Bandwidth-DL'),
    guaranteedBitsUp: group.number('Guaranteed-Bitrate-UL'),
    guaranteedBitsDown: group.number('Guaranteed-Bitrate-DL'),
    apnBitsUp: group.number('APN-Aggregate-Max-Bitrate-UL'),
    apnBitsDown: group.number('APN-Aggregate-Max-Bitrate-DL'),
    priorityLevel: priority?.number('Priority-Level') ?? -1,
  }
}

function readMonitoring(group: AvpGroup): UsageMonitoring {
  return {
    key: group.text('Monitoring-Key'),
    level: group.number('Usage-Monitoring-Level'),
    grantedOctets: group.group('Granted-Service-Unit')?.count('CC-Total-Octets') ?? -1,
    usedOctets: group.group('Used-Service-Unit')?.count('CC-Total-Octets') ?? -1,
  }
}

function readRedirect(group: AvpGroup | undefined): PolicyRedirect | undefined {
  if (group === undefined) return undefined
  return {
    enabled: group.number('Redirect-Support') !== redirectionDisabled,
    server: {
      type: group.number('Redirect-Address-Type'),
      address: group.text('Redirect-Server-Address'),
    },
  }
}

/** Redirect-Support: without the AVP redirection is enabled (clause 5.3.83). */
const redirectionDisabled = 0
