/** Counts faults by layer and code in one typed array, so that a damaged capture costs an increment
 * per damaged frame and its report names every layer. */

import {
  type Fault,
  type FaultCode,
  faultCodeNames,
  type Layer,
  layerNames,
} from '../wire/fault.js'

const codes = faultCodeNames.length

export class FaultCounter {
  /** all faults so far; the first one's key */
  total = 0
  first = ''
  private readonly counts = new Float64Array(layerNames.length * codes)

  /** Counts what a decoder raised. */
  count(fault: Fault): void {
    this.add(fault.layer, fault.code)
  }

  /** Counts a fault that no decoder saw: one between two layers, or of a bound of ours. */
  add(layer: Layer, code: FaultCode): void {
    const row = layer * codes + code
    this.counts[row] = this.counts[row]! + 1
    if (this.total++ === 0) this.first = `${layerNames[layer]}/${faultCodeNames[code]}`
  }

  /** Adds what another counter of the same run has. */
  merge(counts: Float64Array): void {
    for (let row = 0; row < this.counts.length; row++) {
      this.counts[row] = this.counts[row]! + counts[row]!
    }
  }

  /** A copy of all counts, for `merge`. */
  toCounts(): Float64Array {
    return this.counts.slice()
  }

  get(layer: Layer, code: FaultCode): number {
    return this.counts[layer * codes + code]!
  }

  /** `{"ipv4/truncated": 3}`: what occurred, in the order of the tables in wire/fault.ts. */
  toRecord(): Record<string, number> {
    const record: Record<string, number> = {}
    for (let l = 0; l < layerNames.length; l++) {
      for (let c = 0; c < codes; c++) {
        const n = this.counts[l * codes + c]!
        if (n > 0) record[`${layerNames[l]}/${faultCodeNames[c]}`] = n
      }
    }
    return record
  }
}
