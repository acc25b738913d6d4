/** Commands about the octets of captures: a part of the list of commands. */

import type { Command } from './command.js'

export const captureCommands: readonly Command[] = [
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
