/** What an option of the command line is. */

/** `flag` yes or no, `text` one value, `list` repeatable, `number` a whole number, `level` counted. */
export type OptionKind = 'flag' | 'text' | 'list' | 'number' | 'level'

export const optionGroups = ['Selectors', 'Filters', 'Formatting', 'Bounds', 'Other'] as const

export interface OptionSpec {
  /** one letter */
  readonly alias?: string
  readonly kind: OptionKind
  readonly group: (typeof optionGroups)[number]
  /** stands for the value in the help */
  readonly value?: string
  readonly doc: string
  /** not in the help: for tests */
  readonly hidden?: true
  readonly choices?: readonly string[]
  /** the value may begin with `-`: `--since -1h`, `--sort -bytes` */
  readonly dash?: true
  /** environment variable that is read when the option is absent */
  readonly env?: string
}
