/** What the capture and the way it was read leave out of the truth: said in the summary, one reason each. */

import { isReadLinkType } from '../dissect/link-layer.js'
import type { SourceStatus } from '../source/source.js'

export interface Shortcomings {
  status: SourceStatus
  /** `layer/code` -> count */
  faults: Readonly<Record<string, number>>
  /** G-PDUs without a readable inner IP packet */
  opaque: number
  /** why the run stopped before the end; '' when it did not */
  stopped: string
}

export function incompleteReasons(of: Shortcomings): string[] {
  const { status, opaque, stopped } = of
  const reasons = [...status.damage]
  if ((of.faults['frame/unsupported'] ?? 0) > 0) {
    const types = new Set(status.interfaces.map(({ linkType }) => linkType))
    for (const type of types) {
      if (!isReadLinkType(type)) reasons.push(`link type ${type} is not read`)
    }
  }
  if (opaque > 0) reasons.push(`${opaque} G-PDUs without a readable inner IP packet`)
  if (stopped !== '') reasons.push(stopped)
  if (status.drops > 0) reasons.push(`${status.drops} packets lost by the capture`)
  return reasons
}
