/** What to leave out when the source hands packets over more slowly than it takes them in, in this order:
 * first the payload of flows that are not decided yet is not looked at, then only one in 2, 4, 8 ... new
 * flows is followed. Steps up are quick and steps down slow, and between the marks nothing changes, so
 * that a load at the edge does not swing. Time is the packet clock, or, where it stands still, packets. */

import type { Load } from '../flow/load.js'
import type { OverloadSummary } from '../record/usage-record.js'
import type { SourceStatus } from '../source/source.js'
import type { LeftOut } from './left-out.js'

/** Parts of the queue that are filled: above the first, payload is left out; above the second, flows are; below
 * the third, one step is taken back. */
const inspectMark = 0.5
const sampleMark = 0.75
const calmMark = 0.25
/** Least time between steps, microseconds or packets. */
const upUs = 100_000
const downUs = 1_000_000
const stepFrames = 65_536
/** Step n > 1 follows one new flow in 2^(n - 1). */
const inspectStep = 1
const lastStep = 11

export class Overload {
  /** 0: nothing is left out */
  #step = 0
  #worst = 0
  #times = 0
  #overloadedUs = 0
  #sinceUs = 0
  #changedUs = Number.NEGATIVE_INFINITY
  #changedFrames = Number.NEGATIVE_INFINITY
  readonly #load: Load

  constructor(load: Load) {
    this.#load = load
  }

  /** One new flow in so many is followed; 1: all. */
  get oneIn(): number {
    return this.#step > inspectStep ? 2 ** (this.#step - inspectStep) : 1
  }

  get inspects(): boolean {
    return this.#step === 0
  }

  /** After each batch: `nowUs` is the latest packet time, `frames` their number. */
  look({ backlog }: SourceStatus, nowUs: number, frames: number): void {
    const filled = backlog === undefined ? 0 : backlog.octets / Math.max(1, backlog.most)
    if (filled === 0 && this.#step === 0) return
    const mark = this.#step === 0 ? inspectMark : sampleMark
    if (filled >= mark && this.#step < lastStep && this.#may(upUs, nowUs, frames)) {
      this.#to(this.#step + 1, nowUs, frames)
    } else if (filled < calmMark && this.#step > 0 && this.#may(downUs, nowUs, frames)) {
      this.#to(this.#step - 1, nowUs, frames)
    }
  }

  /** Packet time under overload so far; it ends at `nowUs` at the latest. */
  summary(nowUs: number, leftOut: LeftOut): OverloadSummary | undefined {
    if (this.#times === 0) return undefined
    const running = this.#step > 0 ? Math.max(0, nowUs - this.#sinceUs) : 0
    return {
      times: this.#times,
      seconds: Math.round((this.#overloadedUs + running) / 1e4) / 100,
      not_inspected_flows: this.#load.notInspected,
      ...(this.#worst <= inspectStep
        ? {}
        : {
            sampled_one_in: 2 ** (this.#worst - inspectStep),
            not_sampled_flows: leftOut.flows.count,
            not_sampled_packets: leftOut.packets,
            not_sampled_bytes: leftOut.octets,
          }),
    }
  }

  #may(leastUs: number, nowUs: number, frames: number): boolean {
    return nowUs - this.#changedUs >= leastUs || frames - this.#changedFrames >= stepFrames
  }

  #to(step: number, nowUs: number, frames: number): void {
    if (this.#step === 0) {
      this.#times++
      this.#sinceUs = nowUs
    } else if (step === 0) this.#overloadedUs += Math.max(0, nowUs - this.#sinceUs)
    this.#step = step
    this.#worst = Math.max(this.#worst, step)
    this.#changedUs = nowUs
    this.#changedFrames = frames
    this.#load.inspects = step === 0
    this.#load.sampleMask = this.oneIn - 1
  }
}
