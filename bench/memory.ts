/** What sessions and flows cost in memory: opens a million sessions (or `node dist/bench/memory.js N`) with a
 * flow each in one process, through the whole pipeline, for one kind of flow after another, and prints
 * octets per session and per flow, and the resident memory. `memory.js N KIND` measures one kind. */

import { spawnSync } from 'node:child_process'
import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { Pipeline } from '../src/pipeline.js'
import type { RecordSink, RecordType } from '../src/record/sink.js'
import { RuleEngine } from '../src/rules/engine.js'
import { loadRuleSet } from '../src/rules/load.js'
import { findProfile } from '../src/rules/profile.js'
import { emitGet } from '../src/synth/emit-wsp.js'
import { emitInvoke } from '../src/synth/emit-wtp.js'
import { TcpEnds, UdpEnds } from '../test/helpers/frame.js'
import { type LifePart, Lives } from '../test/helpers/lives.js'

const count = Number(process.argv[2] ?? 1_000_000)
const inspector = new Session()

/** The flow kinds, by what their payload leads to. */
const kinds: Record<string, LifePart['make'] | undefined> = {
  session: undefined,
  'udp, opaque': (wire, ctx) => new UdpEnds(wire, ctx, { port: 5000 }).up('x').down('y'),
  'tcp, opened': (wire, ctx) => new TcpEnds(wire, ctx).open(),
  'http, one request': (wire, ctx) =>
    new TcpEnds(wire, ctx)
      .open()
      .up('GET http://www.sina.com.cn/news/1 HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n')
      .down(`HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n${'x'.repeat(400)}`),
  'wsp, one request': (wire, ctx) =>
    new UdpEnds(wire, ctx, { port: 9201 }).up(
      emitInvoke({ tid: 1, class: 2, trailer: 'no-sar' }, emitGet('http://a.test/', {})),
    ),
}

class Nobody implements RecordSink {
  readonly wants: ReadonlySet<RecordType> = new Set<RecordType>(['flow', 'usage', 'subscriber'])

  write(): void {
    // the pipeline's memory is measured, not a reader's
  }
}

function engine(): RuleEngine {
  const profile = findProfile('article')
  if (profile === undefined) throw new Error('no profile article')
  return new RuleEngine(loadRuleSet('rules/newspaper.yaml'), profile)
}

interface Memory {
  /** octets in use after a collection, typed arrays included */
  used: number
  rss: number
}

async function memory(): Promise<Memory> {
  await inspector.post('HeapProfiler.collectGarbage')
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { used: heapUsed + arrayBuffers, rss }
}

/** Memory with `lives` sessions of one kind alive, and before the first. */
async function measure(make: LifePart['make'] | undefined): Promise<[Memory, Memory, number]> {
  const before = await memory()
  const source = new Lives(
    [
      {
        lag: 0,
        make: (wire, ctx) => {
          wire.create(ctx)
          make?.(wire, ctx)
        },
      },
    ],
    // all within a few seconds: nothing is idle, nothing expires
    { lives: count, intervalUs: 4 },
  )
  const pipeline = new Pipeline({ engine: engine() }, new Nobody())
  let after: Memory | undefined
  const next = source.next.bind(source)
  const started = performance.now()
  let seconds = 0
  source.next = async batch => {
    const n = await next(batch)
    if (n === 0) {
      seconds = (performance.now() - started) / 1000
      after = await memory()
    }
    return n
  }
  const summary = await pipeline.run(source)
  if (summary.sessions !== count) throw new Error(`${summary.sessions} sessions, not ${count}`)
  if (make !== undefined && summary.flows !== count) throw new Error(`${summary.flows} flows`)
  if (!summary.complete) throw new Error(summary.reasons.join('; '))
  return [before, after ?? before, seconds]
}

interface Measured {
  /** octets of one session and its flow */
  each: number
  usedMiB: number
  rssMiB: number
  seconds: number
}

const mebibyte = 2 ** 20

async function measured(kind: string): Promise<Measured> {
  const [before, after, seconds] = await measure(kinds[kind])
  return {
    each: (after.used - before.used) / count,
    usedMiB: after.used / mebibyte,
    rssMiB: after.rss / mebibyte,
    seconds,
  }
}

/** Each in a process of its own: what one leaves behind must not be in the next one's figures. */
function measureAll(): void {
  let session = 0
  console.log(`${count} of each  octets each  in use MiB  RSS MiB     s`)
  for (const kind of Object.keys(kinds)) {
    const args = [fileURLToPath(import.meta.url), String(count), kind]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (stdout === '') throw new Error(stderr)
    const one: Measured = JSON.parse(stdout)
    if (kinds[kind] === undefined) session = one.each
    const own = kinds[kind] === undefined ? one.each : one.each - session
    const cells = [own, one.usedMiB, one.rssMiB, one.seconds].map(cell => cell.toFixed(0))
    console.log(
      kind.padEnd(20) + cells.map((cell, i) => cell.padStart([9, 12, 9, 6][i] ?? 0)).join(''),
    )
  }
}

const [, , , wanted] = process.argv
if (wanted === undefined) measureAll()
else {
  if (!(wanted in kinds)) throw new Error(`no kind "${wanted}": ${Object.keys(kinds).join('; ')}`)
  inspector.connect()
  console.log(JSON.stringify(await measured(wanted)))
  inspector.disconnect()
}
