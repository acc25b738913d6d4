/** The daemon's log: pino on stderr, a line an event. Under journald the line begins with its priority and has no time
 * (sd-daemon(3)); the same line again is counted and told when it stops or after ten seconds. */

import { writeSync } from 'node:fs'
import pino, { type Logger } from 'pino'
import { plainText } from '../record/text.js'

export type LogForm = 'text' | 'json'
export type LogLevel = 'info' | 'warn' | 'error'
type Fields = Readonly<Record<string, unknown>>

const foldMs = 10_000
/** syslog(3) */
const priorities: Record<LogLevel, number> = { info: 6, warn: 4, error: 3 }

export class ServiceLog {
  readonly #logger: Logger
  readonly #write: (line: string) => void
  #last:
    | { key: string; level: LogLevel; event: string; repeated: number; sinceMs: number }
    | undefined

  /** `journald`: whether stderr is the journal's. */
  constructor(form: LogForm, journald: boolean, write = writeStderr) {
    this.#write = write
    const stream = {
      write: (line: string) => this.#write(form === 'json' ? line : textLine(line, journald)),
    }
    const timestamp = journald ? false : pino.stdTimeFunctions.isoTime
    const formatters = { level: (label: string) => ({ level: label }) }
    this.#logger = pino({ base: null, timestamp, formatters, messageKey: 'event' }, stream)
  }

  log(level: LogLevel, event: string, fields: Fields = {}): void {
    const key = JSON.stringify([level, event, fields])
    const nowMs = performance.now()
    if (this.#last?.key === key && nowMs - this.#last.sinceMs < foldMs) {
      this.#last.repeated++
      return
    }
    this.flush()
    this.#last = { key, level, event, repeated: 0, sinceMs: nowMs }
    this.#logger[level](fields, event)
  }

  /** Tells how often the last line was repeated. */
  flush(): void {
    const { repeated = 0, level = 'info', event = '', sinceMs = 0 } = this.#last ?? {}
    this.#last = undefined
    if (repeated === 0) return
    const seconds = Math.ceil((performance.now() - sinceMs) / 1000)
    this.#logger[level]({ repeated, in: `${seconds}s` }, event)
  }
}

/** `level=warn event=client_dropped why="does not read"`; of the journal with `<4>` before it and no time. */
function textLine(json: string, journald: boolean): string {
  const { level, time, event, ...fields } = JSON.parse(json) as Record<string, unknown>
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${wordOf(value)}`)
  const words = [`level=${String(level)}`, `event=${String(event)}`, ...rest].join(' ')
  if (journald) return `<${priorities[level as LogLevel]}>${words}\n`
  return `${String(time)} ${words}\n`
}

function wordOf(value: unknown): string {
  const text = plainText(typeof value === 'string' ? value : JSON.stringify(value))
  return /^[\w./:@+-]+$/.test(text) ? text : JSON.stringify(text)
}

/** Nobody may be there to read it: that must not end the daemon. */
function writeStderr(line: string): void {
  try {
    writeSync(2, line)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}
