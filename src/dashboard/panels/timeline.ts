/** What happened to one subscriber, oldest first. */

/*  20:58:40  quota exhausted      first redirect to http://portal.operator.test/renew                 flow 12  packet 40 */

import type { TimelineRow } from '../../record/snapshot.js'
import { terminalText, wrap } from '../../record/text.js'
import { clockTime, parseTime } from '../../record/time.js'
import { blank, type Line, line, lineWidth, ruler, type Span, span } from '../line.js'
import { verdictSpan } from '../list-columns.js'
import type { Scene } from '../scene.js'
import type { Panel } from './panel.js'

export const timelinePanel: Panel = {
  lines(scene, width, height) {
    const { timeline } = scene
    if (timeline === undefined) return []
    if (timeline.trouble !== undefined) return [ruler(width), blank, line(`   ${timeline.trouble}`)]
    if (timeline.rows === undefined)
      return [ruler(width), blank, line('   Waiting for what happened.')]
    if (timeline.rows.length === 0)
      return [ruler(width), blank, line('   Nothing is known of this subscriber yet.')]
    const lines = timelineRows(timeline.rows, scene, width)
    return [ruler(width), ...lines.slice(timeline.top, timeline.top + height - 1)]
  },
  info: () => blank,
}

/** clock and event */
const clockWidth = 11
const narrowWidth = 100

export function timelineRows(
  rows: readonly TimelineRow[],
  scene: Pick<Scene, 'utc'>,
  width: number,
): Line[] {
  const eventWidth = width < narrowWidth ? 19 : 22
  const leftWidth = clockWidth + eventWidth
  return rows.flatMap(row => {
    const us = parseTime(row.ts)
    const clock = us === undefined ? '' : clockTime(us, scene.utc).slice(0, 8)
    const places = [
      row.flow === undefined ? '' : `flow ${row.flow}`,
      row.frame === undefined ? '' : `packet ${row.frame}`,
    ].filter(part => part !== '')
    const right: Span[] = [
      ...(row.verdict === undefined ? [] : [verdictSpan(row.verdict), { text: '  ' }]),
      span(places.join('  ')),
    ]
    const room = Math.max(12, width - leftWidth - lineWidth(right) - 2)
    const [first = '', ...more] = wrap(terminalText(row.text), room)
    const event = terminalText(row.event).slice(0, eventWidth - 1)
    const head: Span[] = [
      { text: ` ${clock.padEnd(10)}${event.padEnd(eventWidth)}` },
      { text: first.padEnd(room + 2) },
    ]
    return [[...head, ...right], ...more.map(part => line(' '.repeat(leftWidth) + part))]
  })
}
