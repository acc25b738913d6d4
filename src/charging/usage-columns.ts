/** Which column of a CSV file holds what. `cdr write --form csv` writes the columns under their own names; those
 * of other systems are named with `--map imsi=SUBSCRIBER,up_bytes=UL`. */

/** Columns that `cdr write` writes, in this order. */
export const usageColumns = [
  'imsi',
  'msisdn',
  'apn',
  'charging_id',
  'gateway',
  'ue',
  'rule_id',
  'rating_group',
  'row',
  'tariff',
  'up_packets',
  'down_packets',
  'up_bytes',
  'down_bytes',
  'first',
  'last',
] as const

/** What is read of a file. */
export const readColumns = [
  'imsi',
  'msisdn',
  'apn',
  'charging_id',
  'gateway',
  'ue',
  'rule_id',
  'rating_group',
  'service_id',
  'row',
  'up_bytes',
  'down_bytes',
  'bytes',
  'first',
  'last',
] as const
export type ReadColumn = (typeof readColumns)[number]

/** Octets in the unit of a figure. */
export const volumeUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 * 1024,
}

export interface UsageMap {
  /** names of columns that are not called what they are */
  readonly columns: ReadonlyMap<ReadColumn, string>
  readonly unitOctets: number
  /** URR ID of PFCP -> rating group */
  readonly ratingGroups: ReadonlyMap<number, number>
}

/** A map that says nothing that can be used; the message names the word. */
export class MapError extends Error {}

const uint32 = /^\d{1,10}$/

/** Reads `imsi=COLUMN`, `unit=kB` and `urr.3=1000`, one or several in each text, parted by commas. */
export function parseUsageMap(texts: readonly string[]): UsageMap {
  const columns = new Map<ReadColumn, string>()
  const ratingGroups = new Map<number, number>()
  let unitOctets = 1
  for (const entry of texts.flatMap(text => text.split(','))) {
    const equals = entry.indexOf('=')
    const key = entry.slice(0, Math.max(equals, 0)).trim()
    const value = entry.slice(equals + 1).trim()
    if (equals < 0 || value === '') throw new MapError(`"${entry}" is not KEY=VALUE`)
    const column = readColumns.find(name => name === key)
    if (column !== undefined) {
      columns.set(column, value)
    } else if (key === 'unit') {
      const octets = volumeUnits[value]
      if (octets === undefined) {
        throw new MapError(`unit "${value}" is none of ${Object.keys(volumeUnits).join(', ')}`)
      }
      unitOctets = octets
    } else if (key.startsWith('urr.')) {
      const urr = key.slice('urr.'.length)
      if (!uint32.test(urr) || !uint32.test(value)) {
        throw new MapError(`"${entry}" does not give a URR ID its rating group (urr.3=1000)`)
      }
      ratingGroups.set(Number(urr), Number(value))
    } else {
      throw new MapError(`unknown key "${key}" (${readColumns.join(', ')}, unit, urr.N)`)
    }
  }
  return { columns, unitOctets, ratingGroups }
}
