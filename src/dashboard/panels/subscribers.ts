/** Screen 3: subscribers. */

/*    State        IMSI             MSISDN          APN    RAT    UE address   Flows  o Free  $ Charged  X Blocked  Seen
 * >  ! STUCK      46001******0017  880170****017   wap    GERAN  10.45.0.18      41  1.02 MB  8.20 MB    41 flows  0:01 */

import { blank, line } from '../line.js'
import { sessionText } from '../list-columns.js'
import { focusedRow, listLines } from './list.js'
import type { Panel } from './panel.js'

export const subscribersPanel: Panel = {
  lines: (scene, width, height) => listLines(scene, 'subscribers', width, height),
  info(scene) {
    const row = focusedRow(scene, 'subscribers')
    return row === undefined ? blank : line(` ${sessionText(row, scene)}`)
  },
}
