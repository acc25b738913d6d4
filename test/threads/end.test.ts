/** How runs by several threads end: stopped on the way, by a thread that dies, by input that cannot be read or
 * that changes, by a sink that fails. Never by waiting for ever. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { captureShape } from '../../bench/capture-shape.js'
import { makeCapture } from '../../bench/make-capture.js'
import { type StartShard, workerThreads } from '../../src/pipeline/shard/shard-thread.js'
import { SourceError } from '../../src/source/source.js'
import { jsonLines, root, testEnv } from '../cli/program.js'
import {
  byOne,
  bySeveral,
  everyType,
  Kept,
  type Outcome,
  ownCaptures,
  realThreads,
  shardedRun,
} from './shared-run.js'

t.setTimeout(300_000)

const folder = mkdtempSync(join(tmpdir(), 'tollgate-threads-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const newspaper = ownCaptures.find(path => path.endsWith('/newspaper.pcap')) ?? ''
/** 60,000 packets of 200 subscribers */
const busy = join(folder, 'busy.pcap')
makeCapture(captureShape({ packets: 60_000, subscribers: 200, flows: 3_000, small: true }), busy)

/** A module as a thread's script. */
function script(name: string, code: string): URL {
  const file = join(folder, name)
  writeFileSync(file, code)
  return new URL(`file://${file}`)
}

/** Records and status but for the summary, which says why the run ended. */
function withoutSummary(outcome: Outcome): string[] {
  return outcome.filter(line => !line.startsWith('{"type":"summary"'))
}

t.test('many subscribers: the records of one thread, also where they are many', async t => {
  const one = await byOne([busy], {})
  t.ok(one.length > 6000, `${one.length} records`)
  for (const threads of [2, 3]) {
    const several = await bySeveral(threads, [busy], {}, realThreads)
    t.equal(several.length, one.length)
    t.equal(
      several.findIndex((line, i) => line !== one[i]),
      -1,
    )
  }
})

t.test('stopped on the way: the results of one thread up to the same frame', async t => {
  const sink = new Kept()
  const run = shardedRun(2, [busy], {}, realThreads, sink)
  let begun = false
  const result = await run.run(() => {
    if (!begun) run.stop()
    begun = true
  })
  t.ok(begun)
  const { frames } = result.summary
  t.ok(frames > 0, `${frames} frames`)
  const one = withoutSummary(await byOne([busy], { maxPackets: frames }))
  const several = withoutSummary(sink.records.map(record => JSON.stringify(record)))
  t.strictSame(several, one.slice(0, several.length))
  t.equal(several.length, one.length - 2, 'all but status and explanation')
})

t.test('stopped before anything was read: nothing in it, and an end', async t => {
  const sink = new Kept()
  const run = shardedRun(2, [newspaper], {}, realThreads, sink)
  run.stop()
  t.equal((await run.run()).summary.frames, 0)
})

t.test('SIGINT while several threads work: results up to there, exit code 130', async t => {
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
  const args = [main, 'replay', busy, '--json', '--only', 'flow,transaction', '--threads', '2']
  const child = spawn(process.execPath, args, { cwd: root, env: testEnv })
  let out = ''
  let err = ''
  child.stdout.on('data', (data: Buffer) => {
    // there is far more to come than a pipe holds: the threads are at work, or wait to be read
    if (out === '') child.kill('SIGINT')
    out += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString()
  })
  t.equal(await new Promise(resolve => child.on('close', resolve)), 130)
  t.match(err, /tollgate: interrupted; results are up to there\n$/)
  const summary = jsonLines(out).at(-1)
  t.equal(summary?.type, 'summary')
  t.ok((summary?.reasons as string[] | undefined)?.includes('interrupted'))
})

t.test('a thread that ends, throws, or runs out of memory is an error', async t => {
  const ways: [name: string, start: StartShard, message: RegExp][] = [
    ['ends', workerThreads(script('ends.mjs', 'process.exit(3)')), /died: exit code 3/],
    ['returns', workerThreads(script('returns.mjs', '')), /died: exit code 0/],
    ['throws', workerThreads(script('throws.mjs', "throw new Error('oh')")), /died: oh/],
    [
      'is full',
      workerThreads(script('full.mjs', 'let last; for (;;) last = { last }'), {
        maxOldGenerationSizeMb: 16,
      }),
      /died: .*memory/,
    ],
  ]
  for (const [name, bad, message] of ways) {
    // the other one works, and waits for room at last
    const start: StartShard = (job, events) =>
      job.index === 1 ? bad(job, events) : realThreads(job, events)
    const run = shardedRun(2, [busy], {}, start, new Kept())
    await t.rejects(run.run(), { message }, name)
  }
})

t.test('what cannot be read is said as one thread says it', async t => {
  const missing = join(folder, 'missing.pcap')
  const text = join(folder, 'notes.pcap')
  writeFileSync(text, 'this is a note, not a capture')
  for (const path of [missing, text, folder]) {
    const one = await byOne([path], {}).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (path === folder) t.equal(one, undefined, 'a folder with a capture')
    else t.ok(one instanceof SourceError)
    if (!(one instanceof SourceError)) continue
    const several = bySeveral(2, [path], {}, realThreads)
    await t.rejects(several, { message: one.message, constructor: SourceError })
  }
})

t.test('a capture in which one thread finds less than another is no result', async t => {
  const before = join(folder, 'before.pcap')
  writeFileSync(before, readFileSync(busy).subarray(0, -1))
  const start: StartShard = (job, events) =>
    realThreads(job.index === 1 ? { ...job, paths: [before] } : job, events)
  const run = shardedRun(2, [busy], {}, start, new Kept())
  await t.rejects(run.run(), { message: 'busy.pcap: changed while it was read' })
})

t.test('rules that changed are no result either', async t => {
  const start: StartShard = (job, events) =>
    realThreads({ ...job, rules: { ...job.rules, sha256: 'another' } }, events)
  const run = shardedRun(2, [newspaper], {}, start, new Kept())
  await t.rejects(run.run(), { message: /rules\/newspaper\.yaml: changed while it was read/ })
})

t.test('a sink that fails ends the run with its error', async t => {
  const failing = {
    wants: new Set(everyType),
    write() {
      throw new Error('disk full')
    },
  }
  await t.rejects(shardedRun(2, [busy], {}, realThreads, failing).run(), { message: 'disk full' })
})
