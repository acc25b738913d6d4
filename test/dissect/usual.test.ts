/** A usual frame is shown as the dissector shows it, field by field. */

import { existsSync, readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind, PacketView } from '../../src/dissect/packet-view.js'
import { UsualFrames, usualStride } from '../../src/dissect/usual-frames.js'
import { openSource } from '../../src/source/open-source.js'
import type { Source } from '../../src/source/source.js'
import { batchCapacity, FrameBatch } from '../../src/source/source.js'
import { captureFiles, capturePath } from '../facts/capture-set.js'
import { framesOf, MemorySource } from '../helpers/memory-source.js'

const shared = '../shared/captures'

/** All fields but the octets themselves. */
function fields(view: PacketView): Record<string, unknown> {
  const { buf: _, ...rest } = view
  return rest
}

async function compared(path: string): Promise<number> {
  const source = await openSource([path])
  const count = await compareFrames(source)
  await source.close()
  return count
}

/** Number of frames that are usual ones; throws where the two differ. */
async function compareFrames(source: Source): Promise<number> {
  const batch = new FrameBatch()
  const usual = new UsualFrames(batchCapacity)
  const dissector = new Dissector({ plainIp: false })
  const view = new PacketView()
  let count = 0
  while ((await source.next(batch)) > 0) {
    usual.read(batch, batch.count)
    for (let i = 0; i < batch.count; i++) {
      const faults = dissector.faults.total
      const kind = dissector.decode(batch, i)
      if (usual.words[i * usualStride] === 0) continue
      count++
      if (dissector.faults.total > faults)
        throw new Error(`a fault in frame ${batch.firstFrame + i}`)
      if (kind !== PacketKind.User) throw new Error(`frame ${batch.firstFrame + i} is no G-PDU`)
      usual.show(view, batch, i)
      const whole = JSON.stringify(fields(dissector.view))
      const short = JSON.stringify(fields(view))
      if (whole !== short) throw new Error(`frame ${batch.firstFrame + i}: ${short}, not ${whole}`)
    }
  }
  return count
}

async function compareAll(t: Test, paths: readonly string[]): Promise<void> {
  let count = 0
  for (const path of paths) count += await compared(path)
  t.ok(count > 1000, `${count} frames`)
}

/** A few wrong octets in each header, or a cut: still the same, and no fault of the dissector is lost. */
async function mutated(path: string, chance: () => number): Promise<number> {
  const { frames } = await framesOf(path)
  const changed = frames.flatMap(frame =>
    Array.from({ length: 12 }, () => {
      const octets = frame.octets.slice()
      for (let n = chance() % 3; n > 0; n--) {
        octets[chance() % Math.min(octets.length, 110)] = chance() & 255
      }
      const cut = chance() % 8 === 0 ? chance() % (octets.length + 1) : octets.length
      return { ...frame, octets: octets.subarray(0, cut), wirelen: frame.octets.length }
    }),
  )
  const source = new MemorySource(changed)
  return compareFrames(source)
}

t.test('the captures of this project', async t => {
  await compareAll(t, captureFiles.map(capturePath))
})

t.test('the same with damage', async t => {
  let state = 20141121
  const chance = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
  let count = 0
  for (const file of captureFiles) count += await mutated(capturePath(file), chance)
  t.ok(count > 5000, `${count} frames`)
})

t.test('the shared captures', async t => {
  if (!existsSync(shared)) {
    t.comment('shared captures not here')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
    return
  }
  const files = readdirSync(shared, { recursive: true, encoding: 'utf8' })
  const captures = files.filter(name => /\.pcap(ng)?$/.test(name))
  await compareAll(
    t,
    captures.map(name => `${shared}/${name}`),
  )
})
