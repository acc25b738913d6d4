/** Where each class of octets goes (rules.md 2.7, 2.8): the part of a charging profile that the flow
 * layer needs, as plain values. Which value a profile has is decided with the rules. */

/** Classes of octets, rules.md 2.7. Numbers index `sliceClassNames`. */
export const SliceClass = {
  Handshake: 0,
  PreId: 1,
  Request: 2,
  Response: 3,
  PureAck: 4,
  Teardown: 5,
  Retransmission: 6,
  Gap: 7,
  Opaque: 8,
} as const
export type SliceClass = (typeof SliceClass)[keyof typeof SliceClass]

export const sliceClassNames = [
  'handshake',
  'pre-id',
  'request',
  'response',
  'pure-ack',
  'teardown',
  'retransmission',
  'ooo-gap',
  'opaque',
] as const

export interface SlicePolicy {
  readonly handshake: 'first-transaction' | 'level1' | 'signalling-id' | 'none'
  readonly preId: 'first-transaction' | 'level1'
  readonly pureAck: 'current-transaction' | 'level1'
  readonly teardown: 'last-transaction' | 'level1' | 'signalling-id'
  readonly retransmission: 'same-as-original' | 'exclude' | 'separate-id'
  /** what is read behind a hole that will not be filled, once it was given up */
  readonly oooGap: 'level1' | 'level1-for-good' | 'wait'
  /** who gets the IP and transport header octets of a packet with several slices */
  readonly headerShare: 'first' | 'last' | 'proportional'
  /** whether a packet with several slices is cut at all, or goes whole with its first */
  readonly split: 'slices' | 'whole-packet-first'
  /** a hole in a TCP direction is waited for this long on the packet clock; with `wait`, to the flow's end */
  readonly oooGapMs: number
  /** a WSP or WTP transaction id counts for this long after its last packet */
  readonly wspClMs: number
  /** repeated octets are told from new ones in opaque flows too, where no policy above asks for it (bounds) */
  readonly seesRepeats?: boolean
}
