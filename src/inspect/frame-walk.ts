/** The walk through one frame, from one inspector to the next, with what they remember from frame to
 * frame. Read inspector.ts first. */

import { Fault, FaultCode } from '../wire/fault.js'
import { conversationKey, LeastRecent } from './conversations.js'
import { FieldList } from './field-list.js'
import type { Endpoints, TunnelEnds, Walk } from './inspector.js'
import type { Registry } from './registry.js'

/** Protocols within protocols: more is made, not sent. */
const maxDepth = 32

export class FrameWalk implements Walk {
  frame = 0
  timeUs = 0
  out = new FieldList()
  readonly fault = new Fault()
  ends: Endpoints = noEnds()
  tunnel: TunnelEnds | undefined
  wireEnd = 0
  readonly registry: Registry
  #depth = 0
  readonly #states = new Map<string, object>()
  readonly #conversations = new LeastRecent<object>()

  constructor(registry: Registry) {
    this.registry = registry
  }

  /** Begins the next frame. */
  begin(frame: number, timeUs: number): void {
    this.frame = frame
    this.timeUs = timeUs
    this.out = new FieldList()
    this.fault.clear()
    this.ends = noEnds()
    this.tunnel = undefined
    this.#depth = 0
  }

  layer(name: string): void {
    this.out.layer(name)
  }

  malformed(fault?: Fault): void {
    const known = fault !== undefined && fault.code !== FaultCode.None
    this.out.add('_ws.malformed', known ? fault.key : (this.out.layers.at(-1) ?? 'frame'))
  }

  enter(name: string, buf: Uint8Array, off: number, end: number, wireEnd = end): void {
    const inspector = this.registry.byName(name)
    if (inspector === undefined || this.#depth === maxDepth) return
    const before = this.wireEnd
    this.#depth++
    this.wireEnd = wireEnd
    this.fault.clear()
    inspector.inspect(buf, off, end, this)
    this.wireEnd = before
    this.#depth--
  }

  state<T extends object>(name: string, make: () => T): T {
    let state = this.#states.get(name)
    if (state === undefined) {
      state = make()
      this.#states.set(name, state)
    }
    return state as T
  }

  conversation<T extends object>(name: string, make: () => T): T {
    return this.#conversations.take(`${name} ${conversationKey(this.ends)}`, make) as T
  }
}

function noEnds(): Endpoints {
  return { src: '', dst: '', protocol: 0, srcPort: 0, dstPort: 0 }
}
