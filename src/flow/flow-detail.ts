/** What hangs on a flow's row and is touched on events only: accounts, transactions and the state of
 * its conversation. One instance a row, used again by the row's next flow. */

import type { Flag } from '../record/flag.js'
import type { App, Certainty } from '../record/flow-record.js'
import type { ChunkedBody } from '../wire/http1-chunked.js'
import type { WebSocketFrames } from '../wire/websocket.js'
import { Reason } from './reason.js'
import type { Repetitions } from './repeated-payload.js'
import { Suspicion } from './suspicion.js'
import { giveBack, type Transaction, takeTransaction } from './transaction.js'
import type { WtpTransaction } from './wtp-conversation.js'

/** How the payload of a flow is read. */
export const Mode = {
  /** nothing seen yet */
  Undecided: 0,
  Http: 1,
  /** collecting a ClientHello */
  Tls: 2,
  /** encrypted or unknown: never looked at again */
  Opaque: 3,
  /** the start was missed: look for a request at the start of each segment going up */
  Watch: 4,
  WspConnectionless: 5,
  Wtp: 6,
  Dns: 7,
  Wtls: 8,
  /** collecting a ClientHello out of Initial packets */
  Quic: 9,
  /** TLS without a name in its ClientHello: looking for the server's certificate */
  TlsServer: 10,
} as const
export type Mode = (typeof Mode)[keyof typeof Mode]

/** Where one direction of an HTTP/1.x conversation stands (RFC 9112 section 6.3). */
export const MessageState = {
  Start: 0,
  Head: 1,
  /** `left` octets of body to come; Infinity: until the connection closes or in a tunnel */
  Body: 2,
  Chunked: 3,
  /** framing was lost: waits for something that looks like a message */
  Resync: 4,
  /** CONNECT was sent, the answer decides what follows (RFC 9110 section 9.3.6) */
  AwaitTunnel: 5,
} as const
export type MessageState = (typeof MessageState)[keyof typeof MessageState]

/** A TCP segment that waits behind a hole; `data` is a copy of what was captured of its payload. */
export interface PendingSegment {
  seq: number
  len: number
  headerOctets: number
  packets: number
  frame: number
  timeUs: number
  data: Uint8Array
}

/** One direction of a conversation. */
export class Direction {
  // what every segment asks for comes first: it then shares a line of the processor's cache
  state: MessageState = MessageState.Start
  /** transaction that the octets of the current message belong to */
  txn: Transaction | undefined = undefined
  /** octets of the current body still to come */
  left = 0
  /** octets that the fast path was allowed to pass over unseen; what is left of them is in Col.Skip* */
  granted = 0
  headLen = 0
  /** first octets of an MMS body, collected until they can be decoded */
  mms: Uint8Array | undefined = undefined
  /** of state Chunked: chunks of a body, or WebSocket frames after 101 */
  chunked: ChunkedBody | WebSocketFrames | undefined = undefined
  /** octets of a head that is cut over segments; kept for the next flow of the row (head-buffers.ts) */
  head: Uint8Array | undefined = undefined
  mmsLen = 0
  /** empty again when the flow ends */
  readonly pending: PendingSegment[] = []
  pendingOctets = 0
  /** packet clock when the hole before `pending` was first seen */
  holeUs = 0

  reset(): void {
    this.state = MessageState.Start
    this.txn = undefined
    this.left = 0
    this.granted = 0
    this.headLen = 0
    this.chunked = undefined
    this.mms = undefined
    this.mmsLen = 0
    this.pendingOctets = 0
    this.holeUs = 0
  }
}

const noNames: readonly string[] = []
const noSuspicions: readonly Suspicion[] = []
/** value of `firstAck` before there is one */
export const noAck = -1

/** Shared by all flows without any: most have none, and an empty list of its own would cost each a look. */
const noTransactions: readonly Transaction[] = []

/** At most this many finished transactions stay open for retransmissions and late acknowledgements. */
export const maxOpenTransactions = 64
/** At most this many wait for an answer. */
export const maxUnanswered = 256

export class FlowDetail {
  // what every message asks for comes first: it then shares lines of the processor's cache
  mode: Mode = Mode.Undecided
  reasons = 0
  /** level-1 rule index given by the pipeline */
  level1 = -1
  /** number of the next transaction */
  nextN = 1
  /** index of the transaction that the next HTTP response answers; -1 after a loss: the latest one */
  answering = 0
  /** octets that wait for a first transaction, until it comes (policy first-transaction) */
  first: Transaction | undefined = undefined
  /** octets on the level-1 charge */
  base: Transaction | undefined = undefined
  transactions: Transaction[] = []
  readonly up = new Direction()
  readonly down = new Direction()
  /** responses to come whose transactions were settled without waiting for them */
  unanswerable = 0
  app: App = 'other'

  /** frame that opened the flow: its identity */
  frame = 0
  openedUs = 0
  /** first host and URL of the flow, for its record */
  host = ''
  url = ''
  userAgent = ''
  uaProfile = ''
  /** names in the server's certificate, of a TLS connection without a name in its ClientHello */
  certificateNames: readonly string[] = noNames
  /** octets left out by the profile */
  excluded: Transaction | undefined = undefined
  /** octets on the charge of signalling */
  signalling: Transaction | undefined = undefined
  /** octets on the charge of retransmissions */
  repeated: Transaction | undefined = undefined
  /** account of the payload seen last, however repeated octets are charged: acknowledgements go with it */
  payload: Transaction | undefined = undefined
  /** one for each decision among the transactions that were settled before the flow ended */
  settled: readonly Transaction[] = noTransactions
  /** number of open transactions at which the oldest are settled */
  retireAt = maxOpenTransactions
  /** accounts of requests that are not known yet; level 1 if they never will be */
  unnamed: readonly Transaction[] = noTransactions
  /** WTP transactions by TID and initiator */
  tids: Map<number, WtpTransaction> | undefined = undefined
  /** datagrams that were not recognised */
  unrecognised = 0
  uePort = 0
  serverPort = 0
  protocol = 0
  /** ICMP type << 8 | code of the first packet */
  icmpTypeCode = 0
  /** the first packet came from the server */
  openedDown = false
  /** acknowledgement number of the UE's first ACK, unsigned, while nothing has come down */
  firstAck: number = noAck
  settledUpPackets = 0
  settledDownPackets = 0
  settledUpOctets = 0
  settledDownOctets = 0
  /** bits of the tariffs met, see rating/verdict.ts */
  tariffs = 0
  /** one a flag */
  suspicions: readonly Suspicion[] = noSuspicions
  /** inner IP octets that are free only because of flags */
  atRisk = 0
  /** DNS messages that are larger than a handset's questions and answers */
  bulkyMessages = 0
  #repetitions: Repetitions | undefined = undefined

  reset(frame: number, timeUs: number): void {
    this.frame = frame
    this.openedUs = timeUs
    this.reasons = 0
    this.mode = Mode.Undecided
    this.app = 'other'
    this.host = ''
    this.url = ''
    this.userAgent = ''
    this.uaProfile = ''
    this.certificateNames = noNames
    this.level1 = -1
    this.first = undefined
    this.base = undefined
    this.excluded = undefined
    this.signalling = undefined
    this.repeated = undefined
    this.payload = undefined
    this.retireAt = maxOpenTransactions
    this.nextN = 1
    this.unrecognised = 0
    this.firstAck = noAck
    this.answering = 0
    this.unanswerable = 0
    this.up.reset()
    this.down.reset()
    this.settledUpPackets = 0
    this.settledDownPackets = 0
    this.settledUpOctets = 0
    this.settledDownOctets = 0
    this.tariffs = 0
    this.suspicions = noSuspicions
    this.atRisk = 0
    this.bulkyMessages = 0
    this.#repetitions = undefined
  }

  /** Segments that were sent again, the latest ones. */
  get repetitions(): Repetitions {
    this.#repetitions ??= []
    return this.#repetitions
  }

  /** The flow's entry for a flag; what showed it first stays. */
  suspect(flag: Flag, frame: number, evidence: string, confidence: Certainty): Suspicion {
    const known = this.suspicions.find(one => one.flag === flag)
    if (known !== undefined) return known
    const suspicion = new Suspicion(flag, frame, evidence, confidence)
    this.suspicions = [...this.suspicions, suspicion]
    return suspicion
  }

  /** The flow has ended: lets go of what only it needed. */
  forget(): void {
    this.transactions = []
    if (this.settled !== noTransactions) this.settled = noTransactions
    if (this.unnamed !== noTransactions) this.unnamed = noTransactions
    this.tids = undefined
  }

  /** Gives the accounts back for use by other flows, after they were settled. */
  release(): void {
    for (const txn of this.transactions) giveBack(txn)
    for (const txn of this.unnamed) giveBack(txn)
    for (const sum of this.settled) giveBack(sum)
    if (this.first !== undefined) giveBack(this.first)
    if (this.base !== undefined) giveBack(this.base)
    if (this.excluded !== undefined) giveBack(this.excluded)
    if (this.signalling !== undefined) giveBack(this.signalling)
    if (this.repeated !== undefined) giveBack(this.repeated)
  }

  /** The account of octets that are on level 1 whatever comes. */
  levelOne(): Transaction {
    this.base ??= takeTransaction()
    return this.base
  }

  /** The account of octets that wait for the first transaction; once there is one, that one. */
  deferred(): Transaction {
    const known = this.transactions[0]
    if (known !== undefined) return known
    this.first ??= takeTransaction()
    return this.first
  }

  /** The account of octets that the profile does not count. */
  leftOut(): Transaction {
    this.excluded ??= takeTransaction()
    return this.excluded
  }

  /** The account of signalling that has a charge of its own. */
  signals(): Transaction {
    this.signalling ??= takeTransaction()
    return this.signalling
  }

  /** The account of repeated octets that have a charge of their own. */
  repeats(): Transaction {
    this.repeated ??= takeTransaction()
    return this.repeated
  }

  /** As `deferred`, for octets that no request of this flow explains: when the start was missed they may belong
   * to another one, and are on level 1. */
  waiting(): Transaction {
    return this.reasons & Reason.MidFlow ? this.levelOne() : this.deferred()
  }

  last(): Transaction | undefined {
    return this.transactions[this.transactions.length - 1]
  }

  /** Remembers of a settled transaction what the flow's record says of all. */
  sum(txn: Transaction): void {
    const { decision } = txn
    let one = this.settled.find(
      other => other.decision?.level1 === decision?.level1 && other.decision?.row === decision?.row,
    )
    if (one === undefined) {
      one = takeTransaction()
      one.decision = decision
      this.settled = [...this.settled, one]
    }
    one.upOctets += txn.upOctets
    one.downOctets += txn.downOctets
    one.reasons |= txn.reasons
    if (txn.app === 'mms') one.app = 'mms'
  }
}
