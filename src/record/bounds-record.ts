/** What `replay --bounds` says: how much could be free, whatever a gateway does where standards leave a choice. */

/** Octets of one class in one flow that a policy moves. */
export interface SwingGroup {
  flow: string
  transaction?: number
  class: string
  first_frame: number
  last_frame: number
  packets: number
  bytes: number
}

/** One policy choice, with all others as the profile has them. */
export interface Swing {
  /** key of the profile: handshake, preId, retransmission ... */
  policy: string
  /** the profile's own value */
  value: string
  /** free octets by value */
  free_bytes: Record<string, number>
  /** packets and octets whose charge depends on it */
  packets: number
  bytes: number
  /** the largest of them */
  groups: SwingGroup[]
}

export interface BoundsRecord {
  type: 'bounds'
  schema: 'tollgate.bounds/1'
  bytes: number
  /** free octets under the profile */
  free_bytes: number
  free_min: number
  free_max: number
  /** a combination of policies with the minimum, and one with the maximum */
  min_policy: Record<string, string>
  max_policy: Record<string, string>
  /** combinations of policies that were compared */
  combinations: number
  /** values that need a charging id which the rules do not name */
  left_out: string[]
  swings: Swing[]
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}
