/** The commands about charging records (all.ts). */

import type { Command } from './command.js'
import { input } from './option-groups.js'

export const chargingCommands: readonly Command[] = [
  {
    name: 'cdr compare',
    usage: '-r FILE --actual FILE|capture',
    doc: 'predicted against billed, and what would close each gap',
    options: [
      ...input,
      'actual',
      'map',
      'tolerance',
      'candidates',
      'imsi',
      'limit',
      'json',
      'csv',
      'fields',
      'header',
      'reveal',
      'strict',
      'no-names',
    ],
    positionals: [0, 0],
    examples: [
      'tollgate cdr compare -r captures/newspaper.pcap --actual docs/bill.cdr',
      'tollgate cdr compare -r captures/newspaper.pcap --actual docs/bill.cdr -v',
      'tollgate cdr compare -r captures/newspaper.pcap --actual docs/bill.cdr --json',
      'tollgate cdr compare -r captures/newspaper.pcap --actual docs/bill.cdr --csv',
    ],
    load: async () => (await import('./cdr-compare.js')).cdrCompare,
  },
  {
    name: 'cdr write',
    usage: '-r FILE -o FILE',
    doc: 'write what is predicted as charging records (TS 32.298) or CSV',
    options: [...input, 'form', 'output', 'force', 'reveal', 'strict', 'no-names'],
    positionals: [0, 0],
    examples: [
      'tollgate cdr write -r captures/newspaper.pcap -o /tmp/x.cdr --force',
      'tollgate cdr write -r captures/dns.pcap --form egcdr -o /tmp/y.cdr --force',
      'tollgate cdr write -r captures/dns.pcap --form csv -o /tmp/x.csv --force -q',
      'tollgate cdr write -r captures/newspaper.pcap --form csv --reveal -o -',
    ],
    load: async () => (await import('./cdr-write.js')).cdrWrite,
  },
]
