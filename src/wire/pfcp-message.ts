/** One PFCP message as the join of a subscriber's sessions wants it: who, which tunnels and addresses, which
 * rules, what was counted. Read 3GPP TS 29.244 clauses 7.4 (node) and 7.5 (session messages). */

import type { Fault } from './fault.js'
import { PfcpHeader, seidText } from './pfcp.js'
import { type PfcpFar, type PfcpQer, readFar, readQer } from './pfcp-far.js'
import { PfcpIe, type PfcpIeCursor } from './pfcp-ie.js'
import {
  type PfcpOperation,
  type PfcpPdr,
  type PfcpTrafficEndpoint,
  readPdr,
  readTrafficEndpoint,
} from './pfcp-pdr.js'
import { type PfcpUrr, type PfcpUsageReport, readUrr, readUsageReport } from './pfcp-usage.js'
import * as value from './pfcp-value.js'
import { PfcpWalk, u8, u16, u32 } from './pfcp-walk.js'

export interface PfcpMessage {
  /** PfcpType */
  type: number
  /** of the receiver's session, `0x` and 16 digits; undefined in node messages. 0 in an establishment
   * request, and in an answer to one whose session is not known */
  seid: string | undefined
  sequence: number
  nodeId: value.PfcpNodeId | undefined
  /** the sender's session */
  fSeid: value.PfcpFSeid | undefined
  cause: number | undefined
  /** types of the elements that the cause is about */
  offendingIes: number[]
  failedRules: value.PfcpFailedRule[]
  /** seconds since 1970 */
  recoveryS: number | undefined
  pdrs: PfcpPdr[]
  fars: PfcpFar[]
  urrs: PfcpUrr[]
  qers: PfcpQer[]
  trafficEndpoints: PfcpTrafficEndpoint[]
  usage: PfcpUsageReport[]
  /** URRs that are to report at once (Query URR) */
  queriedUrrIds: number[]
  /** Error Indications that the UP function received: tunnels whose far end is gone */
  errorIndications: value.PfcpFTeid[]
  /** flags; see reportTypeFlags */
  reportType: number | undefined
  userId: value.PfcpUserId | undefined
  dnn: string | undefined
  sNssai: string | undefined
  /** 1 IPv4, 2 IPv6, 3 IPv4v6, 4 non-IP, 5 Ethernet */
  pdnType: number | undefined
  inactivityTimerS: number | undefined
  /** elements of the outermost level */
  elements: number
  /** one past the message: where the next begins when `followOn` */
  end: number
  followOn: boolean
}

const header = new PfcpHeader()

/** Reads the message at `off`. Undefined: there is no readable header. Otherwise what could be read, and
 * `fault` says what could not (FaultCode.None: nothing). */
export function readPfcp(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): PfcpMessage | undefined {
  if (!header.decode(buf, off, end, fault)) return undefined
  const message: PfcpMessage = {
    type: header.type,
    seid: header.hasSeid ? seidText(buf, header.seidOff) : undefined,
    sequence: header.sequence,
    nodeId: undefined,
    fSeid: undefined,
    cause: undefined,
    offendingIes: [],
    failedRules: [],
    recoveryS: undefined,
    pdrs: [],
    fars: [],
    urrs: [],
    qers: [],
    trafficEndpoints: [],
    usage: [],
    queriedUrrIds: [],
    errorIndications: [],
    reportType: undefined,
    userId: undefined,
    dnn: undefined,
    sNssai: undefined,
    pdnType: undefined,
    inactivityTimerS: undefined,
    elements: 0,
    end: header.end,
    followOn: header.followOn,
  }
  const walk = new PfcpWalk(buf, fault)
  walk.each(header.ieOff, header.end, ie => {
    message.elements++
    if (!takeRule(message, walk, ie)) takeValue(message, walk, ie)
  })
  return message
}

const pdrOperations = operations([
  [PfcpIe.CreatePdr, 'create'],
  [PfcpIe.CreatedPdr, 'created'],
  [PfcpIe.UpdatePdr, 'update'],
  [PfcpIe.UpdatedPdr, 'updated'],
  [PfcpIe.RemovePdr, 'remove'],
])
const farOperations = operations([
  [PfcpIe.CreateFar, 'create'],
  [PfcpIe.UpdateFar, 'update'],
  [PfcpIe.RemoveFar, 'remove'],
])
const urrOperations = operations([
  [PfcpIe.CreateUrr, 'create'],
  [PfcpIe.UpdateUrr, 'update'],
  [PfcpIe.RemoveUrr, 'remove'],
])
const qerOperations = operations([
  [PfcpIe.CreateQer, 'create'],
  [PfcpIe.UpdateQer, 'update'],
  [PfcpIe.RemoveQer, 'remove'],
])
const trafficEndpointOperations = operations([
  [PfcpIe.CreateTrafficEndpoint, 'create'],
  [PfcpIe.CreatedTrafficEndpoint, 'created'],
  [PfcpIe.UpdateTrafficEndpoint, 'update'],
  [PfcpIe.RemoveTrafficEndpoint, 'remove'],
])

function operations(
  list: readonly (readonly [number, PfcpOperation])[],
): ReadonlyMap<number, PfcpOperation> {
  return new Map(list)
}

/** Whether the element was one of the rules. */
function takeRule(message: PfcpMessage, walk: PfcpWalk, ie: PfcpIeCursor): boolean {
  const take = <T>(
    list: T[],
    kinds: ReadonlyMap<number, PfcpOperation>,
    read: (walk: PfcpWalk, ie: PfcpIeCursor, operation: PfcpOperation) => T,
  ): boolean => {
    const operation = kinds.get(ie.type)
    if (operation === undefined) return false
    list.push(read(walk, ie, operation))
    return true
  }
  return (
    take(message.pdrs, pdrOperations, readPdr) ||
    take(message.fars, farOperations, readFar) ||
    take(message.urrs, urrOperations, readUrr) ||
    take(message.qers, qerOperations, readQer) ||
    take(message.trafficEndpoints, trafficEndpointOperations, readTrafficEndpoint)
  )
}

function takeValue(message: PfcpMessage, walk: PfcpWalk, ie: PfcpIeCursor): void {
  switch (ie.type) {
    case PfcpIe.NodeId:
      message.nodeId = walk.value(ie, value.nodeId)
      return
    case PfcpIe.FSeid:
      message.fSeid = walk.value(ie, value.fSeid)
      return
    case PfcpIe.Cause:
      message.cause = walk.value(ie, u8)
      return
    case PfcpIe.OffendingIe:
      walk.push(message.offendingIes, ie, u16)
      return
    case PfcpIe.FailedRuleId:
      walk.push(message.failedRules, ie, value.failedRule)
      return
    case PfcpIe.RecoveryTimeStamp:
      message.recoveryS = walk.value(ie, value.ntpSeconds)
      return
    case PfcpIe.UsageReportModification:
    case PfcpIe.UsageReportDeletion:
    case PfcpIe.UsageReportRequest:
      message.usage.push(readUsageReport(walk, ie))
      return
    case PfcpIe.QueryUrr:
      walk.each(ie.off, ie.end, part => {
        if (part.type === PfcpIe.UrrId) walk.push(message.queriedUrrIds, part, u32)
      })
      return
    case PfcpIe.ErrorIndicationReport:
      walk.each(ie.off, ie.end, part => {
        if (part.type === PfcpIe.FTeid) walk.push(message.errorIndications, part, value.fTeid)
      })
      return
    case PfcpIe.ReportType:
      message.reportType = walk.value(ie, u8)
      return
    case PfcpIe.UserId:
      message.userId = walk.value(ie, value.userId)
      return
    case PfcpIe.ApnDnn:
      message.dnn = walk.value(ie, value.labels)
      return
    case PfcpIe.SNssai:
      message.sNssai = walk.value(ie, value.sNssai)
      return
    case PfcpIe.PdnType:
      message.pdnType = walk.value(ie, f => f.u8() & 7)
      return
    case PfcpIe.UserPlaneInactivityTimer:
      message.inactivityTimerS = walk.value(ie, u32)
  }
}
