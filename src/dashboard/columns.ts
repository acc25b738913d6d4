/** Columns of a list: which fit, which leave, how a row looks. A head is never shown without its values. */

import { cut, terminalText } from '../record/text.js'
import { clockTime, parseTime } from '../record/time.js'
import { type Line, lineWidth, type Span, type Style } from './line.js'

export interface ListColumn<T> {
  id: string
  head: string
  /** columns of the screen that the values need */
  width: number
  right?: true
  /** takes what is left; `width` is the least then */
  flexible?: true
  /** leaves when there is no room, the lowest first; absent: never */
  leaves?: number
  /** field that the probe sorts by */
  sort?: string
  /** the high values are looked for */
  high?: true
  value: (row: T, clock: RowClock) => string | Span
}

/** What a cell may know beside its row. */
export interface RowClock {
  nowMs: number
  utc: boolean
}

export interface Placed<T> {
  column: ListColumn<T>
  width: number
}

/** Time of day of a time in a record. */
export function clockOf(time: string | undefined, { utc }: RowClock): string {
  const us = time === undefined ? undefined : parseTime(time)
  return us === undefined ? '-' : clockTime(us, utc).slice(0, 8)
}

const gap = 2
/** focus, selection */
export const markWidth = 2

export function placeColumns<T>(
  columns: readonly ListColumn<T>[],
  width: number,
  hidden: ReadonlySet<string> = new Set(),
): Placed<T>[] {
  const shown = columns.filter(column => !hidden.has(column.id) || column.leaves === undefined)
  const needed = () => shown.reduce((sum, one) => sum + one.width + gap, markWidth - gap)
  while (needed() > width) {
    const leaving = shown.reduce<ListColumn<T> | undefined>(
      (least, one) =>
        (one.leaves ?? Number.POSITIVE_INFINITY) < (least?.leaves ?? Number.POSITIVE_INFINITY)
          ? one
          : least,
      undefined,
    )
    if (leaving === undefined) break
    shown.splice(shown.indexOf(leaving), 1)
  }
  const flexible = shown.filter(column => column.flexible === true)
  const spare = Math.max(0, width - needed())
  const share = flexible.length === 0 ? 0 : Math.floor(spare / flexible.length)
  return shown.map(column => ({
    column,
    width: column.width + (column.flexible === true ? share : 0),
  }))
}

/** Heads in bold; `v` or `^` at the one that the rows are sorted by. */
export function headLine<T>(placed: readonly Placed<T>[], sort: string | undefined): Line {
  const text = placed.map(({ column, width }) => {
    const field = sort?.replace(/^-/, '')
    const mark = field === undefined || column.sort !== field ? '' : sort === field ? ' ^' : ' v'
    const head = column.head + mark
    return column.right === true ? head.padStart(width) : head.padEnd(width)
  })
  return [{ text: ' '.repeat(markWidth) + text.join(' '.repeat(gap)), style: 'bold' }]
}

export interface RowMarks {
  focused: boolean
  selected: boolean
  /** values are old */
  dim: boolean
}

export function rowLine<T>(
  placed: readonly Placed<T>[],
  row: T,
  clock: RowClock,
  marks: RowMarks,
  width: number,
): Line {
  const spans: Span[] = [
    { text: `${marks.focused ? '>' : ' '}${marks.selected ? '*' : ' '}`.padEnd(markWidth) },
  ]
  placed.forEach(({ column, width: room }, i) => {
    if (i > 0) spans.push({ text: ' '.repeat(gap) })
    const value = column.value(row, clock)
    const full = typeof value === 'string' ? terminalText(value) : value.text
    const text = cut(full, room)
    const pad = ' '.repeat(room - text.length)
    const style = typeof value === 'string' ? undefined : value.style
    const cell: Span = style === undefined ? { text } : { text, style }
    spans.push(...(column.right === true ? [{ text: pad }, cell] : [cell, { text: pad }]))
  })
  const style: Style | undefined = marks.focused ? 'inverse' : marks.dim ? 'dim' : undefined
  if (style === undefined) return spans
  const whole = spans.map(part => part.text).join('')
  const used = lineWidth(spans)
  return [{ text: whole + ' '.repeat(Math.max(0, width - used)), style }]
}
