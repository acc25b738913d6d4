/** The ring of kept packets: bounds, numbers that go on, losses that a replay tells, and a disk that is full. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { KeepRing } from '../../src/source/live/keep-ring.js'
import type { LiveInterfaceStatus } from '../../src/source/live/live-status.js'
import { openSource } from '../../src/source/open-source.js'
import { PacketFile } from '../../src/source/packet-file.js'
import { FrameBatch, type SourceStatus } from '../../src/source/source.js'

const startUs = 1_700_000_000_000_000

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-ring-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function live(name: string): LiveInterfaceStatus {
  return {
    name,
    engine: 'tcpdump',
    isUp: true,
    frames: 0,
    kernelDrops: 0,
    interfaceDrops: 0,
    queueDrops: 0,
    gaps: [],
    gapCount: 0,
  }
}

function statusOf(interfaces: LiveInterfaceStatus[]): SourceStatus {
  return {
    name: 'test',
    octetsRead: 0,
    octetsTotal: 0,
    frames: 0,
    interfaces: interfaces.map((one, i) => ({ name: one.name, linkType: i === 0 ? 1 : 101 })),
    damage: [],
    drops: 0,
    live: interfaces,
  }
}

/** `count` frames of 101 octets that hold their number, one a second, by turns from two interfaces. */
function batchOf(first: number, count: number): FrameBatch {
  const batch = new FrameBatch()
  batch.block = new Uint8Array(count * 101)
  batch.count = count
  for (let i = 0; i < count; i++) {
    batch.off[i] = i * 101
    batch.caplen[i] = 101
    batch.wirelen[i] = 1500
    batch.timeUs[i] = startUs + (first + i) * 1e6 + 7
    batch.iface[i] = (first + i) % 2
    batch.block.fill(first + i, i * 101, (i + 1) * 101)
  }
  return batch
}

async function read(path: string) {
  const source = await openSource([path])
  const batch = new FrameBatch()
  const frames: number[][] = []
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      frames.push([
        batch.block[batch.off[i]! + 100]!,
        batch.caplen[i]!,
        batch.wirelen[i]!,
        batch.timeUs[i]!,
        batch.linkType[i]!,
      ])
    }
  }
  await source.close()
  return { frames, status: source.status }
}

t.test('what was written is read, losses too', async t => {
  const path = folder(t)
  const [a, b] = [live('a'), live('b')]
  const status = statusOf([a, b])
  const bounds = { files: 10, octets: 1000, spanUs: Number.POSITIVE_INFINITY }
  const ring = new KeepRing(path, bounds)
  ring.write(batchOf(0, 5), status)
  t.equal((await read(path)).frames.length, 5, 'at once')
  a.kernelDrops = 4
  ring.write(batchOf(5, 5), status)
  b.interfaceDrops = 3
  b.queueDrops = 2
  ring.close(status)
  const { frames, status: found } = await read(path)
  t.strictSame(
    frames,
    Array.from({ length: 10 }, (_, i) => [i, 101, 1500, startUs + i * 1e6 + 7, i % 2 ? 101 : 1]),
  )
  t.equal(found.drops, 9)
  t.strictSame(found.damage, [])
  t.ok(readdirSync(path).length > 1, 'over several files')
})

t.test('bounds by files, octets and time; the number goes on', async t => {
  const path = folder(t)
  const status = statusOf([live('a'), live('b')])
  const bounds = { files: 2, octets: 1e6, spanUs: 3e6 }
  const first = new KeepRing(path, bounds)
  for (let i = 0; i < 10; i++) first.write(batchOf(i, 1), status)
  first.close(status)
  t.strictSame(readdirSync(path).sort(), [
    'tollgate_00003_20231114T221326Z.pcapng',
    'tollgate_00004_20231114T221329Z.pcapng',
  ])
  t.strictSame(
    (await read(path)).frames.map(([number]) => number),
    [6, 7, 8, 9],
  )
  const second = new KeepRing(path, bounds)
  second.write(batchOf(20, 1), status)
  second.close(status)
  t.match(readdirSync(path).sort().at(-1), /^tollgate_00005_/)
  t.equal(readdirSync(path).length, 2)
})

t.test('a folder that goes away ends the keeping, and nothing else', async t => {
  const path = join(folder(t), 'ring')
  const status = statusOf([live('a'), live('b')])
  const ring = new KeepRing(path, { files: 2, octets: 300, spanUs: Number.POSITIVE_INFINITY })
  ring.write(batchOf(0, 1), status)
  rmSync(path, { recursive: true })
  ring.write(batchOf(1, 9), status)
  t.match(ring.damage, /ring: not written \(ENOENT\); packets are kept up to there/)
  ring.write(batchOf(10, 1), status)
  ring.close(status)
})

t.test('a disk that is full', async t => {
  const file = new PacketFile('/dev/full', 'w')
  const full = { name: 'Error', code: 'ENOSPC', octets: 0 }
  t.throws(() => file.flush(), full)
  t.throws(() => {
    file.packet(batchOf(0, 1), 0)
    file.flush()
  }, full)
})
