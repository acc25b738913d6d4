/** Usage as comma-separated values (RFC 4180): the export of a billing system, or of `cdr write`. A row that
 * cannot be understood is told with its line and left out; a file that is no CSV ends there. */

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { parseTime } from '../record/time.js'
import type { OctetInput } from '../source/octet-input.js'
import { type ChargedUsage, nobody, type UsageSink } from './charged-usage.js'
import { MapError, type ReadColumn, readColumns, type UsageMap } from './usage-columns.js'

const chunkOctets = 64 * 1024
/** Octets of one row: a quote that is never closed must not take the whole file into memory. */
const maxRowOctets = 64 * 1024

/** Reads all rows of `input`, which messages call `name`. Resolves to the number of rows that counted. Rejects
 * with a MapError when the columns are not there. */
export async function readUsageCsv(
  input: OctetInput,
  name: string,
  map: UsageMap,
  sink: UsageSink,
): Promise<number> {
  let columns: Columns | undefined
  let rows = 0
  let octet = 0
  const take = (record: readonly string[], line: number) => {
    if (columns === undefined) {
      columns = columnsOf(record, name, map)
      return
    }
    const usage = usageOf(record, columns, map)
    if (typeof usage === 'string') {
      sink.damage(`${name}: line ${line} at octet ${octet}: ${usage}; not counted`)
    } else if (usage !== undefined) {
      rows++
      sink.usage(usage)
    }
  }
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowOctets,
    // rows are taken at once: those that wait in a stream are lost when what follows is no CSV
    on_record(record: string[], { lines, bytes }) {
      take(record, lines)
      octet = bytes
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunks(input)), parser.resume())
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    sink.damage(`${name}: ${error.message} after octet ${octet}; what follows was not read`)
  }
  if (columns === undefined) throw new MapError(`${name}: no row with the names of its columns`)
  if (input.damage !== '') sink.damage(`${name}: ${input.damage} after octet ${octet}`)
  return rows
}

async function* chunks(input: OctetInput): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(chunkOctets)
    const octets = await input.read(chunk, 0)
    if (octets === 0) return
    yield chunk.subarray(0, octets)
  }
}

type Columns = Partial<Record<ReadColumn, number>>

function columnsOf(header: readonly string[], name: string, map: UsageMap): Columns {
  const names = header.map(text => text.trim())
  const columns: Columns = {}
  for (const key of readColumns) {
    const wanted = map.columns.get(key)
    const at = names.indexOf(wanted ?? key)
    if (at >= 0) columns[key] = at
    else if (wanted !== undefined) throw new MapError(`${name}: no column "${wanted}" (for ${key})`)
  }
  const who = ['imsi', 'msisdn', 'ue', 'charging_id'] as const
  if (who.every(key => columns[key] === undefined)) {
    throw new MapError(`${name}: no column says whose usage it is (imsi, msisdn, ue, charging_id)`)
  }
  const parts = columns.up_bytes !== undefined && columns.down_bytes !== undefined
  if (!parts && columns.bytes === undefined) {
    throw new MapError(`${name}: no column says how much (up_bytes and down_bytes, or bytes)`)
  }
  return columns
}

/** A row as usage; undefined when it is of no rating group by its own word; else what is wrong with it. */
function usageOf(
  row: readonly string[],
  columns: Columns,
  map: UsageMap,
): ChargedUsage | string | undefined {
  const wrong: string[] = []
  const text = (key: ReadColumn) => cell(row, columns[key])
  const read = (key: ReadColumn, one: (text: string) => number) => {
    const found = text(key)
    if (found === '') return -1
    const number = one(found)
    if (number < 0) wrong.push(`"${found}" is no ${key}`)
    return number
  }
  if (text('row') !== '') return undefined
  const octets = (found: string) => volume(found, map.unitOctets)
  const octetsUp = read('up_bytes', octets)
  const octetsDown = read('down_bytes', octets)
  const total = read('bytes', octets)
  const group = read('rating_group', identifier)
  const usage: ChargedUsage = {
    ...nobody,
    source: 'csv',
    imsi: text('imsi'),
    msisdn: text('msisdn').replace(/^\+/, ''),
    apn: text('apn'),
    ue: text('ue'),
    gateway: text('gateway'),
    chargingId: read('charging_id', identifier),
    ratingGroup: group >= 0 ? group : read('rule_id', identifier),
    serviceIdentifier: read('service_id', identifier),
    octetsUp,
    octetsDown,
    octets: total >= 0 ? total : Math.max(octetsUp, 0) + Math.max(octetsDown, 0),
    firstUs: read('first', time),
    lastUs: read('last', time),
  }
  if (wrong.length > 0) return wrong.join(', ')
  if (octetsUp < 0 && octetsDown < 0 && total < 0) return 'it says no volume'
  return usage
}

/** Without the apostrophe that keeps spreadsheets from reading a formula. */
function cell(row: readonly string[], at: number | undefined): string {
  const text = (at === undefined ? undefined : row[at])?.trim() ?? ''
  return text.startsWith("'") ? text.slice(1) : text
}

function volume(text: string, unitOctets: number): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return -1
  const octets = Math.round(Number(text) * unitOctets)
  return Number.isSafeInteger(octets) ? octets : -1
}

function identifier(text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1
  return number <= 0xffff_ffff ? number : -1
}

/** RFC 3339, or seconds since 1970; microseconds. */
function time(text: string): number {
  return /^\d{9,10}$/.test(text) ? Number(text) * 1e6 : (parseTime(text) ?? -1)
}
