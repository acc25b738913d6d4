/** Lines of a feed as events: JSON Lines, or CSV with a head. A line that is wrong is told with its place and the feed
 * goes on; nothing of it is kept. */

import { parse } from 'csv-parse/sync'
import type { FeedEvent } from '../record/business-event.js'
import { readFeedEvent } from '../record/business-schema.js'

/** Longest line; a feed that never ends one must not fill the memory. */
export const longestLine = 64 * 1024

const numbers = new Set(['limit_bytes', 'used_bytes', 'volume_bytes', 'cause'])
const whole = /^-?\d{1,16}$/

export interface BadLine {
  readonly feed: string
  /** from 1 */
  readonly line: number
  readonly reason: string
  readonly text: string
}

export interface FeedSink {
  event(event: FeedEvent): void
  bad(line: BadLine): void
}

export class EventText {
  readonly #feed: string
  readonly #sink: FeedSink
  #line = 0
  /** keys of the CSV head; undefined: JSON */
  #head: readonly string[] | undefined
  #begun = false

  /** `feed`: its name for messages. */
  constructor(feed: string, sink: FeedSink) {
    this.#feed = feed
    this.#sink = sink
  }

  /** One line without its end. `cut`: it was longer than `longestLine`. */
  line(text: string, cut = false): void {
    this.#line++
    const trimmed = text.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return
    if (cut) {
      this.#bad(`longer than ${longestLine} characters`, text)
      return
    }
    if (!this.#begun) {
      this.#begun = true
      if (!trimmed.startsWith('{')) {
        this.#head = this.#cells(trimmed)
        return
      }
    }
    const value = this.#head === undefined ? this.#json(trimmed) : this.#row(trimmed, this.#head)
    if (value === undefined) return
    const reading = readFeedEvent(value)
    if (reading.ok) this.#sink.event(reading.event)
    else this.#bad(reading.reason, text)
  }

  /** The file was exchanged for a new one: lines count from 1, and a head may come again. */
  restart(): void {
    this.#line = 0
    this.#begun = false
    this.#head = undefined
  }

  #json(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      this.#bad('is not JSON', text)
      return undefined
    }
  }

  #cells(text: string): string[] | undefined {
    try {
      const [cells] = parse(text, { relax_column_count: true, trim: true })
      return cells
    } catch {
      this.#bad('is not CSV', text)
      return undefined
    }
  }

  #row(text: string, head: readonly string[]): unknown {
    const cells = this.#cells(text)
    if (cells === undefined) return undefined
    if (cells.length !== head.length) {
      this.#bad(`${cells.length} cells under a head of ${head.length}`, text)
      return undefined
    }
    const row: Record<string, unknown> = {}
    for (const [i, key] of head.entries()) {
      const cell = cells[i] ?? ''
      if (cell === '') continue
      row[key] = numbers.has(key) && whole.test(cell) ? Number(cell) : cell
    }
    return row
  }

  #bad(reason: string, text: string): void {
    this.#sink.bad({ feed: this.#feed, line: this.#line, reason, text: text.slice(0, 1024) })
  }
}
