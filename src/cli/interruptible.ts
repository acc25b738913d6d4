/** A source that ends when the operator interrupts, also while it waits for more: `replay -` on a
 * pipe that is quiet must obey Ctrl-C. */

import type { FrameBatch, Source, SourceStatus } from '../source/source.js'

export class InterruptibleSource implements Source {
  private readonly source: Source
  private wake: ((count: number) => void) | undefined
  /** set once, by `interrupt` */
  interrupted = false

  constructor(source: Source) {
    this.source = source
  }

  get status(): SourceStatus {
    return this.source.status
  }

  async open(): Promise<void> {
    await this.source.open()
  }

  /** A pending `next` resolves to 0, and so does every further one. */
  interrupt(): void {
    this.interrupted = true
    this.wake?.(0)
  }

  next(batch: FrameBatch): Promise<number> {
    if (this.interrupted) return Promise.resolve(0)
    return new Promise((resolve, reject) => {
      this.wake = resolve
      this.source.next(batch).then(resolve, reject)
    })
  }

  /** After an interrupt a read may be pending for ever; the end of the program closes it. */
  async close(): Promise<void> {
    if (!this.interrupted) await this.source.close()
  }
}
