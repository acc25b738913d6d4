/** Records to stdout for machines: NDJSON or CSV, masked unless the operator asked otherwise. */

import { nearestWord } from '../../record/filter/nearest.js'
import { keyOrder } from '../../record/key-order.js'
import { maskRecord } from '../../record/mask.js'
import { terminalText } from '../../record/text.js'
import { usageFailure } from '../fail.js'
import type { Options } from '../options.js'
import type { TextOutput } from '../terminal.js'
import { csvLine } from './csv.js'
import { recordLine } from './json.js'

export type Format = 'text' | 'json' | 'csv'
export type WrittenType = keyof typeof keyOrder

export function formatOf(options: Options): Format {
  if (options.json && options.csv) throw usageFailure('--json and --csv exclude each other')
  return options.json ? 'json' : options.csv ? 'csv' : 'text'
}

/** The keys asked for with `--fields`; undefined without. */
export function fieldsOf(
  options: Options,
  types: readonly WrittenType[],
): readonly string[] | undefined {
  if (options.fields === undefined) return undefined
  const known = new Set(types.flatMap(type => keyOrder[type]))
  const fields = options.fields.split(',').map(field => field.trim())
  for (const field of fields) {
    if (known.has(field)) continue
    const near = nearestWord(field, known)
    throw usageFailure(
      `--fields: unknown field "${terminalText(field)}"`,
      near === undefined ? [...known].join(',') : near,
    )
  }
  return fields
}

/** Masks unless `--reveal`. */
export function forReader<T extends object>(record: T, options: Options): T {
  return options.reveal ? record : maskRecord(record)
}

export class RecordWriter {
  private readonly out: TextOutput
  private readonly options: Options
  private readonly csvKeys: readonly string[] | undefined
  private readonly fields: readonly string[] | undefined

  /** `types`: the record types that will come; CSV takes one. Writes the CSV header. */
  constructor(out: TextOutput, options: Options, types: readonly WrittenType[]) {
    this.out = out
    this.options = options
    this.fields = fieldsOf(options, types)
    if (formatOf(options) !== 'csv') return
    const [type, another] = types
    if (type === undefined) throw usageFailure('--csv writes one type of record', '--only usage')
    if (another !== undefined) {
      throw usageFailure('--csv writes one type of record', `--only ${type}`)
    }
    this.csvKeys = this.fields ?? keyOrder[type]
    if (options.header !== 'no') out.line(csvLine(this.csvKeys))
  }

  write(record: { readonly type: string }): void {
    const shown = forReader(record, this.options)
    if (this.csvKeys === undefined) {
      this.out.line(recordLine(shown, this.fields))
      return
    }
    const row = shown as unknown as Readonly<Record<string, unknown>>
    this.out.line(csvLine(this.csvKeys.map(key => row[key])))
  }

  /** The last line of JSON; CSV has none. Always whole, whatever `--fields` says. */
  summary(record: { readonly type: string }): void {
    if (this.csvKeys === undefined) this.out.line(recordLine(forReader(record, this.options)))
  }
}
