/** The ledger: inner IP packets and octets per subscriber, APN and charging id, and per row for what has
 * no id. Every octet of every charge unit is in exactly one row (rules.md 2.13). Amounts are added
 * when an account is settled, not per packet. */

import type { Counters } from '../record/flow-record.js'

/** Rows of one subscriber and APN. Charges are numbered 0 to n - 1; these follow. */
export const SpecialRow = {
  Unmatched: 0,
  Excluded: 1,
  DirectionUnknown: 2,
  /** of flows that were not followed, because the probe was overloaded */
  NotSampled: 3,
} as const
export type SpecialRow = (typeof SpecialRow)[keyof typeof SpecialRow]

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

/** An owner's rows, found by slot: charge * 2 + sessionless, then the special rows. */
export interface LedgerOwner extends UsageOwner {
  /** place of its first appearance in the run */
  since: number
  readonly rows: (UsageRow | undefined)[]
}

export class Ledger {
  /** whoever comes when there are `maxOwners`: rows are results, so none is dropped for another */
  readonly others: LedgerOwner = { imsi: '', msisdn: '', apn: '', since: 0, rows: [] }
  readonly #charges: number
  readonly #maxOwners: number
  readonly #owners = new Map<string, LedgerOwner>()

  /** `charges`: number of charges in the rule set. */
  constructor(charges: number, maxOwners = Number.POSITIVE_INFINITY) {
    this.#charges = charges
    this.#maxOwners = maxOwners
  }

  /** The owner of these rows; `others` when there is no room for one more. `since`: place in the run, for one
   * that appears. */
  owner(imsi: string, msisdn: string, apn: string, since = 0): LedgerOwner {
    const key = `${imsi}|${msisdn}|${apn}`
    let owner = this.#owners.get(key)
    if (owner === undefined) {
      if (this.#owners.size >= this.#maxOwners) return this.others
      owner = { imsi, msisdn, apn, since, rows: [] }
      this.#owners.set(key, owner)
    }
    return owner
  }

  /** Returns the row that they are in now. */
  addCharge(owner: LedgerOwner, charge: number, sessionless: boolean, amount: Amount): UsageRow {
    const slot = charge * 2 + (sessionless ? 1 : 0)
    return add(owner, slot, charge, -1, sessionless, amount)
  }

  addSpecial(owner: LedgerOwner, special: SpecialRow, amount: Amount): UsageRow {
    return add(owner, this.#charges * 2 + special, -1, special, false, amount)
  }

  /** Adds what another ledger of the same run has of an owner, or of its `others`. */
  merge(other: LedgerOwner, isOthers: boolean): void {
    const { imsi, msisdn, apn, since } = other
    const owner = isOthers ? this.others : this.owner(imsi, msisdn, apn, since)
    owner.since = Math.min(owner.since, since)
    other.rows.forEach((row, slot) => {
      if (row === undefined) return
      const { charge, special, sessionless, firstUs, lastUs } = row
      add(owner, slot, charge, special, sessionless, {
        upPackets: row.up_packets,
        downPackets: row.down_packets,
        upOctets: row.up_bytes,
        downOctets: row.down_bytes,
        firstUs,
        lastUs,
      })
    })
  }

  /** In the order of appearance, without `others`. */
  owners(): LedgerOwner[] {
    return [...this.#owners.values()].sort((a, b) => a.since - b.since)
  }

  /** All rows, by owner in the order of appearance, `others` last, and then by charge: the same for the
   * same input. */
  rows(): UsageRow[] {
    const rows: UsageRow[] = []
    for (const owner of [...this.owners(), this.others]) {
      // a sparse list: slots that were never used are skipped
      owner.rows.forEach(row => {
        if (row !== undefined) rows.push(row)
      })
    }
    return rows
  }
}

function add(
  owner: LedgerOwner,
  slot: number,
  charge: number,
  special: SpecialRow | -1,
  sessionless: boolean,
  amount: Amount,
): UsageRow {
  let row = owner.rows[slot]
  if (row === undefined) {
    row = {
      owner,
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
    owner.rows[slot] = row
  }
  row.up_packets += amount.upPackets
  row.down_packets += amount.downPackets
  row.up_bytes += amount.upOctets
  row.down_bytes += amount.downOctets
  if (amount.firstUs < row.firstUs) row.firstUs = amount.firstUs
  if (amount.lastUs > row.lastUs) row.lastUs = amount.lastUs
  return row
}
