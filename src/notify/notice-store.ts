/** Notices on disk: what was sent stays sent, whatever happens to the process. SQLite with a write-ahead log; each
 * change is a transaction that is on disk when the call returns. Numbers are in the clear, since they are
 * needed to send: the file is its owner's alone. */

import { chmodSync } from 'node:fs'
import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite'
import type { BlockedCase, Notice, NoticeKind, NoticeState } from './notice.js'

const schema = `
  CREATE TABLE IF NOT EXISTS notice (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, state TEXT NOT NULL, case_id TEXT NOT NULL,
    imsi TEXT NOT NULL, msisdn TEXT NOT NULL, cause TEXT NOT NULL, renewed_us INTEGER NOT NULL,
    text TEXT NOT NULL, due_us INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    message_id TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
    created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL,
    UNIQUE (imsi, renewed_us, cause, kind)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS notice_due ON notice (state, due_us);
  CREATE INDEX IF NOT EXISTS notice_message ON notice (message_id) WHERE message_id <> '';
`

const columns = `id, kind, state, case_id AS caseId, imsi, msisdn, cause, renewed_us AS renewedUs, text,
  due_us AS dueUs, attempts, message_id AS messageId, reason, created_us AS createdUs, changed_us AS changedUs`

export class NoticeStore {
  readonly #db: DatabaseSyncInstance
  readonly #add: StatementSyncInstance
  readonly #change: StatementSyncInstance
  readonly #due: StatementSyncInstance
  readonly #nextDue: StatementSyncInstance

  /** `path`: a file, or `:memory:`. Throws when it cannot be opened or is no such store. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    if (path !== ':memory:') chmodSync(path, 0o600)
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000',
    )
    this.#db.exec(schema)
    this.#add = this.#db.prepare(
      `INSERT OR IGNORE INTO notice
         (kind, state, case_id, imsi, msisdn, cause, renewed_us, text, due_us, created_us, changed_us)
       VALUES (?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#change = this.#db.prepare(
      `UPDATE notice SET state = ?, due_us = ?, attempts = ?, message_id = ?, reason = ?, changed_us = ?
       WHERE id = ?`,
    )
    this.#due = this.#db.prepare(
      `SELECT ${columns} FROM notice WHERE state = 'waiting' AND due_us <= ? ORDER BY due_us, id LIMIT ?`,
    )
    this.#nextDue = this.#db.prepare(
      `SELECT MIN(due_us) AS due FROM notice WHERE state = 'waiting'`,
    )
  }

  /** False when this subscriber was told of this renewal and cause before. */
  add(kind: NoticeKind, one: BlockedCase, dueUs: number, nowUs: number): boolean {
    const { caseId, imsi, msisdn, cause, renewedUs, text } = one
    const done = this.#add.run(
      kind,
      caseId,
      imsi,
      msisdn,
      cause,
      renewedUs,
      text,
      dueUs,
      nowUs,
      nowUs,
    )
    return Number(done.changes) > 0
  }

  /** Writes what may change of a notice. */
  save(notice: Notice): void {
    const { state, dueUs, attempts, messageId, reason, changedUs, id } = notice
    this.#change.run(state, dueUs, attempts, messageId, reason, changedUs, id)
  }

  due(nowUs: number, most: number): Notice[] {
    return this.#due.all(nowUs, most)
  }

  /** When the next notice is due; infinity when none waits. */
  nextDueUs(): number {
    const { due } = this.#nextDue.get() as { due: number | null }
    return due ?? Number.POSITIVE_INFINITY
  }

  /** Accepted notices with this name of the channel. */
  byMessage(messageId: string): Notice | undefined {
    return this.#one(`message_id = ? AND state = 'accepted'`, messageId)
  }

  /** All of a case, oldest first. */
  ofCase(caseId: string): Notice[] {
    return this.#list('case_id = ? ORDER BY id', caseId)
  }

  waitingOf(imsi: string): Notice[] {
    return this.#list(`imsi = ? AND state = 'waiting' ORDER BY id`, imsi)
  }

  inState(state: NoticeState): Notice[] {
    return this.#list('state = ? ORDER BY id', state)
  }

  close(): void {
    this.#db.close()
  }

  #list(where: string, value: string): Notice[] {
    return this.#db.prepare(`SELECT ${columns} FROM notice WHERE ${where}`).all(value)
  }

  #one(where: string, value: string): Notice | undefined {
    return this.#list(`${where} ORDER BY id DESC LIMIT 1`, value)[0]
  }
}
