/** What stands behind a TEID: the F-TEID interface types of 3GPP TS 29.274 clause 8.22, and numbers of
 * our own for Gn/Gp (TS 29.060), where a message's sender says what a TEID is for. */

/** Our numbers for GTPv0 and GTPv1; 29.274 has six bits, 0 to 63. */
export const GnInterface = {
  SgsnControl: 64,
  GgsnControl: 65,
  SgsnUser: 66,
  GgsnUser: 67,
  // GTPv0: packets name the TID, so these are known but never looked up by flow label
  SgsnControl0: 68,
  GgsnControl0: 69,
  SgsnUser0: 70,
  GgsnUser0: 71,
} as const

/** Whether packets and messages find their context by (address, TEID) on this interface. */
export function isKeyed(interfaceType: number): boolean {
  return interfaceType < GnInterface.SgsnControl0
}

/** Endpoints that stand in for each other: a new one of a group takes the place of the old ones (a UE
 * has one access at a time; S1-U towards an eNodeB and S12 towards an RNC are the same place). */
export const EndpointGroup = {
  /** not a tunnel of a context: forwarding at handover, MBMS, S10 ... */
  None: 0,
  /** eNodeB, RNC, SGSN, MME: receives downlink next to the terminal */
  AccessUser: 1,
  /** SGW: receives uplink from the access */
  GatewayUser: 2,
  /** SGW towards the PGW: receives downlink */
  ServingUser: 3,
  /** PGW, GGSN: receives uplink */
  AnchorUser: 4,
  /** SGSN, MME */
  AccessControl: 5,
  /** SGW, towards MME or SGSN */
  GatewayControl: 6,
  /** SGW, ePDG, TWAN, towards the PGW */
  ServingControl: 7,
  /** PGW, GGSN */
  AnchorControl: 8,
} as const
export type EndpointGroup = (typeof EndpointGroup)[keyof typeof EndpointGroup]

const G = EndpointGroup

const groups = new Uint8Array(256)
for (const [type, group] of [
  [0, G.AccessUser], // S1-U eNodeB
  [1, G.GatewayUser], // S1-U SGW
  [2, G.AccessUser], // S12 RNC
  [3, G.GatewayUser], // S12 SGW
  [4, G.ServingUser], // S5/S8 SGW
  [5, G.AnchorUser], // S5/S8 PGW
  [6, G.ServingControl], // S5/S8 SGW GTP-C
  [7, G.AnchorControl], // S5/S8 PGW GTP-C
  [10, G.AccessControl], // S11 MME GTP-C
  [11, G.GatewayControl], // S11/S4 SGW GTP-C
  [15, G.AccessUser], // S4 SGSN
  [16, G.GatewayUser], // S4 SGW
  [17, G.AccessControl], // S4 SGSN GTP-C
  [30, G.ServingControl], // S2b ePDG GTP-C
  [31, G.ServingUser], // S2b-U ePDG
  [32, G.AnchorControl], // S2b PGW GTP-C
  [33, G.AnchorUser], // S2b-U PGW
  [34, G.ServingUser], // S2a TWAN
  [35, G.ServingControl], // S2a TWAN GTP-C
  [36, G.AnchorControl], // S2a PGW GTP-C
  [37, G.AnchorUser], // S2a PGW
  [38, G.AccessUser], // S11 MME GTP-U
  [39, G.GatewayUser], // S11 SGW GTP-U
  [GnInterface.SgsnControl, G.AccessControl],
  [GnInterface.GgsnControl, G.AnchorControl],
  [GnInterface.SgsnUser, G.AccessUser],
  [GnInterface.GgsnUser, G.AnchorUser],
  [GnInterface.SgsnControl0, G.AccessControl],
  [GnInterface.GgsnControl0, G.AnchorControl],
  [GnInterface.SgsnUser0, G.AccessUser],
  [GnInterface.GgsnUser0, G.AnchorUser],
] as const) {
  groups[type] = group
}

/** eNodeB for downlink and for uplink, RNC, SGSN, SGW for downlink and for uplink: ends of tunnels that carry
 * packets once more while a terminal changes its cell. */
const forwarding = new Set([19, 20, 21, 22, 23, 28])

export function isForwarding(interfaceType: number): boolean {
  return forwarding.has(interfaceType)
}

export function endpointGroup(interfaceType: number): EndpointGroup {
  return groups[interfaceType] as EndpointGroup
}

export function isUserGroup(group: EndpointGroup): boolean {
  return group >= G.AccessUser && group <= G.AnchorUser
}

/** 0 = up, 1 = down: which way the packets go that a user endpoint receives. */
export function groupDirection(group: EndpointGroup): number {
  return group === G.AccessUser || group === G.ServingUser ? 1 : 0
}

/** Whether losing this tunnel ends the context. An eNodeB or RNC forgets its tunnels whenever a UE goes
 * idle (TS 23.007 clause 22); a GGSN, a PGW and the SGSN of a PDP context do not. */
export function endsContext(interfaceType: number): boolean {
  return interfaceType >= GnInterface.SgsnControl || endpointGroup(interfaceType) !== G.AccessUser
}
