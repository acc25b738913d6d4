/** Flow rows as one typed array, 112 octets a row, and the hash chains that find them. A packet costs one
 * look-up here and a few integer additions; everything that needs strings hangs on the row number
 * elsewhere. Key: context, UE address, server address, protocol, ports (rules.md 2.4). */

import type { PacketView } from '../dissect/packet-view.js'
import { int32 } from '../wire/octets.js'

/** Words (int32) of a row. LAST_US, OCTETS_* are doubles on the same memory: use the F_ numbers. */
export const Col = {
  Next: 0,
  /** context row, or a number below -1 for a pair of GSNs without a session */
  Ctx: 1,
  /** UE address: IPv4 as int32, or a fold of IPv6 */
  Ue: 2,
  Server: 3,
  /** UE port << 16 | server port */
  Ports: 4,
  /** protocol | IP version << 8 */
  Proto: 5,
  State: 6,
  /** octets of the current message still to come that need no look: up, down */
  SkipUp: 7,
  SkipDown: 8,
  /** next TCP sequence number expected: up, down */
  SeqUp: 9,
  SeqDown: 10,
  /** deciseconds of idle time after which the row ends */
  IdleDs: 11,
  PacketsUp: 18,
  PacketsDown: 19,
  TeidUp: 20,
  TeidDown: 21,
  WheelNext: 22,
  WheelPrev: 23,
  /** flows of the same context */
  CtxNext: 24,
  CtxPrev: 25,
  /** initial sequence numbers of the SYNs seen (State.SynUp, SynDown) */
  IsnUp: 26,
  IsnDown: 27,
} as const
export const stride = 28

/** Doubles of a row. */
export const F = { LastUs: 6, OctetsUp: 7, OctetsDown: 8 } as const
export const fStride = stride / 2

/** Bits of Col.State. */
export const State = {
  SeqUpKnown: 1,
  SeqDownKnown: 2,
  /** the flow's current account is that of the message going up (down) */
  CurrentIsUp: 4,
  CurrentIsDown: 8,
  /** segments wait behind a hole in the octets going up (down) */
  HoleUp: 16,
  HoleDown: 32,
  FinUp: 64,
  FinDown: 128,
  /** no look at the payload, now or later */
  Blind: 256,
  /** segments without payload, whatever their flags, go to the current account */
  Plain: 512,
  /** every packet takes the slow way: the flow is being explained */
  Traced: 1024,
  /** the row belongs to a flow without session: orientation bit, see flows.ts */
  Swapped: 2048,
  Sessionless: 4096,
  Rst: 8192,
  TeidUpKnown: 16384,
  TeidDownKnown: 32768,
  /** an octet or packet came from the server */
  Answered: 65536,
  DirectionUnknown: 131072,
  SynUp: 1 << 18,
  SynDown: 1 << 19,
  /** a segment with payload was seen */
  Payload: 1 << 20,
  /** nothing came from the server, and yet it was answered */
  OneWay: 1 << 21,
} as const

export class FlowTable {
  i32: Int32Array
  f64: Float64Array
  /** full IPv6 addresses, 8 words a row; made when the first IPv6 flow opens */
  v6: Int32Array | undefined = undefined
  /** rows in use */
  size = 0
  readonly maxRows: number
  #heads: Int32Array
  #mask: number
  #free = -1
  #used = 0
  #capacity: number

  constructor(maxRows: number) {
    this.maxRows = Math.max(1, maxRows)
    this.#capacity = Math.min(this.maxRows, 8192)
    const words = new ArrayBuffer(this.#capacity * stride * 4)
    this.i32 = new Int32Array(words)
    this.f64 = new Float64Array(words)
    this.#mask = hashSize(this.#capacity) - 1
    this.#heads = new Int32Array(this.#mask + 1).fill(-1)
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Row of the key, or -1; the newest one first where several flows share a key (see findNext). The
   * view is read for the 16 octets of IPv6 addresses only. */
  find(ctx: number, a: number, b: number, ports: number, proto: number, v: PacketView): number {
    const i32 = this.i32
    let row = this.#heads[hash(ctx, a, b, ports, proto) & this.#mask]!
    while (row >= 0) {
      const at = row * stride
      if (
        i32[at + Col.Ports] === ports &&
        i32[at + Col.Ue] === a &&
        i32[at + Col.Server] === b &&
        i32[at + Col.Ctx] === ctx &&
        i32[at + Col.Proto] === proto &&
        (proto < 0x600 || this.#sameV6(row, v))
      ) {
        return row
      }
      row = i32[at + Col.Next]!
    }
    return -1
  }

  /** The following row with the same key (sessionless flows that differ only by TEID), or -1. */
  findNext(row: number, v: PacketView): number {
    const i32 = this.i32
    const of = row * stride
    let next = i32[of + Col.Next]!
    while (next >= 0) {
      const at = next * stride
      if (
        i32[at + Col.Ports] === i32[of + Col.Ports] &&
        i32[at + Col.Ue] === i32[of + Col.Ue] &&
        i32[at + Col.Server] === i32[of + Col.Server] &&
        i32[at + Col.Ctx] === i32[of + Col.Ctx] &&
        i32[at + Col.Proto] === i32[of + Col.Proto] &&
        (i32[at + Col.Proto]! < 0x600 || this.#sameV6(next, v))
      ) {
        return next
      }
      next = i32[at + Col.Next]!
    }
    return -1
  }

  /** A new row, zeroed but for its key; -1 when all `maxRows` are in use. */
  add(ctx: number, a: number, b: number, ports: number, proto: number): number {
    let row = this.#free
    if (row >= 0) {
      this.#free = this.i32[row * stride + Col.Next]!
    } else {
      if (this.#used === this.#capacity && !this.#grow()) return -1
      row = this.#used++
    }
    const i32 = this.i32
    const at = row * stride
    i32.fill(0, at, at + stride)
    const slot = hash(ctx, a, b, ports, proto) & this.#mask
    i32[at + Col.Next] = this.#heads[slot]!
    this.#heads[slot] = row
    i32[at + Col.Ctx] = ctx
    i32[at + Col.Ue] = a
    i32[at + Col.Server] = b
    i32[at + Col.Ports] = ports
    i32[at + Col.Proto] = proto
    this.size++
    return row
  }

  remove(row: number): void {
    const i32 = this.i32
    const at = row * stride
    const slot =
      hash(
        i32[at + Col.Ctx]!,
        i32[at + Col.Ue]!,
        i32[at + Col.Server]!,
        i32[at + Col.Ports]!,
        i32[at + Col.Proto]!,
      ) & this.#mask
    let at2 = this.#heads[slot]!
    if (at2 === row) {
      this.#heads[slot] = i32[at + Col.Next]!
    } else {
      while (i32[at2 * stride + Col.Next] !== row) at2 = i32[at2 * stride + Col.Next]!
      i32[at2 * stride + Col.Next] = i32[at + Col.Next]!
    }
    i32[at + Col.Next] = this.#free
    // whoever remembers the row must not take it for the flow that it was
    i32[at + Col.Proto] = 0
    this.#free = row
    this.size--
  }

  /** Keeps the 16 octets of both addresses of an IPv6 flow; `aOff` and `bOff` point into `buf`. */
  setV6(row: number, buf: Uint8Array, aOff: number, bOff: number): void {
    this.v6 ??= new Int32Array(this.#capacity * 8)
    const v6 = this.v6
    for (let w = 0; w < 4; w++) {
      v6[row * 8 + w] = int32(buf, aOff + w * 4)
      v6[row * 8 + 4 + w] = int32(buf, bOff + w * 4)
    }
  }

  /** True when the packet's two addresses are those of the row, either way round. */
  #sameV6(row: number, v: PacketView): boolean {
    const v6 = this.v6
    if (v6 === undefined) return false
    return (
      (same(v6, row * 8, v.buf, v.srcOff) && same(v6, row * 8 + 4, v.buf, v.dstOff)) ||
      (same(v6, row * 8, v.buf, v.dstOff) && same(v6, row * 8 + 4, v.buf, v.srcOff))
    )
  }

  #grow(): boolean {
    if (this.#capacity >= this.maxRows) return false
    const capacity = Math.min(this.maxRows, this.#capacity * 2)
    const words = new ArrayBuffer(capacity * stride * 4)
    const i32 = new Int32Array(words)
    i32.set(this.i32)
    this.i32 = i32
    this.f64 = new Float64Array(words)
    if (this.v6 !== undefined) {
      const v6 = new Int32Array(capacity * 8)
      v6.set(this.v6)
      this.v6 = v6
    }
    this.#capacity = capacity
    this.#mask = hashSize(capacity) - 1
    this.#heads = new Int32Array(this.#mask + 1).fill(-1)
    // all rows below #used are in use when the table grows: chain them anew, oldest first
    for (let row = 0; row < this.#used; row++) {
      const at = row * stride
      const slot =
        hash(
          i32[at + Col.Ctx]!,
          i32[at + Col.Ue]!,
          i32[at + Col.Server]!,
          i32[at + Col.Ports]!,
          i32[at + Col.Proto]!,
        ) & this.#mask
      i32[at + Col.Next] = this.#heads[slot]!
      this.#heads[slot] = row
    }
    return true
  }
}

function hashSize(rows: number): number {
  let size = 1024
  while (size < rows * 2) size *= 2
  return size
}

function hash(ctx: number, a: number, b: number, ports: number, proto: number): number {
  let h = Math.imul(ctx ^ (proto << 24), 0x9e3779b1) ^ a
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ b
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ ports
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return h ^ (h >>> 15)
}

function same(v6: Int32Array, at: number, buf: Uint8Array, off: number): boolean {
  return (
    v6[at] === int32(buf, off) &&
    v6[at + 1] === int32(buf, off + 4) &&
    v6[at + 2] === int32(buf, off + 8) &&
    v6[at + 3] === int32(buf, off + 12)
  )
}
