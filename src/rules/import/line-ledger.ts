/** The account of a line-oriented source: every line that says something is represented in the rule set or left out
 * with a reason. A line that nobody accounted for is left out: an importer that forgets a line cannot hide it. */

import type { LeftOut, Remark } from './dialect.js'
import type { SourceText } from './source-text.js'

export interface Account {
  /** lines or values that say something */
  readonly total: number
  readonly left: readonly LeftOut[]
  readonly remarks: readonly Remark[]
}

const LONGEST_TEXT = 240

export function clipped(text: string): string {
  const trimmed = text.trim()
  return trimmed.length > LONGEST_TEXT ? `${trimmed.slice(0, LONGEST_TEXT)} ...` : trimmed
}

export class LineLedger {
  readonly #source: SourceText
  readonly #says: (line: string) => boolean
  readonly #understood: Uint8Array
  readonly #left = new Map<number, LeftOut>()
  readonly #remarks: Remark[] = []

  /** `says`: whether a line says something; blank lines and comments do not. */
  constructor(source: SourceText, says: (line: string) => boolean) {
    this.#source = source
    this.#says = says
    this.#understood = new Uint8Array(source.lineCount + 1)
  }

  understood(from: number, to = from): void {
    this.#understood.fill(1, from, to + 1)
  }

  /** The first reason stays; what was understood before is not any more. */
  leave(line: number, why: string, precedence?: number, col?: number): void {
    if (this.#left.has(line)) return
    const raw = this.#source.line(line)
    const first = raw.length - raw.trimStart().length + 1
    this.#left.set(line, {
      ...this.#source.at(line, col ?? first),
      text: clipped(raw),
      why,
      ...(precedence === undefined ? {} : { precedence }),
    })
  }

  /** Leaves a line that nothing was said of yet. */
  leaveUnseen(line: number, why: string): void {
    if (this.#understood[line] === 0) this.leave(line, why)
  }

  remark(line: number, text: string, col = 1): void {
    this.#remarks.push({ ...this.#source.at(line, col), text })
  }

  finish(): Account {
    let total = 0
    const left: LeftOut[] = []
    for (let line = 1; line <= this.#source.lineCount; line++) {
      if (!this.#says(this.#source.line(line))) continue
      total++
      if (!this.#left.has(line) && this.#understood[line] === 0) this.leave(line, 'not recognised')
      const own = this.#left.get(line)
      if (own) left.push(own)
    }
    return { total, left, remarks: this.#remarks }
  }
}
