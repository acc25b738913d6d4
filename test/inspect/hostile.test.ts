/** Frames cut at every octet and with octets changed: the walk ends, nothing is thrown, nothing outside
 * the frame shows. Captures of every protocol, each inspector with its state from the frames before. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { type Frame, framesOf } from '../helpers/memory-source.js'
import { root } from '../helpers/run.js'
import { random } from '../wire-wap/hostile.js'

const margin = 16
/** Frames of one capture that are cut and changed. */
const framesEach = 4
const mutationsEach = 40

function inspectBetween(inspector: FrameInspector, frame: Frame, filler: number): FrameRecord {
  const { octets, timeUs, wirelen = octets.length, linkType = 1 } = frame
  const block = new Uint8Array(octets.length + 2 * margin).fill(filler)
  block.set(octets, margin)
  return inspector.inspect(
    {
      block,
      firstFrame: 1,
      off: Int32Array.of(margin),
      caplen: Int32Array.of(octets.length),
      wirelen: Int32Array.of(wirelen),
      timeUs: Float64Array.of(timeUs),
      linkType: Int32Array.of(linkType),
    },
    0,
  )
}

function mutated(frame: Frame, next: () => number): Frame {
  const octets = frame.octets.slice()
  for (let i = 1 + (next() % 3); i > 0; i--) {
    const at = next() % octets.length
    if (next() % 3 === 0) octets.fill(0xff, at, at + 2)
    else octets[at] = next() & 255
  }
  return { ...frame, octets }
}

const folder = join(root, 'captures')
for (const file of readdirSync(folder).filter(name => name.endsWith('.pcap'))) {
  t.test(file, async t => {
    const { frames } = await framesOf(join(folder, file))
    const next = random(frames.length + 3)
    const zeros = new FrameInspector()
    const ones = new FrameInspector()
    const differ: string[] = []
    let looked = 0
    const look = (frame: Frame, what: string) => {
      const a = JSON.stringify(inspectBetween(zeros, frame, 0))
      const b = JSON.stringify(inspectBetween(ones, frame, 0xff))
      if (a !== b) differ.push(what)
      looked++
    }
    for (let i = 0; i < framesEach; i++) {
      const frame = frames[next() % frames.length]
      if (frame === undefined) continue
      const step = 1 + (frame.octets.length >> 7)
      for (let n = 0; n <= frame.octets.length; n += step) {
        look({ ...frame, octets: frame.octets.slice(0, n) }, `frame cut at ${n}`)
        look({ ...frame, octets: frame.octets.slice(0, n), wirelen: n }, `frame ends at ${n}`)
      }
      for (let n = 0; n < mutationsEach; n++) look(mutated(frame, next), 'changed octets')
    }
    t.strictSame(differ.slice(0, 5), [], `${looked} frames`)
  })
}
