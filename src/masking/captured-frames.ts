/** The frames of a cut capture, in memory: those of one case are few. The columns are those of a FrameBatch. */

import type { FrameBatch } from '../source/source.js'

/** Octets of frames that are held; a case is shown by less. */
export const mostFrameOctets = 64 * 1024 * 1024

interface Taken {
  octets: Uint8Array
  wirelen: number
  timeUs: number
  linkType: number
  iface: number
}

/** Columns as those of a FrameBatch, of any length. */
export type CapturedFrames = { -readonly [K in keyof FrameBatch]: FrameBatch[K] }

export class FrameCollector {
  octets = 0
  readonly #taken: Taken[] = []

  get count(): number {
    return this.#taken.length
  }

  /** Copies frame `i` of the batch. False, and nothing is taken, when there are too many octets. */
  take(batch: FrameBatch, i: number): boolean {
    const off = batch.off[i]!
    const caplen = batch.caplen[i]!
    if (this.octets + caplen > mostFrameOctets) return false
    this.octets += caplen
    this.#taken.push({
      octets: batch.block.slice(off, off + caplen),
      wirelen: batch.wirelen[i]!,
      timeUs: batch.timeUs[i]!,
      linkType: batch.linkType[i]!,
      iface: batch.iface[i]!,
    })
    return true
  }

  frames(): CapturedFrames {
    const all = this.#taken
    const block = new Uint8Array(this.octets)
    const frames: CapturedFrames = {
      block,
      count: all.length,
      firstFrame: 1,
      off: new Int32Array(all.length),
      caplen: Int32Array.from(all, one => one.octets.length),
      wirelen: Int32Array.from(all, one => one.wirelen),
      timeUs: Float64Array.from(all, one => one.timeUs),
      linkType: Int32Array.from(all, one => one.linkType),
      iface: Int32Array.from(all, one => one.iface),
    }
    let at = 0
    for (const [i, { octets }] of all.entries()) {
      frames.off[i] = at
      block.set(octets, at)
      at += octets.length
    }
    return frames
  }
}
