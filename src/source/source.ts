/** Where frames come from: the contract between capture readers and the pipeline. One batch is one
 * large reused block of octets plus columns; no object is made per frame. */

import type { LiveInterfaceStatus } from './live/live-status.js'

/** Frames of one batch per `next`; more stay in the source for the following call. */
export const batchCapacity = 4096

/** `next` overwrites every column up to `count` and may swap `block`; both are valid until the
 * following `next`. */
export class FrameBatch {
  /** Holds all frames of this batch. A plain Uint8Array, never a Buffer (one shape for the JIT). */
  block = new Uint8Array(0)
  count = 0
  /** Number of the first frame of this batch, from 1, over all files in time order. */
  firstFrame = 1
  /** Offset of the frame's first octet in `block`. */
  readonly off = new Int32Array(batchCapacity)
  /** Octets captured. */
  readonly caplen = new Int32Array(batchCapacity)
  /** Octets the frame had on the wire (>= caplen). */
  readonly wirelen = new Int32Array(batchCapacity)
  /** Packet clock: microseconds since 1970-01-01 UTC, an exact integer in a double, never negative. */
  readonly timeUs = new Float64Array(batchCapacity)
  /** LINKTYPE_ number (tcpdump.org registry) of the frame. */
  readonly linkType = new Int32Array(batchCapacity)
  /** Index into the source's `interfaces`. */
  readonly iface = new Int32Array(batchCapacity)
}

export interface CaptureInterface {
  /** Name from the capture (pcapng if_name) or the file's base name. */
  name: string
  linkType: number
}

/** What the source knows of itself; read at any time, final after `next` returned 0. */
export interface SourceStatus {
  /** Name to show: base name of the file, or `-`. */
  name: string
  /** Octets of input read and in total (of the files as they lie on disk); total 0 = unknown (pipe). */
  octetsRead: number
  octetsTotal: number
  frames: number
  interfaces: CaptureInterface[]
  /** Set when the input ended early or was damaged: `day.pcap: cut short in packet 4120331`. */
  damage: string[]
  /** Packets that the capture itself says it lost (pcapng ISB_IFDROP, ISB_OSDROP, EPB drop count). */
  drops: number
  /** Packet time from which frames of more than one interface come mixed: -Infinity in the batch that was
   * handed out last, Infinity or absent when there is no other interface. */
  severalFromUs?: number
  /** of each interface of a live capture; `drops` is the sum of theirs */
  live?: readonly LiveInterfaceStatus[]
  /** Of a source that does not wait for its reader: octets that came and were not handed out yet, and how
   * many may wait before packets are lost. Brought up to date by `next`. A run that sees it fill leaves
   * work out (pipeline/overload.ts); absent for files and pipes, which wait. */
  backlog?: Backlog
}

export interface Backlog {
  octets: number
  most: number
}

export interface Source {
  readonly status: SourceStatus
  /** Opens and checks the first header. Rejects with a SourceError that names the file. */
  open(): Promise<void>
  /** Fills `batch`; resolves to `batch.count`, 0 at the end. Damage ends the input early and is in
   * `status.damage`; it never rejects for what a file holds. */
  next(batch: FrameBatch): Promise<number>
  close(): Promise<void>
}

/** An input that cannot be read at all: `x.pcap: no such file`. The message has no prefix. */
export class SourceError extends Error {}
