/** Options of the daemon and of the commands that ask it. */

import type { OptionSpec } from './option-spec.js'

export const serviceOptions = {
  socket: {
    kind: 'text',
    group: 'Selectors',
    value: 'PATH',
    doc: 'socket of the daemon (default /run/tollgate/tollgated.sock, or in $XDG_RUNTIME_DIR)',
  },
  capture: { kind: 'flag', group: 'Selectors', doc: 'why there is no traffic, by interface' },
  interval: {
    kind: 'number',
    group: 'Formatting',
    value: 'S',
    doc: 'again every S seconds, until Ctrl-C',
  },
  note: { kind: 'text', group: 'Other', value: 'TEXT', doc: 'what is done about it, and by whom' },
  config: {
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'configuration (default /etc/tollgate/config.yaml)',
  },
  origin: { kind: 'flag', group: 'Formatting', doc: 'where each value comes from' },
  state: {
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'alerts and sums that outlive the daemon (default /var/lib/tollgate/state.db)',
  },
  metrics: {
    kind: 'text',
    group: 'Other',
    value: 'ADDR:PORT',
    doc: 'metrics and health over HTTP (default 127.0.0.1:9464), or off',
  },
  'log-format': {
    kind: 'text',
    group: 'Other',
    value: 'FORM',
    choices: ['text', 'json'],
    doc: 'lines of the log: text (default) or json',
  },
  name: { kind: 'text', group: 'Other', value: 'NAME', doc: 'name of the probe (default: host)' },
} as const satisfies Record<string, OptionSpec>
