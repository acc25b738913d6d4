/** The choices of a profile one by one: what figures would be if a gateway did one thing otherwise. Read rules.md
 * 2.6 to 2.12 first. */

import { type Profile, profiles } from './profile.js'

type Choices = { readonly [K in keyof Profile]?: readonly Profile[K][] }

/** Of each policy that decides where octets go, the values that need no charge of their own in the rule file. */
const choices: Choices = {
  onL2Miss: ['keep-level1', 'fall-through'],
  handshake: ['first-transaction', 'level1'],
  preId: ['first-transaction', 'level1'],
  pureAck: ['current-transaction', 'level1'],
  teardown: ['last-transaction', 'level1'],
  retransmission: ['same-as-original', 'exclude'],
  headerShare: ['first', 'last', 'proportional'],
  split: ['slices', 'whole-packet-first'],
  embeddedHttp: [false, true],
}

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
  for (const [policy, values] of Object.entries(choices)) {
    const insteadOf = profile[policy as keyof Profile]
    for (const value of values) {
      if (value === insteadOf) continue
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
