/** Options of the detector of subscribers who stay blocked after they renewed. */

import type { OptionSpec } from './option-spec.js'

export const renewalOptions = {
  events: {
    kind: 'list',
    group: 'Selectors',
    value: 'FILE',
    doc: 'events of billing (caps, renewals, orders), NAS events, identities: JSON Lines or CSV; repeatable',
  },
  detector: {
    kind: 'text',
    group: 'Selectors',
    value: 'FILE',
    env: 'TOLLGATE_DETECTOR',
    doc: 'settings of the detector: APNs, portals, thresholds (docs/blocked-after-renewal.md)',
  },
  'dead-letters': {
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'write events that were refused there, with line and reason',
  },
  notify: {
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    doc: 'tell subscribers of their alarms, by short message, web request or file, as its settings say',
  },
  'packet-clock': {
    kind: 'flag',
    group: 'Other',
    doc: 'with --notify: the time is that of the last packet, not that of this host',
  },
  'exit-code': {
    kind: 'flag',
    group: 'Other',
    doc: 'exit 1 when there is an alert that is not over',
  },
} as const satisfies Record<string, OptionSpec>
