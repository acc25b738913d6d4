import t from 'tap'
import { DiameterStreams } from '../../src/dissect/diameter-stream.js'
import { Dissector } from '../../src/dissect/dissector.js'
import { maxWaitingSegments } from '../../src/dissect/ordered-octets.js'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { FrameBatch } from '../../src/source/source.js'
import { context, snapped, TcpEnds, Wire } from '../helpers/frame.js'
import { type Frame, MemorySource } from '../helpers/memory-source.js'
import { random } from '../wire-wap/hostile.js'
import {
  avp,
  creditUpdate,
  joined,
  locationAnswer,
  message,
  policyChange,
  watchdog,
} from './diameter-builder.js'
import { data, fragments, packet } from './sctp-builder.js'

const mme = context(1, '192.0.2.21')
const hss = '192.0.2.31'

interface Read {
  /** `frame: octets` */
  messages: string[]
  octets: Uint8Array[]
  faults: Record<string, number>
}

async function read(frames: readonly Frame[]): Promise<Read> {
  const dissector = new Dissector({ plainIp: false })
  const found: Read = { messages: [], octets: [], faults: {} }
  const streams = new DiameterStreams(
    {
      diameter(buf, off, end, view) {
        found.messages.push(`${view.frame}: ${end - off}`)
        found.octets.push(buf.slice(off, end))
      },
    },
    dissector.faults,
  )
  const source = new MemorySource(frames, 7)
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) === PacketKind.Plain) streams.add(dissector.view)
    }
  }
  streams.end()
  found.faults = dissector.faults.toRecord()
  return found
}

function tcp(port = 3868): { wire: Wire; ends: TcpEnds } {
  const wire = new Wire()
  const path = (way: 'up' | 'down', octets: Uint8Array) => wire.plain(way, octets)
  return { wire, ends: new TcpEnds(wire, mme, { uePort: 40_000, server: hss, port }, path) }
}

const three = [watchdog(1), creditUpdate, policyChange]
const stream = joined(three)

t.test('several messages in a segment, one message in many', async t => {
  const whole = tcp()
  whole.ends.open().up(stream)
  const together = await read(whole.wire.frames)
  t.same(together.octets, three)
  t.same(new Set(together.messages.map(one => one.split(':')[0])), new Set(['4']))
  for (const size of [1, 3, 19, 20, 21, 100]) {
    const { wire, ends } = tcp()
    ends.open()
    for (let off = 0; off < stream.length; off += size) ends.up(stream.subarray(off, off + size))
    const found = await read(wire.frames)
    t.same(found.octets, three, `segments of ${size}`)
    t.same(found.faults, {})
  }
})

t.test('both directions, and a sequence number that wraps', async t => {
  const { wire, ends } = tcp()
  ends.isn = { up: 0xffff_fff0, down: 0xffff_fffe }
  ends.open().up(watchdog(7)).down(watchdog(7, true)).up(creditUpdate)
  t.same((await read(wire.frames)).octets, [watchdog(7), watchdog(7, true), creditUpdate])
})

t.test('segments out of order, twice, overlapping', async t => {
  const { wire, ends } = tcp()
  const at = (from: number, to: number) => ends.up(stream.subarray(from, to), { at: from })
  ends.open()
  at(100, 300)
  at(0, 40)
  at(0, 40)
  at(30, 120)
  at(90, 310)
  at(500, stream.length)
  at(290, 520)
  at(0, stream.length)
  at(10, 90)
  ends.up(watchdog(8))
  t.same((await read(wire.frames)).octets, [...three, watchdog(8)])
})

t.test('what waits behind a hole when the capture ends is read', async t => {
  const { wire, ends } = tcp()
  ends.open().up(watchdog(1))
  ends.sent.up += 300
  ends.up(creditUpdate)
  ends.sent.up += 300
  ends.up(policyChange).up(watchdog(2).subarray(0, 10))
  const found = await read(wire.frames)
  t.same(found.octets, [watchdog(1), creditUpdate, policyChange])
  t.same(found.faults, {})
})

t.test('any cuts in any order give every message once', async t => {
  const next = random(99)
  for (let round = 0; round < 40; round++) {
    const cuts = [0, stream.length]
    for (let i = 0; i < 8; i++) cuts.push(next() % stream.length)
    cuts.sort((a, b) => a - b)
    const pieces = cuts.slice(1).map((to, i) => [cuts[i] as number, to] as const)
    for (let i = pieces.length - 1; i > 0; i--) {
      const j = next() % (i + 1)
      const piece = pieces[i] as (typeof pieces)[number]
      pieces[i] = pieces[j] as (typeof pieces)[number]
      pieces[j] = piece
    }
    const { wire, ends } = tcp()
    ends.open()
    for (const [from, to] of pieces) ends.up(stream.subarray(from, to), { at: from })
    t.same((await read(wire.frames)).octets, three, `round ${round}`)
  }
})

t.test('a capture that begins in the middle of a message', async t => {
  const { wire, ends } = tcp()
  ends.up(creditUpdate.subarray(50)).up(watchdog(2)).up(policyChange)
  t.same((await read(wire.frames)).octets, [watchdog(2), policyChange])
})

t.test('a connection that is seen to begin has messages whatever comes first in them', async t => {
  const odd = message({ command: 272, application: 4 }, [avp(258, 4), avp(263, 'a;1;2')])
  const { wire, ends } = tcp()
  ends.open().up(odd).up(odd)
  t.same((await read(wire.frames)).octets, [odd, odd])
  const joins = tcp()
  joins.ends.up(odd).up(watchdog(1)).up(odd)
  t.same((await read(joins.wire.frames)).octets, [watchdog(1), odd], 'in step from the second on')
})

t.test('octets that never come cost one message', async t => {
  const { wire, ends } = tcp()
  ends.open().up(watchdog(1))
  // the first half is lost, and time goes by
  ends.up(creditUpdate.subarray(100), { at: ends.sent.up + 100 })
  wire.wait(6)
  ends.up(policyChange).up(watchdog(3))
  const found = await read(wire.frames)
  t.same(found.octets, [watchdog(1), policyChange, watchdog(3)])
})

t.test('a hole is not waited for when too much waits behind it', async t => {
  const { wire, ends } = tcp()
  ends.open().up(watchdog(1))
  ends.sent.up += 4
  for (let i = 0; i < maxWaitingSegments + 2; i++) ends.up(watchdog(i))
  const found = await read(wire.frames)
  t.equal(found.octets.length, 1 + maxWaitingSegments + 2)
})

t.test('a message that the snap length cut is read as far as it goes', async t => {
  const { wire, ends } = tcp()
  ends.open().up(creditUpdate).up(watchdog(4))
  const frames = snapped(wire.frames, 14 + 20 + 20 + 120)
  const found = await read(frames)
  t.same(found.octets, [creditUpdate.slice(0, 120), watchdog(4)])
})

t.test('hostile lengths', async t => {
  const { wire, ends } = tcp()
  const huge = watchdog(1)
  huge.set([0xff, 0xff, 0xfc], 1)
  const waits = watchdog(2)
  waits.set([0x03, 0xff, 0xfc], 1)
  ends.open().up(watchdog(9)).up(huge).up(watchdog(8))
  ends.up(waits)
  for (let i = 0; i < 400; i++) ends.up(new Uint8Array(1400).fill(0x31))
  ends.up(watchdog(7))
  const found = await read(wire.frames)
  t.same(found.octets.slice(0, 2), [watchdog(9), watchdog(8)], 'in step again with the next')
  t.equal(found.octets[2]?.length, 0x03fffc, 'as long as is allowed')
  t.same(found.octets.at(-1), watchdog(7))
  t.ok((found.faults['diameter/bad-value'] ?? 0) >= 1)
})

t.test('a reset and the next connection on the same ports', async t => {
  const { wire, ends } = tcp()
  ends.open().up(creditUpdate.subarray(0, 60)).rst('up')
  ends.renew(77).open().up(policyChange)
  t.same((await read(wire.frames)).octets, [policyChange])
})

t.test('another port is known by what it carries', async t => {
  const { wire, ends } = tcp(13868)
  ends.open().up(creditUpdate.subarray(0, 200)).up(creditUpdate.subarray(200))
  ends.down(watchdog(3, true).subarray(0, 10)).down(watchdog(3, true).subarray(10))
  t.same((await read(wire.frames)).octets, [creditUpdate, watchdog(3, true)])
  const web = tcp(80)
  web.ends
    .open()
    .up('GET / HTTP/1.1\r\n\r\n')
    .up(Uint8Array.of(1, 0, 0, 20))
  t.same((await read(web.wire.frames)).octets, [])
})

t.test('user messages of SCTP', async t => {
  const wire = new Wire()
  const up = { srcPort: 40_000, dstPort: 3868, tag: 0xfedc_ba98 }
  const send = (way: 'up' | 'down', of: typeof up, chunks: Uint8Array[], path = hss) => {
    const [from, to] = way === 'up' ? [mme.ueV4 as string, path] : [path, mme.ueV4 as string]
    for (const one of wire.packets(from, to, 132, packet(of, chunks))) wire.plain(way, one)
  }
  const down = { srcPort: 3868, dstPort: 40_000, tag: 0x1234_5678 }
  const parts = fragments({ tsn: 20 }, locationAnswer, 100)
  send('up', up, [data({ tsn: 1 }, watchdog(1)), data({ tsn: 2, ppid: 0 }, creditUpdate)])
  send('down', down, parts.slice(0, 2))
  // retransmitted, over the peer's other address
  send('up', up, [data({ tsn: 2, ppid: 0 }, creditUpdate)], '198.51.100.31')
  send('down', down, parts.slice(2))
  send('up', up, [data({ tsn: 3, ppid: 18 }, policyChange)])
  send('up', up, [data({ tsn: 4 }, new TextEncoder().encode('no Diameter'))])
  // other ports: the payload protocol identifier tells
  const other = { srcPort: 5000, dstPort: 6000, tag: 3 }
  send('up', other, [data({ tsn: 1, ppid: 0 }, watchdog(5)), data({ tsn: 2 }, watchdog(6))])
  const found = await read(wire.frames)
  t.same(found.octets, [watchdog(1), creditUpdate, locationAnswer, watchdog(6)])
  t.same(found.messages.map(one => one.split(':')[0]).slice(0, 3), ['1', '1', '4'])
  t.same(found.faults, { 'diameter/bad-value': 1 })
})

t.test('damaged frames of both transports', async t => {
  const { wire, ends } = tcp()
  ends.open()
  for (let i = 0; i < 20; i++) ends.up(three[i % 3] as Uint8Array).down(watchdog(i, true))
  const association = { srcPort: 3868, dstPort: 3868, tag: 5 }
  for (const part of fragments({ tsn: 1 }, stream, 90)) {
    for (const one of wire.packets(hss, '192.0.2.21', 132, packet(association, [part]))) {
      wire.plain('down', one)
    }
  }
  const next = random(7)
  for (let round = 0; round < 60; round++) {
    const frames = wire.frames.map(frame => {
      const octets = frame.octets.slice(0, next() % 3 === 0 ? next() % 200 : undefined)
      // IP and what is in it: the link layer is not what is looked at here
      const places = Math.max(1, octets.length - 14)
      for (let i = next() % 4; i > 0; i--) octets[14 + (next() % places)] = next() & 255
      return { ...frame, octets }
    })
    const found = await read(frames)
    for (const one of found.octets) if (one.length > 256 * 1024) t.fail('longer than the bound')
  }
  t.pass('nothing thrown')
})
