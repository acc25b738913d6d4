/** Screen 6: what the probe did; newest last. Long text goes on under itself. */

/*    Time      Level  Event                   Text
 * >  21:01:40  INFO   rules-reloaded          v418: 2 rows added, 1 removed */

import type { LogRow } from '../../record/snapshot.js'
import { terminalText, wrap } from '../../record/text.js'
import { logText } from '../alert-columns.js'
import { headLine, type Placed, placeColumns, rowLine } from '../columns.js'
import { blank, type Line, line, restyle, ruler } from '../line.js'
import { columnsOf } from '../list-columns.js'
import type { Scene } from '../scene.js'
import { isOld } from '../title.js'
import { emptyLines } from './empty.js'
import { focusedRow } from './list.js'
import type { Panel } from './panel.js'

export const logPanel: Panel = {
  lines(scene, width, height) {
    const list = scene.lists.log
    const placed = placeColumns(columnsOf.log, width)
    const head = headLine(placed, list.sort)
    const empty = emptyLines(scene, width)
    if (empty !== undefined) return [ruler(width), head, ...empty].slice(0, height)
    const { page } = list
    if (page === undefined) return [ruler(width), head]
    const blocks = page.rows
      .map((row, i) => ({ at: page.offset + i, row }))
      .filter(({ at }) => at >= list.top)
      .map(({ at, row }) => ({ at, lines: rowLines(scene, placed, row, at === list.focus, width) }))
    // text that goes on takes lines from the rows above: the focus must stay in sight
    const room = height - 2
    let used = 0
    let last = blocks.findIndex(({ at }) => at === list.focus)
    if (last < 0) last = blocks.length - 1
    let start = last + 1
    while (start > 0 && used + (blocks[start - 1]?.lines.length ?? 0) <= room) {
      start--
      used += blocks[start]?.lines.length ?? 0
    }
    const shown = blocks.slice(start).flatMap(block => block.lines)
    return [ruler(width), head, ...shown.slice(0, room)]
  },
  info(scene) {
    const about = focusedRow(scene, 'log')?.about
    return about === undefined ? blank : line(` about ${about}`)
  },
}

function rowLines(
  scene: Scene,
  placed: readonly Placed<LogRow>[],
  row: LogRow,
  focused: boolean,
  width: number,
): Line[] {
  const textWidth = placed.at(-1)?.width ?? width
  const [first = '', ...more] = wrap(terminalText(logText(row)), textWidth)
  const marks = { focused, selected: false, dim: isOld(scene) }
  // escaped by now: the row must not escape the escapes
  const left = rowLine(placed.slice(0, -1), row, scene, { ...marks, focused: false }, width)
  const head: Line = [...left, { text: `  ${first}` }]
  const marked: Line = focused ? [{ text: '> ' }, ...head.slice(1)] : head
  const indent = ' '.repeat(Math.max(0, width - textWidth))
  const lines = [marked, ...more.map(part => [{ text: indent + part }])]
  return focused ? lines.map(one => restyle(padded(one, width), 'inverse')) : lines
}

function padded(of: Line, width: number): Line {
  const used = of.reduce((sum, part) => sum + part.text.length, 0)
  return [...of, { text: ' '.repeat(Math.max(0, width - used)) }]
}
