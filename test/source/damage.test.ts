/** Every cut and many corruptions: frames before the damage stand, it is said, nothing is thrown. */

import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { SourceError } from '../../src/source/source.js'
import {
  enhanced,
  interfaceBlock,
  join,
  obsolete,
  option,
  pcap,
  section,
  simple,
  statistics,
  testFrame,
} from './capture-octets.js'
import { drain, read, readPiped, write } from './read-all.js'

const frames = Array.from({ length: 6 }, (_, i) => testFrame(i, 15 + i * 11))
const first = frames[0]?.octets ?? new Uint8Array(0)

const captures: Record<string, Uint8Array> = {
  'pcap little': pcap(frames),
  'pcap big nanoseconds': pcap(frames, { magic: 0xa1b23c4d, little: false }),
  pcapng: join(
    section(true),
    interfaceBlock(true, 1, 0, option(true, 2, new TextEncoder().encode('eth0'))),
    ...frames.map((frame, i) => enhanced(true, 0, BigInt(i) * 1_000_000n, frame.octets)),
    statistics(true, 0, 1n, 2n),
    section(false),
    interfaceBlock(false, 101, 0),
    simple(false, first),
    obsolete(false, 0, 1, 77n, first),
  ),
}

for (const [name, octets] of Object.entries(captures)) {
  t.test(`every cut of ${name}`, async t => {
    const whole = await read(write('whole', octets))
    t.same(whole.status.damage, [])
    const ends = new Set<number>()
    for (let cut = 4; cut < octets.length; cut++) {
      const reading = await readPiped(octets.subarray(0, cut), 1 << 20, 512)
      const count = reading.frames.length
      t.same(reading.frames, whole.frames.slice(0, count), `cut at ${cut}`)
      if (reading.status.damage.length === 0) ends.add(cut)
      else
        t.match(reading.status.damage, [
          /^-: cut short (in the file header|in packet \d+|after packet \d+)$/,
        ])
    }
    // only a cut between two records or blocks cannot be seen
    t.equal(ends.size, name === 'pcapng' ? 12 : frames.length)
  })
}

/** xorshift32: the same mutations in every run. */
function random(seed: number): () => number {
  let x = seed
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x >>> 0
  }
}

t.test('seeded mutations', { timeout: 120_000 }, async t => {
  const next = random(20141107)
  let read = 0
  let refused = 0
  for (const octets of Object.values(captures)) {
    for (let round = 0; round < 500; round++) {
      const wrong = octets.slice()
      for (let hits = 1 + (next() % 4); hits > 0; hits--) {
        const at = next() % wrong.length
        wrong[at] = [next() & 255, 255, 0, (wrong[at]! ^ (1 << (next() & 7))) & 255][next() & 3]!
      }
      const path = write('mutated', wrong)
      try {
        const { frames: found } = await drain(await openSource([path], { blockOctets: 256 }))
        read += found.length > 0 ? 1 : 0
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        refused++
      }
    }
  }
  t.ok(read > 500 && refused > 10, `${read} gave frames, ${refused} were refused`)
})
