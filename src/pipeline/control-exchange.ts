/** The other half of a control message: a request has the sequence number of its response and goes between
 * the same nodes (3GPP TS 29.060 clause 7.6, TS 29.274 clause 7.6). Session events name the frame that
 * decided; whoever cuts a session out of a capture wants both frames, and the repetitions. */

import { Dissector } from '../dissect/dissector.js'
import { PacketKind, type PacketView } from '../dissect/packet-view.js'
import type { FrameBatch } from '../source/source.js'
import { Fault } from '../wire/fault.js'
import { Gtp0 } from '../wire/gtp0.js'
import { Gtp1C } from '../wire/gtp1-c.js'
import { Gtp2Header } from '../wire/gtp2-c.js'
import { ipText } from '../wire/octets.js'
import type { FrameSet } from './frame-set.js'

/** A response comes, and a request is repeated, within T3-RESPONSE times N3-REQUESTS. */
const exchangeUs = 30_000_000

export class ControlExchanges {
  readonly #frames: FrameSet
  readonly #dissector = new Dissector({ plainIp: false })
  readonly #gtp0 = new Gtp0()
  readonly #gtp1 = new Gtp1C()
  readonly #gtp2 = new Gtp2Header()
  readonly #fault = new Fault()
  /** exchange -> times of the messages that were named */
  readonly #times = new Map<string, number[]>()

  /** `frames`: those that session events named. */
  constructor(frames: FrameSet) {
    this.#frames = frames
  }

  /** First pass: learns the exchanges of the named frames. */
  learn(batch: FrameBatch): void {
    this.#each(batch, (view, key) => {
      if (!view.parts.some(part => this.#frames.has(part)) && !this.#frames.has(view.frame)) return
      const times = this.#times.get(key)
      if (times === undefined) this.#times.set(key, [view.timeUs])
      else times.push(view.timeUs)
    })
  }

  /** Second pass: puts every frame of these exchanges into the set. */
  complete(batch: FrameBatch): void {
    this.#each(batch, (view, key) => {
      const times = this.#times.get(key)
      if (times === undefined) return
      if (!times.some(timeUs => Math.abs(timeUs - view.timeUs) <= exchangeUs)) return
      this.#frames.add(view.frame)
      for (const part of view.parts) this.#frames.add(part)
    })
  }

  #each(batch: FrameBatch, visit: (view: PacketView, key: string) => void): void {
    const { view } = this.#dissector
    for (let i = 0; i < batch.count; i++) {
      if (this.#dissector.decode(batch, i) !== PacketKind.GtpControl) continue
      const sequence = this.#sequence(view)
      if (sequence < 0) continue
      const { buf, outerVersion } = view
      const nodes = [
        ipText(outerVersion, buf, view.outerSrcOff),
        ipText(outerVersion, buf, view.outerDstOff),
      ].sort()
      visit(view, `${view.gtpVersion} ${sequence} ${nodes.join(' ')}`)
    }
  }

  #sequence(view: PacketView): number {
    const { buf, gtpOff, gtpEnd } = view
    const message = [this.#gtp0, this.#gtp1, this.#gtp2][view.gtpVersion]
    return message?.decode(buf, gtpOff, gtpEnd, this.#fault) === true ? message.sequence : -1
  }
}
