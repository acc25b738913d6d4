/** A transaction: the unit that is rated. It is also the account of the octets that belong to it, so
 * that one object answers "what was asked" and "how much was it". RFC 9112 section 9.3.2 (pairing
 * of requests and responses), WAP-230-WSP clause 7, rules.md 2.6 to 2.9. */

import type { App, UrlSource } from '../record/flow-record.js'
import type { MmsFacts } from './mms-facts.js'

export interface UrlConflict {
  source: UrlSource
  url: string
}

/** The part of a transaction that the pipeline's rules decide. */
export interface TransactionDecision {
  /** index of the level-1 rule, or the engine's DEFAULT/UNMATCHED */
  level1: number
  /** index of the level-2 row, -1 = none */
  row: number
  /** index of the charge, -1 = unmatched */
  charge: number
}

export class Transaction {
  /** 1, 2, ... once identified; 0 = the flow's own account (level 1, or waiting for a first one) */
  n = 0
  app: App = 'other'
  reasons = 0

  // account: inner IP packets and octets
  upPackets = 0
  downPackets = 0
  upOctets = 0
  downOctets = 0
  firstUs = 0
  lastUs = 0
  firstFrame = 0

  // request
  method = ''
  /** request target or WSP Uri as sent; '' when none was seen */
  target = ''
  hostHeader = ''
  xOnlineHost = ''
  userAgent = ''
  requestContentType = ''
  sni = ''
  isHead = false
  isConnect = false
  /** frame in which the identification completed */
  identifiedFrame = 0

  // response
  status = 0
  responseContentType = ''
  location = ''
  responseDone = false

  /** some text was not UTF-8 (pipeline) */
  lossy = false

  /** WSP/WTP transaction id, -1 when there is none */
  tid = -1
  mms: MmsFacts | undefined = undefined

  // filled by the pipeline
  url = ''
  urlRaw = ''
  urlSource: UrlSource | '' = ''
  host = ''
  path = ''
  conflicts: readonly UrlConflict[] | undefined = undefined
  decision: TransactionDecision | undefined = undefined

  /** TCP sequence numbers (int32) where its request and response begin, for retransmissions */
  upSeq = 0
  downSeq = 0
  hasUpSeq = false
  hasDownSeq = false

  get octets(): number {
    return this.upOctets + this.downOctets
  }
}
