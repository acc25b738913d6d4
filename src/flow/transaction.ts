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
  // what every packet of it asks for comes first: it then shares lines of the processor's cache
  /** 1, 2, ... once identified; 0 = the flow's own account (level 1, or waiting for a first one) */
  n = 0
  firstFrame = 0
  // account: inner IP packets and octets
  upPackets = 0
  downPackets = 0
  upOctets = 0
  downOctets = 0
  firstUs = 0
  lastUs = 0
  reasons = 0
  decision: TransactionDecision | undefined = undefined
  /** TCP sequence numbers (int32) where its request and response begin, for retransmissions */
  upSeq = 0
  downSeq = 0
  hasUpSeq = false
  hasDownSeq = false
  isHead = false
  isConnect = false
  responseDone = false
  /** frames after an upgrade to WebSocket, both directions */
  webSocketFrames = 0
  status = 0
  app: App = 'other'
  /** WSP/WTP transaction id, -1 when there is none */
  tid = -1

  // request
  method = ''
  /** request target or WSP Uri as sent; '' when none was seen */
  target = ''
  hostHeader = ''
  xOnlineHost = ''
  userAgent = ''
  /** URL of the handset's UAProf description */
  uaProfile = ''
  requestContentType = ''
  sni = ''
  /** application protocols that the ClientHello offers, with spaces between */
  alpn = ''
  /** frame in which the identification completed */
  identifiedFrame = 0

  // response
  responseContentType = ''
  location = ''

  /** some text was not UTF-8 (pipeline) */
  lossy = false
  mms: MmsFacts | undefined = undefined

  /** inner IP octets of segments that repeat octets and have others */
  differing = 0

  // filled by the pipeline
  url = ''
  urlRaw = ''
  urlSource: UrlSource | '' = ''
  host = ''
  path = ''
  conflicts: readonly UrlConflict[] | undefined = undefined
  /** bits, see record/flag.ts; inner IP octets that are free only because of them */
  flags = 0
  atRisk = 0

  /** As new: for the next user of a recycled one. */
  reset(): void {
    this.n = 0
    this.app = 'other'
    this.reasons = 0
    this.upPackets = this.downPackets = this.upOctets = this.downOctets = 0
    this.firstUs = this.lastUs = this.firstFrame = 0
    this.method = this.target = this.hostHeader = this.xOnlineHost = this.userAgent = ''
    this.uaProfile = ''
    this.requestContentType = this.sni = this.alpn = this.responseContentType = this.location = ''
    this.isHead = this.isConnect = this.responseDone = this.lossy = false
    this.identifiedFrame = this.status = this.webSocketFrames = 0
    this.tid = -1
    this.mms = undefined
    this.url = this.urlRaw = this.urlSource = this.host = this.path = ''
    this.conflicts = undefined
    this.differing = this.flags = this.atRisk = 0
    this.decision = undefined
    this.upSeq = this.downSeq = 0
    this.hasUpSeq = this.hasDownSeq = false
  }

  get octets(): number {
    return this.upOctets + this.downOctets
  }
}

/** A request whose response was not seen. */
export function isUnanswered(txn: Transaction): boolean {
  return txn.method !== '' && txn.status === 0 && !txn.responseDone
}

/** Transactions to use again: a run opens hundreds of thousands, and few at a time are alive. */
const spare: Transaction[] = []
const maxSpare = 65536

export function takeTransaction(): Transaction {
  return spare.pop() ?? new Transaction()
}

/** The transaction was settled and nobody holds it any more. */
export function giveBack(txn: Transaction): void {
  if (spare.length >= maxSpare) return
  txn.reset()
  spare.push(txn)
}
