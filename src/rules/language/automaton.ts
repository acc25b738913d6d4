/** Nondeterministic automata over code points, and how patterns are put together from them. Read Hopcroft,
 * Motwani and Ullman, "Introduction to Automata Theory", sections 2.5 and 3.2 (Thompson's construction). An
 * automaton has one start and one final state; every operation makes a new one. */

export const HIGHEST_POINT = 0x10ffff

/** Code points, inclusive on both ends. */
export type PointRange = readonly [low: number, high: number]

export interface Arrow {
  readonly low: number
  readonly high: number
  readonly to: number
}

export interface Automaton {
  readonly start: number
  readonly final: number
  /** by state: states reached without a character */
  readonly empty: readonly (readonly number[])[]
  /** by state: states reached with one */
  readonly arrows: readonly (readonly Arrow[])[]
}

/** An automaton while it is put together. */
export class Draft {
  readonly empty: number[][] = []
  readonly arrows: Arrow[][] = []

  state(): number {
    this.arrows.push([])
    return this.empty.push([]) - 1
  }

  skip(from: number, to: number): void {
    this.empty[from]?.push(to)
  }

  arrow(from: number, [low, high]: PointRange, to: number): void {
    this.arrows[from]?.push({ low, high, to })
  }

  /** Copies an automaton in; the offset of its states. */
  add(part: Automaton): number {
    const offset = this.empty.length
    for (const targets of part.empty) this.empty.push(targets.map(to => to + offset))
    for (const arrows of part.arrows)
      this.arrows.push(arrows.map(({ low, high, to }) => ({ low, high, to: to + offset })))
    return offset
  }

  finish(start: number, final: number): Automaton {
    return { start, final, empty: this.empty, arrows: this.arrows }
  }
}

/** The text alone. */
export function literal(text: string): Automaton {
  const draft = new Draft()
  let at = draft.state()
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    const next = draft.state()
    draft.arrow(at, [point, point], next)
    at = next
  }
  return draft.finish(0, at)
}

/** One character of the ranges. */
export function oneOf(...ranges: readonly PointRange[]): Automaton {
  const draft = new Draft()
  const start = draft.state()
  const final = draft.state()
  for (const range of ranges) draft.arrow(start, range, final)
  return draft.finish(start, final)
}

/** Any run of characters of the ranges, also the empty one. */
export function run(...ranges: readonly PointRange[]): Automaton {
  const draft = new Draft()
  const state = draft.state()
  for (const range of ranges) draft.arrow(state, range, state)
  return draft.finish(state, state)
}

export const anyPoint: PointRange = [0, HIGHEST_POINT]
export const anything: Automaton = run(anyPoint)

export function sequence(...parts: readonly Automaton[]): Automaton {
  const draft = new Draft()
  const start = draft.state()
  let at = start
  for (const part of parts) {
    const offset = draft.add(part)
    draft.skip(at, part.start + offset)
    at = part.final + offset
  }
  return draft.finish(start, at)
}

export function either(...parts: readonly Automaton[]): Automaton {
  const draft = new Draft()
  const start = draft.state()
  const final = draft.state()
  for (const part of parts) {
    const offset = draft.add(part)
    draft.skip(start, part.start + offset)
    draft.skip(part.final + offset, final)
  }
  return draft.finish(start, final)
}

export function maybe(part: Automaton): Automaton {
  return either(part, literal(''))
}

/** Once or more, each time followed by `between` before the next. */
export function joined(part: Automaton, between: Automaton): Automaton {
  const draft = new Draft()
  const first = draft.add(part)
  const again = draft.add(between)
  draft.skip(part.final + first, between.start + again)
  draft.skip(between.final + again, part.start + first)
  const final = draft.state()
  draft.skip(part.final + first, final)
  return draft.finish(part.start + first, final)
}

/** Texts of both: pairs of states, those reached from the start only. */
export function both(a: Automaton, b: Automaton): Automaton {
  const draft = new Draft()
  const numbers = new Map<number, number>()
  const queue: [number, number][] = []
  const pair = (p: number, q: number): number => {
    const key = p * b.empty.length + q
    const known = numbers.get(key)
    if (known !== undefined) return known
    const state = draft.state()
    numbers.set(key, state)
    queue.push([p, q])
    return state
  }
  const start = pair(a.start, b.start)
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [p, q] = next
    const from = pair(p, q)
    for (const to of a.empty[p] ?? []) draft.skip(from, pair(to, q))
    for (const to of b.empty[q] ?? []) draft.skip(from, pair(p, to))
    for (const left of a.arrows[p] ?? [])
      for (const right of b.arrows[q] ?? []) {
        const low = Math.max(left.low, right.low)
        const high = Math.min(left.high, right.high)
        if (low <= high) draft.arrow(from, [low, high], pair(left.to, right.to))
      }
  }
  return draft.finish(start, pair(a.final, b.final))
}
