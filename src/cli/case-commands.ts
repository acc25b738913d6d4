/** The commands about complaint cases (all.ts). */

import type { Command } from './command.js'

export const caseCommands: readonly Command[] = [
  {
    name: 'cases list',
    usage: '',
    doc: 'list the complaint cases at hand',
    options: ['dir', 'lang'],
    positionals: [0, 0],
    examples: [
      'tollgate cases list',
      'tollgate cases list --lang zh',
      'tollgate cases list | wc -l',
      'TOLLGATE_CASES=rules/cases tollgate cases list',
    ],
    load: async () => (await import('./cases-list.js')).casesList,
  },
  {
    name: 'cases show',
    usage: 'ID',
    doc: 'show a complaint case: symptom, evidence, cause, remedy',
    options: ['dir', 'lang'],
    positionals: [1, 1],
    examples: [
      'tollgate cases show newspaper',
      'tollgate cases show newspaper --lang zh',
      'tollgate cases show encrypted-name',
      'tollgate cases show redirect-to-charged',
    ],
    load: async () => (await import('./cases-show.js')).casesShow,
  },
  {
    name: 'cases check',
    usage: '[DIR...]',
    doc: 'find mistakes in case and handset files, with their place',
    options: ['dir'],
    positionals: [0, Number.POSITIVE_INFINITY],
    examples: [
      'tollgate cases check',
      'tollgate cases check rules/cases',
      'tollgate cases check --dir rules/cases',
      'tollgate cases check rules/cases -q',
    ],
    load: async () => (await import('./cases-check.js')).casesCheck,
  },
  {
    name: 'cases match',
    usage: '-r FILE [FLOW | --imsi N | --msisdn N]',
    doc: 'complaint cases that a flow, a subscriber or a capture fits: cause, remedy, steps on the handset',
    options: [
      'read',
      'rules',
      'profile',
      'plain-ip',
      'ue-pool',
      'dedupe',
      'imsi',
      'msisdn',
      'dir',
      'lang',
      'count',
      'limit',
      'json',
      'reveal',
      'strict',
      'no-names',
    ],
    positionals: [0, 1],
    examples: [
      'tollgate cases match -r captures/newspaper.pcap',
      'tollgate cases match -r captures/newspaper.pcap 133 --lang zh',
      'tollgate cases match -r captures/newspaper.pcap --msisdn 8613012345702',
      'tollgate cases match -r captures/newspaper.pcap 133 --json',
    ],
    load: async () => (await import('./cases-match.js')).casesMatch,
  },
]
