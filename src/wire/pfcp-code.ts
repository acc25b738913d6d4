/** Names of PFCP codes and flags. Read 3GPP TS 29.244 clauses 8.2.1 (Cause), 8.2.2, 8.2.7, 8.2.19, 8.2.21,
 * 8.2.24, 8.2.26, 8.2.40 and 8.2.41. */

const causes: Readonly<Record<number, string>> = {
  1: 'Request accepted',
  2: 'More Usage Report to send',
  3: 'Request partially accepted',
  64: 'Request rejected',
  65: 'Session context not found',
  66: 'Mandatory IE missing',
  67: 'Conditional IE missing',
  68: 'Invalid length',
  69: 'Mandatory IE incorrect',
  70: 'Invalid Forwarding Policy',
  71: 'Invalid F-TEID allocation option',
  72: 'No established PFCP Association',
  73: 'Rule creation/modification Failure',
  74: 'PFCP entity in congestion',
  75: 'No resources available',
  76: 'Service not supported',
  77: 'System failure',
  78: 'Redirection Requested',
  79: 'All dynamic addresses are occupied',
  80: 'Unknown Pre-defined Rule',
  81: 'Unknown Application ID',
  82: 'L2TP tunnel Establishment failure',
  83: 'L2TP session Establishment failure',
  84: 'L2TP tunnel release',
  85: 'L2TP session release',
  86: 'PFCP session restoration failure',
}

/** 8.2.1: the standard's name, `cause 99` for others. */
export function pfcpCauseName(cause: number): string {
  return causes[cause] ?? `cause ${cause}`
}

/** 8.2.1: 1 to 63 accept. */
export function pfcpCauseAccepts(cause: number): boolean {
  return cause >= 1 && cause < 64
}

/** Values that Source Interface (8.2.2) and Destination Interface (8.2.24) share. */
export const PfcpInterface = { Access: 0, Core: 1, SgiLan: 2, CpFunction: 3 } as const

/** Flag lists: the name of bit 0 of the first octet first, '' for a spare bit. */

/** 8.2.26 */
export const applyActionFlags =
  'DROP FORW BUFF NOCP DUPL IPMA IPMD DFRT EDRT BDPN DDPN FSSM MBSU'.split(' ')

/** Bits of Apply Action that decide what becomes of a subscriber's packets. */
export const PfcpAction = { Drop: 1, Forward: 2, Buffer: 4, NotifyCp: 8 } as const

/** 8.2.40 */
export const measurementMethodFlags = ['DURAT', 'VOLUM', 'EVENT']

/** 8.2.19 */
export const reportingTriggerFlags = (
  'PERIO VOLTH TIMTH QUHTI START STOPT DROTH LIUSA ' +
  'VOLQU TIMQU ENVCL MACAR EVETH EVEQU IPMJL QUVTI ' +
  'REEMR UPINT'
).split(' ')

/** 8.2.41 */
export const usageReportTriggerFlags = (
  'PERIO VOLTH TIMTH QUHTI START STOPT DROTH IMMER ' +
  'VOLQU TIMQU LIUSA TERMR MONIT ENVCL MACAR EVETH ' +
  'EVEQU TEBUR IPMJL QUVTI EMRRE UPINT'
).split(' ')

/** 8.2.21 */
export const reportTypeFlags = ['DLDR', 'USAR', 'ERIR', 'UPIR', 'TMIR', 'SESR', 'UISR']

/** 8.2.7: values of a gate. */
export const PfcpGate = { Open: 0, Closed: 1 } as const

/** The names of the bits that are set, lowest first. A bit without a name is `bit 20`. */
export function flagNames(names: readonly string[], flags: number): string[] {
  const set: string[] = []
  for (let bit = 0; bit < 31; bit++) {
    if ((flags & (1 << bit)) === 0) continue
    const name = names[bit]
    set.push(name === undefined || name === '' ? `bit ${bit}` : name)
  }
  return set
}
