/** Who may buy: subscribers with their numbers, whether they are active, and whether they are designated
 * (a card is bound to them without directed information). */

import type { Row, Store } from './store.js'

/** '' for a number that is not known; one of them is. */
export interface Subscriber {
  readonly id: number
  readonly imsi: string
  readonly msisdn: string
  readonly designated: boolean
  readonly active: boolean
}

export class Subscribers {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** By IMSI or MSISDN. */
  find(number: string): Subscriber | undefined {
    const sql =
      'SELECT * FROM subscriber WHERE imsi = ? OR msisdn = ? ORDER BY imsi = ? DESC LIMIT 1'
    const row = this.#store.get(sql, number, number, number)
    return row && subscriberOf(row)
  }

  byId(id: number): Subscriber | undefined {
    const row = this.#store.get('SELECT * FROM subscriber WHERE id = ?', id)
    return row && subscriberOf(row)
  }

  /** A new one, or what changed of one that is known by either number. */
  put(one: Omit<Subscriber, 'id'>): Subscriber {
    return this.#store.write(() => {
      const { imsi, msisdn, designated, active } = one
      const known = (imsi && this.find(imsi)) || (msisdn && this.find(msisdn)) || undefined
      const values = [imsi || null, msisdn || null, Number(designated), Number(active)] as const
      if (known === undefined) {
        const sql = 'INSERT INTO subscriber (imsi, msisdn, designated, active) VALUES (?, ?, ?, ?)'
        this.#store.run(sql, ...values)
      } else {
        const sql =
          'UPDATE subscriber SET imsi = coalesce(?, imsi), msisdn = coalesce(?, msisdn), designated = ?, active = ? WHERE id = ?'
        this.#store.run(sql, ...values, known.id)
      }
      const put = this.find(imsi || msisdn)
      if (put === undefined) throw new TypeError('a subscriber has a number')
      return put
    })
  }
}

/** The name of his account at the charging platform. */
export function accountOf({ imsi, msisdn }: Subscriber): string {
  return msisdn || imsi
}

/** As records and events name him. */
export function identityOf({ imsi, msisdn }: Subscriber) {
  return { ...(imsi !== '' && { imsi }), ...(msisdn !== '' && { msisdn }) }
}

function subscriberOf(row: Row): Subscriber {
  return {
    id: Number(row.id),
    imsi: String(row.imsi ?? ''),
    msisdn: String(row.msisdn ?? ''),
    designated: row.designated === 1,
    active: row.active === 1,
  }
}
