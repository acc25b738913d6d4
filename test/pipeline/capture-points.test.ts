/** Captures made at more than one point, of one direction, or with packets forwarded at a handover: what is
 * charged, and what the summary says of the rest. Rules.md 2.2 and 2.3. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { addressOctets } from '../../src/synth/address.js'
import { captureEmitter } from '../../src/synth/emit-capture.js'
import { emitGtp1, Gtp1Type } from '../../src/synth/emit-gtp1.js'
import { emitFteid, emitGtp2, Gtp2Ies } from '../../src/synth/emit-gtp2.js'
import { emitIp, IpProtocol } from '../../src/synth/emit-ip.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import type { ContextState } from '../../src/synth/world.js'
import {
  context,
  inTunnel,
  type Path,
  startUs,
  TcpEnds,
  UdpEnds,
  type Way,
  Wire,
} from '../helpers/frame.js'
import { type Frame, MemorySource } from '../helpers/memory-source.js'
import { root, run } from '../helpers/run.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-points-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const get = 'GET http://mmsc.test/ HTTP/1.1\r\nHost: mmsc.test\r\n\r\n'

function written(name: string, frames: readonly Frame[]): string {
  const emitter = captureEmitter('pcap', [{ name, linkType: 1, resolution: 6 }], 65535)
  const pieces = frames.map(({ octets, timeUs }) =>
    emitter.frame({ timeUs, octets, wireLength: octets.length, iface: 0 }),
  )
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([emitter.head(), ...pieces]))
  return path
}

/** `count` datagrams of a context, `gapUs` apart. */
function datagrams(count: number, gapUs: number): { wire: Wire; frames: Frame[] } {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const udp = new UdpEnds(wire, ctx)
  for (let n = 0; n < count; n++) {
    udp.up('x')
    wire.timeUs += gapUs - 1000
  }
  return { wire, frames: wire.frames }
}

/** The same frames at another point: 1 ms later, in VLAN 7 when asked for. */
function copies(frames: readonly Frame[], vlan: boolean): Frame[] {
  return frames.map(frame => ({
    ...frame,
    timeUs: frame.timeUs + 1000,
    octets: vlan
      ? Buffer.concat([
          frame.octets.subarray(0, 12),
          Buffer.from('81000007', 'hex'),
          frame.octets.subarray(12),
        ])
      : frame.octets,
  }))
}

const inOrder = (frames: Frame[]): Frame[] => frames.sort((a, b) => a.timeUs - b.timeUs)

t.test('two files that overlap long after the beginning: not one copy is charged', async t => {
  const { frames } = datagrams(12_000, 300)
  const second = copies(frames.slice(9000), false)
  const source = await openSource([written('a.pcap', frames), written('b.pcap', second)])
  const ran = await run(source)
  await source.close()
  t.equal(ran.summary.charge_units, 12_000)
  t.equal(ran.summary.duplicate_packets, second.length)
  t.equal(ran.summary.complete, true)
})

t.test('two files one after the other: what is sent again is charged again', async t => {
  const { frames } = datagrams(50, 1000)
  const last = frames.at(-1)?.timeUs ?? 0
  const later = frames.map(frame => ({ ...frame, timeUs: frame.timeUs + last - startUs + 60_000 }))
  const source = await openSource([written('c.pcap', frames), written('d.pcap', later)])
  const ran = await run(source)
  await source.close()
  t.equal(ran.summary.charge_units, 100)
  t.notOk('duplicate_packets' in ran.summary)
})

t.test('a second VLAN that comes late is found within a second', async t => {
  const { frames } = datagrams(20_000, 200)
  const second = copies(frames.slice(10_000), true)
  const all = inOrder([...frames, ...second])
  const whole = await run(new MemorySource(all))
  const { charge_units: units, duplicate_packets: duplicates = 0 } = whole.summary
  t.equal(units + duplicates, 20_000 + second.length, 'every copy is one or the other')
  t.ok(duplicates > 4500, `${duplicates} of ${second.length}`)
  const single = await run(new MemorySource(all, 1))
  t.strictSame(single.summary, whole.summary, 'however the frames come in batches')
})

t.test('interfaces of one file', async t => {
  const { frames } = datagrams(100, 1000)
  const second = copies(frames, false).map(frame => ({ ...frame, iface: 1 }))
  const ran = await run(inOrder([...frames, ...second]))
  t.match(ran.summary, { charge_units: 100, duplicate_packets: 100, sessions: 1 })
})

/** A path on which each packet is seen outside its tunnel too. */
function twice(wire: Wire, ctx: ContextState, tunnelFirst: boolean): Path {
  const tunnel = inTunnel(wire, ctx)
  return (way, packet) => {
    if (tunnelFirst) tunnel(way, packet)
    wire.plain(way, packet)
    if (!tunnelFirst) tunnel(way, packet)
  }
}

t.test('Gn and Gi: of the session, whichever copy comes first', async t => {
  for (const tunnelFirst of [true, false]) {
    const wire = new Wire()
    const ctx = context(1)
    wire.create(ctx)
    new TcpEnds(wire, ctx, {}, twice(wire, ctx, tunnelFirst)).open().up(get).down('x').close()
    const ran = await run(wire.frames, { plainIp: true })
    t.match(ran.flows, [{ imsi: ctx.spec.imsi, certainty: 'high' }])
    t.equal(ran.summary.duplicate_packets, ran.summary.charge_units)
  }
})

t.test('an address of two subscribers at a time is nobody’s on Gi', async t => {
  const wire = new Wire()
  const one = context(1, '10.0.0.9')
  const other = context(2, '10.0.0.9')
  wire.create(one).create(other)
  new UdpEnds(wire, one, {}, (way, packet) => wire.plain(way, packet)).up('x')
  const both = await run(wire.frames, { plainIp: true })
  t.notOk(both.flows[0]?.imsi)
  wire.delete(other)
  new UdpEnds(wire, one, { uePort: 50_001 }, (way, packet) => wire.plain(way, packet)).up('x')
  const after = await run(wire.frames, { plainIp: true })
  t.strictSame(
    after.flows.map(flow => flow.imsi),
    [undefined, one.spec.imsi],
  )
})

/** The packet in a tunnel that no message of the capture made, on interface 1. */
function inUnknown(wire: Wire, way: Way, packet: Uint8Array, version: 4 | 6 = 4): void {
  const [src, dst] = (
    version === 4 ? ['192.0.2.51', '192.0.2.52'] : ['2001:db8::51', '2001:db8::52']
  ).map(addressOctets) as [Uint8Array, Uint8Array]
  const gPdu = emitGtp1({ type: Gtp1Type.gPdu, teid: way === 'up' ? 9 : 10 }, packet)
  const header = { src, dst, protocol: IpProtocol.udp, id: 1, ttl: 64 }
  for (const outer of emitIp(header, emitUdp(src, dst, 2152, 2152, gPdu), 9000)) {
    wire.plain(way, outer)
    Object.assign(wire.frames.at(-1) ?? {}, { iface: 1 })
  }
}

/** Each packet of a context's tunnel also in a tunnel of other nodes, which comes first: `burst` packets
 * there, and then their copies. */
function besideUnknown(
  packets: number,
  version: 4 | 6 = 4,
  burst = 1,
): { frames: Frame[]; wire: Wire; imsi: string } {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const copied: (() => void)[] = []
  const udp = new UdpEnds(wire, ctx, {}, (way, packet) => {
    inUnknown(wire, way, packet, version)
    copied.push(() => wire.tunnel(ctx, way, packet))
    if (copied.length < burst) return
    for (const copy of copied.splice(0)) copy()
  })
  for (let n = 0; n < packets; n++) udp.up(`question ${n}`)
  for (let n = 0; n < packets; n++) udp.down(`answer ${n}`)
  return { frames: wire.frames, wire, imsi: ctx.spec.imsi }
}

t.test('a copy in a tunnel of no session does not take the packet from its session', async t => {
  const { frames, wire, imsi } = besideUnknown(10)
  const ran = await run(frames)
  t.match(ran.usage, [{ imsi, up_packets: 10, down_packets: 10 }], 'the bill is whole')
  t.match(ran.summary, { charge_units: 20, duplicate_packets: 20, unknown_teid_packets: 0 })
  // the tunnel is given to another subscriber
  const other = new UdpEnds(wire, context(2), {}, (way, packet) => inUnknown(wire, way, packet))
  other.up('question')
  const after = await run(frames)
  t.match(
    after.usage.find(row => row.imsi !== undefined),
    { up_packets: 10, down_packets: 10 },
  )
  t.equal(after.summary.unknown_teid_packets, 1)
})

t.test('several packets come before the copy of the first', async t => {
  for (const version of [4, 6] as const) {
    const { frames, imsi } = besideUnknown(10, version, 5)
    const ran = await run(frames)
    t.match(ran.usage, [{ imsi, up_packets: 10, down_packets: 10 }], `IPv${version}`)
    t.match(ran.summary, { charge_units: 20, duplicate_packets: 20, unknown_teid_packets: 0 })
    t.match(await run(frames, { batch: 1 }), { records: ran.records }, 'in batches of one')
  }
})

t.test('no copy comes: nobody’s, in their order, each once', async t => {
  const wire = new Wire()
  wire.create(context(1))
  const tcp = new TcpEnds(wire, context(2), {}, (way, packet) => inUnknown(wire, way, packet))
  tcp.open().up(get)
  for (let n = 0; n < 30; n++) {
    wire.wait(0.1)
    tcp.down('x'.repeat(100)).ack('up')
  }
  tcp.close()
  const ran = await run(wire.frames)
  const off = await run(wire.frames, { dedupe: 'off' })
  t.strictSame(ran.records, off.records)
  t.match(ran.flows, [{ up_packets: 35, down_packets: 32, end_reason: 'fin' }])
})

t.test('copies that begin late do not count a packet twice', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  let copied = false
  const udp = new UdpEnds(wire, ctx, {}, (way, packet) => {
    inUnknown(wire, way, packet)
    if (copied) wire.tunnel(ctx, way, packet)
  })
  for (let n = 0; n < 5; n++) udp.up('before')
  wire.wait(3)
  copied = true
  for (let n = 0; n < 5; n++) udp.up('after')
  const { summary, usage } = await run(wire.frames)
  t.match(summary, { charge_units: 10, duplicate_packets: 5, unknown_teid_packets: 6 })
  t.match(
    usage.find(row => row.imsi !== undefined),
    { up_packets: 4 },
  )
})

t.test('more tunnels than anybody would wait for: every packet once', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const [packet = new Uint8Array(0)] = wire.packets(
    ctx.ueV4 ?? '',
    '10.0.0.172',
    IpProtocol.udp,
    new Uint8Array(1200),
  )
  const count = 6000
  for (let teid = 1; teid <= count; teid++) {
    const [src, dst] = [addressOctets('192.0.2.51'), addressOctets('192.0.2.52')]
    const gPdu = emitGtp1({ type: Gtp1Type.gPdu, teid }, packet)
    const header = { src, dst, protocol: IpProtocol.udp, id: 1, ttl: 64 }
    for (const outer of emitIp(header, emitUdp(src, dst, 2152, 2152, gPdu), 9000)) {
      wire.plain('up', outer)
    }
    wire.timeUs -= 999
  }
  const { summary } = await run(wire.frames)
  t.match(summary, { charge_units: count, unknown_teid_packets: count })
})

t.test('the known copy first: nothing is charged to nobody', async t => {
  const { frames } = besideUnknown(10)
  const users = frames.slice(2)
  const swapped = users.map((frame, i) => {
    const partner = users[i ^ 1] ?? frame
    return { ...partner, timeUs: frame.timeUs }
  })
  const ran = await run([...frames.slice(0, 2), ...swapped])
  t.match(ran.summary, { charge_units: 20, duplicate_packets: 20, unknown_teid_packets: 0 })
})

t.test('a roaming UE, captured on S1-U and on S8', async t => {
  const path = join(root, '../shared/captures/magma__inbound_roaming_01_210505_130828-1.pcapng')
  if (!existsSync(path)) {
    t.comment('shared captures not here: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'they are required')
    return
  }
  const source = await openSource([path])
  const ran = await run(source)
  await source.close()
  const own = ran.usage.find(row => row.imsi !== undefined)
  t.match(own, { up_packets: 10, down_packets: 10, up_bytes: 10_000, down_bytes: 10_000 })
  t.match(ran.summary, { charge_units: 20, duplicate_packets: 20, unknown_teid_packets: 0 })
})

t.test('packets forwarded at a handover were charged before', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const [sgw, source, target] = ['192.0.2.21', '192.0.2.31', '192.0.2.32']
  const outer = (from: string, to: string, port: number, message: Uint8Array) => {
    const [src, dst] = [addressOctets(from), addressOctets(to)]
    const header = { src, dst, protocol: IpProtocol.udp, id: 1, ttl: 64 }
    for (const packet of emitIp(header, emitUdp(src, dst, port, port, message), 9000)) {
      wire.plain('down', packet)
    }
  }
  const bearer = (type: number, teid: number, address: string) =>
    new Gtp2Ies()
      .put(
        93,
        new Gtp2Ies()
          .octets(73, 5)
          .put(87, emitFteid(type, teid, address))
          .take(),
      )
      .take()
  outer('192.0.2.41', sgw, 2123, emitGtp2(166, 0x21, 9, bearer(19, 0x55, target)))
  outer(sgw, '192.0.2.41', 2123, emitGtp2(167, 0x11, 9, bearer(23, 0x66, sgw)))
  const [packet = new Uint8Array(0)] = wire.packets(
    '10.0.0.172',
    ctx.ueV4 ?? '',
    IpProtocol.udp,
    new Uint8Array(20),
  )
  const gPdu = (teid: number) => emitGtp1({ type: Gtp1Type.gPdu, teid }, packet)
  wire.tunnel(ctx, 'down', packet)
  // the new cell was not ready for a while: no window would tell that these are copies
  wire.wait(0.3)
  outer(source, sgw, 2152, gPdu(0x66))
  outer(sgw, target, 2152, gPdu(0x55))
  const { summary } = await run(wire.frames)
  t.match(summary, { charge_units: 1, unknown_teid_packets: 0, duplicate_packets: 2 })
  t.equal(summary.duplicate_bytes, 2 * packet.length)
})

/** Frames of a connection that lasts over two minutes, without those of one direction. */
function oneDirection(missing: 'up' | 'down', talk: (tcp: TcpEnds, wire: Wire) => void): Frame[] {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const tunnel = inTunnel(wire, ctx)
  const path: Path = (way, packet) => {
    if (way === missing) wire.timeUs += 1000
    else tunnel(way, packet)
  }
  talk(new TcpEnds(wire, ctx, {}, path), wire)
  return wire.frames
}

t.test('who goes on talking was answered: one direction, not blocked', async t => {
  const frames = oneDirection('down', (tcp, wire) => {
    tcp.open().up(get).down('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!').ack('up')
    wire.wait(130)
    tcp.up(get)
  })
  const ran = await run(frames)
  t.match(ran.flows, [{ verdict: 'FREE', certainty: 'medium', down_packets: 0 }])
  t.ok(ran.flows[0]?.reasons.includes('one-direction'))
  t.notOk(ran.flows[0]?.reasons.includes('no-answer'))
  t.strictSame(
    ran.transactions.map(txn => txn.certainty),
    ['medium', 'medium'],
  )
})

t.test('a start in the middle: numbers that move, and numbers that stand still', async t => {
  const moving = oneDirection('down', (tcp, wire) => {
    tcp.up('abc')
    wire.wait(130)
    tcp.down('def').up('ghi')
  })
  t.ok((await run(moving)).flows[0]?.reasons.includes('one-direction'))
  const still = oneDirection('down', (tcp, wire) => {
    tcp.up('abc')
    wire.wait(65)
    tcp.up('abc', { at: 0 })
    wire.wait(65)
    tcp.up('abc', { at: 0 })
  })
  t.match((await run(still)).flows, [{ verdict: 'BLCK' }])
})

t.test('an answer that comes late', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const tcp = new TcpEnds(wire, ctx)
  tcp.syn().ack('up').up(get).synAck().down('HTTP/1.1 204 No Content\r\n\r\n')
  const ran = await run(wire.frames)
  t.notOk(ran.flows[0]?.reasons.includes('one-direction'))
})

t.test('the other direction alone', async t => {
  const frames = oneDirection('up', tcp =>
    tcp.open().up(get).down('HTTP/1.1 204 X\r\n\r\n').close(),
  )
  const [flow] = (await run(frames)).flows
  t.match(flow, { up_packets: 0 })
  t.ok(flow?.reasons.includes('one-direction'))
})

t.test('an announcement that nobody answers has one direction by nature', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  new UdpEnds(wire, ctx, { uePort: 2948, port: 9200 }).down('x')
  const ran = await run(wire.frames)
  t.notOk(ran.flows[0]?.reasons.includes('one-direction'))
})

t.test('what the capture lost is said, and the results are not complete', async t => {
  const { frames } = datagrams(3, 1000)
  const { summary } = await run(new MemorySource(frames, 4096, { drops: 17 }))
  t.match(summary, { complete: false, capture_drops: 17 })
  t.match(summary.reasons, ['17 packets lost by the capture'])
})
