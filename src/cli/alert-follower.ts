/** `alerts -i IF --follow`: each case as soon as it becomes an alarm or changes, while the capture goes on. */

import type { AlertRecord } from '../record/alert-record.js'
import { terminalText } from '../record/text.js'
import { clockTime, parseTime } from '../record/time.js'
import type { Options } from './options.js'
import { forReader, type RecordWriter } from './output/record-writer.js'
import type { Terminal } from './terminal.js'
import { alertCells } from './text/alert-text.js'

export class AlertFollower {
  readonly #options: Options
  readonly #terminal: Terminal
  readonly #writer: RecordWriter | undefined
  /** case -> what was told of it */
  readonly #told = new Map<string, string>()

  constructor(options: Options, terminal: Terminal, writer: RecordWriter | undefined) {
    this.#options = options
    this.#terminal = terminal
    this.#writer = writer
  }

  /** Tells what of these is new. */
  look(cases: readonly AlertRecord[]): void {
    for (const alert of cases) {
      const { verdict, cause = '', state } = alert
      const now = `${verdict} ${cause} ${state}`
      if ((!alert.alarm && !this.#options.all) || this.#told.get(alert.case) === now) continue
      this.#told.set(alert.case, now)
      this.#tell(alert)
    }
  }

  #tell(alert: AlertRecord): void {
    if (this.#writer !== undefined) {
      this.#writer.write(alert)
    } else {
      const { utc } = this.#options
      const cells = alertCells(forReader(alert, this.#options), this.#options)
      const words = cells.map(cell => (typeof cell === 'string' ? cell : cell.text))
      const at = clockTime(parseTime(alert.ts) ?? 0, utc).slice(0, 8)
      this.#terminal.out.line(terminalText([at, ...words].join('  ')))
    }
    this.#terminal.out.flush()
  }
}
