/** Bounds of everything that remembers: after four times as many frames of a storm no more than a fixed
 * amount may be kept, and each frame may not take longer than the ones before it. */

import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { Pipeline } from '../../src/pipeline.js'
import type { RecordSink } from '../../src/record/sink.js'
import {
  batchCapacity,
  FrameBatch,
  type Source,
  type SourceStatus,
} from '../../src/source/source.js'
import { context, Wire } from '../helpers/frame.js'
import { engineOf } from '../helpers/run.js'
import { usedUs } from './execute.js'
import { inUse } from './memory.js'
import { type Storm, storms } from './storm-frames.js'
import { Finding, piece, type Target } from './target.js'

const few = 2500
const many = 4 * few
/** What any one storm may leave behind; flows are bounded by `bounds`. */
const mostKept = 48 * 1024 * 1024
const maxFlows = 1000
/** Four times the frames may take this many times as long, and a little more. */
const mostTimes = 9
const slackUs = 150_000

const startUs = 1_420_070_400_000_000
/** Frames come fast: nothing is forgotten for its age. */
const stepUs = 20

/** The frames that make a context, then `count` of the storm. */
class StormSource implements Source {
  readonly status: SourceStatus = {
    name: 'storm',
    octetsRead: 0,
    octetsTotal: 0,
    frames: 0,
    interfaces: [],
    damage: [],
    drops: 0,
  }
  /** octets in use after the last frame, with whatever the reader keeps */
  kept = 0
  /** what it took to find that out */
  findingUs = 0
  readonly #storm: Storm
  readonly #count: number
  readonly #first = new Wire().create(context(1, '10.1.2.3')).frames.map(one => one.octets)

  constructor(storm: Storm, count: number) {
    this.#storm = storm
    this.#count = count
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async next(batch: FrameBatch): Promise<number> {
    const from = this.status.frames
    const count = Math.min(batchCapacity, this.#count - from)
    if (count <= 0) {
      const start = usedUs()
      this.kept = inUse()
      this.findingUs = usedUs() - start
      return 0
    }
    const octets = Array.from({ length: count }, (_, i) => this.#frame(from + i))
    batch.block = new Uint8Array(octets.reduce((sum, one) => sum + one.length, 0))
    batch.firstFrame = from + 1
    batch.count = count
    let off = 0
    for (const [i, one] of octets.entries()) {
      batch.block.set(one, off)
      batch.off[i] = off
      batch.caplen[i] = batch.wirelen[i] = one.length
      batch.timeUs[i] = startUs + (from + i) * stepUs
      batch.linkType[i] = 1
      off += one.length
    }
    this.status.frames += count
    return count
  }

  #frame(n: number): Uint8Array {
    return this.#first[n] ?? this.#storm(n - this.#first.length)
  }
}

const sink: RecordSink = { wants: new Set(), write: () => undefined }

async function analysed(source: Source): Promise<void> {
  const options = { engine: engineOf(), plainIp: true, bounds: { flows: maxFlows } }
  await new Pipeline(options, sink).run(source)
}

async function inspected(source: Source): Promise<void> {
  const inspector = new FrameInspector()
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) inspector.inspect(batch, i)
  }
}

interface Cost {
  us: number
  octets: number
}

async function cost(read: typeof analysed, storm: Storm, count: number): Promise<Cost> {
  const before = inUse()
  const source = new StormSource(storm, count)
  const start = usedUs()
  await read(source)
  return { us: usedUs() - start - source.findingUs, octets: source.kept - before }
}

function target(name: string, read: typeof analysed, storm: Storm): Target {
  return {
    name,
    weight: 0,
    make: () => piece(new Uint8Array(0)),
    async check() {
      const short = await cost(read, storm, few)
      let long = await cost(read, storm, many)
      // the machine may be busy
      const bound = mostTimes * short.us + slackUs
      if (long.us > bound) long = { ...long, us: (await cost(read, storm, many)).us }
      if (long.us > bound) {
        const [a, b] = [short.us, long.us].map(us => Math.round(us / 1000))
        throw new Finding(`${few} frames take ${a} ms, ${many} take ${b} ms`)
      }
      if (long.octets > mostKept) {
        const [a, b] = [short.octets, long.octets].map(octets => Math.round(octets / 1024))
        throw new Finding(`${few} frames leave ${a} kB, ${many} leave ${b} kB`)
      }
      if (process.env.TOLLGATE_FUZZ_COSTS === '1') console.log(name, short, long)
    },
  }
}

export function stormTargets(): Target[] {
  return Object.entries(storms).flatMap(([name, storm]) => [
    target(`storm/analysis/${name}`, analysed, storm),
    target(`storm/dissect/${name}`, inspected, storm),
  ])
}
