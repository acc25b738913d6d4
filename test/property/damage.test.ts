/** Damaged captures: every capture cut short and with octets changed, through the whole pipeline. There may
 * be faults and there must be an end, but never an exception, and what was read is accounted for. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { SourceError } from '../../src/source/source.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { type Ran, root, run } from '../helpers/run.js'

const largestShared = 100_000
const boundaries = 10
const inside = 6
const mutants = 8
const sharedMutants = 4

const isCapture = (name: string) => /\.pcap(ng)?$/.test(name)

function capturesIn(folder: string, largest: number): string[] {
  return readdirSync(folder)
    .filter(isCapture)
    .map(name => `${folder}/${name}`)
    .filter(path => statSync(path).size <= largest)
    .sort()
}

/** Runs the octets as a capture; undefined when they are not even the beginning of one. */
async function replay(octets: Uint8Array, plainIp: boolean): Promise<Ran | undefined> {
  try {
    const source = await openSource(['-'], { stdin: Readable.from([Buffer.from(octets)]) })
    const ran = await run(source, { plainIp })
    await source.close()
    return ran
  } catch (error) {
    if (error instanceof SourceError) return undefined
    throw error
  }
}

/** Offsets behind the file header and behind each record (pcap) or block (pcapng). */
function recordEnds(octets: Uint8Array): number[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const ng = view.getUint32(0) === 0x0a0d0d0a
  const little = ng ? view.getUint32(8, true) === 0x1a2b3c4d : octets[0] !== 0xa1
  const ends = ng ? [] : [24]
  let at = ends[0] ?? 0
  while (at + 16 <= octets.length) {
    at += ng ? view.getUint32(at + 4, little) : 16 + view.getUint32(at + 8, little)
    ends.push(at)
  }
  return ends
}

function sample(from: readonly number[], count: number, random: Xorshift32): number[] {
  if (from.length <= count) return [...from]
  return Array.from({ length: count }, () => from[random.below(from.length)] ?? 0)
}

/** Values that break length fields, counts and offsets. */
const extremes = [0, 1, 0x7f, 0x80, 0xff]

function mutate(octets: Uint8Array, random: Xorshift32): Uint8Array {
  const out = octets.slice()
  for (let n = 1 + random.below(8); n > 0; n--) {
    // seldom in the file header, most often in the packets
    const at = random.chance(0.05) ? random.below(out.length) : 24 + random.below(out.length - 24)
    const kind = random.below(4)
    if (kind === 0) out[at] = (out[at] ?? 0) ^ (1 << random.below(8))
    else if (kind === 1) out[at] = random.next()
    else {
      out[at] = extremes[random.below(extremes.length)] ?? 0
      if (kind === 3) out[at + 1] = extremes[random.below(extremes.length)] ?? 0
    }
  }
  return out
}

/** Every capture, many times: seconds on an idle machine, minutes on a busy one. */
t.setTimeout(300_000)

t.test('every capture of the project, cut short', async t => {
  for (const path of capturesIn(`${root}/captures`, Number.POSITIVE_INFINITY)) {
    const octets = readFileSync(path)
    const random = new Xorshift32(octets.length)
    const ends = recordEnds(octets)
    const wrong: string[] = []
    for (const cut of sample(ends, boundaries, random)) {
      const ran = await replay(octets.subarray(0, cut), true)
      if (ran === undefined) wrong.push(`cut at ${cut}: not read at all`)
      else if (!ran.summary.complete) wrong.push(`cut at ${cut}: ${ran.summary.reasons}`)
    }
    for (let n = 0; n < inside; n++) {
      const cut = random.below(octets.length)
      if (ends.includes(cut)) continue
      const ran = await replay(octets.subarray(0, cut), true)
      if (ran?.summary.complete) wrong.push(`cut at ${cut} seems complete`)
    }
    t.strictSame(wrong, [], path.slice(root.length))
  }
})

async function survives(path: string, count: number): Promise<string[]> {
  const octets = readFileSync(path)
  const random = new Xorshift32(octets.length)
  const wrong: string[] = []
  for (let n = 0; n < count; n++) {
    const mutant = mutate(octets, random)
    const ran = await replay(mutant, n % 2 === 0)
    const frames = ran?.summary.frames ?? 0
    if (frames > octets.length / 16) wrong.push(`${n}: ${frames} frames`)
  }
  return wrong
}

t.test('every capture of the project, with octets changed', async t => {
  for (const path of capturesIn(`${root}/captures`, Number.POSITIVE_INFINITY)) {
    t.strictSame(await survives(path, mutants), [], path.slice(root.length))
  }
})

t.test('the shared captures, with octets changed', async t => {
  const folder = `${root}/../shared/captures`
  if (!existsSync(folder)) {
    t.comment('shared captures not here: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    return
  }
  for (const path of capturesIn(folder, largestShared)) {
    t.strictSame(await survives(path, sharedMutants), [], path.slice(folder.length))
  }
})
