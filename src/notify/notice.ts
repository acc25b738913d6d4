/** What a subscriber is told about a case of his, and how a channel answers. blocked-after-renewal.md B3 (notify),
 * B4 (channel and texts). */

/** A subscriber who is blocked, as the detector says it. */
export interface BlockedCase {
  caseId: string
  /** 15 digits at most, in the clear: a message goes to this subscriber */
  imsi: string
  /** international format without `+`; '' when nobody knows it */
  msisdn: string
  /** C1 to C13, CX */
  cause: string
  /** when the renewal was in force (T0), microseconds since 1970 */
  renewedUs: number
  /** the recommended steps, in the subscriber's language */
  text: string
  /** last packet or request of the subscriber; undefined when there was none */
  activeUs?: number | undefined
}

/** `first` tells the steps; `follow-up` asks once more. */
export type NoticeKind = 'first' | 'follow-up'

/** - waiting: to be sent when it is due
 * - sending: a channel has it; found at a start, nobody knows whether it was sent
 * - accepted: the channel took it; delivered, undelivered: what a receipt said
 * - refused: the channel will never take it; expired: it was not taken in time
 * - cancelled: the subscriber recovered first; uncertain: it may have been sent, and is not sent again */
export type NoticeState =
  | 'waiting'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'undelivered'
  | 'refused'
  | 'expired'
  | 'cancelled'
  | 'uncertain'

export interface Notice {
  id: number
  kind: NoticeKind
  state: NoticeState
  caseId: string
  imsi: string
  msisdn: string
  cause: string
  renewedUs: number
  text: string
  /** not sent before */
  dueUs: number
  attempts: number
  /** the channel's own name of the message; '' until it is accepted */
  messageId: string
  /** why it is in this state */
  reason: string
  createdUs: number
  changedUs: number
}

/** How a channel took a notice. `later`: it may be tried again; `uncertain`: it may have been sent. */
export type Outcome =
  | { kind: 'accepted'; messageId: string }
  | { kind: 'refused' | 'later' | 'uncertain'; reason: string }

/** What came of an accepted notice. */
export interface Receipt {
  messageId: string
  delivered: boolean
  /** the channel's words: `EXPIRED err 027` */
  reason: string
}

/** A way to a subscriber. Never throws and never rejects: trouble is an outcome. */
export interface Channel {
  readonly name: string
  send(notice: Notice): Promise<Outcome>
  close(): Promise<void>
}
