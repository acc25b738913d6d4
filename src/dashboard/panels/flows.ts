/** Screen 2: flows. */

/*    Verdict  Rule                  IMSI             UE address  Host or server        App   Bytes v     Age
 * >  $ CHRG   wapgw/1 168165378     46001******0017  10.45.0.18  cdn-wap.operator.test WSP   8.20 MB   02:11 */

import { endpointText, octetsText } from '../../record/figures.js'
import type { FlowRow } from '../../record/snapshot.js'
import { clockTime, parseTime } from '../../record/time.js'
import { blank, line } from '../line.js'
import { flowRule } from '../list-columns.js'
import { focusedRow, listLines } from './list.js'
import type { Panel } from './panel.js'

export const flowsPanel: Panel = {
  lines: (scene, width, height) => listLines(scene, 'flows', width, height),
  info(scene) {
    const row = focusedRow(scene, 'flows')
    return row === undefined ? blank : line(` ${flowText(row, scene.utc)}`)
  },
}

function flowText(row: FlowRow, utc: boolean): string {
  const start = parseTime(row.ts)
  const parts = [
    `Flow ${row.flow}: ${endpointText(row.ue, row.ue_port)} > ${endpointText(row.server, row.server_port)} ${row.protocol}`,
    `rule ${flowRule(row)}`,
    row.touched_by_drops === true ? 'PACKETS LOST while it was open' : '',
    row.teid_up === undefined ? '' : `teid ${row.teid_up}`,
    start === undefined ? '' : `started ${clockTime(start, utc).slice(0, 8)}`,
    row.rating_group === undefined || row.rating_group === row.rule_id
      ? ''
      : `rg ${row.rating_group}`,
    `up ${octetsText(row.up_bytes)} down ${octetsText(row.down_bytes)}`,
  ]
  return parts.filter(part => part !== '').join('  ')
}
