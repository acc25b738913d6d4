/** Files of charging records: with headers and without, in any piece sizes, cut anywhere, full of rubbish. TS
 * 32.297 clause 6.1. */

import t from 'tap'
import type { ChargedUsage } from '../../src/charging/charged-usage.js'
import { looksLikeRecords, readCdrFile } from '../../src/charging/read-cdr-file.js'
import { type IntakeCounts, RecordIntake } from '../../src/charging/record-intake.js'
import { cdrFile } from '../../src/charging/write-cdr-file.js'
import type { OctetInput } from '../../src/source/octet-input.js'
import { CdrFileHeader, CdrHeader } from '../../src/wire/cdr-file.js'
import { Fault } from '../../src/wire/fault.js'
import { hex } from '../helpers/hex.js'
import { hostile } from '../wire-wap/hostile.js'
import { open, pgw, service, tlv } from './records.js'

/** Octets in memory, in pieces. */
class Pieces implements OctetInput {
  damage = ''
  octetsRead = 0
  readonly #octets: Uint8Array
  readonly #size: number

  constructor(octets: Uint8Array, size: number) {
    this.#octets = octets
    this.#size = size
  }

  async read(into: Uint8Array, off: number): Promise<number> {
    const room = Math.min(this.#size, into.length - off)
    const piece = this.#octets.subarray(this.octetsRead, this.octetsRead + room)
    into.set(piece, off)
    this.octetsRead += piece.length
    return piece.length
  }

  async close(): Promise<void> {}
}

interface Got {
  usage: ChargedUsage[]
  damage: string[]
  counts: IntakeCounts
}

async function read(octets: Uint8Array, size = 1 << 16): Promise<Got> {
  const got: Got = { usage: [], damage: [], counts: undefined as never }
  const intake = new RecordIntake({
    usage: one => got.usage.push(one),
    damage: text => got.damage.push(text),
  })
  got.counts = intake.counts
  await readCdrFile(new Pieces(octets, size), 'x.cdr', intake, text => got.damage.push(text))
  return got
}

const one = (sequence: string) =>
  pgw({ sequence, services: [service('05', '64', '00c8'), service('06', '01', '02')] })
const records = ['01', '02', '03'].map(sequence => hex(one(sequence)))
const us = Date.parse('2014-11-21T01:30:00Z') * 1000
const headed = cdrFile('pgw-cdr', records, us, us)
const bare = Buffer.concat(records)

t.test('both forms, whole and octet by octet', async t => {
  for (const [name, file] of [
    ['with headers', headed],
    ['bare', bare],
  ] as const) {
    t.ok(looksLikeRecords(file.subarray(0, 64)), name)
    for (const size of [1 << 16, 1, 7]) {
      const got = await read(file, size)
      t.strictSame(got.damage, [], `${name}, pieces of ${size}`)
      t.equal(got.usage.length, 6)
      t.match(got.usage[0], { source: 'pgw-cdr', ratingGroup: 5, octetsUp: 100, octetsDown: 200 })
      t.match(got.counts, { records: 3, repeated: 0, damaged: 0, otherKinds: 0 })
    }
  }
})

t.test('the headers as TS 32.297 lays them out', async t => {
  const fault = new Fault()
  const header = new CdrFileHeader()
  t.ok(header.decode(headed, 0, headed.length, fault))
  t.match(header, { fileOctets: headed.length, headerOctets: 52, records: 3, highRelease: 6 })
  const first = new CdrHeader()
  t.ok(first.decode(headed, 52, headed.length, fault))
  t.match(first, { octets: records[0]!.length, release: 9, format: 1, specification: 7 })
  t.ok(first.decode(hex('0010 e2 27 05'), 0, 5, fault))
  t.match(first, { octets: 16, headerOctets: 5, release: 15, version: 2 })
  t.notOk(first.decode(hex('0010 e2 27'), 0, 4, fault), 'the extension is missing')
  hostile(t, 'cdr file header', headed.slice(0, 60), (buf, off, end) => {
    const ok = header.decode(buf, off, end, fault)
    return ok ? `${header.records} ${header.lost}` : `${fault.key} ${fault.at - off}`
  })
})

t.test('cut anywhere: what was whole counts, and the place is told', async t => {
  for (const [file, first, extra] of [
    [headed, 52, 4],
    [bare, 0, 0],
  ] as const) {
    const ends: number[] = []
    for (const record of records) ends.push((ends.at(-1) ?? first) + extra + record.length)
    let wrong = 0
    for (let n = 1; n < file.length; n++) {
      const got = await read(file.subarray(0, n))
      const whole = ends.filter(end => end <= n).length
      const isClean = extra === 0 && ends.includes(n)
      const isTold = got.damage.some(text => /x\.cdr: .*(octet|header states)/.test(text))
      if (got.counts.records !== whole || isTold === isClean) wrong++
    }
    t.equal(wrong, 0, `${file.length} truncations`)
  }
  const { damage } = await read(headed.subarray(0, 300))
  t.match(damage, [/^x\.cdr: record 2 at octet \d+: cut short, the file ends at octet 300$/])
})

t.test('a record that is damaged inside does not count, and those behind it do', async t => {
  const broken = headed.slice()
  const at = 52 + 4 + 3
  broken[at + 1] = 0x7f
  const { damage, counts, usage } = await read(broken)
  t.match(counts, { records: 2, damaged: 1 })
  t.equal(usage.length, 4)
  t.match(damage, [/^x\.cdr: record 1 at octet 52: ber\/truncated .* at octet \d+; not counted$/])
})

t.test('octets behind the record in its frame are damage, whatever kind it is', async t => {
  const two = Buffer.concat(records.slice(0, 2))
  const end = 52 + 4 + records[0]!.length
  const got = await read(cdrFile('pgw-cdr', [two, records[2]!], us, us))
  t.match(got.counts, { records: 1, damaged: 1 })
  const octets = records[1]!.length
  t.strictSame(got.damage, [
    `x.cdr: record 1 at octet 52: the record ends at octet ${end}, ${octets} octets before its frame does; not counted`,
  ])
  const short = hex(tlv('b6', tlv('80', '16')))
  const other = await read(cdrFile('pgw-cdr', [Buffer.concat([short, records[0]!])], us, us))
  t.match(other.counts, { records: 0, damaged: 1, otherKinds: 0 })
})

t.test('copies count once; other kinds, fillers and formats are told apart', async t => {
  const twice = await read(Buffer.concat([bare, new Uint8Array(64).fill(0xff), bare]))
  t.match(twice.counts, { records: 3, repeated: 3 })
  t.strictSame(twice.damage, [])
  const other = await read(Buffer.concat([hex(tlv('b6', tlv('80', '16'))), bare]))
  t.match(other.counts, { records: 3, otherKinds: 1 })
  const format = headed.slice()
  format[52 + 3] = (4 << 5) | 7
  t.match((await read(format)).damage, [/record 1 at octet 52: record format 4 is not read/])
})

t.test('headers that say something else than the file', async t => {
  const less = await read(headed.subarray(0, 52 + 4 + records[0]!.length))
  t.match(less.damage, [/header states \d+ octets, \d+ are there/, /states 3 records, 1 are there/])
  const lost = headed.slice()
  lost[47] = 3
  t.match((await read(lost)).damage, [/records were lost before it/])
  const long = headed.slice()
  long.set([0x7f, 0xff, 0xff, 0xff], 4)
  t.notOk(looksLikeRecords(long), 'a header of two gigabytes is no header')
})

t.test('rubbish and bombs end at once', async t => {
  const noise = new Uint8Array(3_000_000)
  for (let i = 0; i < noise.length; i++) noise[i] = (i * 2654435761) >>> 24
  noise[0] = 0xbf
  const rubbish = await read(noise)
  t.equal(rubbish.counts.records, 0)
  t.ok(rubbish.damage.length > 0)
  const deep = new Uint8Array(4_000_000)
  for (let i = 0; i < deep.length; i += 2) deep.set([0xb4, 0x80], i)
  t.match((await read(deep)).damage, [/ber\/limit at octet \d+; what follows cannot be read/])
  const huge = hex('bf4f 84 7fffffff 800155')
  t.match((await read(huge)).damage, [/a record of more than 1048576 octets at octet 0/])
  const endless = Buffer.concat([hex('bf4f 80'), Buffer.alloc(3_000_000, hex('810100'))])
  t.match((await read(endless)).damage, [/a record of more than 1048576 octets/])
  t.match((await read(hex(open('bf4f', '800155')).slice(0, 6))).damage, [/cut short/])
})

t.test('a large file takes linear time and a window of memory', async t => {
  const cost = async (count: number) => {
    const many = Array.from({ length: count }, (_, i) =>
      hex(pgw({ sequence: (i + 0x10000).toString(16).padStart(6, '0') })),
    )
    const input = new Pieces(cdrFile('pgw-cdr', many, us, us), 1 << 16)
    const intake = new RecordIntake({ usage: () => undefined, damage: text => t.fail(text) })
    const before = process.cpuUsage()
    await readCdrFile(input, 'big.cdr', intake, text => t.fail(text))
    t.equal(intake.counts.records, count)
    return process.cpuUsage(before).user
  }
  await cost(2000)
  const [small, large] = [await cost(2000), await cost(16_000)]
  t.ok(large < 8 * 4 * small + 200_000, `8 times the records: ${small} and ${large} us of CPU`)
})
