/** Options of the dashboard. */

import { themeNames } from '../dashboard/theme.js'
import type { OptionSpec } from './option-spec.js'

export const screenOptions = {
  once: {
    kind: 'flag',
    group: 'Formatting',
    doc: 'one screen as text to standard output; needs no terminal',
  },
  screens: {
    kind: 'text',
    group: 'Formatting',
    value: 'A,B',
    doc: 'screens: overview, flows, subscribers, rules, alerts, log; the first is where it begins',
  },
  wall: {
    kind: 'flag',
    group: 'Formatting',
    doc: 'for a screen on the wall: no keys but q, numbers always masked, waits for ever',
  },
  rotate: {
    kind: 'text',
    group: 'Formatting',
    value: 'TIME',
    doc: 'with --wall: to the next of --screens after so long (default 20s)',
  },
  refresh: {
    kind: 'text',
    group: 'Formatting',
    value: 'S',
    doc: 'seconds between updates, 0.25 to 60 (default 1)',
  },
  theme: {
    kind: 'text',
    group: 'Formatting',
    value: 'NAME',
    choices: themeNames,
    env: 'TOLLGATE_THEME',
    doc: `colours: ${themeNames.join(', ')} (default by the terminal)`,
  },
  ascii: {
    kind: 'flag',
    group: 'Formatting',
    doc: 'lines drawn with - | + also where others could be',
  },
  mouse: {
    kind: 'flag',
    group: 'Formatting',
    doc: 'click and wheel; the copying of the terminal then needs Shift',
  },
  bell: { kind: 'flag', group: 'Formatting', doc: 'a bell for each new alert' },
  fixture: {
    kind: 'text',
    group: 'Other',
    value: 'FILE',
    hidden: true,
    doc: 'a script instead of a probe (dashboard/fixture-source.ts), for tests',
  },
} as const satisfies Record<string, OptionSpec>
