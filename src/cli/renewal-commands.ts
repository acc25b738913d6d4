/** Commands about subscribers who renewed and are still blocked. */

import type { Command } from './command.js'
import { input as captures, live } from './option-groups.js'
import type { OptionName } from './options.js'
import { boundOptions } from './run-bounds.js'

const input: readonly OptionName[] = [...captures, 'events', 'detector', 'dead-letters']
const reading: readonly OptionName[] = ['utc', 'reveal', 'strict', 'no-names']
const listing: readonly OptionName[] = ['json', 'csv', 'fields', 'header', ...boundOptions]
/** A capture with its feed, and the beginning of the name of a case in it. */
const given = 'C=captures/paid;'
const example = '-r $C.pcap --events $C.jsonl'
const exampleCase = 'd8'

export const renewalCommands: readonly Command[] = [
  {
    name: 'alerts',
    usage: '[-r FILE | -i IF --events FEED]',
    doc: 'subscribers who renewed and are still blocked; of the daemon all that needs a look',
    options: [
      ...input,
      ...live,
      'filter',
      'count',
      'limit',
      'all',
      'follow',
      ...listing,
      'notify',
      'packet-clock',
      'exit-code',
      ...reading,
      'socket',
      'config',
    ],
    positionals: [0, 0],
    examples: [
      `${given} tollgate alerts ${example}`,
      `${given} tollgate alerts ${example} --all --utc`,
      `${given} tollgate alerts ${example} --json`,
      `${given} tollgate alerts ${example} --csv | head -2`,
    ],
    load: async () => (await import('./alerts.js')).alerts,
  },
  {
    name: 'alerts show',
    usage: 'ID [-r FILE --events FEED]',
    doc: 'one case: evidence, what to do, and what happened in order of time',
    options: [...input, 'json', ...boundOptions, ...reading, 'socket', 'config'],
    positionals: [1, 1],
    examples: [
      `${given} tollgate alerts show ${exampleCase} ${example}`,
      `${given} tollgate alerts show ${exampleCase} ${example} --utc`,
      `${given} tollgate alerts show ${exampleCase} ${example} --json`,
      `${given} tollgate alerts show ${exampleCase} ${example} --reveal`,
    ],
    load: async () => (await import('./alerts.js')).alertsShow,
  },
]
