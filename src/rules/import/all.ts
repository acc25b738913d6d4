/** Every dialect that can be imported, in the order in which the help lists them. */

import type { Dialect } from './dialect.js'
import { free5gc } from './free5gc.js'
import { huaweiUdg } from './huawei-udg.js'
import { huaweiUgw } from './huawei-ugw.js'
import { ipFilter } from './ip-filter.js'
import { open5gs } from './open5gs.js'
import { operatorSheet } from './operator-sheet.js'
import { staros } from './staros.js'
import { pfd, ts29512 } from './ts29512.js'
import { zte } from './zte.js'

export const dialects: readonly Dialect[] = [
  staros,
  huaweiUgw,
  huaweiUdg,
  zte,
  operatorSheet,
  ts29512,
  ipFilter,
  pfd,
  open5gs,
  free5gc,
]
