/** Several captures are one in the order of time. */

import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { TestFrame } from './capture-octets.js'
import { join, pcap, section, testFrame } from './capture-octets.js'
import { damageOf, read, write } from './read-all.js'

function at(us: number, tag: number, length = 10): TestFrame {
  const octets = new Uint8Array(length).fill(tag)
  return { seconds: Math.floor(us / 1e6), fraction: us % 1e6, octets }
}

/** `time:first octet` of each frame. */
async function merged(paths: readonly string[], blockOctets?: number): Promise<string[]> {
  const { frames } = await read(paths, blockOctets === undefined ? {} : { blockOctets })
  return frames.map(line => `${line.split(' ')[0]}:${line.split(' ')[6]?.slice(0, 2)}`)
}

t.test('overlapping files are merged, equal times in the order of the arguments', async t => {
  const a = write('a.pcap', pcap([at(10, 1), at(20, 1), at(20, 1), at(40, 1)]))
  const b = write('b.pcap', pcap([at(5, 2), at(20, 2), at(30, 2), at(50, 2)]))
  t.same(await merged([a, b]), [
    '5:02',
    '10:01',
    '20:01',
    '20:01',
    '20:02',
    '30:02',
    '40:01',
    '50:02',
  ])
  t.same((await merged([b, a])).slice(2, 5), ['20:02', '20:01', '20:01'])
  const { status } = await read([a, b])
  t.equal(status.name, 'a.pcap and 1 more')
  t.equal(status.octetsRead, status.octetsTotal)
})

t.test('files after one another, given in any order', async t => {
  const parts = [0, 1, 2].map(part =>
    write(
      `part${part}.pcap`,
      pcap(Array.from({ length: 50 }, (_, i) => at(part * 1000 + i, part))),
    ),
  )
  const expected = Array.from(
    { length: 150 },
    (_, i) => `${Math.floor(i / 50) * 1000 + (i % 50)}:0${Math.floor(i / 50)}`,
  )
  t.same(await merged(parts), expected)
  t.same(await merged(parts.toReversed()), expected)
})

t.test('a split capture is the whole capture', async t => {
  const frames = Array.from({ length: 3000 }, (_, i) => testFrame(i, (i * 13) % 700))
  const whole = await read(write('whole.pcap', pcap(frames)))
  const strip = (lines: string[]): string[] => lines.map(line => line.replace(/ if \d+/, ''))
  const cut = [
    write('cut1.pcap', pcap(frames.slice(0, 1234))),
    write('cut2.pcap.gz', gzipSync(pcap(frames.slice(1234), { little: false }))),
  ]
  t.same(strip((await read(cut)).frames), strip(whole.frames))
  // every frame goes to one of three files by a fixed pattern: all overlap
  const dealt = [0, 1, 2].map(k =>
    write(`dealt${k}.pcap`, pcap(frames.filter((_, i) => ((i * i) >> 3) % 3 === k))),
  )
  for (const blockOctets of [64, 1000, 262_144]) {
    const reading = await read(dealt, { blockOctets })
    t.same(strip(reading.frames), strip(whole.frames), `blocks of ${blockOctets}`)
    t.equal(reading.status.frames, 3000)
  }
})

t.test('frames longer than the block that runs are copied into', async t => {
  const a = write('long-a.pcap', pcap([at(1, 1, 50_000), at(3, 1, 50_000), at(5, 1, 50_000)]))
  const b = write('long-b.pcap', pcap([at(2, 2, 60_000), at(4, 2, 60_000), at(6, 2, 60_000)]))
  t.same(await merged([a, b], 1024), ['1:01', '2:02', '3:01', '4:02', '5:01', '6:02'])
})

t.test('a damaged file does not stop the others', async t => {
  const cut = pcap([at(1, 1), at(2, 1), at(30, 1)])
  const a = write('cut-a.pcap', cut.subarray(0, cut.length - 1))
  const b = write('good-b.pcap', pcap([at(10, 2), at(20, 2)]))
  const none = write('none-c.pcapng', join(section(true), Uint8Array.of(1, 2, 3)))
  const reading = await read([a, b, none])
  t.equal(reading.frames.length, 4)
  t.same(damageOf(reading), [
    'none-c.pcapng: cut short after packet 0',
    'cut-a.pcap: cut short in packet 3',
  ])
})

t.test('two hundred files that all overlap', async t => {
  const paths = Array.from({ length: 200 }, (_, k) =>
    write(`ring/${k}.pcap`, pcap([at(1000 + k, k), at(2000 - k, k), at(5000, k)])),
  )
  const { timesUs } = await read(paths)
  t.equal(timesUs.length, 600)
  t.same(
    timesUs,
    timesUs.toSorted((x, y) => x - y),
  )
})
