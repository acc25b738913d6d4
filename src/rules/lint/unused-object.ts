/** UNUSED-OBJECT: a charge or a table that no rule names. */

import type { Lint } from '../lint.js'

export const unusedObject: Lint = {
  id: 'UNUSED-OBJECT',
  severity: 'warn',
  doc: 'a charge or a level-2 table is defined and no rule refers to it',
  check({ set }, report) {
    const charges = new Set([...set.level1, ...set.rows].map(({ charge }) => charge))
    for (const charge of [set.default, set.signalling, set.retransmissions])
      if (charge !== undefined) charges.add(charge)
    for (const [index, { id, at }] of set.charges.entries())
      if (!charges.has(index)) report({ at, rules: [], message: `no rule uses charging id ${id}` })
    const tables = new Set(set.level1.map(({ table }) => table))
    for (const [index, { name, at }] of set.tables.entries())
      if (!tables.has(index))
        report({ at, rules: [], message: `no level-1 rule uses table ${name}` })
  },
}
