/** Options of the commands about complaint cases. */

import { languages } from '../record/case-record.js'
import type { OptionSpec } from './option-spec.js'

export const caseOptions = {
  dir: {
    kind: 'list',
    group: 'Selectors',
    value: 'DIR',
    doc: 'folder of own cases and handsets, beside the built-in ones; repeatable (TOLLGATE_CASES)',
  },
  msisdn: { kind: 'text', group: 'Selectors', value: 'DIGITS', doc: 'subscriber, by his number' },
  id: {
    kind: 'text',
    group: 'Other',
    value: 'ID',
    doc: 'name of the new case (default: case-FLOW)',
  },
  lang: {
    kind: 'text',
    group: 'Formatting',
    value: 'en|zh',
    choices: languages,
    doc: 'language of the texts of cases (default en)',
  },
} as const satisfies Record<string, OptionSpec>
