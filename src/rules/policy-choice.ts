/** The choices of a profile that decide where octets go, one by one: the one table for bounds, which take them
 * as a product, and for candidates, which make one of them otherwise. Read rules.md 2.6 to 2.12 first. */

import { type Profile, profiles } from './profile.js'

/** Choices that only say where a class of octets goes. */
export const slicePolicies = {
  handshake: ['first-transaction', 'level1', 'signalling-id', 'none'],
  preId: ['first-transaction', 'level1'],
  request: ['its-transaction', 'response-rule'],
  pureAck: ['current-transaction', 'level1'],
  teardown: ['last-transaction', 'level1', 'signalling-id'],
  retransmission: ['same-as-original', 'exclude', 'separate-id'],
} as const satisfies ProfileChoices

/** Choices that change what a slice or a match is. */
export const passPolicies = {
  onL2Miss: ['keep-level1', 'fall-through'],
  headerShare: ['first', 'last', 'proportional'],
  split: ['slices', 'whole-packet-first'],
  oooGap: ['level1', 'level1-for-good', 'wait'],
} as const satisfies ProfileChoices

/** A choice that changes which URL is read: a quirk, which bounds leave as the profile has it. */
const urlPolicies = { embeddedHttp: [false, true] } as const satisfies ProfileChoices

type ProfileChoices = { readonly [K in keyof Profile]?: readonly Profile[K][] }

/** Values that send octets to a charge of their own, which the rule file may not have. */
const ownCharges: ReadonlySet<unknown> = new Set(['signalling-id', 'separate-id'])

export interface PolicyVariant {
  readonly profile: Profile
  /** the policy that differs; '' when it is a whole profile */
  readonly policy: string
  readonly value: string
  readonly insteadOf: string
}

/** The profile with one choice made otherwise, each in turn, and then the other profiles. */
export function policyVariants(profile: Profile): PolicyVariant[] {
  const variants: PolicyVariant[] = []
  const choices = { ...slicePolicies, ...passPolicies, ...urlPolicies }
  for (const [policy, values] of Object.entries<readonly unknown[]>(choices)) {
    const insteadOf = profile[policy as keyof Profile]
    for (const value of values) {
      if (value === insteadOf || ownCharges.has(value)) continue
      variants.push({
        profile: { ...profile, [policy]: value },
        policy,
        value: String(value),
        insteadOf: String(insteadOf),
      })
    }
  }
  for (const other of profiles) {
    if (other.name === profile.name) continue
    variants.push({ profile: other, policy: '', value: other.name, insteadOf: profile.name })
  }
  return variants
}
