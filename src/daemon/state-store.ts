/** What outlives the daemon: alerts with their acknowledgements, and sums over all its runs. A file of SQLite that is
 * on the disk when a call returns (WAL, synchronous=FULL), so that no end of the process loses it. */

import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import type { AlertRow } from '../record/snapshot.js'
import type { AlertStore, StoredAlert } from '../view/alert-book.js'

const schema = `
  CREATE TABLE IF NOT EXISTS alert (id TEXT PRIMARY KEY, subject TEXT NOT NULL, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sums (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
`
/** Of this program's own files: a newer one is not read by an older program. */
const formVersion = 1

/** Why the state cannot be kept: `/var/lib/tollgate/state.db: no space left`. */
export class StateError extends Error {}

type Database = InstanceType<typeof DatabaseSync>
type Stored = Record<string, unknown>

export class StateStore implements AlertStore {
  readonly path: string
  /** where a file lies that could not be read; '' when it could */
  readonly setAside: string
  readonly #db: Database

  /** Throws a StateError. A damaged file is set aside, not thrown away. */
  constructor(path: string) {
    this.path = path
    let aside = ''
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      try {
        this.#db = open(path)
      } catch (error) {
        if (!existsSync(path) || !isDamage(error)) throw error
        aside = `${path}.damaged`
        renameSync(path, aside)
        this.#db = open(path)
      }
    } catch (error) {
      throw this.#failed(error)
    }
    this.setAside = aside
  }

  load(): StoredAlert[] {
    const all = this.#db.prepare('SELECT subject, row FROM alert ORDER BY rowid').all()
    const rows = all as Stored[]
    return rows.map(({ subject, row }) => ({
      subject: String(subject),
      row: JSON.parse(String(row)) as AlertRow,
    }))
  }

  save({ row, subject }: StoredAlert): void {
    this.#run(() => {
      this.#db
        .prepare(
          'INSERT INTO alert VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row',
        )
        .run(row.id, subject, JSON.stringify(row))
    })
  }

  remove(id: string): void {
    this.#run(() => {
      this.#db.prepare('DELETE FROM alert WHERE id = ?').run(id)
    })
  }

  loadSums(): Map<string, number> {
    const rows = this.#db.prepare('SELECT name, value FROM sums').all() as Stored[]
    return new Map(rows.map(({ name, value }) => [String(name), Number(value)]))
  }

  /** All of them or none. */
  saveSums(sums: ReadonlyMap<string, number>): void {
    this.#run(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        const insert = this.#db.prepare('INSERT OR REPLACE INTO sums VALUES (?, ?)')
        for (const [name, value] of sums) insert.run(name, value)
        this.#db.exec('COMMIT')
      } catch (error) {
        this.#rollBack()
        throw error
      }
    })
  }

  close(): void {
    this.#db.close()
  }

  /** A full disk may have ended the transaction by itself. */
  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch (error) {
      if (!/no transaction/.test(textOf(error))) throw error
    }
  }

  #run(change: () => void): void {
    try {
      change()
    } catch (error) {
      throw this.#failed(error)
    }
  }

  #failed(error: unknown): StateError {
    const text = textOf(error)
    const full = /full|ENOSPC|disk I\/O/i.test(text)
    return new StateError(`${this.path}: ${full ? 'no space left' : text}`)
  }
}

function open(path: string): Database {
  // it holds numbers in the clear; its journal takes the mode of the file
  const before = process.umask(0o077)
  const db = new DatabaseSync(path)
  process.umask(before)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000;')
  const form = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (form > formVersion) {
    db.close()
    throw new StateError(`written by a newer version of tollgate (form ${form})`)
  }
  db.exec(schema)
  db.exec(`PRAGMA user_version = ${formVersion}`)
  return db
}

function isDamage(error: unknown): boolean {
  return /not a database|malformed|corrupt/i.test(textOf(error))
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
