/** The detector beside a run: its settings and events are read before, records are shown to it as they come, and what
 * it found is told after. */

import { closeSync, openSync, writeSync } from 'node:fs'
import type { BadLine } from '../feed/event-text.js'
import { readFeed } from '../feed/read-feed.js'
import { TailedFeed } from '../feed/tailed-feed.js'
import type { AlertRecord } from '../record/alert-record.js'
import type { FeedEvent } from '../record/business-event.js'
import { groupDigits } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import { parseTime } from '../record/time.js'
import type { SummaryRecord } from '../record/usage-record.js'
import { detectorRecords, RenewalDetector } from '../renewal/detector.js'
import { detectorSettings } from './detector-settings.js'
import { usageFailure } from './fail.js'
import type { Funnel } from './funnel.js'
import type { Options } from './options.js'
import { writeFailure } from './output/output.js'
import type { Terminal } from './terminal.js'

/** Refused lines that are told one by one. */
const mostTold = 3
const minuteUs = 60_000_000

export class Detection {
  readonly #detector: RenewalDetector
  readonly #options: Options
  readonly #terminal: Terminal
  readonly #tails: TailedFeed[] = []
  #bad = 0
  #deadLetters = -1

  private constructor(detector: RenewalDetector, options: Options, terminal: Terminal) {
    this.#detector = detector
    this.#options = options
    this.#terminal = terminal
  }

  /** Undefined without `--events`. With `--follow` files are read on while they grow. */
  static async from(options: Options, terminal: Terminal): Promise<Detection | undefined> {
    if (options.events.length === 0) {
      if (options['dead-letters'] === undefined) return undefined
      throw usageFailure('--dead-letters needs --events', '--events FILE')
    }
    const detection = new Detection(
      new RenewalDetector(detectorSettings(options)),
      options,
      terminal,
    )
    await detection.#read()
    return detection
  }

  /** Shows the run's records to the detector. */
  watch(funnel: Funnel): void {
    funnel.tap(detectorRecords, record => this.#detector.record(record))
  }

  /** Cases as they stand after the last packet. The bin that it lies in is over then. */
  cases(summary: SummaryRecord): AlertRecord[] {
    const lastUs = Math.max(parseTime(summary.last ?? '') ?? 0, this.#detector.nowUs)
    this.#detector.advance(Math.ceil(lastUs / minuteUs) * minuteUs)
    return this.#detector.cases()
  }

  /** Live: reads on in the feeds; cases that were judged again up to `nowUs`. */
  follow(nowUs: number): AlertRecord[] {
    for (const tail of this.#tails) tail.poll()
    this.#detector.advance(nowUs)
    return this.#detector.changes()
  }

  /** Nothing more is read. */
  close(): void {
    for (const tail of this.#tails) tail.close()
    this.#tails.length = 0
    if (this.#deadLetters >= 0) closeSync(this.#deadLetters)
    this.#deadLetters = -1
  }

  async #read(): Promise<void> {
    const path = this.#options['dead-letters']
    if (path !== undefined) this.#deadLetters = openOutput(path)
    const sink = {
      event: (event: FeedEvent) => {
        this.#detector.event(event)
      },
      bad: (line: BadLine) => this.#refused(line),
    }
    for (const feed of this.#options.events) {
      if (this.#options.follow && feed !== '-') this.#tails.push(new TailedFeed(feed, sink))
      else await this.#feed(feed, sink)
    }
    if (this.#tails.length > 0) {
      for (const tail of this.#tails) tail.poll()
      return
    }
    this.close()
    if (this.#bad > mostTold && !this.#options.quiet) {
      this.#terminal.talk(`tollgate: ${groupDigits(this.#bad)} lines of events left out in all`)
    }
  }

  async #feed(path: string, sink: Parameters<typeof readFeed>[1]): Promise<void> {
    try {
      await readFeed(path, sink)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      const why = error.code === 'ENOENT' ? 'no such file' : String(error.code)
      throw usageFailure(`${terminalText(path)}: ${why}`)
    }
  }

  #refused(bad: BadLine): void {
    this.#bad++
    if (this.#deadLetters >= 0) writeSync(this.#deadLetters, `${JSON.stringify(bad)}\n`)
    if (this.#bad > mostTold || this.#options.quiet) return
    this.#terminal.talk(terminalText(`tollgate: ${bad.feed}:${bad.line}: ${bad.reason}; left out`))
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    throw writeFailure(terminalText(path), code, error, 0)
  }
}

/** An alarm that is not over. */
export function isOpen({ alarm, state }: AlertRecord): boolean {
  return alarm && state !== 'recovered' && state !== 'closed'
}
