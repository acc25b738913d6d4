/** The charging platform in this process: accounts and reservations in the store, each call one transaction.
 * What an account had is always what it has, what is held of it and what was taken. */

import {
  accepted,
  type ChargingPlatform,
  type PlatformAnswer,
  type Refusal,
  refused,
} from './charging-platform.js'
import type { Store } from './store.js'

export interface AccountState {
  balance: number
  /** reserved, not taken yet */
  held: number
  taken: number
}

export class LedgerPlatform implements ChargingPlatform {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Money that comes in; `key`: the same deposit again changes nothing. */
  deposit(key: string, account: string, amount: number): void {
    this.#store.write(() => {
      if (this.#entry(`deposit ${key}`) !== undefined) return
      this.#store.run(
        'INSERT INTO account VALUES (?, ?, 0, 0) ON CONFLICT (id) DO UPDATE SET balance = balance + ?',
        account,
        amount,
        amount,
      )
      this.#write(`deposit ${key}`, account, amount, 'deposited')
    })
  }

  account(id: string): AccountState | undefined {
    const row = this.#store.get('SELECT balance, held, taken FROM account WHERE id = ?', id)
    if (row === undefined) return undefined
    return { balance: Number(row.balance), held: Number(row.held), taken: Number(row.taken) }
  }

  async reserve(key: string, account: string, amount: number): Promise<PlatformAnswer> {
    return this.#store.write(() => this.#reserve(key, account, amount))
  }

  #reserve(key: string, account: string, amount: number): PlatformAnswer {
    const entry = this.#entry(key)
    if (entry?.state === 'refunded') return refused('cancelled')
    if (entry !== undefined) {
      const isSame = entry.account === account && entry.amount === amount
      if (!isSame) return refused('conflict')
      return entry.state === 'refused' ? refused(entry.reason as Refusal) : accepted
    }
    const state = this.account(account)
    const reason: Refusal = state === undefined ? 'no-account' : 'insufficient-funds'
    if (state === undefined || state.balance < amount) {
      this.#write(key, account, amount, 'refused', reason)
      return refused(reason)
    }
    this.#move(account, -amount, amount, 0)
    this.#write(key, account, amount, 'reserved')
    return accepted
  }

  async capture(key: string): Promise<PlatformAnswer> {
    return this.#store.write(() => {
      const entry = this.#entry(key)
      if (entry?.state === 'captured') return accepted
      if (entry?.state !== 'reserved') return refused('not-reserved')
      this.#move(entry.account, 0, -entry.amount, entry.amount)
      this.#write(key, entry.account, entry.amount, 'captured')
      return accepted
    })
  }

  async refund(key: string): Promise<PlatformAnswer> {
    return this.#store.write(() => {
      const { account = '', amount = 0, state } = this.#entry(key) ?? {}
      if (state === 'reserved') this.#move(account, amount, -amount, 0)
      else if (state === 'captured') this.#move(account, amount, 0, -amount)
      this.#write(key, account, amount, 'refunded')
      return accepted
    })
  }

  #entry(key: string) {
    const row = this.#store.get(
      'SELECT account, amount, state, reason FROM entry WHERE key = ?',
      key,
    )
    if (row === undefined) return undefined
    const { account, amount, state, reason } = row
    return { account: String(account), amount: Number(amount), state: String(state), reason }
  }

  #move(account: string, balance: number, held: number, taken: number): void {
    this.#store.run(
      'UPDATE account SET balance = balance + ?, held = held + ?, taken = taken + ? WHERE id = ?',
      balance,
      held,
      taken,
      account,
    )
  }

  #write(key: string, account: string, amount: number, state: string, reason?: Refusal): void {
    this.#store.run(
      'INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)',
      key,
      account,
      amount,
      state,
      reason ?? null,
    )
  }
}
