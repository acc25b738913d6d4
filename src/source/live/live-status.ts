/** What a live capture knows of its interfaces, to be read at any time. */

export interface CaptureGap {
  /** milliseconds since 1970 of this machine's clock, which gives the packets their time too */
  fromMs: number
  /** undefined: not over yet */
  toMs: number | undefined
  /** `interface down`, or what the capture program said */
  why: string
}

export interface LiveInterfaceStatus {
  readonly name: string
  /** program that captures */
  readonly engine: string
  /** packets are being captured now */
  isUp: boolean
  /** frames that were handed on */
  frames: number
  /** lost because the kernel's buffer was full; undefined when the engine cannot tell */
  kernelDrops: number | undefined
  /** lost by the interface; undefined when the kernel does not tell */
  interfaceDrops: number | undefined
  /** lost between the capture program and here */
  queueDrops: number
  /** times without capture: the first `gapsKept` of them */
  readonly gaps: CaptureGap[]
  /** how many there were */
  gapCount: number
}

/** An interface that goes up and down for weeks is a number, not a list. */
export const gapsKept = 100

export function dropsOf(status: LiveInterfaceStatus): number {
  return (status.kernelDrops ?? 0) + (status.interfaceDrops ?? 0) + status.queueDrops
}
