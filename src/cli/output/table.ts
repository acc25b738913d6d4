/** Aligned columns for people. Text must be ASCII by now (`terminalText`), so that a character is a
 * column. When the terminal is narrow, columns leave in a given order; heads leave with them. */

import { cut, wrap } from '../../record/text.js'

export interface Column {
  head: string
  right?: boolean
  /** takes what is left of the width; at least this wide */
  flexible?: number
  /** too long text goes on below instead of being cut */
  wraps?: boolean
  /** leaves when there is no room, the lowest number first; absent = never */
  leaves?: number
}

/** A cell: its text, and the text with colour codes when they differ. */
export type Cell = string | { text: string; painted: string }

const gap = 2

/** Lines for the header (unless `header` is false) and each row, none wider than `width`. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  header = true,
): string[] {
  const natural = columns.map((column, i) => {
    let widest = header ? column.head.length : 0
    for (const row of rows) widest = Math.max(widest, textOf(row[i]).length)
    return widest
  })
  const shown = chooseColumns(columns, natural, width)
  const widths = fit(columns, natural, shown, width)
  const lines = rows.flatMap(row => wrapped(columns, row, widths))
  const heads = columns.map(column => column.head)
  return (header ? [heads, ...lines] : lines).map(row => rowLine(columns, row, shown, widths))
}

/** The row, and further rows for what a wrapping cell could not hold. */
function wrapped(
  columns: readonly Column[],
  row: readonly Cell[],
  widths: readonly number[],
): (readonly Cell[])[] {
  const parts = row.map((cell, i) =>
    columns[i]?.wraps === true ? wrap(textOf(cell), Math.max(1, widths[i] ?? 1)) : [cell],
  )
  const height = Math.max(1, ...parts.map(part => part.length))
  return Array.from({ length: height }, (_, line) => parts.map(part => part[line] ?? ''))
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  return typeof cell === 'string' ? cell : cell.text
}

function least(column: Column, natural: number): number {
  return column.flexible === undefined ? natural : Math.min(natural, column.flexible)
}

function chooseColumns(columns: readonly Column[], natural: readonly number[], width: number) {
  const shown = columns.map((_, i) => i)
  const needed = () =>
    shown.reduce((sum, i) => {
      const column = columns[i]
      return column === undefined ? sum : sum + least(column, natural[i] ?? 0) + gap
    }, -gap)
  while (needed() > width) {
    let leaving = -1
    for (const i of shown) {
      const order = columns[i]?.leaves
      if (order !== undefined && order < (columns[leaving]?.leaves ?? Number.POSITIVE_INFINITY)) {
        leaving = i
      }
    }
    if (leaving < 0) break
    shown.splice(shown.indexOf(leaving), 1)
  }
  return shown
}

function fit(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = columns.map((column, i) => least(column, natural[i] ?? 0))
  let room = width + gap
  for (const i of shown) room -= (widths[i] ?? 0) + gap
  for (const i of shown) {
    const more = Math.min(Math.max(room, 0), (natural[i] ?? 0) - (widths[i] ?? 0))
    widths[i] = (widths[i] ?? 0) + more
    room -= more
  }
  return widths
}

function rowLine(
  columns: readonly Column[],
  row: readonly Cell[],
  shown: readonly number[],
  widths: readonly number[],
): string {
  const parts = shown.map(i => {
    const cell = row[i] ?? ''
    const width = widths[i] ?? 0
    const text = cut(textOf(cell), width)
    const painted = typeof cell === 'string' || text !== cell.text ? text : cell.painted
    const pad = ' '.repeat(width - text.length)
    return columns[i]?.right === true ? pad + painted : painted + pad
  })
  return parts.join(' '.repeat(gap)).trimEnd()
}
