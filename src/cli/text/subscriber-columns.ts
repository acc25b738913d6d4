/** Columns of lists of subscribers. */

import type { Column } from '../output/table.js'

export const subscriberColumns: readonly Column[] = [
  { head: 'IMSI' },
  { head: 'MSISDN', leaves: 2 },
  { head: 'APN', flexible: 6, leaves: 6 },
  { head: 'RAT', leaves: 1 },
  { head: 'UE address', leaves: 3 },
  { head: 'Flows', right: true },
  { head: 'o Free', right: true },
  { head: '$ Charged', right: true },
  { head: '? Unknown', right: true, leaves: 4 },
  { head: 'X Blocked', right: true, leaves: 5 },
]
