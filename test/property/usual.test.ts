/** Usual packets take a short way (pipeline/usual-lane.ts). A spare bit in the GTP header, which nobody reads, sends
 * the same packets the whole way: every record must come out the same. */

import { existsSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { Usual, UsualFrames, usualStride } from '../../src/dissect/usual-frames.js'
import { FrameBatch } from '../../src/source/source.js'
import { captureFiles, capturePath, optionsFor } from '../facts/capture-set.js'
import { type Frame, framesOf, MemorySource } from '../helpers/memory-source.js'
import { lines, type RunOptions, run } from '../helpers/run.js'
import { frames, soup } from './soup.js'

const seed = 20141121
const lab = '../shared/captures/lab'
/** from the outer IP header on: 20 octets of IPv4 and 8 of UDP */
const gtpFlags = 28
/** 3GPP TS 29.281 clause 5.1: the spare bit of the first octet; the receiver shall not look at it */
const spareBit = 0x08
/** with `auto` the first thousands of packets are compared with each other, and take the whole way anyway */
const alone: RunOptions = { dedupe: 'off' }

/** The frames that take the short way: index, and where in them the outer IP header is. */
async function usual(all: readonly Frame[]): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  const source = new MemorySource(all)
  const batch = new FrameBatch()
  const usualFrames = new UsualFrames(4096)
  for (let first = 0; (await source.next(batch)) > 0; first += batch.count) {
    usualFrames.read(batch, batch.count)
    for (let i = 0; i < batch.count; i++) {
      const at = i * usualStride
      if (usualFrames.words[at] === 0) continue
      found.set(first + i, usualFrames.words[at + Usual.Ip]! - batch.off[i]!)
    }
  }
  return found
}

async function unusual(all: readonly Frame[]): Promise<{ changed: Frame[]; count: number }> {
  const found = await usual(all)
  const changed = all.map((frame, i) => {
    const ip = found.get(i)
    if (ip === undefined) return frame
    const octets = frame.octets.slice()
    octets[ip + gtpFlags]! |= spareBit
    return { ...frame, octets }
  })
  return { changed, count: found.size }
}

async function compare(all: readonly Frame[], options: RunOptions): Promise<number> {
  const { changed, count } = await unusual(all)
  const left = await usual(changed)
  if (left.size > 0) throw new Error(`${left.size} frames are still usual ones`)
  const short = lines(await run(all, options)).join('\n')
  const whole = lines(await run(changed, options)).join('\n')
  if (short !== whole) throw new Error('the short way gives other records')
  return count
}

t.test('packets of all kinds, in any order', async t => {
  let count = 0
  const property = fc.asyncProperty(soup(120), async packets => {
    count += await compare(frames(packets), alone)
  })
  await fc.assert(property, { seed, numRuns: 80 })
  t.ok(count > 1000, `${count} frames took the short way`)
})

t.test('few flows, so that rows go from one to the next', async t => {
  const property = fc.asyncProperty(soup(120), async packets => {
    await compare(frames(packets), { ...alone, bounds: { flows: 64 } })
  })
  await fc.assert(property, { seed: seed + 1, numRuns: 40 })
  t.pass()
})

t.test('the captures of this project', async t => {
  for (const file of captureFiles) {
    const { frames: all } = await framesOf(capturePath(file))
    await t.resolves(compare(all, { ...optionsFor(file), ...alone }), file)
  }
})

t.test('the captures of the laboratory', async t => {
  if (!existsSync(lab)) {
    t.comment('shared captures not here')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
    return
  }
  for (const file of readdirSync(lab).filter(name => /\.pcap(ng)?$/.test(name))) {
    const { frames: all } = await framesOf(`${lab}/${file}`)
    await t.resolves(compare(all, alone), file)
  }
})
