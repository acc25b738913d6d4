/** The commands, one entry each. The help, the man page and completion read this list. */

import type { Command } from './command.js'
import type { OptionName } from './options.js'
import { boundOptions } from './run-bounds.js'

const input: readonly OptionName[] = ['read', 'rules', 'profile', 'plain-ip', 'ue-pool', 'dedupe']
const live: readonly OptionName[] = [
  'interface',
  'capture-filter',
  'engine',
  'snaplen',
  'buffer',
  'keep',
  'ring',
  'autostop',
]
const filters: readonly OptionName[] = ['filter', 'count', 'since', 'until', 'limit']
const formatting: readonly OptionName[] = ['json', 'csv', 'fields', 'header', 'sort']
const reading: readonly OptionName[] = ['utc', 'reveal', 'strict', 'no-names']

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
      'tollgate replay - --json --reveal < captures/newspaper.pcap',
    ],
    load: async () => (await import('./replay.js')).replay,
  },
  {
    name: 'flows',
    usage: '-r FILE | -i IF',
    doc: 'list flows: verdict, rule, subscriber, host, octets',
    options: [...input, ...live, ...filters, 'follow', ...formatting, ...boundOptions, ...reading],
    positionals: [0, 0],
    examples: [
      'tollgate flows -r captures/newspaper.pcap',
      "tollgate flows -r captures/newspaper.pcap -Y 'verdict == CHRG'",
      'tollgate flows -r captures/newspaper.pcap --sort ts --limit 5 --utc',
      'tollgate flows -r captures/newspaper.pcap --json',
      'tollgate flows -r captures/newspaper.pcap --csv --fields flow,host,verdict',
    ],
    load: async () => (await import('./flows.js')).flows,
  },
  {
    name: 'subs',
    usage: '-r FILE [IMSI]',
    doc: 'list subscribers; with an IMSI: what happened, in order of time',
    options: [...input, ...filters, ...formatting, ...boundOptions, ...reading],
    positionals: [0, 1],
    examples: [
      'tollgate subs -r captures/newspaper.pcap',
      'tollgate subs -r captures/newspaper.pcap --reveal --sort -charged_bytes',
      "tollgate subs -r captures/newspaper.pcap -Y 'charged_bytes > 0'",
      'tollgate subs -r captures/newspaper.pcap --json',
    ],
    load: async () => (await import('./subs.js')).subs,
  },
  {
    name: 'export',
    usage: '-r FILE [FLOW...] -w OUT',
    doc: 'cut the packets of flows out of captures; packets hold numbers and content in the clear',
    options: [...input, 'filter', 'since', 'until', 'control', 'write', 'force', 'utc', 'no-names'],
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
    usage: '-r FILE FLOW | --server ADDR --port N [--url URL]',
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
      ...reading,
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
  {
    name: 'rules check',
    usage: '[FILE|DIR]',
    doc: 'read a rule file, say what is wrong in it and where',
    options: ['rules', 'json', 'strict'],
    positionals: [0, 1],
    examples: [
      'tollgate rules check rules/newspaper.yaml',
      'tollgate rules check rules/newspaper-extended.yaml',
      'tollgate rules check rules/newspaper.yaml --json',
      'TOLLGATE_RULES=rules/newspaper.yaml tollgate rules check',
    ],
    load: async () => (await import('./rules-check.js')).rulesCheck,
  },
  {
    name: 'rules list',
    usage: '[FILE|DIR]',
    doc: 'list rules in the order in which they are tried',
    options: ['rules', 'json'],
    positionals: [0, 1],
    examples: [
      'tollgate rules list rules/newspaper.yaml',
      'tollgate rules list rules/newspaper-extended.yaml',
      'tollgate rules list rules/newspaper.yaml --json',
      'tollgate rules list',
    ],
    load: async () => (await import('./rules-list.js')).rulesList,
  },
  {
    name: 'rules test',
    usage: 'FILE|DIR',
    doc: 'run case files (*.cases.yaml): what the rules must decide',
    options: [],
    positionals: [1, 1],
    examples: [
      'tollgate rules test rules',
      'tollgate rules test rules/newspaper.cases.yaml',
      'tollgate rules test rules/newspaper-extended.cases.yaml -q',
      'tollgate rules test rules -v',
    ],
    load: async () => (await import('./rules-test.js')).rulesTest,
  },
  {
    name: 'rules import',
    usage: '--from DIALECT FILE... -o FILE',
    doc: "a gateway's configuration as a rule file; says what of it was left out",
    options: ['from', 'select', 'tariff', 'link', 'proxy', 'output', 'force', 'json'],
    positionals: [1, Number.POSITIVE_INFINITY],
    examples: [
      'tollgate rules import --from staros docs/examples/staros.cfg -o -',
    ],
    load: async () => (await import('./rules-import.js')).rulesImport,
  },
  {
    name: 'rules export',
    usage: '--to FORM [FILE|DIR] -o FILE',
    doc: 'a rule set as PCC rules of 3GPP TS 29.512, or as one YAML file',
    options: ['to', 'rules', 'output', 'force'],
    positionals: [0, 1],
    examples: [
      'tollgate rules export --to yaml rules/newspaper.yaml -o -',
    ],
    load: async () => (await import('./rules-export.js')).rulesExport,
  },
  {
    name: 'dissect',
    usage: 'FILE...',
    doc: 'show layers and fields of every frame, by the names of Wireshark',
    options: [
      'read',
      'filter',
      'count',
      'limit',
      'json',
      'csv',
      'fields',
      'header',
      'utc',
      'reveal',
      'no-names',
    ],
    positionals: [0, Number.POSITIVE_INFINITY],
    examples: [
      'tollgate dissect captures/newspaper.pcap',
      "tollgate dissect captures/newspaper.pcap -Y 'gtp.message != 0xff' --reveal",
      'tollgate dissect captures/newspaper.pcap -Y mmse --json --limit 1',
      "tollgate dissect captures/dns.pcap -Y 'dns.qry.name contains wap' --json",
      'tollgate dissect captures/dns.pcap -Y dns --csv --fields frame,dns.qry.name',
    ],
    load: async () => (await import('./dissect.js')).dissect,
  },
  {
    name: 'synth',
    usage: 'SCENARIO.yaml -o FILE',
    doc: 'make a capture, and the truth about it, from a scenario',
    options: ['output', 'force'],
    positionals: [1, 1],
    examples: [
      'tollgate synth captures/scenarios/newspaper.yaml -o /tmp/x.pcap --force',
      'tollgate synth captures/scenarios/newspaper.yaml -o /tmp/y.pcap --force -q',
      'tollgate synth captures/scenarios/newspaper.yaml -o - | tollgate replay -',
      'tollgate synth captures/scenarios/newspaper.yaml -o - | tollgate flows -r -',
    ],
    load: async () => (await import('./synth.js')).synth,
  },
]

export function findCommand(name: string): Command | undefined {
  return commands.find(command => command.name === name)
}
