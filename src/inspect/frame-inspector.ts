/** From a frame of a capture to its record: layers and named fields, for people who check a decoder or
 * look for one message. The decoders are those of the analysis; read inspector.ts for the walk. */

import type { FrameRecord } from '../record/frame-record.js'
import { utcTime } from '../record/time.js'
import { inspectors } from './all.js'
import { FrameWalk } from './frame-walk.js'
import { enterLink } from './link-type.js'
import { Registry } from './registry.js'

/** The columns of a FrameBatch (source.ts) that are read here. */
export interface InspectedFrames {
  readonly block: Uint8Array
  readonly firstFrame: number
  readonly off: Int32Array
  readonly caplen: Int32Array
  readonly wirelen: Int32Array
  readonly timeUs: Float64Array
  readonly linkType: Int32Array
}

export class FrameInspector {
  readonly #walk: FrameWalk

  constructor(registry = new Registry(inspectors)) {
    this.#walk = new FrameWalk(registry)
  }

  /** Frame `i` of the batch; frames must come in order. Personal numbers are in the clear. */
  inspect(batch: InspectedFrames, i: number): FrameRecord {
    const walk = this.#walk
    const frame = batch.firstFrame + i
    const off = batch.off[i] ?? 0
    const caplen = batch.caplen[i] ?? 0
    const len = Math.max(batch.wirelen[i] ?? 0, caplen)
    const timeUs = batch.timeUs[i] ?? 0
    walk.begin(frame, timeUs)
    enterLink(batch.linkType[i] ?? -1, batch.block, off, off + caplen, off + len, walk)
    return {
      type: 'frame',
      schema: 'tollgate.frame/1',
      frame,
      ts: utcTime(timeUs),
      len,
      ...(caplen < len ? { caplen } : {}),
      layers: walk.out.layers,
      fields: walk.out.toRecord(),
    }
  }
}
