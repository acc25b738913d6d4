/** Screens 2 to 5: rows as columns, from what the probe gave; only those that are on the screen. */

import { groupDigits } from '../../record/figures.js'
import type { RowKind, RowsOf } from '../../record/snapshot.js'
import { headLine, placeColumns, rowLine } from '../columns.js'
import { type Line, line, ruler } from '../line.js'
import { columnsOf, keyOf } from '../list-columns.js'
import { type ListState, rowClock, type Scene } from '../scene.js'
import { isOld } from '../title.js'
import { emptyLines } from './empty.js'

/** Head, rows, and how many more there are. `height` is all of it. */
export function listLines<K extends RowKind>(
  scene: Scene,
  kind: K,
  width: number,
  height: number,
): Line[] {
  const list: ListState<K> = scene.lists[kind]
  const columns = columnsOf[kind]
  const left = columns.slice(0, 1)
  const placed = placeColumns([...left, ...columns.slice(1 + list.scroll)], width, list.hidden)
  const head = headLine(placed, list.sort)
  const empty = emptyLines(scene, width)
  if (empty !== undefined) return [ruler(width), head, ...empty].slice(0, height)
  const page = list.page
  if (page === undefined) return [ruler(width), head]
  const rooms = rowsRoom(height)
  const rows = page.rows.slice(Math.max(0, list.top - page.offset), list.top - page.offset + rooms)
  const dim = isOld(scene)
  const clock = kind === 'alerts' ? scene : rowClock(scene)
  const lines = rows.map((row, i) =>
    rowLine(
      placed,
      row,
      clock,
      {
        focused: list.top + i === list.focus,
        selected: list.selected.has(keyOf[kind](row)),
        dim,
      },
      width,
    ),
  )
  const more = page.shown - list.top - rows.length
  if (more > 0) lines.push(line(`   ... ${groupDigits(more)} more rows ...`, 'dim'))
  return [ruler(width), head, ...lines]
}

/** Rows that fit under the rule and the heads, above the line that counts the others. */
export function rowsRoom(height: number): number {
  return Math.max(1, height - 3)
}

/** The row that has the focus, if it was fetched. */
export function focusedRow<K extends RowKind>(scene: Scene, kind: K): RowsOf[K] | undefined {
  const { page, focus } = scene.lists[kind]
  return page?.rows[focus - page.offset]
}
