/** One piece of traffic that a bucket may pay for: octets of one charge unit under one charging id. A packet
 * that belongs to two transactions comes in two pieces. */

import type { Tariff } from '../record/flow-record.js'

export interface RatedOctets {
  /** '' where no session was seen */
  imsi: string
  msisdn: string
  apn: string
  rat: string
  /** whether the serving network is another than the home network; undefined where it is not known */
  roaming: boolean | undefined
  /** microseconds since 1970, from the packet */
  timeUs: number
  /** number of the packet in the run */
  frame: number
  isUp: boolean
  /** of the inner IP packet */
  octets: number
  /** charging id; -1 where no rule matched or the direction is not known */
  ruleId: number
  tariff: Tariff
  /** level-2 table that the id came from; '' when level 1 decided */
  table: string
  /** number of the frame that opened the flow */
  flow: number
}
