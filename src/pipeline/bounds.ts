/** Bounds of everything that grows with traffic. Whatever the packets are, a run takes no more memory than
 * these allow; what has to make room is the oldest, is counted by kind and told (evictions.ts).
 * docs/memory.md says what each costs. */

export interface RunBounds {
  /** flows at a time */
  flows: number
  /** PDP contexts and bearers at a time; as many PFCP sessions, identities of Gx, Gy and RADIUS, and ended
   * contexts kept for the records of their subscribers */
  sessions: number
  /** subscribers (with their APNs) that have rows of their own in the ledger; the others share rows */
  subscribers: number
  /** requests of GTP-C, and of PFCP, that wait for their response or are remembered */
  requests: number
  /** transactions that are open at a time; above it each flow keeps the one at hand alone */
  transactions: number
  /** octets that wait to be put together: half of them behind holes of TCP, a quarter in WTP, an eighth each
   * in heads cut over segments and in fragments */
  reassemblyOctets: number
  /** addresses whose names are remembered from DNS answers */
  dnsNames: number
  /** findings that are being collected, and subscribers whose MMS notifications are remembered */
  findings: number
}

export const defaultBounds: RunBounds = {
  flows: 1 << 20,
  sessions: 1 << 20,
  subscribers: 1 << 20,
  requests: 1 << 16,
  transactions: 1 << 21,
  reassemblyOctets: 128 << 20,
  dnsNames: 1 << 16,
  findings: 100_000,
}

/** How `reassemblyOctets` are shared out; waiting messages are bounded with the octets. */
export function reassemblyBounds({ reassemblyOctets: octets }: RunBounds): {
  holes: number
  heads: number
  wtp: { maxMessages: number; maxTotalOctets: number }
  fragments: { datagrams: number; octets: number }
} {
  return {
    holes: octets / 2,
    heads: octets / 8,
    wtp: { maxMessages: Math.max(1, octets >> 15), maxTotalOctets: octets / 4 },
    // outer and inner datagrams each
    fragments: { datagrams: Math.max(1, octets >> 17), octets: octets / 16 },
  }
}
