/** Whose rows of the ledger a context's octets go to. Looked up anew only when the context's row has another
 * context, or more of the subscriber became known. */

import type { Ledger, LedgerOwner } from '../rating/ledger.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { CaptureOrder } from './capture-order.js'
import { DistinctCount } from './distinct-count.js'

export class LedgerOwners {
  /** owners of octets for whom the ledger had no room */
  readonly others = new DistinctCount()
  readonly #ledger: Ledger
  readonly #order: CaptureOrder
  readonly #nobody: LedgerOwner
  /** context row -> its owner */
  readonly #known: LedgerOwner[] = []

  constructor(ledger: Ledger, order: CaptureOrder) {
    this.#ledger = ledger
    this.#order = order
    this.#nobody = ledger.owner('', '', '')
  }

  /** `ctx`: row of the context; without one it is nobody's. */
  of(ctx: number, context: PdpContext | undefined): LedgerOwner {
    if (context === undefined) return this.#nobody
    const owner = this.#known[ctx]
    if (
      owner !== undefined &&
      owner.imsi === context.imsi &&
      owner.msisdn === context.msisdn &&
      owner.apn === context.apn
    ) {
      return owner
    }
    const found = this.#ledger.owner(context.imsi, context.msisdn, context.apn, this.#order.now)
    if (found === this.#ledger.others) this.others.addText(`${context.imsi} ${context.apn}`)
    this.#known[ctx] = found
    return found
  }
}
