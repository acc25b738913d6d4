/** A run as a whole: contexts that end and come back, tables that fill up, limits, and what one rule or
 * another way of handing over the same capture may not change. Rules.md 2.4, 2.12, 2.13. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { captureFiles, capturePath, optionsFor, replayed } from '../facts/capture-set.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { framesOf, MemorySource } from '../helpers/memory-source.js'
import { article, engineOf, lines, newspaper, type Ran, root, run, ugw } from '../helpers/run.js'

const freeGet = 'GET http://mmsc.test/ HTTP/1.0\r\n\r\n'
const paidGet = 'GET http://b.test/ HTTP/1.0\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!'

t.test('a context ends: its flows end with it, and the next one is another subscriber', async t => {
  const wire = new Wire()
  const [first, second] = [context(1), context(2, '10.161.0.1')]
  // the same TEIDs and the same UE address at once afterwards
  second.teid = first.teid
  wire.create(first)
  new TcpEnds(wire, first).open().up(freeGet).down(ok)
  wire.delete(first).create(second)
  new TcpEnds(wire, second).open().up(paidGet).down(ok)
  const ran = await run(wire.frames)
  t.match(ran.flows, [
    { imsi: '460010000000001', end_reason: 'context-deleted', rule_id: 168165378 },
    { imsi: '460010000000002', end_reason: 'capture-end', rule_id: 4261871614 },
  ])
  t.equal(ran.summary.sessions, 2)
})

t.test('a full flow table: the oldest gives way, and the summary says so', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  for (let n = 0; n < 200; n++) new UdpEnds(wire, ctx, { port: 2000 + n }).up('x').down('y')
  const ran = await run(wire.frames, { bounds: { flows: 64 } })
  t.equal(ran.flows.length, 200)
  t.equal(ran.flows.filter(flow => flow.end_reason === 'evicted').length, 136)
  t.match(ran.summary, {
    complete: false,
    evicted: { flows: 136 },
    reasons: ['136 flows ended early (--max-flows)'],
  })
})

t.test('stops after so many packets, wherever the batch ends', async t => {
  const { frames } = await framesOf(capturePath('newspaper.pcap'))
  const whole = await run(frames, { maxPackets: 50 })
  t.match(whole.summary, { frames: 50, complete: false, reasons: ['stopped after 50 packets'] })
  t.strictSame(lines(await run(frames, { maxPackets: 50, batch: 7 })), lines(whole))
  const all = await run(frames, { maxPackets: frames.length })
  t.ok(all.summary.complete, 'the limit was not reached')
})

t.test('a link type that is not read is named', async t => {
  const wire = new Wire()
  wire.create(context(1))
  const interfaces = [
    { name: 'lan', linkType: 1 },
    { name: 'air', linkType: 105 },
  ]
  const air = wire.frames.map(frame => ({ ...frame, linkType: 105, iface: 1 }))
  const both = await run(new MemorySource([...wire.frames, ...air], 4096, { interfaces }))
  t.match(both.summary, { complete: false, sessions: 1 })
  t.strictSame(both.summary.reasons, ['link type 105 is not read'])
  const lan = await run(new MemorySource(wire.frames, 4096, { interfaces }))
  t.equal(lan.summary.complete, true, 'an interface without frames hides nothing')
})

t.test('a capture that is damaged or lost packets is not complete', async t => {
  const path = join(mkdtempSync(join(tmpdir(), 'tollgate-run-')), 'cut.pcap')
  writeFileSync(path, readFileSync(capturePath('newspaper.pcap')).subarray(0, -10))
  const source = await openSource([path])
  const ran = await run(source)
  await source.close()
  rmSync(path)
  t.equal(ran.summary.complete, false)
  t.match(ran.summary.reasons, [/cut\.pcap: cut short in packet 183$/])
})

t.test('the article and ugw profiles: handshake and first octets move, nothing else', async t => {
  const sum = (ran: Ran) => ran.summary.bytes
  const byUrl = (ran: Ran) => ran.transactions.map(txn => [txn.flow, txn.n, txn.url, txn.rule_id])
  for (const file of captureFiles) {
    const [a, b] = [
      await replayed(file, { engine: engineOf(article) }),
      await replayed(file, { engine: engineOf(ugw) }),
    ]
    t.equal(sum(a), sum(b), file)
    t.strictSame(byUrl(a), byUrl(b), 'the same transactions under the same ids')
    for (const flow of b.flows) {
      const own = a.transactions.some(txn => txn.flow === flow.flow)
      if (!own || flow.app !== 'http') continue
      const engine = engineOf(ugw)
      const { explained } = await replayed(file, { engine, explainFlow: flow.flow })
      const alone = explained?.slices.filter(one => one.transaction === undefined) ?? []
      // acknowledgements go with what is current; octets before anything is known with what waits
      const moved = alone.filter(one => !/handshake|pre-id|pure-ack|opaque|gap/.test(one.class))
      t.strictSame(moved, [], `${file}: flow ${flow.flow}`)
    }
    t.ok(a.summary.free_bytes >= b.summary.free_bytes)
  }
})

t.test('retransmissions left out: the difference is what was excluded', async t => {
  for (const file of captureFiles) {
    const kept = await replayed(file, { engine: engineOf(article) })
    const out = await replayed(file, {
      engine: engineOf({ ...article, retransmission: 'exclude' }),
    })
    t.equal(kept.summary.excluded_bytes, 0)
    t.equal(kept.summary.bytes, out.summary.bytes, file)
    const again = /tcp-retransmission|wtp-retransmitted|retransmission-other/.test(file)
    if (again) t.ok(out.summary.excluded_bytes > 0, file)
  }
})

t.test('a rule that comes last changes nothing that matched', async t => {
  const text = readFileSync(`${root}/rules/newspaper.yaml`, 'utf8')
  const extra = text
    .replace(
      '\nlevel2:',
      '\n  - {id: 99, precedence: 9999, match: {protocol: [tcp, udp]}, charge: 7}\n\nlevel2:',
    )
    .replace('charges: ', 'charges:\n  7: {tariff: free} # ')
  const engine = engineOf(article, extra)
  t.equal(engine.set.level1.length, newspaper.level1.length + 1)
  for (const file of captureFiles) {
    const [before, after] = [await replayed(file), await replayed(file, { engine })]
    const matched = (ran: Ran) =>
      new Map(
        ran.flows
          .filter(flow => before.flows.some(one => one.flow === flow.flow && one.level1))
          .map(flow => [flow.flow, flow]),
      )
    t.strictSame(matched(after), matched(before), file)
  }
})

t.test('a capture in two files is the capture', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-split-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const file of captureFiles.filter(name => name.endsWith('.pcap'))) {
    const octets = readFileSync(capturePath(file))
    const ends = recordEnds(octets)
    const middle = ends[ends.length >> 1] ?? 24
    const [a, b] = [join(folder, 'a.pcap'), join(folder, 'b.pcap')]
    writeFileSync(a, octets.subarray(0, middle))
    writeFileSync(b, Buffer.concat([octets.subarray(0, 24), octets.subarray(middle)]))
    const source = await openSource([a, b])
    const split = await run(source, optionsFor(file))
    await source.close()
    t.strictSame(lines(split), lines(await replayed(file)), file)
  }
})

/** Offsets behind each record of a pcap file. */
function recordEnds(octets: Buffer): number[] {
  const little = octets[0] !== 0xa1
  const ends: number[] = []
  for (let at = 24; at < octets.length; ) {
    at += 16 + (little ? octets.readUInt32LE(at + 8) : octets.readUInt32BE(at + 8))
    ends.push(at)
  }
  return ends
}
