/** What `--actual` names, read as usage: charging records, a capture with GTP', Gy or PFCP in it, or CSV. What a
 * file is, its first octets tell. */

import type { UsageSink } from '../charging/charged-usage.js'
import { looksLikeRecords, readCdrFile } from '../charging/read-cdr-file.js'
import { readUsageCsv } from '../charging/read-usage-csv.js'
import { type IntakeCounts, RecordIntake } from '../charging/record-intake.js'
import { MapError, parseUsageMap, type UsageMap } from '../charging/usage-columns.js'
import { ChargingMessages } from '../pipeline/charging-messages.js'
import { terminalText } from '../record/text.js'
import { looksLikeCapture, openOctets, standardInput } from '../source/capture-file.js'
import { openSource } from '../source/open-source.js'
import { usageFailure } from './fail.js'

/** The word for the captures of `-r`. */
export const sameCapture = 'capture'

export interface ActualRead {
  records: IntakeCounts
  /** what was found of each kind: `3 usage reports of PFCP` */
  found: string[]
}

export function usageMapOf(texts: readonly string[]): UsageMap {
  return asUsage(() => parseUsageMap(texts))
}

/** Reads every source into `sink`. `captures`: what `-r` named. */
export async function readActual(
  names: readonly string[],
  captures: readonly string[],
  map: UsageMap,
  sink: UsageSink,
): Promise<ActualRead> {
  const records = new RecordIntake(sink)
  const read: ActualRead = { records: records.counts, found: [] }
  for (const name of names) {
    if (name === sameCapture) await readCaptures(captures, map, sink, read)
    else await readFile(name, map, sink, records, read)
  }
  return read
}

async function readFile(
  path: string,
  map: UsageMap,
  sink: UsageSink,
  records: RecordIntake,
  read: ActualRead,
): Promise<void> {
  const { input, head } = await openOctets(path)
  try {
    if (looksLikeCapture(head)) {
      if (path === standardInput) throw usageFailure('--actual: name the capture, - is for bills')
      await readCaptures([path], map, sink, read)
    } else if (looksLikeRecords(head)) {
      await readCdrFile(input, path, records, text => sink.damage(text))
    } else if (head.includes(0) || head.length === 0) {
      const what = head.length === 0 ? 'empty' : 'no charging records, no capture and no CSV'
      throw usageFailure(`--actual: ${terminalText(path)}: ${what}`)
    } else {
      const rows = await readUsageCsv(input, path, map, sink)
      read.found.push(`${rows} rows of CSV`)
    }
  } catch (error) {
    throw error instanceof MapError ? mapFailure(error) : error
  } finally {
    await input.close()
  }
}

async function readCaptures(
  paths: readonly string[],
  map: UsageMap,
  sink: UsageSink,
  read: ActualRead,
): Promise<void> {
  const source = await openSource(paths)
  try {
    const messages = new ChargingMessages(sink, map.ratingGroups)
    await messages.read(source)
    const { intake, credit, reports } = messages
    for (const key of ['records', 'repeated', 'damaged', 'otherKinds'] as const) {
      read.records[key] += intake.counts[key]
    }
    const found = [
      { count: intake.counts.records, what: "record in GTP'" },
      { count: credit.requests, what: 'Gy request with used units' },
      { count: reports.reports, what: 'PFCP usage report' },
    ].filter(({ count }) => count > 0)
    for (const { count, what } of found) read.found.push(`${count} x ${what}`)
    if (found.length === 0)
      read.found.push(`no GTP' records, Gy or PFCP usage in ${source.status.name}`)
  } finally {
    await source.close()
  }
}

function asUsage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof MapError ? mapFailure(error) : error
  }
}

function mapFailure(error: MapError): Error {
  return usageFailure(`--map: ${terminalText(error.message)}`, 'imsi=COLUMN,up_bytes=COLUMN')
}
