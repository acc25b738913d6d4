/** The end of the pipeline in the command line: takes records, lets through those selected. */

import type { RecordTest } from '../record/filter/evaluate.js'
import type { ProbeRecord, RecordSink, RecordType } from '../record/sink.js'
import type { SummaryRecord } from '../record/usage-record.js'
import { type Selection, spanOf } from './select.js'

export class Funnel implements RecordSink {
  readonly wants: Set<RecordType>
  private readonly selection: Selection
  private readonly consume: (record: ProbeRecord) => void
  private readonly whole: ReadonlySet<RecordType>
  private readonly chosen: ReadonlySet<RecordType>
  private readonly tapped = new Set<RecordType>()
  private take: ((record: ProbeRecord) => void) | undefined
  private test: RecordTest | undefined
  private held: ProbeRecord[] = []

  /** `whole`: types that are let through whatever was selected. */
  constructor(
    wants: Iterable<RecordType>,
    selection: Selection,
    consume: (record: ProbeRecord) => void,
    whole: Iterable<RecordType> = [],
  ) {
    this.wants = new Set(wants)
    this.chosen = new Set(this.wants)
    this.whole = new Set(whole)
    this.selection = selection
    this.consume = consume
    if (!selection.needsSpan) this.test = selection.test({ first: 0, last: 0 })
  }

  /** Shows records of these types to `take` too, whatever is selected. */
  tap(types: Iterable<RecordType>, take: (record: ProbeRecord) => void): void {
    this.take = take
    for (const type of types) {
      this.tapped.add(type)
      this.wants.add(type)
    }
  }

  /** Somebody reads records as they come: one thread makes them all. */
  get isTapped(): boolean {
    return this.take !== undefined
  }

  write(record: ProbeRecord): void {
    if (this.tapped.has(record.type)) this.take?.(record)
    if (!this.chosen.has(record.type)) return
    this.choose(record)
  }

  private choose(record: ProbeRecord): void {
    if (this.whole.has(record.type)) this.consume(record)
    else if (this.test === undefined) this.held.push(record)
    else if (this.test(record)) this.consume(record)
  }

  /** Times such as `-1h` are known only now; lets the held records through. */
  finish(summary: SummaryRecord): void {
    if (this.test !== undefined) return
    this.test = this.selection.test(spanOf(summary))
    const held = this.held
    this.held = []
    for (const record of held) this.choose(record)
  }
}
