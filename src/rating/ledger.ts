/** The ledger: inner IP packets and octets per subscriber, APN and charging id, and per row for what has
 * no id. Every octet of every charge unit is in exactly one row (rules.md 2.13). Amounts are added
 * when an account is settled, not per packet. */

import type { Counters } from '../record/flow-record.js'

/** Rows of one subscriber and APN. Charges are numbered 0 to n - 1; these follow. */
export const SpecialRow = {
  Unmatched: 0,
  Excluded: 1,
  DirectionUnknown: 2,
} as const
export type SpecialRow = (typeof SpecialRow)[keyof typeof SpecialRow]
const specialRows = 3

/** Whose usage it is; '' where not known. */
export interface UsageOwner {
  readonly imsi: string
  readonly msisdn: string
  readonly apn: string
}

export interface UsageRow extends Counters {
  readonly owner: UsageOwner
  /** index of the charge; -1 for a special row */
  readonly charge: number
  readonly special: SpecialRow | -1
  /** no session was seen: the id is what the rules say, the tariff is unknown */
  readonly sessionless: boolean
  firstUs: number
  lastUs: number
}

/** What one account holds. */
export interface Amount {
  readonly upPackets: number
  readonly downPackets: number
  readonly upOctets: number
  readonly downOctets: number
  readonly firstUs: number
  readonly lastUs: number
}

export class Ledger {
  readonly #charges: number
  readonly #owners: UsageOwner[] = []
  readonly #ownerOf = new Map<string, number>()
  readonly #rows = new Map<number, UsageRow>()

  /** `charges`: number of charges in the rule set. */
  constructor(charges: number) {
    this.#charges = charges
  }

  /** Number of an owner, for `add`. */
  owner(imsi: string, msisdn: string, apn: string): number {
    const key = `${imsi}|${msisdn}|${apn}`
    let number = this.#ownerOf.get(key)
    if (number === undefined) {
      number = this.#owners.length
      this.#owners.push({ imsi, msisdn, apn })
      this.#ownerOf.set(key, number)
    }
    return number
  }

  addCharge(owner: number, charge: number, sessionless: boolean, amount: Amount): void {
    this.#add(owner, charge, -1, sessionless, amount)
  }

  addSpecial(owner: number, special: SpecialRow, amount: Amount): void {
    this.#add(owner, -1, special, false, amount)
  }

  /** All rows, by owner and then by charge: the same order for the same input. */
  rows(): UsageRow[] {
    return [...this.#rows.entries()].sort((a, b) => a[0] - b[0]).map(entry => entry[1])
  }

  #add(
    owner: number,
    charge: number,
    special: SpecialRow | -1,
    sessionless: boolean,
    amount: Amount,
  ): void {
    const slots = this.#charges * 2 + specialRows
    const slot = special >= 0 ? this.#charges * 2 + special : charge * 2 + (sessionless ? 1 : 0)
    const key = owner * slots + slot
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = {
        owner: this.#owners[owner] ?? { imsi: '', msisdn: '', apn: '' },
        charge,
        special,
        sessionless,
        up_packets: 0,
        down_packets: 0,
        up_bytes: 0,
        down_bytes: 0,
        firstUs: amount.firstUs,
        lastUs: amount.lastUs,
      }
      this.#rows.set(key, row)
    }
    row.up_packets += amount.upPackets
    row.down_packets += amount.downPackets
    row.up_bytes += amount.upOctets
    row.down_bytes += amount.downOctets
    if (amount.firstUs < row.firstUs) row.firstUs = amount.firstUs
    if (amount.lastUs > row.lastUs) row.lastUs = amount.lastUs
  }
}
