/** What a panel gives: lines of styled text, ASCII only, so that a character is a column. Pure values: the tests
 * compare them as strings, `screen.ts` paints them. */

import type { Verdict } from '../record/flow-record.js'
import { cut, terminalText } from '../record/text.js'

/** What a piece of text is; the theme says how that looks. `rule` is a drawn line, of the signs - | + . */
export type Style = 'bold' | 'inverse' | 'dim' | 'rule' | 'wrong' | Verdict

export interface Span {
  text: string
  style?: Style
}

export type Line = readonly Span[]

/** Text from anywhere, made harmless. */
export function span(text: string, style?: Style): Span {
  const safe = terminalText(text)
  return style === undefined ? { text: safe } : { text: safe, style }
}

/** A line of one piece. */
export function line(text: string, style?: Style): Line {
  return [span(text, style)]
}

export const blank: Line = []

export function lineText(of: Line): string {
  return of.map(part => part.text).join('')
}

export function lineWidth(of: Line): number {
  return of.reduce((sum, part) => sum + part.text.length, 0)
}

/** Cut to `width` columns, the last two of them `..` when something is missing. */
export function cutLine(of: Line, width: number): Line {
  if (lineWidth(of) <= width) return of
  const kept: Span[] = []
  let room = Math.max(0, width - 2)
  for (const part of of) {
    kept.push({ ...part, text: part.text.slice(0, room) })
    room -= Math.min(room, part.text.length)
    if (room === 0) break
  }
  return [...kept, { text: '..'.slice(0, width) }]
}

/** Exactly `width` columns. */
export function fitLine(of: Line, width: number): Line {
  const short = cutLine(of, width)
  const missing = width - lineWidth(short)
  return missing > 0 ? [...short, { text: ' '.repeat(missing) }] : short
}

/** `left`, and `right` at the end of the width; `left` is cut for it. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = Math.max(0, width - lineWidth(right) - (lineWidth(right) > 0 ? 2 : 0))
  const shown = cutLine(left, room)
  const gap = Math.max(0, width - lineWidth(shown) - lineWidth(right))
  return [...shown, { text: ' '.repeat(gap) }, ...right]
}

/** The whole line in one style. */
export function restyle(of: Line, style: Style): Line {
  return of.map(part => ({ text: part.text, style }))
}

/** Columns of lines beside each other, a drawn line between them. All are `height` lines high. */
export function beside(
  columns: readonly (readonly Line[])[],
  widths: readonly number[],
  height: number,
): Line[] {
  return Array.from({ length: height }, (_, row) =>
    columns.flatMap((lines, i) => {
      const cell = fitLine(lines[row] ?? blank, widths[i] ?? 0)
      return i === 0 ? [...cell] : [{ text: '|', style: 'rule' as const }, ...cell]
    }),
  )
}

/** A drawn line; `crossings`: columns where another line crosses it. */
export function ruler(width: number, crossings: readonly number[] = []): Line {
  const signs = Array.from({ length: width }, (_, i) => (crossings.includes(i) ? '+' : '-'))
  return [{ text: signs.join(''), style: 'rule' }]
}

/** `-- Timeline of 46001******7890 ----`. */
export function titledRuler(title: string, width: number): Line {
  const shown = cut(terminalText(title), Math.max(0, width - 6))
  return [
    { text: '--', style: 'rule' },
    { text: ` ${shown} `, style: 'bold' },
    { text: '-'.repeat(Math.max(0, width - shown.length - 4)), style: 'rule' },
  ]
}
