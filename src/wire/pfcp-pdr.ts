/** Packet Detection Rules and Traffic Endpoints: which packets a rule is for, and the rules that it leads
 * to. Read 3GPP TS 29.244 clauses 5.2.1, 7.5.2.2 (Create PDR), 7.5.2.7 (Create Traffic Endpoint), 7.5.3.2
 * (Created PDR), 7.5.4.2 (Update PDR) and 7.5.4.6 (Remove PDR). */

import { PfcpIe, type PfcpIeCursor } from './pfcp-ie.js'
import * as value from './pfcp-value.js'
import { type PfcpWalk, u8, u16, u32 } from './pfcp-walk.js'

/** What a message does with a rule; `created` and `updated` are the UP function's answers. */
export type PfcpOperation = 'create' | 'update' | 'remove' | 'created' | 'updated'

/** Packet Detection Information (7.5.2.2-2), and what a Traffic Endpoint has of it. */
export interface PfcpPdi {
  /** PfcpInterface: 0 access (up), 1 core (down) ... */
  sourceInterface: number | undefined
  fTeids: value.PfcpFTeid[]
  networkInstance: string | undefined
  ueIps: value.PfcpUeIp[]
  sdfFilters: value.PfcpSdfFilter[]
  applicationId: string | undefined
  qfis: number[]
  trafficEndpointIds: number[]
}

export interface PfcpPdr {
  operation: PfcpOperation
  pdrId: number | undefined
  /** the lower, the earlier it is tried */
  precedence: number | undefined
  pdi: PfcpPdi | undefined
  /** `created`, `updated`: what the UP function allocated */
  fTeids: value.PfcpFTeid[]
  ueIps: value.PfcpUeIp[]
  outerHeaderRemoval: number | undefined
  farId: number | undefined
  urrIds: number[]
  qerIds: number[]
  /** names of rules that the UP function knows by itself */
  activated: string[]
  deactivated: string[]
}

export interface PfcpTrafficEndpoint {
  operation: PfcpOperation
  id: number | undefined
  pdi: PfcpPdi
}

export function readPdi(walk: PfcpWalk, ie: PfcpIeCursor): PfcpPdi {
  const pdi: PfcpPdi = {
    sourceInterface: undefined,
    fTeids: [],
    networkInstance: undefined,
    ueIps: [],
    sdfFilters: [],
    applicationId: undefined,
    qfis: [],
    trafficEndpointIds: [],
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.SourceInterface:
        pdi.sourceInterface = walk.value(part, f => f.u8() & 15)
        return
      case PfcpIe.FTeid:
        walk.push(pdi.fTeids, part, value.fTeid)
        return
      case PfcpIe.NetworkInstance:
        pdi.networkInstance = walk.value(part, value.networkInstance)
        return
      case PfcpIe.UeIpAddress:
        walk.push(pdi.ueIps, part, value.ueIp)
        return
      case PfcpIe.SdfFilter:
        walk.push(pdi.sdfFilters, part, value.sdfFilter)
        return
      case PfcpIe.ApplicationId:
        pdi.applicationId = walk.value(part, value.text)
        return
      case PfcpIe.Qfi:
        walk.push(pdi.qfis, part, f => f.u8() & 63)
        return
      case PfcpIe.TrafficEndpointId:
        walk.push(pdi.trafficEndpointIds, part, u8)
    }
  })
  return pdi
}

export function readPdr(walk: PfcpWalk, ie: PfcpIeCursor, operation: PfcpOperation): PfcpPdr {
  const pdr: PfcpPdr = {
    operation,
    pdrId: undefined,
    precedence: undefined,
    pdi: undefined,
    fTeids: [],
    ueIps: [],
    outerHeaderRemoval: undefined,
    farId: undefined,
    urrIds: [],
    qerIds: [],
    activated: [],
    deactivated: [],
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.PdrId:
        pdr.pdrId = walk.value(part, u16)
        return
      case PfcpIe.Precedence:
        pdr.precedence = walk.value(part, u32)
        return
      case PfcpIe.Pdi:
        pdr.pdi = readPdi(walk, part)
        return
      case PfcpIe.FTeid:
        walk.push(pdr.fTeids, part, value.fTeid)
        return
      case PfcpIe.UeIpAddress:
        walk.push(pdr.ueIps, part, value.ueIp)
        return
      case PfcpIe.OuterHeaderRemoval:
        pdr.outerHeaderRemoval = walk.value(part, u8)
        return
      case PfcpIe.FarId:
        pdr.farId = walk.value(part, u32)
        return
      case PfcpIe.UrrId:
        walk.push(pdr.urrIds, part, u32)
        return
      case PfcpIe.QerId:
        walk.push(pdr.qerIds, part, u32)
        return
      case PfcpIe.ActivatePredefinedRules:
        walk.push(pdr.activated, part, value.text)
        return
      case PfcpIe.DeactivatePredefinedRules:
        walk.push(pdr.deactivated, part, value.text)
    }
  })
  return pdr
}

export function readTrafficEndpoint(
  walk: PfcpWalk,
  ie: PfcpIeCursor,
  operation: PfcpOperation,
): PfcpTrafficEndpoint {
  const pdi = readPdi(walk, ie)
  return { operation, id: pdi.trafficEndpointIds[0], pdi }
}
