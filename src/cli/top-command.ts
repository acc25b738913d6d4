/** The entry of the dashboard in the list of commands. */

import type { Command } from './command.js'
import { input } from './option-groups.js'
import { boundOptions } from './run-bounds.js'

export const topCommand: Command = {
  name: 'top',
  usage: '[-r FILE]',
  doc: 'the dashboard: of the daemon, or of captures with -r',
  options: [
    ...input,
    'filter',
    'count',
    'once',
    'screens',
    'wall',
    'rotate',
    'refresh',
    'theme',
    'ascii',
    'mouse',
    'bell',
    'fixture',
    ...boundOptions,
    'utc',
    'reveal',
    'socket',
    'config',
    'no-names',
  ],
  positionals: [0, 0],
  examples: [
    'tollgate top -r captures/newspaper.pcap --once',
    'tollgate top -r captures/newspaper.pcap --once --screens flows,rules --utc',
    "tollgate top -r captures/newspaper.pcap --once --screens flows -Y 'app == mms'",
    'tollgate top -r captures/dns.pcap --once --reveal --screens subscribers',
  ],
  load: async () => (await import('./top.js')).top,
}
