/** The order in which a run tells things, as one number: the same for the same capture whichever thread counts,
 * since every thread reads all frames and all signalling. Between two steps only one context's flows
 * can have something to tell, or many flows end together, each at the place of the frame that opened it. */

export class CaptureOrder {
  /** place of what is told now; it never goes down */
  now = 0
  #base = 0

  /** The next packet, or the next context that closes. */
  step(): void {
    this.#base++
    this.now = this.#base
  }

  /** Of flows that end together, the one that this frame opened. */
  sweep(frame: number): void {
    this.now = this.#base + frame
  }

  /** Flows may have ended together; `frames` were read so far, so that none of them opened later. */
  swept(frames: number): void {
    this.#base += frames + 1
    this.now = this.#base
  }
}
