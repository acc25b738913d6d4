/** gzip, zstd and pipes give the same frames as the plain file, and a cut one those before the cut. */

import { gzipSync } from 'node:zlib'
import t from 'tap'
import { Xxh64 } from '../../src/source/xxh64.js'
import { hex } from '../helpers/hex.js'
import { fields, join, pcap, testFrame } from './capture-octets.js'
import { damageOf, read, readPiped, refusal, write } from './read-all.js'

const frames = Array.from({ length: 120 }, (_, i) => testFrame(i, 40 + ((i * 97) % 900)))
const plain = pcap(frames)

/** zstd frames of stored blocks; `dictionaryOctets` of window 1 MiB. */
function zstdStored(octets: Uint8Array, blockOctets: number, checksum: boolean): Uint8Array {
  const parts = [hex(`28b52ffd ${checksum ? '04' : '00'} 50`)]
  for (let at = 0; at === 0 || at < octets.length; at += blockOctets) {
    const piece = octets.subarray(at, at + blockOctets)
    const last = at + blockOctets >= octets.length
    const head = (last ? 1 : 0) | (piece.length << 3)
    parts.push(Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16), piece)
  }
  const hash = new Xxh64()
  hash.update(octets)
  return join(...parts, checksum ? fields(true, hash.digestLow()) : new Uint8Array(0))
}

/** `zstd -19 --check` of pcap(40 frames, see `packedFrames`). */
const packed = hex(`
  28b52ffd64c407650c0036983b3230b19a030f253d94f4501e14081a040d82064143414141414141414152f243490f25
  6d244992244912a0b56ddbb6b5d3b72930002c002d003f3f13d73dbf92d63b3f12d6bbdfc8eaef27a23ae71792fae607
  220a813e9e4ef7389ba8ff7d7c732e7797b3c1d1e111bf188207fc607007f8bddc7efab9d86efab5d45efab1d04efaad
  cc3efaa9c82efaa5c41efaa1c00efa9dbc0e5de7e1b0bbcee1afbbd770d71d87e1adbbcdc2597715befae512aefad520
  3cf5a33938ea3763f0819f4cc105021a37b83b65bce0ce847182bbd2c57177248bdfee4615b7dd89285ebb0b4d9c7607
  92f8ec2ee2b23b0fc4630778a8a1c6233d6c06206a5078129858001912420821c418638c3122222222b86d0372902b5f
  2fff085d7d386edc6867b429b9e280506153cdd7a5da579b4cf63f9239b4387b24981a2aaf0c97379e49dbcda459b012
  d4b1d050e844a7b914647c866236b190bc126f162b0791b1890fc3e6d35cf28495694d69143e0295e2c8a463ce64a260
  1345a4c51d25c1105279059898c1302d4d0dd3003c0102f9db0e
`)

/** The 40 frames that `packed` holds. */
const packedFrames = Array.from({ length: 40 }, (_, i) => ({
  seconds: 1000 + i,
  fraction: i,
  octets: Uint8Array.from({ length: 20 + i }, (_octet, k) => (i * 7 + k) % 11),
}))

t.test('XXH64 of the specification', t => {
  const low = (octets: Uint8Array, ...cuts: readonly number[]): string => {
    const hash = new Xxh64()
    let at = 0
    for (const cut of cuts) {
      hash.update(octets.subarray(at, cut))
      at = cut
    }
    hash.update(octets.subarray(at))
    return hash.digestLow().toString(16)
  }
  const text = (s: string): Uint8Array => new TextEncoder().encode(s)
  t.equal(low(text('')), '51d8e999', 'ef46db3751d8e999')
  t.equal(low(text('a')), 'a98c6e5b', 'd24ec4f1a98c6e5b')
  t.equal(low(text('abc')), 'ad770999', '44bc2cf5ad770999')
  const counted = Uint8Array.from({ length: 77 }, (_, i) => i)
  t.equal(low(counted), '6280ead3', 'from zstd --check')
  t.equal(low(text('x'.repeat(101))), '8f218076', 'from zstd --check')
  for (let cut = 0; cut <= 77; cut++) t.equal(low(counted, cut, Math.min(77, cut + 9)), '6280ead3')
  t.end()
})

t.test('packed, piped and plain are equal, whatever the name', async t => {
  const expected = await read(write('p.pcap', plain))
  t.equal(expected.frames.length, 120)
  const half = plain.length >> 1
  const variants: Record<string, Uint8Array> = {
    'p.pcap.gz': gzipSync(plain),
    'misnamed.pcap': gzipSync(plain, { level: 1 }),
    'members.gz': join(gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))),
    'padded.gz': join(gzipSync(plain), new Uint8Array(512)),
    'p.pcap.zst': zstdStored(plain, 100_000, true),
    'small-blocks.zst': zstdStored(plain, 7, true),
    'no-checksum.zst': zstdStored(plain, 3000, false),
    'two-frames.zst': join(
      zstdStored(plain.subarray(0, half), 3000, true),
      hex('502a4d18 05000000 0102030405'), // skippable frame of 5 octets
      zstdStored(plain.subarray(half), 3000, false),
    ),
  }
  for (const [name, octets] of Object.entries(variants)) {
    const reading = await read(write(name, octets))
    t.same(reading.frames, expected.frames, name)
    t.same(reading.status.damage, [], `${name}: no damage`)
    t.equal(reading.status.octetsTotal, octets.length)
    t.equal(reading.status.octetsRead, octets.length, `${name}: progress is on the packed octets`)
    const piped = await readPiped(octets, 1000)
    t.same(piped.frames, expected.frames, `${name} through a pipe`)
    t.equal(piped.status.octetsTotal, 0)
  }
  t.same(
    (await read(write('real.zst', packed))).frames,
    (await read(write('r.pcap', pcap(packedFrames)))).frames,
  )
})

t.test('one octet at a time', async t => {
  const expected = await read(write('one.pcap', plain))
  const few = pcap(frames.slice(0, 5))
  for (const [name, octets] of [
    ['pcap', few],
    ['gzip', gzipSync(few)],
    ['zstd', zstdStored(few, 500, true)],
  ] as const) {
    const piped = await readPiped(octets, 1)
    t.same(piped.frames, expected.frames.slice(0, 5), name)
    t.same(piped.status.damage, [])
  }
  t.same((await readPiped(plain, 1, 64)).frames, expected.frames, 'with small blocks')
})

t.test('gzip header fields', async t => {
  const body = gzipSync(plain).subarray(10)
  const header = hex('1f8b08 1e 00000000 0003') // extra, name, comment, header CRC
  const named = join(
    header,
    hex('0300 616263'),
    hex('612e7063617000'), // a.pcap
    hex('686900'), // hi
    hex('0000'),
    body,
  )
  t.equal((await read(write('named.gz', named))).frames.length, 120)
  for (let cut = 4; cut < named.length - body.length; cut++) {
    t.match(
      await refusal(write('cut-head.gz', named.subarray(0, cut))),
      /cut short in the gzip data/,
    )
  }
})

t.test('every cut of a packed capture gives the frames before it', async t => {
  const few = pcap(frames.slice(0, 4))
  const expected = (await read(write('few.pcap', few))).frames
  for (const [name, octets] of [
    ['gzip', gzipSync(few)],
    ['zstd', zstdStored(few, 300, true)],
  ] as const) {
    let best = 0
    // before the first block is whole there is not even a magic number
    for (let cut = name === 'zstd' ? 320 : 40; cut < octets.length; cut++) {
      const reading = await readPiped(octets.subarray(0, cut), 4096)
      t.same(reading.frames, expected.slice(0, reading.frames.length), `${name} cut at ${cut}`)
      t.match(reading.status.damage, [`cut short in the ${name} data after packet`])
      t.ok(reading.frames.length >= best, 'a longer file never gives less')
      best = reading.frames.length
    }
    t.equal(best, 4, `${name}: a cut in the check sum loses nothing`)
  }
})

t.test('a wrong check sum is said after the frames', async t => {
  for (const [name, octets] of [
    ['sum.gz', gzipSync(plain)],
    ['sum.zst', zstdStored(plain, 3000, true)],
  ] as const) {
    const wrong = octets.slice()
    const at = name.endsWith('gz') ? wrong.length - 8 : wrong.length - 1
    wrong[at]! ^= 1
    const reading = await read(write(name, wrong))
    t.equal(reading.frames.length, 120)
    t.match(
      damageOf(reading)[0],
      `${name}: ${name.endsWith('gz') ? 'gzip' : 'zstd'} check sum is wrong`,
    )
  }
  const size = gzipSync(plain)
  size[size.length - 1]! ^= 1
  t.match((await read(write('size.gz', size))).status.damage[0], /gzip check sum is wrong/)
})

t.test('what follows is said, and hostile headers cost nothing', async t => {
  const after = await read(
    write('after.gz', join(gzipSync(plain), hex('ff00'), new Uint8Array(20))),
  )
  t.equal(after.frames.length, 120)
  t.match(after.status.damage[0], /octets after the gzip data/)
  const afterZstd = await read(
    write('after.zst', join(zstdStored(plain, 900, true), new Uint8Array(20))),
  )
  t.equal(afterZstd.frames.length, 120)
  t.match(afterZstd.status.damage[0], /octets after the zstd data/)
  t.match(
    await refusal(write('window.zst', hex('28b52ffd 00 a0 010000'))),
    /zstd window over 128 MiB/,
  )
  t.match(
    await refusal(write('single.zst', hex('28b52ffd e0 ffffffffffffffff 010000'))),
    /zstd window over 128 MiB/,
    'single segment: the content size is the window',
  )
  // run-length blocks: 4 octets make 128 KiB each, all zeros after a good header
  const bomb = [hex('28b52ffd 00 50'), hex('c00000'), pcap([])]
  for (let i = 0; i < 40; i++) bomb.push(hex('02001000'))
  const reading = await read(write('bomb.zst', join(...bomb)))
  t.match(reading.status.damage[0], /cut short in the zstd data/)
  t.equal(reading.frames.length, Math.floor((40 * 131072) / 16), 'empty frames, all 5 MB of them')
})
