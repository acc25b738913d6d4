/** What is suspicious about a flow: one entry a flag, made when it is first seen. The flow layer says what the
 * octets show, the pipeline what it means under the rules. */

import type { Flag } from '../record/flag.js'
import type { Certainty } from '../record/flow-record.js'
import type { Transaction, TransactionDecision } from './transaction.js'

export class Suspicion {
  readonly flag: Flag
  /** frame that shows it first, or that shows it for the first octets that are free because of it */
  frame: number
  /** fields and frames that show it */
  evidence: string
  confidence: Certainty
  /** inner IP octets that are free only because of it */
  atRisk = 0
  /** of the transactions, or of the flow, that it is about */
  upPackets = 0
  downPackets = 0
  upOctets = 0
  downOctets = 0
  /** what made the first of these octets free */
  decision: TransactionDecision | undefined = undefined
  /** why they are free only because of it */
  because = ''

  constructor(flag: Flag, frame: number, evidence: string, confidence: Certainty) {
    this.flag = flag
    this.frame = frame
    this.evidence = evidence
    this.confidence = confidence
  }

  /** It is about these octets too, of which so many are free because of it. */
  add(account: Transaction, atRisk: number, decision: TransactionDecision, because: string): void {
    this.upPackets += account.upPackets
    this.downPackets += account.downPackets
    this.upOctets += account.upOctets
    this.downOctets += account.downOctets
    if (atRisk === 0) return
    if (this.decision === undefined) {
      this.decision = decision
      this.because = because
    }
    this.atRisk += atRisk
  }

  /** What shows it, unless something already shows it for octets that are free because of it. */
  show(frame: number, evidence: string, confidence: Certainty): void {
    if (this.atRisk > 0) return
    this.frame = frame
    this.evidence = evidence
    this.confidence = confidence
  }
}
