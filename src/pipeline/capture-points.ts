/** Signs that the capture was made at more than one point (rules.md 2.2): then every packet is compared with
 * those of the last 50 ms, and a copy is charged where it was seen first. Read
 * dissect/duplicate-filter.ts first. */

import type { Dissector } from '../dissect/dissector.js'
import { duplicateWindowUs } from '../dissect/duplicate-filter.js'
import type { SourceStatus } from '../source/source.js'

export class CapturePoints {
  readonly #dissector: Dissector
  /** packet time from which a packet of another interface may be a copy */
  #severalFromUs = Number.POSITIVE_INFINITY

  constructor(dissector: Dissector) {
    this.#dissector = dissector
  }

  /** A batch was read: another file may begin in the next. */
  batch(status: SourceStatus): void {
    const from = status.severalFromUs ?? Number.POSITIVE_INFINITY
    this.#severalFromUs = from - duplicateWindowUs
  }

  /** When `look` wants to be called next, if that is before `atUs`; else `atUs`. */
  before(atUs: number, nowUs: number): number {
    return this.#severalFromUs > nowUs ? Math.min(atUs, this.#severalFromUs) : atUs
  }

  /** Once a second of packet time. `besideTunnels`: packets outside tunnels are charged, and tunnels were
   * seen. */
  look(nowUs: number, besideTunnels: boolean): void {
    const { duplicates, linksDiffer } = this.#dissector
    if (linksDiffer || besideTunnels) duplicates.expect()
    duplicates.watch(nowUs >= this.#severalFromUs)
  }

  /** A session has tunnels on both sides of a gateway. */
  bothTunnels(): void {
    this.#dissector.duplicates.expectTunnels()
  }
}
