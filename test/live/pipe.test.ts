/** `ssh host tcpdump -w - | tollgate replay -`: packets are read as they come, the end is the end. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { jsonLines, root, testEnv } from '../cli/program.js'
import { pause } from './live-run.js'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const capture = readFileSync(join(root, 'captures', 'newspaper.pcap'))
const fileHeaderOctets = 24
const recordHeaderOctets = 16

/** Where each packet record of the capture ends. */
function recordEnds(): number[] {
  const ends: number[] = []
  for (let at = fileHeaderOctets; at < capture.length; ) {
    at += recordHeaderOctets + capture.readUInt32LE(at + 8)
    ends.push(at)
  }
  return ends
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { cwd: root, env: testEnv })
  const run = { child, out: '', err: '', code: undefined as number | null | undefined }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.err += text
  })
  child.on('close', code => {
    run.code = code
  })
  return run
}

async function until(isSo: () => boolean): Promise<boolean> {
  for (let i = 0; i < 500 && !isSo(); i++) await pause(20)
  return isSo()
}

t.test('a slow writer, and the end of the pipe', async t => {
  const run = start(['replay', '-', '--json', '--only', 'session'])
  const ends = recordEnds()
  let from = 0
  // never a whole record at once, and far less than a block
  for (const end of ends.slice(0, 20)) {
    run.child.stdin.write(capture.subarray(from, end - 5))
    await pause(5)
    from = end - 5
  }
  t.ok(await until(() => run.out.includes('"event":"created"')), 'records before the end')
  t.equal(run.code, undefined)
  run.child.stdin.end(capture.subarray(from))
  t.ok(await until(() => run.code !== undefined))
  t.equal(run.code, 0)
  const summary = jsonLines(run.out).at(-1)
  t.equal(summary?.frames, ends.length)
  t.equal(summary?.complete, true)
})

t.test('a writer that was stopped in the middle of a packet', async t => {
  const run = start(['replay', '-', '--json'])
  run.child.stdin.end(capture.subarray(0, (recordEnds()[49] ?? 0) + 7))
  t.ok(await until(() => run.code !== undefined))
  t.equal(run.code, 2)
  t.match(run.err, /tollgate: -: cut short in packet 51; results are up to there/)
  t.equal(jsonLines(run.out).at(-1)?.frames, 50)
})

t.test('an interrupt while the writer is silent', async t => {
  const run = start(['replay', '-', '--json', '--only', 'session'])
  run.child.stdin.write(capture.subarray(0, recordEnds()[49]))
  t.ok(await until(() => run.out.includes('"event":"created"')), 'records are there')
  run.child.kill('SIGINT')
  t.ok(await until(() => run.code !== undefined))
  t.equal(run.code, 130)
  const summary = jsonLines(run.out).at(-1)
  t.equal(summary?.frames, 50)
  t.strictSame(summary?.reasons, ['interrupted'])
})
