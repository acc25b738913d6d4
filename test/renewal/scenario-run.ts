/** Plays a scenario of captures/renewal through the real pipeline: from packets and a feed to cases. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventText } from '../../src/feed/event-text.js'
import { Pipeline } from '../../src/pipeline.js'
import type { AlertRecord } from '../../src/record/alert-record.js'
import type { FeedEvent } from '../../src/record/business-event.js'
import type { ProbeRecord } from '../../src/record/sink.js'
import { parseTime } from '../../src/record/time.js'
import { detectorRecords, RenewalDetector } from '../../src/renewal/detector.js'
import { type RenewalSettings, settingsSchema } from '../../src/renewal/settings.js'
import { YamlSource } from '../../src/rules/yaml-source.js'
import { openSource } from '../../src/source/open-source.js'
import type { ExpectedCase } from '../../src/synth/scenario-browse.js'
import { synthesise } from '../../src/synth/synthesise.js'
import { engineOf, root } from '../helpers/run.js'

export const scenarioFolder = join(root, 'captures', 'renewal')

export const scenarioNames = readdirSync(scenarioFolder)
  .filter(file => /^[cs]\w+-.*\.yaml$/.test(file))
  .map(file => file.replace(/\.yaml$/, ''))
  .sort()

export function settings(): RenewalSettings {
  const file = join(scenarioFolder, 'detector.yaml')
  return settingsSchema.parse(new YamlSource(file, readFileSync(file, 'utf8')).value)
}

export interface Played {
  records: ProbeRecord[]
  events: FeedEvent[]
  cases: readonly ExpectedCase[]
  imsiOf: Map<string, string>
  /** end of the capture, on the grid of evaluation */
  endUs: number
}

const minuteUs = 60_000_000

export async function play(name: string): Promise<Played> {
  const text = readFileSync(join(scenarioFolder, `${name}.yaml`), 'utf8')
  const pieces: Uint8Array[] = []
  const { truth, feed, cases } = synthesise(text, `${name}.yaml`, piece => pieces.push(piece))
  const folder = mkdtempSync(join(tmpdir(), 'renewal-'))
  try {
    const file = join(folder, `${name}.pcap`)
    writeFileSync(file, Buffer.concat(pieces))
    const records = await recordsOf(file)
    const lastUs = parseTime(truth.last ?? '') ?? 0
    return {
      records,
      events: eventsOf(feed ?? ''),
      cases,
      imsiOf: new Map(truth.subscribers.map(one => [one.name, one.imsi])),
      endUs: Math.ceil(lastUs / minuteUs) * minuteUs,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export async function recordsOf(file: string): Promise<ProbeRecord[]> {
  const records: ProbeRecord[] = []
  const sink = {
    wants: new Set(detectorRecords),
    write: (record: ProbeRecord) => {
      records.push(record)
    },
  }
  const source = await openSource([file])
  try {
    await new Pipeline({ engine: engineOf() }, sink).run(source)
  } finally {
    await source.close()
  }
  return records
}

export function eventsOf(feed: string): FeedEvent[] {
  const events: FeedEvent[] = []
  const text = new EventText('feed', {
    event: event => events.push(event),
    bad: ({ line, reason }) => {
      throw new RangeError(`${line}: ${reason}`)
    },
  })
  for (const line of feed.split('\n')) text.line(line)
  return events
}

/** All records, then all events, judged at the end. */
export function detect(
  played: Played,
  events: readonly FeedEvent[] = played.events,
): AlertRecord[] {
  const detector = new RenewalDetector(settings())
  for (const record of played.records) detector.record(record)
  for (const event of events) detector.event(event)
  detector.advance(played.endUs)
  return detector.cases()
}
