/** pcapng: every packet block, both byte orders, several sections and interfaces, time resolutions. */

import t from 'tap'
import { TimeResolution } from '../../src/wire/pcapng-time.js'
import {
  block,
  enhanced,
  fields,
  interfaceBlock,
  join,
  number64,
  obsolete,
  option,
  section,
  simple,
  statistics,
} from './capture-octets.js'
import { damageOf, read, refusal, write } from './read-all.js'

const a = Uint8Array.of(1, 2, 3, 4, 5)
const b = Uint8Array.of(9, 8, 7)
const name = (text: string): Uint8Array => new TextEncoder().encode(text)

t.test('packet blocks of every kind in both byte orders', async t => {
  for (const little of [true, false]) {
    const octets = join(
      section(little),
      interfaceBlock(little, 1, 4, option(little, 2, name('ens3'))),
      interfaceBlock(little, 113, 0),
      block(little, 4, new Uint8Array(8)), // name resolution: passed over
      enhanced(little, 1, 1_700_000_000_000_007n, a, 99),
      simple(little, a.subarray(0, 4), 900), // interface 0 takes 4 octets; its time is the last one's
      block(little, 0x0bad, fields(little, 32473, 1)), // custom block
      obsolete(little, 0, 3, 1_700_000_000_000_009n, b),
      block(little, 0x99999999, new Uint8Array(20)), // unknown
      statistics(little, 0, 2n, 5n),
    )
    const file = `kinds-${little}.pcapng`
    const { frames, status } = await read(write(file, octets))
    t.same(frames, [
      '1700000000000007 99 link 113 if 1 0102030405',
      '1700000000000007 900 link 1 if 0 01020304',
      '1700000000000009 3 link 1 if 0 090807',
    ])
    t.same(status.interfaces, [
      { name: 'ens3', linkType: 1 },
      { name: file, linkType: 113 },
    ])
    t.equal(status.drops, 7, 'statistics say 7, the packets 3: the larger holds')
    t.same(status.damage, [])
  }
})

t.test('sections of different byte order, each with its own interfaces', async t => {
  const octets = join(
    section(true),
    interfaceBlock(true, 1, 0),
    enhanced(true, 0, 1_000_000n, a),
    statistics(true, 0, 4n, 0n),
    statistics(true, 0, 6n, 1n), // counts since the start: the last one is the sum
    section(false),
    interfaceBlock(false, 101, 0, option(false, 9, Uint8Array.of(9))), // nanoseconds
    enhanced(false, 0, 2_000_000_999n, b, 3, option(false, 4, number64(false, 11n))),
  )
  const { frames, status } = await read(write('sections.pcapng', octets))
  t.same(frames, ['1000000 5 link 1 if 0 0102030405', '2000000 3 link 101 if 1 090807'])
  t.equal(status.drops, 18, '7 of the first section and 11 of the second')
})

t.test('time resolution and offset', t => {
  const us = (tsresol: number, ticks: bigint, offset = 0): number => {
    const time = new TimeResolution()
    time.set(tsresol)
    time.offsetSeconds = offset
    return time.microseconds(Number(ticks >> 32n), Number(ticks & 0xffffffffn))
  }
  const seconds = 1_763_765_123n
  for (let digits = 0; digits <= 9; digits++) {
    const ticks = (seconds * 1_000_000n + 654_321n) * 10n ** BigInt(digits) // 10^-(6 + digits)
    t.equal(
      us(6 + digits, ticks & (2n ** 64n - 1n)),
      Number((ticks & (2n ** 64n - 1n)) / 10n ** BigInt(digits)),
      `10^-${6 + digits}`,
    )
  }
  t.equal(us(0, seconds), 1_763_765_123_000_000)
  t.equal(us(3, seconds * 1000n + 7n), 1_763_765_123_007_000)
  t.equal(us(9, seconds * 10n ** 9n + 999_999_999n), 1_763_765_123_999_999, 'rounds down')
  for (const exponent of [0, 1, 10, 20, 31, 32, 33, 40, 63]) {
    const ticks = 0x9abc_def0_1234_5678n
    const exact = (ticks * 1_000_000n) >> BigInt(exponent)
    if (exact < 2n ** 53n) t.equal(us(0x80 | exponent, ticks), Number(exact), `2^-${exponent}`)
  }
  t.equal(us(0x80 | 20, (seconds << 20n) | 0x80000n), 1_763_765_123_500_000)
  t.equal(us(6, 3_600_000_005n, -3600), 5, 'negative offset')
  t.equal(us(6, 5n, -3600), 0, 'no time before 1970: nothing has a slot for it')
  t.equal(us(0, 2n ** 64n - 1n), Number.MAX_SAFE_INTEGER, 'no time that a second does not change')
  t.equal(us(127, 2n ** 64n - 1n), 0, 'absurd resolutions give numbers')
  t.equal(us(255, 2n ** 64n - 1n), 0)
  t.end()
})

t.test('if_tsoffset is signed and in both byte orders', async t => {
  for (const little of [true, false]) {
    const octets = join(
      section(little),
      interfaceBlock(little, 1, 0, option(little, 14, number64(little, 2n ** 64n - 10n))),
      enhanced(little, 0, 15_000_000n, b),
    )
    const { timesUs } = await read(write(`offset-${little}.pcapng`, octets))
    t.same(timesUs, [5_000_000], '15 s - 10 s')
  }
})

t.test('damage says what and where, and keeps what came before', async t => {
  const start = join(section(true), interfaceBlock(true, 1, 0), enhanced(true, 0, 1n, a))
  const at = start.length
  const broken = async (label: string, ...rest: readonly Uint8Array[]): Promise<string> => {
    const reading = await read(write(`${label}.pcapng`, join(start, ...rest)))
    t.equal(reading.frames.length, 1, `${label}: the frame before it`)
    return damageOf(reading)[0] ?? ''
  }
  const place = `at octet ${at + 4}, after packet 1`
  t.equal(await broken('seven', fields(true, 6, 7, 0)), `seven.pcapng: bad block length 7 ${place}`)
  t.equal(
    await broken('odd', fields(true, 6, 33, 0, 0, 0, 0, 0, 0, 0)),
    `odd.pcapng: bad block length 33 ${place}`,
  )
  t.equal(
    await broken('long', fields(true, 6, 0x7ffffff0, 0)),
    `long.pcapng: bad block length 2147483632 ${place}`,
  )
  t.equal(
    await broken('unequal', fields(true, 77, 16, 0, 20)),
    `unequal.pcapng: bad block length 20 at octet ${at + 12}, after packet 1`,
  )
  t.equal(
    await broken('no-interface', enhanced(true, 9, 1n, b)),
    `no-interface.pcapng: packet of undescribed interface 9 at octet ${at}, after packet 1`,
  )
  const overlong = enhanced(true, 0, 1n, b)
  new DataView(overlong.buffer).setUint32(20, 5, true) // 5 octets captured, 4 in the block
  t.match(await broken('caplen', overlong), /bad packet block at octet/)
  t.match(await broken('order', fields(true, 0x0a0d0d0a, 28, 0x11111111)), /bad byte-order magic/)
  const next = section(true)
  next[12] = 2
  t.match(await broken('version', next), /pcapng version 2 is not supported/)
  t.match(await broken('cut', enhanced(true, 0, 1n, b).subarray(0, 30)), /cut short in packet 2$/)
  t.match(await broken('cut-other', statistics(true, 0, 1n, 1n).subarray(0, 13)), /after packet 1$/)
})

t.test('options that run past their block are passed over', async t => {
  const broken = fields(true, ['h', 4], ['h', 0xffff])
  const octets = join(
    section(true),
    interfaceBlock(true, 1, 0, fields(true, ['h', 2], ['h', 900])),
    enhanced(true, 0, 1n, a, 5, broken, new Uint8Array(4)),
  )
  const { frames, status } = await read(write('options.pcapng', octets))
  t.equal(frames.length, 1)
  t.same(status.interfaces, [{ name: 'options.pcapng', linkType: 1 }])
  t.equal(status.drops, 0)
})

t.test('interfaces are bounded', async t => {
  const many = Array.from({ length: 4097 }, () => interfaceBlock(true, 1, 0))
  const { status } = await read(write('many.pcapng', join(section(true), ...many)))
  t.equal(status.interfaces.length, 4096)
  t.match(status.damage, [/more than 4096 interfaces/])
})

t.test('a file that only begins like pcapng', async t => {
  t.equal(await refusal(write('stub.pcapng', Uint8Array.of(10, 13, 13, 10))), 'no error')
  const { status } = await read(write('stub2.pcapng', Uint8Array.of(10, 13, 13, 10, 0, 0)))
  t.match(status.damage, [/cut short after packet 0/])
})
