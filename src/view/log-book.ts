/** The last lines of what happened to the probe; the same line again is counted, not repeated. */

import type { LogRow } from '../record/snapshot.js'
import { utcTime } from '../record/time.js'

const mostLines = 5000

export class LogBook {
  readonly rows: LogRow[] = []
  #written = 0

  /** `text` is masked and of one line. */
  write(nowUs: number, level: LogRow['level'], event: string, text: string, about?: string): void {
    const last = this.rows.at(-1)
    if (last !== undefined && last.event === event && last.text === text) {
      last.repeated++
      last.ts = utcTime(nowUs)
      return
    }
    const row: LogRow = { n: ++this.#written, ts: utcTime(nowUs), level, event, text, repeated: 1 }
    if (about !== undefined) row.about = about
    this.rows.push(row)
    if (this.rows.length > mostLines) this.rows.shift()
  }

  get total(): number {
    return this.#written
  }
}
