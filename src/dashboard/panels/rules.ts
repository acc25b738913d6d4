/** Screen 4: rules, what they decided, and those that never do. */

/*    Rule          Match             Verdict  Charging id    Hits/s v       Hits  Bytes up  Bytes down   Subs  Last hit
 * >  wapgw/1       url *mmsc*        o FREE     168165378       4,120    742,011   1.90 GB     22.1 GB  40,118     00:00 */

import { groupDigits, octetsText, ruleIdText, tariffLabels } from '../../record/figures.js'
import { blank, line } from '../line.js'
import { focusedRow, listLines } from './list.js'
import type { Panel } from './panel.js'

export const rulesPanel: Panel = {
  lines: (scene, width, height) => listLines(scene, 'rules', width, height),
  info(scene) {
    const row = focusedRow(scene, 'rules')
    if (row === undefined) return blank
    const id = row.rule_id === undefined ? '' : ` ${ruleIdText(row.rule_id)}`
    const blocked =
      row.blocked_charged_bytes > 0
        ? `  charged and then blocked ${octetsText(row.blocked_charged_bytes)}`
        : ''
    const packets = `  packets up ${groupDigits(row.up_packets)} down ${groupDigits(row.down_packets)}`
    return line(
      ` ${row.at}  ${row.match}  ->  ${tariffLabels[row.tariff]}${id}${packets}${blocked}`,
    )
  },
}
