/** Screen 5: alerts, and under them what happened to the focused one. */

/*    State       For  IMSI             MSISDN         Renewed at  Seen by       What                     Flows  Rule
 * >  ! NEW     04:12  46001******0017  880170****017  21:00:25    portal        still blocked               41  L1-5
 * -- Timeline of 46001******0017 ------------------------------------------------------------------------------------
 *  20:58:40  quota exhausted   first redirect                                                     flow 12  packet 40 */

import type { AlertRow } from '../../record/snapshot.js'
import { terminalText, wrap } from '../../record/text.js'
import { blank, type Line, line, titledRuler } from '../line.js'
import type { Scene } from '../scene.js'
import { focusedRow, listLines } from './list.js'
import type { Panel } from './panel.js'
import { timelineRows } from './timeline.js'

export const alertsPanel: Panel = {
  lines(scene, width, height) {
    const row = focusedRow(scene, 'alerts')
    if (row === undefined) return listLines(scene, 'alerts', width, height)
    const listHeight = alertListHeight(height)
    const list = listLines(scene, 'alerts', width, listHeight).slice(0, listHeight)
    const below = detailLines(scene, row, width, height - listHeight)
    return [...list, ...Array.from({ length: listHeight - list.length }, () => blank), ...below]
  },
  info(scene) {
    const row = focusedRow(scene, 'alerts')
    if (row?.note === undefined) return blank
    const at = row.acked_at?.slice(11, 16) ?? ''
    return line(` ack by ${row.acked_by ?? 'somebody'} ${at}: "${row.note}"`)
  },
}

/** The rows have at least half of the body. */
export function alertListHeight(height: number): number {
  return Math.max(7, Math.ceil(height * 0.5))
}

function detailLines(scene: Scene, row: AlertRow, width: number, height: number): Line[] {
  const { alertTimeline } = scene
  if (
    row.imsi !== undefined &&
    alertTimeline?.subscriber === row.imsi &&
    alertTimeline.rows !== undefined
  ) {
    const rows = timelineRows(alertTimeline.rows, scene, width)
    return [titledRuler(`Timeline of ${row.imsi}`, width), ...rows].slice(0, height)
  }
  const told = [`${row.kind}: ${row.title}`, ...row.evidence, row.detail ?? '']
  const lines = told
    .filter(text => text !== '')
    .flatMap(text => wrap(terminalText(text), width - 3).map(part => line(`   ${part}`)))
  return [titledRuler(`Alert ${row.id}`, width), ...lines].slice(0, height)
}
