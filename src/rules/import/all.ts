/** Every dialect that can be imported, in the order in which the help lists them. */

import type { Dialect } from './dialect.js'
import { huaweiUdg } from './huawei-udg.js'
import { huaweiUgw } from './huawei-ugw.js'
import { staros } from './staros.js'
import { zte } from './zte.js'

export const dialects: readonly Dialect[] = [staros, huaweiUgw, huaweiUdg, zte]

export const dialectNames: readonly string[] = dialects.map(({ name }) => name)
