/** The charging platform that holds subscribers' money, behind three calls. Each is idempotent by key: the same
 * call again gives the same answer and moves money once. An order's id is its key. */

export type Refusal =
  | 'no-account'
  | 'insufficient-funds'
  | 'not-reserved' // capture of what was never reserved, or was given back
  | 'cancelled' // reserve after refund: a message that was late
  | 'conflict' // the key was used for another account or amount

export type PlatformAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Refusal }

/** No answer came: the call may or may not have had its effect. Calling again is safe. */
export class PlatformUnreachable extends Error {}

export interface ChargingPlatform {
  /** Sets `amount` (smallest unit) of an account aside. */
  reserve(key: string, account: string, amount: number): Promise<PlatformAnswer>
  /** Takes what was set aside. */
  capture(key: string): Promise<PlatformAnswer>
  /** Gives back what was set aside or taken, and refuses a reserve of the same key that comes later. Of a key
   * that is not known, that refusal is all. */
  refund(key: string): Promise<PlatformAnswer>
}

export const accepted: PlatformAnswer = { ok: true }

export function refused(reason: Refusal): PlatformAnswer {
  return { ok: false, reason }
}
