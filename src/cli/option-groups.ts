/** Options that commands have in common (option-spec.ts says what each is). */

import type { OptionName } from './options.js'

/** How packets are read and rated, wherever they come from. */
export const model: readonly OptionName[] = ['rules', 'profile', 'plain-ip', 'ue-pool', 'dedupe']
export const input: readonly OptionName[] = ['read', ...model]
/** Of a capture from interfaces that goes on until it is ended. */
export const capture: readonly OptionName[] = [
  'interface',
  'capture-filter',
  'engine',
  'snaplen',
  'buffer',
  'keep',
  'ring',
]
export const live: readonly OptionName[] = [...capture, 'autostop']
export const filters: readonly OptionName[] = ['filter', 'count', 'since', 'until', 'limit']
export const formatting: readonly OptionName[] = ['json', 'csv', 'fields', 'header', 'sort']
export const reading: readonly OptionName[] = ['utc', 'reveal', 'strict', 'no-names', 'threads']
