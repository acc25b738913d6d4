/** The embedded store of purchases, cards and balances: one SQLite file in write-ahead mode. A transaction
 * that has returned is on the disk (synchronous = FULL). Several processes may work on one file. */

import { DatabaseSync } from '@photostructure/sqlite'

const format = 1
const busyMs = 5000

const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE subscriber (
  id INTEGER PRIMARY KEY, imsi TEXT UNIQUE, msisdn TEXT UNIQUE,
  designated INTEGER NOT NULL, active INTEGER NOT NULL,
  CHECK (imsi IS NOT NULL OR msisdn IS NOT NULL)) STRICT;
CREATE TABLE orders (
  id TEXT PRIMARY KEY, subscriber INTEGER NOT NULL, product TEXT NOT NULL, price INTEGER NOT NULL,
  account TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT, reason TEXT, attempts INTEGER NOT NULL,
  next_us INTEGER NOT NULL, deadline_us INTEGER NOT NULL, created_us INTEGER NOT NULL,
  changed_us INTEGER NOT NULL) STRICT;
CREATE INDEX orders_open ON orders (state, next_us);
CREATE INDEX orders_of ON orders (subscriber, state);
CREATE TABLE order_step (
  seq INTEGER PRIMARY KEY, order_id TEXT NOT NULL, at_us INTEGER NOT NULL, state TEXT NOT NULL,
  note TEXT NOT NULL) STRICT;
CREATE INDEX order_step_of ON order_step (order_id, seq);
CREATE TABLE stock (product TEXT PRIMARY KEY, taken INTEGER NOT NULL) STRICT;
CREATE TABLE bucket (
  id TEXT PRIMARY KEY, subscriber INTEGER NOT NULL, product TEXT NOT NULL, state TEXT NOT NULL,
  priority INTEGER NOT NULL, from_us INTEGER NOT NULL, until_us INTEGER, volume INTEGER NOT NULL) STRICT;
CREATE INDEX bucket_of ON bucket (subscriber);
CREATE TABLE card (
  id TEXT PRIMARY KEY, product TEXT NOT NULL, state TEXT NOT NULL, subscriber INTEGER, bucket TEXT,
  directed TEXT) STRICT;
CREATE TABLE usage (
  run TEXT NOT NULL, bucket TEXT NOT NULL, period TEXT NOT NULL, up INTEGER NOT NULL,
  down INTEGER NOT NULL, PRIMARY KEY (run, bucket, period)) STRICT;
CREATE INDEX usage_of ON usage (bucket);
CREATE TABLE settlement (
  key TEXT PRIMARY KEY, bucket TEXT NOT NULL, octets INTEGER NOT NULL, amount INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT) STRICT;
CREATE INDEX settlement_of ON settlement (bucket);
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  event TEXT NOT NULL) STRICT;
CREATE TABLE account (
  id TEXT PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0),
  held INTEGER NOT NULL CHECK (held >= 0), taken INTEGER NOT NULL CHECK (taken >= 0)) STRICT;
CREATE TABLE entry (
  key TEXT PRIMARY KEY, account TEXT, amount INTEGER, state TEXT NOT NULL, reason TEXT) STRICT;
PRAGMA user_version = ${format};
`

type Value = string | number | null
type Database = InstanceType<typeof DatabaseSync>
export type Row = Readonly<Record<string, Value>>

/** The file is not a store of this program, or cannot be used. */
export class StoreError extends Error {}

export class Store {
  readonly #db: Database
  readonly #statements = new Map<string, ReturnType<Database['prepare']>>()
  #depth = 0

  /** Opens or makes it. Throws a `StoreError`. */
  constructor(file: string) {
    try {
      this.#db = new DatabaseSync(file, { timeout: busyMs })
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
      this.write(() => this.#prepareTables(file))
    } catch (error) {
      if (error instanceof StoreError || !(error instanceof Error)) throw error
      throw new StoreError(`${file}: ${error.message}`)
    }
  }

  #prepareTables(file: string): void {
    const version = this.get('PRAGMA user_version')?.user_version
    if (version === format) return
    if (version !== 0) throw new StoreError(`${file}: a store of format ${String(version)}`)
    if (this.get('SELECT name FROM sqlite_master') !== undefined) {
      throw new StoreError(`${file}: not a store of products`)
    }
    this.#db.exec(tables)
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  /** How many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  #statement(sql: string) {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const made = this.#db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  /** All of it or nothing; nested ones are part of the outer one. Nobody else writes meanwhile. */
  write<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.#db.exec('BEGIN IMMEDIATE')
    this.#depth++
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth--
    }
  }

  /** Something that is known of the store as a whole. */
  note(key: string): string | undefined {
    const value = this.get('SELECT value FROM meta WHERE key = ?', key)?.value
    return value === undefined ? undefined : String(value)
  }

  setNote(key: string, value: string): void {
    if (this.note(key) !== value) this.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', key, value)
  }

  close(): void {
    this.#db.close()
  }
}
