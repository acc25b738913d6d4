/** The compiled program of a regex as an automaton: what the linear-time engine runs is what is analysed.
 * Read Cox, "Regular Expression Matching: the Virtual Machine Approach" (2009) and RE2's `prog.h`. */

import { RE2JS } from 're2js'
import { z } from 'zod'
import { type Automaton, anyPoint, Draft, HIGHEST_POINT } from './automaton.js'

/** Instruction codes and assertion bits of the engine. */
const op = { alt: 1, altMatch: 2, capture: 3, assert: 4, fail: 5, match: 6, nop: 7, rune: 8 }
const runeOps = { rune1: 9, any: 10, anyNotNewline: 11 }
const BEGIN_TEXT = 4
const END_TEXT = 8
const FOLD_CASE = 1
const NEWLINE = 10

const programShape = z.object({
  start: z.number(),
  inst: z.array(
    z.object({
      op: z.number(),
      out: z.number(),
      arg: z.number(),
      runes: z.custom<ArrayLike<number>>(
        runes => ArrayBuffer.isView(runes) || Array.isArray(runes),
      ),
    }),
  ),
})
type Instruction = z.infer<typeof programShape>['inst'][number]

/** Code points that the engine takes for the same as `point` and that stay when put in lower case. The
 * Kelvin sign and the long s are the two whose fold is an ASCII letter. */
function foldsOf(point: number): number[] {
  const character = String.fromCodePoint(point)
  const low = character.toLowerCase()
  const folds = new Set([point, low.codePointAt(0) ?? point])
  if (low === 's') folds.add(0x17f)
  return [...folds]
}

function rangesOf({ op: code, arg, runes }: Instruction): (readonly [number, number])[] {
  if (code === runeOps.any) return [anyPoint]
  if (code === runeOps.anyNotNewline)
    return [
      [0, NEWLINE - 1],
      [NEWLINE + 1, HIGHEST_POINT],
    ]
  const [only] = [runes[0] ?? 0]
  if (runes.length === 1)
    return ((arg & FOLD_CASE) === 0 ? [only] : foldsOf(only)).map(p => [p, p] as const)
  const ranges: (readonly [number, number])[] = []
  for (let i = 0; i + 1 < runes.length; i += 2) ranges.push([runes[i]!, runes[i + 1]!])
  return ranges
}

/** A program counter with what is known of the place: no character yet, none to come. */
interface Thread {
  pc: number
  begun: boolean
  ended: boolean
}

/** Texts in which the regex matches somewhere; undefined when the program holds what is not followed. */
export function regexAutomaton(regex: string): Automaton | undefined {
  const compiled = RE2JS.compile(regex, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL)
  const program = programShape.safeParse(compiled.re2Input.prog)
  if (!program.success) return undefined
  const { inst, start } = program.data
  const draft = new Draft()
  const numbers = new Map<number, number>()
  const queue: Thread[] = []
  const reach = (pc: number, begun: boolean, ended: boolean): number => {
    const key = pc * 4 + (begun ? 2 : 0) + (ended ? 1 : 0)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const state = draft.state()
    numbers.set(key, state)
    queue.push({ pc, begun, ended })
    return state
  }
  const first = draft.state()
  const skipped = draft.state()
  const tail = draft.state()
  const final = draft.state()
  // the match may begin after any characters and be followed by any
  draft.arrow(first, anyPoint, skipped)
  draft.arrow(skipped, anyPoint, skipped)
  draft.arrow(tail, anyPoint, tail)
  draft.skip(tail, final)
  draft.skip(first, reach(start, false, false))
  draft.skip(skipped, reach(start, true, false))
  for (let thread = queue.pop(); thread; thread = queue.pop()) {
    const { pc, begun, ended } = thread
    const own = inst[pc]
    if (!own) return undefined
    const from = reach(pc, begun, ended)
    if (own.op === op.alt || own.op === op.altMatch) {
      draft.skip(from, reach(own.out, begun, ended))
      draft.skip(from, reach(own.arg, begun, ended))
    } else if (own.op === op.capture || own.op === op.nop) {
      draft.skip(from, reach(own.out, begun, ended))
    } else if (own.op === op.assert) {
      if ((own.arg & ~(BEGIN_TEXT | END_TEXT)) !== 0) return undefined
      const fails = (own.arg & BEGIN_TEXT) !== 0 && begun
      if (!fails) draft.skip(from, reach(own.out, begun, ended || (own.arg & END_TEXT) !== 0))
    } else if (own.op === op.match) {
      draft.skip(from, ended ? final : tail)
    } else if (own.op >= op.rune && own.op <= runeOps.anyNotNewline) {
      if (ended) continue
      const to = reach(own.out, true, false)
      for (const range of rangesOf(own)) draft.arrow(from, range, to)
    } else if (own.op !== op.fail) {
      return undefined
    }
  }
  return draft.finish(first, final)
}
