/** The daemon and the commands that ask it: a part of the list of commands. */

import type { Command } from './command.js'
import { capture, input } from './option-groups.js'
import type { OptionName } from './options.js'
import { boundOptions } from './run-bounds.js'
import { topCommand } from './top-command.js'

const link: readonly OptionName[] = ['socket', 'config']

export const serviceCommands: readonly Command[] = [
  topCommand,
  {
    name: 'daemon',
    usage: '-i IF | -r FILE',
    doc: 'the probe: captures, keeps what is going on, and answers the other commands',
    options: [
      ...input,
      ...capture,
      ...boundOptions,
      ...link,
      'state',
      'metrics',
      'log-format',
      'name',
    ],
    positionals: [0, 0],
    examples: [
      'tollgate daemon --help',
      'sudo tollgate daemon -i eth1 --rules /etc/tollgate/rules.d',
      'sudo tollgate daemon --config /etc/tollgate/config.yaml',
      'tollgate daemon -r captures/newspaper.pcap --socket /tmp/t.sock --metrics off',
    ],
    needsDaemon: true,
    load: async () => (await import('./daemon.js')).daemon,
  },
  {
    name: 'status',
    usage: '',
    doc: 'how the daemon stands; exit 1 when packets are lost or something is wrong',
    options: ['capture', 'json', 'utc', ...link],
    positionals: [0, 0],
    examples: [
      'tollgate status',
      'tollgate status --capture',
      'tollgate status --json',
      'tollgate status -q || mail-the-shift',
    ],
    needsDaemon: true,
    load: async () => (await import('./status.js')).status,
  },
  {
    name: 'stats',
    usage: '',
    doc: "the daemon's counters, once or every few seconds",
    options: ['interval', 'limit', 'json', 'utc', ...link],
    positionals: [0, 0],
    examples: [
      'tollgate stats',
      'tollgate stats --interval 5',
      'tollgate stats --interval 1 --limit 3',
      'tollgate stats --json',
    ],
    needsDaemon: true,
    load: async () => (await import('./stats.js')).stats,
  },
  {
    name: 'alerts ack',
    usage: 'ID --note TEXT',
    doc: 'say that somebody looks after it',
    options: ['note', ...link],
    positionals: [1, 1],
    examples: [
      'tollgate alerts ack 7 --note "ticket 4471, charging team"',
      'tollgate alerts ack 8 --note "mirror port, see 4471"',
      'tollgate alerts ack 9 --note "known" -q',
      'tollgate alerts ack 9 --note "known" --socket /run/tollgate/tollgated.sock',
    ],
    needsDaemon: true,
    load: async () => (await import('./daemon-alerts.js')).alertsAck,
  },
  {
    name: 'reload',
    usage: '',
    doc: 'check the rules, then let them decide; wrong ones change nothing',
    options: [...link],
    positionals: [0, 0],
    examples: [
      'tollgate reload',
      'tollgate reload -q',
      'tollgate rules check /etc/tollgate/rules.d && tollgate reload',
      'tollgate reload --socket /run/tollgate/tollgated.sock',
    ],
    needsDaemon: true,
    load: async () => (await import('./reload.js')).reload,
  },
  {
    name: 'config check',
    usage: '',
    doc: 'is the configuration right, and the rules that it names',
    options: ['config', 'rules', 'profile'],
    positionals: [0, 0],
    examples: [
      'tollgate config check',
      'tollgate config check --rules rules/newspaper.yaml',
      'tollgate config check -q',
      'TOLLGATE_METRICS=off tollgate config check',
    ],
    load: async () => (await import('./config.js')).configCheck,
  },
  {
    name: 'config show',
    usage: '',
    doc: 'every setting of the daemon, and where it comes from',
    options: ['origin', 'json', 'config', 'rules', 'socket', 'metrics'],
    positionals: [0, 0],
    examples: [
      'tollgate config show',
      'tollgate config show --origin',
      'TOLLGATE_SNAPLEN=512 tollgate config show --origin',
      'tollgate config show --json',
    ],
    load: async () => (await import('./config.js')).configShow,
  },
  {
    name: 'config path',
    usage: '',
    doc: 'the configuration files in the order in which they count',
    options: ['config'],
    positionals: [0, 0],
    examples: [
      'tollgate config path',
      'tollgate config path --config /tmp/x.yaml',
      'TOLLGATE_CONFIG=/tmp/x.yaml tollgate config path',
      'tollgate config path -q',
    ],
    load: async () => (await import('./config.js')).configPath,
  },
  {
    name: 'completion',
    usage: 'bash|zsh|fish',
    doc: 'a script for the shell that completes commands, options, values and fields',
    options: [],
    positionals: [1, 1],
    examples: [
      'tollgate completion bash',
      'tollgate completion zsh',
      'tollgate completion fish',
      'eval "$(tollgate completion bash | cat)"; complete -p tollgate',
    ],
    load: async () => (await import('./completion.js')).completion,
  },
  {
    name: 'man',
    usage: '[tollgate|tollgated|tollgate-rules|tollgate-filter]',
    doc: 'a manual page for man(1)',
    options: [],
    positionals: [0, 1],
    examples: [
      'tollgate man',
      'tollgate man tollgated',
      'tollgate man tollgate-filter',
      'tollgate man tollgate-rules | head -3',
    ],
    load: async () => (await import('./man.js')).man,
  },
]
