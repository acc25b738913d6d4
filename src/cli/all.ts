/** The commands, one entry each. The help, the man page and completion read this list. */

import { captureCommands } from './capture-commands.js'
import { caseCommands } from './case-commands.js'
import { chargingCommands } from './charging-commands.js'
import type { Command } from './command.js'
import { filters, formatting, input, live, reading } from './option-groups.js'
import type { OptionName } from './options.js'
import { productCommands } from './product-commands.js'
import { renewalCommands } from './renewal-commands.js'
import { ruleCommands } from './rule-commands.js'
import { boundOptions } from './run-bounds.js'
import { serviceCommands } from './service-commands.js'

const cutting: readonly OptionName[] = ['filter', 'since', 'until', 'control', 'write', 'force']
const asking: readonly OptionName[] = [...reading, 'socket', 'config']

export const commands: readonly Command[] = [
  {
    name: 'replay',
    usage: 'FILE... | -i IF',
    doc: 'analyse captures, or a live interface: what was free, what was charged, and why',
    options: [
      ...input,
      ...live,
      ...filters,
      'only',
      'events',
      'detector',
      'dead-letters',
      'products',
      'holdings',
      'bounds',
      'json',
      'csv',
      'fields',
      'header',
      ...boundOptions,
      ...reading,
    ],
    positionals: [0, Number.POSITIVE_INFINITY],
    examples: [
      'tollgate replay captures/newspaper.pcap --rules rules/newspaper.yaml',
      'tollgate replay captures/newspaper.pcap --json --only flow,usage',
      'tollgate replay captures/newspaper.pcap --csv --only usage',
      "tollgate replay captures/newspaper.pcap -Y 'server_port == 9203'",
      'tollgate replay captures/newspaper.pcap --bounds',
      'tollgate replay - --json --reveal < captures/newspaper.pcap',
    ],
    load: async () => (await import('./replay.js')).replay,
  },
  {
    name: 'flows',
    usage: '[-r FILE | -i IF]',
    doc: 'list flows: verdict, rule, subscriber, host, octets; of the daemon without -r or -i',
    options: [...input, ...live, ...filters, 'follow', ...formatting, ...boundOptions, ...asking],
    positionals: [0, 0],
    examples: [
      'tollgate flows -r captures/newspaper.pcap',
      "tollgate flows -r captures/newspaper.pcap -Y 'verdict == CHRG'",
      'tollgate flows -r captures/newspaper.pcap --sort ts --limit 5 --utc',
      'tollgate flows -r captures/newspaper.pcap --csv --fields flow,host,verdict',
    ],
    load: async () => (await import('./flows.js')).flows,
  },
  {
    name: 'subs',
    usage: '[-r FILE] [IMSI]',
    doc: 'list subscribers; with an IMSI: what happened, in order of time',
    options: [...input, ...filters, ...formatting, ...boundOptions, ...asking],
    positionals: [0, 1],
    examples: [
      'tollgate subs -r captures/newspaper.pcap',
      'tollgate subs -r captures/newspaper.pcap --reveal --sort -charged_bytes',
      "tollgate subs -r captures/newspaper.pcap -Y 'charged_bytes > 0'",
      'tollgate subs -r captures/newspaper.pcap --json',
    ],
    load: async () => (await import('./subs.js')).subs,
  },
  ...productCommands,
  ...renewalCommands,
  {
    name: 'export',
    usage: '[-r FILE] [FLOW...] -w OUT',
    doc: 'cut the packets of flows out of captures; packets hold numbers and content in the clear',
    options: [...input, ...cutting, 'utc', 'no-names', 'socket', 'config'],
    positionals: [0, Number.POSITIVE_INFINITY],
    examples: [
      'tollgate export -r captures/newspaper.pcap 133 -w /tmp/133.pcapng --force',
      "tollgate export -r captures/dns.pcap -Y 'app == dns' --control -w - | wc -c",
      'tollgate export -r captures/newspaper.pcap -Y wap -w - | tollgate replay -',
      'tollgate export -r captures/dns.pcap --since -1s -w /tmp/1.pcapng --force',
    ],
    load: async () => (await import('./export.js')).exportPackets,
  },
  {
    name: 'why',
    usage: '[-r FILE] FLOW | --server ADDR --port N [--url URL]',
    doc: 'explain a verdict: of a flow of a capture, or of a what-if',
    options: [
      ...input,
      'server',
      'port',
      'protocol',
      'url',
      'sni',
      'apn',
      'imsi',
      'all',
      'json',
      ...boundOptions,
      ...asking,
    ],
    positionals: [0, 1],
    examples: [
      'tollgate why -r captures/newspaper.pcap 133',
      'tollgate why --server 10.0.0.172 --port 9203 --url http://mmsc.example/',
      'tollgate why --server 10.0.0.172 --port 80 --url http://mmsc.example/ --json',
      'tollgate why --server 192.0.2.1 --port 443 --sni www.example.com --all',
    ],
    load: async () => (await import('./why.js')).why,
  },
  ...ruleCommands,
  ...chargingCommands,
  ...caseCommands,
  ...captureCommands,
  ...serviceCommands,
]

export function findCommand(name: string): Command | undefined {
  return commands.find(command => command.name === name)
}
