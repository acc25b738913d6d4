/** Forwarding Action Rules and QoS Enforcement Rules: what becomes of a subscriber's packets. Dropped,
 * redirected and gated subscribers are seen here. Read 3GPP TS 29.244 clauses 5.2.1.1, 7.5.2.3 (Create
 * FAR), 7.5.2.5 (Create QER), 7.5.4.3 and 7.5.4.5 (Update). */

import { PfcpIe, type PfcpIeCursor } from './pfcp-ie.js'
import type { PfcpOperation } from './pfcp-pdr.js'
import * as value from './pfcp-value.js'
import { type PfcpWalk, u8, u32 } from './pfcp-walk.js'

/** 7.5.2.3-2 and 7.5.4.3-2 */
export interface PfcpForwarding {
  /** PfcpInterface: 0 access (down), 1 core (up) ... */
  destinationInterface: number | undefined
  networkInstance: string | undefined
  redirect: value.PfcpRedirect | undefined
  outerHeader: value.PfcpOuterHeader | undefined
  forwardingPolicy: string | undefined
  trafficEndpointId: number | undefined
}

export interface PfcpFar {
  operation: PfcpOperation
  farId: number | undefined
  /** flags; see applyActionFlags */
  action: number | undefined
  forwarding: PfcpForwarding | undefined
  barId: number | undefined
}

export interface PfcpQer {
  operation: PfcpOperation
  qerId: number | undefined
  correlationId: number | undefined
  /** PfcpGate values */
  gateUp: number | undefined
  gateDown: number | undefined
  mbr: value.PfcpBitRate | undefined
  gbr: value.PfcpBitRate | undefined
  qfi: number | undefined
  rqi: number | undefined
}

function readForwarding(walk: PfcpWalk, ie: PfcpIeCursor): PfcpForwarding {
  const forwarding: PfcpForwarding = {
    destinationInterface: undefined,
    networkInstance: undefined,
    redirect: undefined,
    outerHeader: undefined,
    forwardingPolicy: undefined,
    trafficEndpointId: undefined,
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.DestinationInterface:
        forwarding.destinationInterface = walk.value(part, f => f.u8() & 15)
        return
      case PfcpIe.NetworkInstance:
        forwarding.networkInstance = walk.value(part, value.networkInstance)
        return
      case PfcpIe.RedirectInformation:
        forwarding.redirect = walk.value(part, value.redirect)
        return
      case PfcpIe.OuterHeaderCreation:
        forwarding.outerHeader = walk.value(part, value.outerHeaderCreation)
        return
      case PfcpIe.ForwardingPolicy:
        forwarding.forwardingPolicy = walk.value(part, f => f.text(f.u8()))
        return
      case PfcpIe.TrafficEndpointId:
        forwarding.trafficEndpointId = walk.value(part, u8)
    }
  })
  return forwarding
}

export function readFar(walk: PfcpWalk, ie: PfcpIeCursor, operation: PfcpOperation): PfcpFar {
  const far: PfcpFar = {
    operation,
    farId: undefined,
    action: undefined,
    forwarding: undefined,
    barId: undefined,
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.FarId:
        far.farId = walk.value(part, u32)
        return
      case PfcpIe.ApplyAction:
        far.action = walk.value(part, value.flagOctets)
        return
      case PfcpIe.ForwardingParameters:
      case PfcpIe.UpdateForwardingParameters:
        far.forwarding = readForwarding(walk, part)
        return
      case PfcpIe.BarId:
        far.barId = walk.value(part, u8)
    }
  })
  return far
}

export function readQer(walk: PfcpWalk, ie: PfcpIeCursor, operation: PfcpOperation): PfcpQer {
  const qer: PfcpQer = {
    operation,
    qerId: undefined,
    correlationId: undefined,
    gateUp: undefined,
    gateDown: undefined,
    mbr: undefined,
    gbr: undefined,
    qfi: undefined,
    rqi: undefined,
  }
  walk.each(ie.off, ie.end, part => {
    switch (part.type) {
      case PfcpIe.QerId:
        qer.qerId = walk.value(part, u32)
        return
      case PfcpIe.QerCorrelationId:
        qer.correlationId = walk.value(part, u32)
        return
      case PfcpIe.GateStatus: {
        const gates = walk.value(part, u8)
        if (gates === undefined) return
        qer.gateUp = (gates >> 2) & 3
        qer.gateDown = gates & 3
        return
      }
      case PfcpIe.Mbr:
        qer.mbr = walk.value(part, value.bitRate)
        return
      case PfcpIe.Gbr:
        qer.gbr = walk.value(part, value.bitRate)
        return
      case PfcpIe.Qfi:
        qer.qfi = walk.value(part, f => f.u8() & 63)
        return
      case PfcpIe.Rqi:
        qer.rqi = walk.value(part, f => f.u8() & 1)
    }
  })
  return qer
}
