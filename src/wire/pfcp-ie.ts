/** Information elements of PFCP: type and length of two octets each, a vendor's Enterprise ID when bit 15
 * of the type is set, and the value; grouped elements hold elements in turn. Read 3GPP TS 29.244
 * clauses 8.1.1 (format) and 8.1.2 (table of types). */

import { type Fault, FaultCode, layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { u16 } from './octets.js'

/** Types of table 8.1.2-1 that are read here. */
export const PfcpIe = {
  CreatePdr: 1,
  Pdi: 2,
  CreateFar: 3,
  ForwardingParameters: 4,
  CreateUrr: 6,
  CreateQer: 7,
  CreatedPdr: 8,
  UpdatePdr: 9,
  UpdateFar: 10,
  UpdateForwardingParameters: 11,
  UpdateUrr: 13,
  UpdateQer: 14,
  RemovePdr: 15,
  RemoveFar: 16,
  RemoveUrr: 17,
  RemoveQer: 18,
  Cause: 19,
  SourceInterface: 20,
  FTeid: 21,
  NetworkInstance: 22,
  SdfFilter: 23,
  ApplicationId: 24,
  GateStatus: 25,
  Mbr: 26,
  Gbr: 27,
  QerCorrelationId: 28,
  Precedence: 29,
  VolumeThreshold: 31,
  TimeThreshold: 32,
  MonitoringTime: 33,
  SubsequentVolumeThreshold: 34,
  SubsequentTimeThreshold: 35,
  InactivityDetectionTime: 36,
  ReportingTriggers: 37,
  RedirectInformation: 38,
  ReportType: 39,
  OffendingIe: 40,
  ForwardingPolicy: 41,
  DestinationInterface: 42,
  ApplyAction: 44,
  PdrId: 56,
  FSeid: 57,
  NodeId: 60,
  PfdContents: 61,
  MeasurementMethod: 62,
  UsageReportTrigger: 63,
  MeasurementPeriod: 64,
  VolumeMeasurement: 66,
  DurationMeasurement: 67,
  TimeOfFirstPacket: 69,
  TimeOfLastPacket: 70,
  QuotaHoldingTime: 71,
  VolumeQuota: 73,
  TimeQuota: 74,
  StartTime: 75,
  EndTime: 76,
  QueryUrr: 77,
  UsageReportModification: 78,
  UsageReportDeletion: 79,
  UsageReportRequest: 80,
  UrrId: 81,
  LinkedUrrId: 82,
  OuterHeaderCreation: 84,
  BarId: 88,
  FlowInformation: 92,
  UeIpAddress: 93,
  OuterHeaderRemoval: 95,
  RecoveryTimeStamp: 96,
  ErrorIndicationReport: 99,
  RemoteGtpUPeer: 103,
  UrSeqn: 104,
  ActivatePredefinedRules: 106,
  DeactivatePredefinedRules: 107,
  FarId: 108,
  QerId: 109,
  PdnType: 113,
  FailedRuleId: 114,
  UserPlaneIpResource: 116,
  UserPlaneInactivityTimer: 117,
  SubsequentVolumeQuota: 121,
  SubsequentTimeQuota: 122,
  Rqi: 123,
  Qfi: 124,
  CreateTrafficEndpoint: 127,
  CreatedTrafficEndpoint: 128,
  UpdateTrafficEndpoint: 129,
  RemoveTrafficEndpoint: 130,
  TrafficEndpointId: 131,
  UserId: 141,
  EventQuota: 148,
  EventThreshold: 149,
  ApnDnn: 159,
  InterfaceType: 160,
  QuotaValidityTime: 181,
  UpdatedPdr: 256,
  SNssai: 257,
} as const

/** Types that hold elements ("Grouped" in table 8.1.2-1), as ranges from and to. */
const groupedRanges: readonly (readonly [number, number])[] = [
  [1, 18],
  [51, 51], // Load Control Information
  [54, 54], // Overload Control Information
  [58, 59], // Application ID's PFDs, PFD context
  [68, 68], // Application Detection Information
  [77, 80], // Query URR, Usage Reports
  [83, 83], // Downlink Data Report
  [85, 87], // BARs
  [99, 99], // Error Indication Report
  [102, 102], // User Plane Path Failure Report
  [105, 105], // Update Duplicating Parameters
  [118, 118], // Aggregated URRs
  [127, 130], // Traffic Endpoints
  [132, 132], // Ethernet Packet Filter
  [143, 143], // Ethernet Traffic Information
  [147, 147], // Additional Monitoring Time
  [165, 169], // MARs
  [175, 176], // Update Access Forwarding Action Information
  [183, 183], // PFCP Session Retention Information
  [187, 190], // User Plane Path Recovery Report, IP multicast
  [195, 195], // Created Bridge Info for TSC
  [199, 201], // TSC and Port Management Information
  [203, 203], // Clock Drift Control Information
  [205, 205], // Clock Drift Report
  [211, 214], // SRRs, Session Report
  [216, 216], // Access Availability Control Information
  [218, 218], // Access Availability Report
  [220, 221], // ATSSS
  [225, 227], // MPTCP, ATSSS-LL and PMF Parameters
  [233, 233], // UE IP address Pool Information
  [238, 240], // GTP-U Path QoS
  [242, 242], // QoS Monitoring per QoS flow Control Information
  [247, 247], // QoS Monitoring Report
  [252, 252], // Packet Rate Status Report
  [254, 256], // Ethernet Context, Redundant Transmission, Updated PDR
  [261, 261], // Provide RDS Configuration Information
  [263, 264], // Query Packet Rate Status and its report
  [267, 267], // UE IP Address Usage Information
  [270, 270], // Redundant Transmission Forwarding Parameters
  [272, 273], // Partial Failure Information
  [276, 277], // L2TP Tunnel and Session Information
  [279, 279], // L2TP Session Information
  [290, 290], // PFCP Session Change Info
  [295, 295], // Direct Reporting Information
  [300, 304], // MBS
  [310, 311], // MBS Session N4
  [315, 316], // Peer UP Restart Report, DSCP to PPI Control Information
]

/** Whether an element's value is elements. A vendor's type never is: what it holds, the vendor knows. */
export function isGrouped(type: number): boolean {
  return groupedRanges.some(([from, to]) => type >= from && type <= to)
}

const LENGTH = 2
const headerLength = 4
const vendorBit = 0x8000

export const layerPfcpIe = layer('pfcp-ie')

/** Walks the elements of a message or of a grouped element; same contract as Gtp1IeCursor. */
export class PfcpIeCursor {
  /** with bit 15 set for a vendor's element, so that it is never taken for one of 3GPP's */
  type = 0
  /** IANA private enterprise number; 0 for 3GPP's elements */
  enterprise = 0
  /** the value, behind the Enterprise ID */
  off = 0
  end = 0
  #at = 0
  #stop = 0

  open(off: number, end: number): void {
    this.#at = off
    this.#stop = end
  }

  next(buf: Uint8Array, fault: Fault): boolean {
    const at = this.#at
    const have = this.#stop - at
    if (have <= 0) return false
    this.#at = this.#stop
    if (have < headerLength) {
      return raiseFirst(fault, FaultCode.Truncated, layerPfcpIe, at, headerLength, have)
    }
    const type = u16(buf, at)
    const length = u16(buf, at + LENGTH)
    let off = at + headerLength
    const end = off + length
    if (end > this.#stop) {
      return raiseFirst(fault, FaultCode.BadLength, layerPfcpIe, at, length, this.#stop - off)
    }
    this.enterprise = 0
    if (type >= vendorBit) {
      // 8.1.1: the Length counts the Enterprise ID
      if (length < 2) return raiseFirst(fault, FaultCode.BadLength, layerPfcpIe, at, 2, length)
      this.enterprise = u16(buf, off)
      off += 2
    }
    this.type = type
    this.off = off
    this.end = end
    this.#at = end
    return true
  }
}
