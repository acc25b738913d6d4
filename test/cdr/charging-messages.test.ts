/** Charging in the capture itself: GTP' over UDP and TCP, used units of Gy, usage reports of PFCP. TS 32.295, TS
 * 32.299, TS 29.244. */

import t from 'tap'
import type { ChargedUsage } from '../../src/charging/charged-usage.js'
import { RecordIntake } from '../../src/charging/record-intake.js'
import { ChargingMessages } from '../../src/pipeline/charging-messages.js'
import { GtpPrimeRecords } from '../../src/pipeline/gtp-prime-records.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { hex } from '../helpers/hex.js'
import { type Frame, MemorySource } from '../helpers/memory-source.js'
import { avp, avp3gpp, message } from '../wire-control/diameter-builder.js'
import { ie, sessionMessage } from '../wire-control/pfcp-builder.js'
import { pgw, service, tlv } from './records.js'

interface Got {
  usage: ChargedUsage[]
  damage: string[]
  messages: ChargingMessages
}

async function read(
  frames: readonly Frame[],
  ratingGroups: ReadonlyMap<number, number> = new Map(),
): Promise<Got> {
  const usage: ChargedUsage[] = []
  const damage: string[] = []
  const sink = {
    usage: (one: ChargedUsage) => usage.push(one),
    damage: (text: string) => damage.push(text),
  }
  const messages = new ChargingMessages(sink, ratingGroups)
  await messages.read(new MemorySource(frames, 2))
  return { usage, damage, messages }
}

const u16 = (value: number) => value.toString(16).padStart(4, '0')

/** Data Record Transfer Request, GTP' version 2. */
function transfer(
  sequence: number,
  command: number,
  records: readonly string[],
  more = '',
): Uint8Array {
  const carried = records.map(record => `${u16(hex(record).length)} ${record}`).join(' ')
  const count = records.length.toString(16).padStart(2, '0')
  const packet = `${count} 01 18 06 ${carried}`
  const element = records.length === 0 ? '' : `fc ${u16(hex(packet).length)} ${packet}`
  const body = `7e ${command.toString(16).padStart(2, '0')} ${element} ${more}`
  return hex(`4e f0 ${u16(hex(body).length)} ${u16(sequence)} ${body}`)
}

const record = (sequence: string, up = '64') =>
  pgw({ sequence, services: [service('05', up, '00c8')] })
const cgf = { server: '192.0.2.99', port: 3386, uePort: 3386 }
const gateway = context(1, '192.0.2.1')

function primeOver(wire: Wire): UdpEnds {
  return new UdpEnds(wire, gateway, cgf, (way, packet) => wire.plain(way, packet))
}

t.test("GTP' over UDP: sent, sent again, possibly duplicated, released, cancelled", async t => {
  const wire = new Wire()
  const ends = primeOver(wire)
  const first = transfer(1, 1, [record('01'), record('02')])
  ends.up(first).up(first)
  ends.up(transfer(2, 2, [record('03', '07')])).up(transfer(3, 2, [record('04', '09')]))
  ends.up(transfer(4, 2, [record('05', '0b')]))
  ends.up(transfer(5, 4, [], 'f9 0002 0002'))
  ends.up(transfer(6, 3, [], 'fa 0002 0003'))
  const { usage, damage, messages } = await read(wire.frames)
  t.strictSame(
    usage.map(one => one.octetsUp),
    [100, 100, 7],
    'the copy, 3 and 4 do not count',
  )
  t.match(usage[0], { source: 'pgw-cdr', imsi: '460010123456789', ratingGroup: 5, octetsDown: 200 })
  t.match(messages.intake.counts, { records: 3, repeated: 2 })
  t.match(damage, [/1 possibly duplicated packets of GTP' were not released; not counted/])
})

t.test("GTP': sequence numbers that come round are no repetitions", async t => {
  const intake = new RecordIntake({ usage: () => undefined, damage: text => t.fail(text) })
  const records = new GtpPrimeRecords(intake, text => t.fail(text))
  const requests = 70_000
  const perSecond = 2000
  const own = tlv('94', '00 10 00 00')
  const request = Buffer.from(transfer(1, 1, [pgw({ sequence: '00 10 00 00' })]))
  const numberAt = request.indexOf(hex(own)) + 2
  const send = (i: number, timeUs: number) => {
    request.writeUInt16BE(i & 0xffff, 4)
    request.writeUInt32BE(0x10_0000 + i, numberAt)
    records.message(request, 0, request.length, '192.0.2.1:3386', i + 1, timeUs)
  }
  for (let i = 0; i < requests; i++) send(i, (i * 1e6) / perSecond)
  t.match(intake.counts, { records: requests, repeated: 0, damaged: 0 })
  send(requests - 1, (requests * 1e6) / perSecond)
  t.match(intake.counts, { records: requests, repeated: 1 }, 'the same octets a moment later')
})

t.test("GTP': a possibly duplicated packet whose number comes again is told", async t => {
  const wire = new Wire()
  primeOver(wire)
    .up(transfer(2, 2, [record('03')]))
    .up(transfer(2, 2, [record('04', '07')]))
    .up(transfer(5, 4, [], 'f9 0002 0002'))
  const { usage, damage } = await read(wire.frames)
  t.strictSame(
    usage.map(one => one.octetsUp),
    [7],
  )
  t.match(damage, [/^frame 1: neither released nor cancelled; not counted$/])
})

t.test("GTP' over TCP, cut anywhere, and with a segment missing", async t => {
  const stream = Buffer.concat([1, 2, 3].map(n => transfer(n, 1, [record(`0${n}`)])))
  for (const size of [1, 50, stream.length]) {
    const wire = new Wire()
    const ends = new TcpEnds(wire, gateway, cgf, (way, packet) => wire.plain(way, packet)).open()
    for (let at = 0; at < stream.length; at += size) ends.up(stream.subarray(at, at + size))
    const { usage, damage } = await read(wire.frames)
    t.equal(usage.length, 3, `segments of ${size}`)
    t.strictSame(damage, [])
  }
  const wire = new Wire()
  const ends = new TcpEnds(wire, gateway, cgf, (way, packet) => wire.plain(way, packet)).open()
  const third = stream.length / 3
  ends.up(stream.subarray(0, third), { at: 0 })
  wire.wait(1)
  ends.up(stream.subarray(2 * third), { at: 2 * third })
  wire.wait(10)
  ends.up(transfer(9, 1, [record('09')]), { at: stream.length })
  const lost = await read(wire.frames)
  t.equal(lost.usage.length, 3)
  t.match(lost.damage, [/octets of GTP' are missing/])
})

t.test("GTP' with damaged records says the frame and the octet", async t => {
  const wire = new Wire()
  const damaged = record('01').replace(' 0a a9', ' 7f a9').replace('8d 09', '8d 7f')
  primeOver(wire).up(transfer(1, 1, [damaged, record('02')]))
  const { usage, damage } = await read(wire.frames)
  t.equal(usage.length, 1)
  t.match(damage, [/^frame 1: record 1: ber\/truncated .* at octet \d+; not counted$/])
  let counted = 0
  const good = transfer(1, 1, [record('01')])
  for (let n = 0; n < good.length; n++) {
    const cut = new Wire()
    primeOver(cut).up(good.subarray(0, n))
    counted += (await read(cut.frames)).usage.length
  }
  t.equal(counted, 0, 'no truncation of a message counts')
})

const creditControl = { command: 272, application: 4 }
const peers = [avp(263, 'pgw;1;2'), avp(264, 'pgw.example.net'), avp(296, 'example.net')]
const who = avp(443, [avp(450, 1), avp(444, '460010123456789')])

function used(group: number, ...units: readonly Uint8Array[]): Uint8Array {
  return avp(456, [avp(446, units), avp(432, group), avp(439, 9)])
}

t.test('Gy: used units of each rating group, once each', async t => {
  const ask = (type: number, number: number, ...more: Uint8Array[]) =>
    message(creditControl, [...peers, avp(258, 4), avp(416, type), avp(415, number), ...more])
  const ps = avp3gpp(873, [
    avp3gpp(874, [avp3gpp(2, hex('00001001')), avp3gpp(847, hex('0001c0000201'))]),
  ])
  const first = ask(1, 0, who, ps)
  const update = ask(2, 1, used(5, avp(412, 100n), avp(414, 200n)), used(6, avp(421, 2n ** 40n)))
  const last = ask(3, 2, used(5, avp(412, 1n), avp(414, 2n), avp(421, 3n)))
  const answer = message({ ...creditControl, answer: true }, [...peers, used(5, avp(412, 7n))])
  const wire = new Wire()
  const ocs = { server: '192.0.2.98', port: 3868 }
  const ends = new TcpEnds(wire, gateway, ocs, (way, packet) => wire.plain(way, packet)).open()
  ends.up(first).down(answer).up(update).up(update).up(last)
  const { usage, damage, messages } = await read(wire.frames)
  t.strictSame(damage, [])
  t.equal(messages.credit.repeated, 1)
  t.strictSame(
    usage.map(one => [one.ratingGroup, one.octetsUp, one.octetsDown, one.octets]),
    [
      [5, 100, 200, 300],
      [6, -1, -1, 2 ** 40],
      [5, 1, 2, 3],
    ],
  )
  for (const one of usage) {
    t.match(one, { source: 'gy', imsi: '460010123456789', chargingId: 4097, serviceIdentifier: 9 })
    t.equal(one.gateway, '192.0.2.1')
  }
})

t.test('PFCP: usage reports of a session, with and without a rating group', async t => {
  const cp = '0000000000000001'
  const user = '01 08 64000121436587f9'
  const establish = sessionMessage(
    50,
    '0000000000000000',
    ie(57, `02 ${cp} c0000261`),
    ie(141, user),
  )
  const volume = (up: number, down: number) => {
    const u64 = (n: number) => n.toString(16).padStart(16, '0')
    return ie(66, `07 ${u64(up + down)} ${u64(up)} ${u64(down)}`)
  }
  const report = (type: number, code: number, urr: number, number: number, ...more: string[]) => {
    const u32 = (n: number) => n.toString(16).padStart(8, '0')
    return sessionMessage(type, cp, ie(code, ie(81, u32(urr)), ie(104, u32(number)), ...more))
  }
  const wire = new Wire()
  const upf = context(2, '192.0.2.97')
  const sx = { server: '192.0.2.96', port: 8805, uePort: 8805 }
  const ends = new UdpEnds(wire, upf, sx, (way, packet) => wire.plain(way, packet))
  const request = report(56, 80, 3, 0, volume(10, 20))
  // the CP function is 192.0.2.97 here: reports go to it
  ends
    .up(establish)
    .down(request)
    .down(request)
    .down(report(55, 79, 4, 0, volume(1, 2)))
  ends.down(sessionMessage(56, '00000000000000ff', ie(80, ie(81, '00000003'), volume(7, 7))))
  const { usage, messages } = await read(wire.frames, new Map([[4, 1000]]))
  t.equal(messages.reports.repeated, 1)
  t.strictSame(
    usage.map(one => [one.urr, one.ratingGroup, one.octetsUp, one.octetsDown, one.octets]),
    [
      [3, -1, 10, 20, 30],
      [-1, 1000, 1, 2, 3],
    ],
  )
  t.ok(usage.every(one => one.source === 'pfcp' && one.imsi === '460010123456789'))
})
