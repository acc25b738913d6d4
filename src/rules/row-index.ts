/** Rows of one level-2 table by a literal that a match needs: a request is tested against the rows whose
 * literal it contains, and the rows that have none. As with level 1 the answer is that of trying
 * every row in order. */

import { LiteralFinder } from './literal-finder.js'
import type { AppFacts } from './rule-facts.js'
import type { Level2Row } from './rule-set.js'

/** Fewer rows are tried one after the other. */
const FEW_ROWS = 16

type Read = (facts: AppFacts) => string | undefined

interface Anchor {
  key: string
  read: Read
  literals: readonly string[]
}

interface Field {
  read: Read
  finder: LiteralFinder
}

/** The condition whose shortest literal is longest: the rarest in requests. */
function anchorOf(row: Level2Row): Anchor | undefined {
  let best: Anchor | undefined
  let bestLength = 0
  for (const { key, hint } of row.conditions) {
    if (hint?.by !== 'text' || hint.literals.length === 0) continue
    const shortest = Math.min(...hint.literals.map(literal => literal.length))
    if (shortest <= bestLength) continue
    best = { key, read: hint.read, literals: hint.literals }
    bestLength = shortest
  }
  return best
}

export class RowIndex {
  readonly #rows: readonly Level2Row[]
  readonly #fields: Field[] = []
  /** rows that no literal stands for, ascending */
  readonly #others: number[] = []
  readonly #candidates: number[] = []

  /** Row numbers here count from 0 within the table. */
  constructor(rows: readonly Level2Row[]) {
    this.#rows = rows
    const byKey = new Map<string, { read: Read; entries: { literal: string; value: number }[] }>()
    for (const [value, row] of rows.entries()) {
      const anchor = rows.length < FEW_ROWS ? undefined : anchorOf(row)
      if (!anchor) {
        this.#others.push(value)
        continue
      }
      const field = byKey.get(anchor.key) ?? { read: anchor.read, entries: [] }
      byKey.set(anchor.key, field)
      for (const literal of anchor.literals) field.entries.push({ literal, value })
    }
    for (const { read, entries } of byKey.values())
      this.#fields.push({ read, finder: new LiteralFinder(entries) })
  }

  /** Number of the first row that matches, or -1. */
  first(facts: AppFacts): number {
    let best = this.#rows.length
    for (const { read, finder } of this.#fields) {
      const text = read(facts)
      if (text === undefined) continue
      const candidates = this.#candidates
      candidates.length = 0
      finder.find(text.toLowerCase(), candidates)
      for (const row of candidates) if (row < best && this.#matches(row, facts)) best = row
    }
    for (const row of this.#others) {
      if (row >= best) break
      if (this.#matches(row, facts)) best = row
    }
    return best < this.#rows.length ? best : -1
  }

  #matches(row: number, facts: AppFacts): boolean {
    return this.#rows[row]?.conditions.every(({ test }) => test(facts)) ?? false
  }
}
