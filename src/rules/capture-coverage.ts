/** What captures showed of a rule set: how often each rule decided, and which names each server had. */

/** Of one rule, one row, or the default. */
export interface Hits {
  flows: number
  transactions: number
  packets: number
  /** inner IP octets in both directions */
  octetsUp: number
  octetsDown: number
  /** packet time of the last flow or transaction, RFC 3339 */
  last: string | undefined
}

export interface CaptureCoverage {
  /** captures as they were named */
  readonly files: readonly string[]
  readonly flows: number
  /** by "L1-3", "wapgw/1" or "default" */
  readonly hits: ReadonlyMap<string, Hits>
  /** names by server address: Host, SNI and the subscriber's DNS answers */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>
}
