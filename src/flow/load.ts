/** What the flow layer leaves out while the probe is overloaded; the pipeline sets it (pipeline/overload.ts).
 * Read where a flow opens and where payload is looked at for the first time, and nowhere else. */

export class Load {
  /** payload of flows that are not decided yet is looked at */
  inspects = true
  /** a new flow is opened when its hash and this is 0: 2^n - 1 lets one in 2^n through, 0 all */
  sampleMask = 0
  /** flows whose payload was not looked at */
  notInspected = 0
  /** hash of the flow that `leavesOut` was asked about last, int32 */
  hash = 0

  /** Whether the flow that would open is one of those that are only counted. Its key is that of the flow
   * table, so that both directions have one answer, and a smaller share is part of a larger one. */
  leavesOut(ctx: number, a: number, b: number, ports: number, proto: number): boolean {
    let h = Math.imul(ctx ^ Math.imul(proto, 0x2c1b3c6d), 0x85ebca6b) ^ a
    h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35) ^ b
    h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f) ^ ports
    h = Math.imul(h ^ (h >>> 15), 0x9e3779b1)
    h = Math.imul(h ^ (h >>> 14), 0x85ebca6b)
    this.hash = h ^ (h >>> 16)
    return (this.hash & this.sampleMask) !== 0
  }
}
