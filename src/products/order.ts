/** An order as it goes through the two phases of a purchase, and how states follow each other. */

import { orderStates } from '../record/purchase-record.js'

export type OrderState = (typeof orderStates)[number]

/** Where an order can end. */
export type OrderOutcome = 'RESERVE_FAILED' | 'CONFIRM_FAILED' | 'REVERSED'

export const finalStates: ReadonlySet<OrderState> = new Set([
  'ACTIVE',
  'PREAUTH_FAILED',
  'RESERVE_FAILED',
  'CONFIRM_FAILED',
  'REVERSED',
])

/** The messages of a purchase, in their order, and the states in which each does something. */
export const orderMessages = {
  'pre-authentication': ['NEW'],
  'pre-deduction': ['PREAUTH'],
  'authentication-confirm': ['RESERVED'],
  'deduction-confirm': ['GRANTED', 'CAPTURE_PENDING'],
} as const satisfies Record<string, readonly OrderState[]>
export type OrderMessage = keyof typeof orderMessages

export interface Order {
  readonly id: string
  /** row of the subscriber */
  readonly subscriber: number
  readonly product: string
  readonly price: number
  readonly account: string
  readonly state: OrderState
  /** where REVERSING leads to */
  readonly outcome: OrderOutcome | undefined
  readonly reason: string | undefined
  /** of the step that waits for an answer */
  readonly attempts: number
  /** not tried again before */
  readonly nextUs: number
  readonly deadlineUs: number
  readonly createdUs: number
  readonly changedUs: number
}

/** Where an order stands in the sequence: a message for a later step than its own is out of order. */
export function isBefore(state: OrderState, message: OrderMessage): boolean {
  const first: OrderState = orderMessages[message][0]
  return orderStates.indexOf(state) < orderStates.indexOf(first)
}
