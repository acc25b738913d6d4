/** Where a click fell (`--mouse`). */

import type { RowKind } from '../record/snapshot.js'
import { type ListColumn, markWidth, placeColumns } from './columns.js'
import { columnsOf } from './list-columns.js'
import { moveFocus } from './rows.js'
import type { Stage } from './stage.js'

/** title, screens, filter, rule */
const headRow = 4
const gap = 2

export function clickList(
  stage: Stage,
  kind: RowKind,
  row: number,
  column: number,
  width: number,
): void {
  const list = stage.scene.lists[kind]
  if (row > headRow) {
    const at = list.top + row - headRow - 1
    if (at < (list.page?.shown ?? 0)) moveFocus(kind, list, at - list.focus, stage.room(kind))
    return
  }
  if (row < headRow) return
  const columns = columnsOf[kind] as readonly ListColumn<never>[]
  let left = markWidth
  for (const { column: one, width: room } of placeColumns(columns, width, list.hidden)) {
    if (column >= left && column < left + room && one.sort !== undefined) {
      const high = one.high === true && list.sort !== `-${one.sort}`
      stage.sort(kind, high ? `-${one.sort}` : one.sort)
      return
    }
    left += room + gap
  }
}
