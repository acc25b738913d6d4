/** Options that commands have in common (option-spec.ts says what each is). */

import type { OptionName } from './options.js'

export const input: readonly OptionName[] = [
  'read',
  'rules',
  'profile',
  'plain-ip',
  'ue-pool',
  'dedupe',
]
export const live: readonly OptionName[] = [
  'interface',
  'capture-filter',
  'engine',
  'snaplen',
  'buffer',
  'keep',
  'ring',
  'autostop',
]
export const filters: readonly OptionName[] = ['filter', 'count', 'since', 'until', 'limit']
export const formatting: readonly OptionName[] = ['json', 'csv', 'fields', 'header', 'sort']
export const reading: readonly OptionName[] = ['utc', 'reveal', 'strict', 'no-names', 'threads']
