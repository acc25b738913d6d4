/** Combinations of the policy choices (rules/policy-choice.ts), and what each makes of a kind of octets. Octets of
 * one kind go the same way under every combination, so that sums per kind are enough to compare them all. */

import { SliceClass } from '../flow/slice-policy.js'
import { passPolicies, slicePolicies } from '../rules/policy-choice.js'

export type SliceKey = keyof typeof slicePolicies
export const sliceKeys = Object.keys(slicePolicies) as SliceKey[]
export type SliceChoice = { readonly [K in SliceKey]: (typeof slicePolicies)[K][number] }

/** Each combination needs a pass over the capture. */
export type PassKey = keyof typeof passPolicies
export const passKeys = Object.keys(passPolicies) as PassKey[]
export type PassChoice = { readonly [K in PassKey]: (typeof passPolicies)[K][number] }

/** The choice under which every slice goes to the transaction that explains it: all others can be told from it. */
export const byTransaction: SliceChoice = {
  handshake: 'first-transaction',
  preId: 'first-transaction',
  request: 'its-transaction',
  pureAck: 'current-transaction',
  teardown: 'last-transaction',
  retransmission: 'same-as-original',
}

/** What decides whether octets are free, besides the choice. */
export interface OctetKind {
  readonly sliceClass: SliceClass
  /** nothing was identified yet when they came */
  readonly waiting: boolean
  readonly isTcp: boolean
  /** the request that they belong to has no response */
  readonly unanswered: boolean
  /** a session and a direction are known: only then is anything free */
  readonly rated: boolean
  /** whether their transaction is free, and level 1 */
  readonly transactionFree: boolean
  readonly level1Free: boolean
}

/** Whether the charges that the rule set gives to signalling and to retransmissions are free. */
export interface SpecialTariffs {
  readonly signalling: boolean
  readonly retransmissions: boolean
}

export function isFree(kind: OctetKind, choice: SliceChoice, special: SpecialTariffs): boolean {
  const { level1Free } = kind
  const held = choice.request === 'response-rule' && kind.unanswered
  const own = held ? level1Free : kind.transactionFree
  const identified = kind.waiting && choice.preId === 'level1' ? level1Free : own
  switch (kind.sliceClass) {
    case SliceClass.Handshake:
      if (choice.handshake === 'first-transaction') return own
      if (choice.handshake === 'signalling-id') return kind.rated && special.signalling
      return choice.handshake === 'level1' && level1Free
    case SliceClass.Teardown:
      if (choice.teardown === 'signalling-id') return kind.rated && special.signalling
      if (choice.teardown === 'level1') return level1Free
      return kind.waiting && choice.handshake !== 'first-transaction' ? level1Free : own
    case SliceClass.PureAck:
      return kind.isTcp && choice.pureAck === 'level1' ? level1Free : identified
    case SliceClass.Retransmission:
      if (choice.retransmission === 'separate-id') return kind.rated && special.retransmissions
      return choice.retransmission === 'same-as-original' && identified
    default:
      return identified
  }
}

/** Every combination of the values of an object's keys. */
export function product<T extends Record<string, readonly string[]>>(
  values: T,
): { [K in keyof T]: T[K][number] }[] {
  let all: Record<string, string>[] = [{}]
  for (const [key, own] of Object.entries(values))
    all = all.flatMap(one => own.map(value => ({ ...one, [key]: value })))
  return all as { [K in keyof T]: T[K][number] }[]
}
