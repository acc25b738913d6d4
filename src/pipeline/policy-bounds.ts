/** The least and the most that can be free over the product of all policy choices (rules.md 2.12): a pass over the
 * capture for each way to match and to cut, and within a pass sums per kind of octets. */

import type { BoundsRecord, Swing } from '../record/bounds-record.js'
import { RuleEngine } from '../rules/engine.js'
import { passPolicies, slicePolicies } from '../rules/policy-choice.js'
import type { Profile } from '../rules/profile.js'
import { OctetKinds, type SwingList } from './octet-kinds.js'
import {
  byTransaction,
  type PassChoice,
  type PassKey,
  passKeys,
  product,
  type SliceChoice,
  type SliceKey,
  sliceKeys,
} from './slice-choice.js'

/** Runs a capture through a pipeline with these rules and this observer, and resolves to its octets. */
export type Pass = (engine: RuleEngine, kinds: OctetKinds) => Promise<number>

type SliceValues = { readonly [K in SliceKey]: readonly string[] }

/** Values that the rule set can be asked for: some need a charging id that it must name. */
export function allowedValues(engine: RuleEngine): { values: SliceValues; leftOut: string[] } {
  const { signalling, retransmissions } = engine.set
  const leftOut: string[] = []
  const values = Object.fromEntries(
    sliceKeys.map(key => {
      const all: readonly string[] = slicePolicies[key]
      const lacks = (value: string) =>
        (value === 'signalling-id' && signalling === undefined) ||
        (value === 'separate-id' && retransmissions === undefined)
      for (const value of all.filter(lacks)) leftOut.push(`${key} ${value}`)
      return [key, all.filter(value => !lacks(value))]
    }),
  ) as unknown as SliceValues
  return { values, leftOut }
}

/** The rules under one way to match and to cut, with every slice on its transaction. */
function tracedEngine({ set, profile }: RuleEngine, pass: PassChoice): RuleEngine {
  return new RuleEngine(set, { ...profile, ...byTransaction, ...pass })
}

function pick<K extends string>(profile: Profile, keys: readonly K[]): Record<K, string> {
  const values = profile as unknown as Readonly<Record<string, string>>
  return Object.fromEntries(keys.map(key => [key, values[key]])) as Record<K, string>
}

interface Passed {
  choice: PassChoice
  kinds: OctetKinds
}

export async function policyBounds(engine: RuleEngine, pass: Pass): Promise<BoundsRecord> {
  const { set, profile } = engine
  const own = pick(profile, sliceKeys) as SliceChoice
  const ownPass = pick(profile, passKeys) as PassChoice
  const { values, leftOut } = allowedValues(engine)
  let bytes = 0
  const runPass = async (choice: PassChoice): Promise<Passed> => {
    const traced = tracedEngine(engine, choice)
    const kinds = new OctetKinds(traced, own, values)
    bytes = await pass(traced, kinds)
    return { choice, kinds }
  }
  // packets that are cut, misses and holes show only where nothing hides them
  const plain: PassChoice = { ...ownPass, split: 'slices', oooGap: 'level1' }
  const first = await runPass(plain)
  const passes = [first]
  for (const choice of passChoices(ownPass, first.kinds)) {
    if (!same(choice, plain)) passes.push(await runPass(choice))
  }
  const choices = product(values) as unknown as SliceChoice[]
  const all = passes.flatMap(({ choice, kinds }) =>
    choices.map(slices => ({ free: kinds.free(slices), policy: { ...slices, ...choice } })),
  )
  const least = all.reduce((best, one) => (one.free < best.free ? one : best))
  const most = all.reduce((best, one) => (one.free > best.free ? one : best))
  const ownRun = passes.find(({ choice }) => same(choice, ownPass)) ?? first
  return {
    type: 'bounds',
    schema: 'tollgate.bounds/1',
    bytes,
    free_bytes: ownRun.kinds.free(own),
    free_min: least.free,
    free_max: most.free,
    min_policy: least.policy,
    max_policy: most.policy,
    combinations: all.length,
    left_out: leftOut,
    swings: [
      ...sliceKeys.map(key => sliceSwing(key, own, values, ownRun.kinds)),
      ...passKeys.map(key => passSwing(key, own, ownPass, passes, first.kinds)),
    ]
      .flatMap(swing => swing ?? [])
      .sort((a, b) => spread(b) - spread(a)),
    rules: { name: set.name, version: set.version, sha256: set.source.sha256 },
    profile: profile.name,
    profile_version: profile.version,
  }
}

/** Passes that may give something else than the first: of policies that the capture has packets for. */
function passChoices(own: PassChoice, kinds: OctetKinds): PassChoice[] {
  const values = Object.fromEntries(
    passKeys.map(key => [key, kinds.swings.has(key) ? passPolicies[key] : [own[key]]]),
  ) as unknown as { [K in PassKey]: readonly PassChoice[K][] }
  const all = product(values) as unknown as PassChoice[]
  // a packet that is not cut has no headers to share
  return all.filter(one => one.split === 'slices' || one.headerShare === own.headerShare)
}

function same(a: PassChoice, b: PassChoice): boolean {
  return passKeys.every(key => a[key] === b[key])
}

function spread({ free_bytes }: Swing): number {
  const free = Object.values(free_bytes)
  return Math.max(...free) - Math.min(...free)
}

function swingOf(
  policy: SliceKey | PassKey,
  value: string,
  free: [string, number][],
  list: SwingList | undefined,
): Swing | undefined {
  const swing: Swing = {
    policy,
    value,
    free_bytes: Object.fromEntries(free),
    packets: list?.packets ?? 0,
    bytes: list?.octets ?? 0,
    groups: list?.groups ?? [],
  }
  return spread(swing) > 0 ? swing : undefined
}

function sliceSwing(
  key: SliceKey,
  own: SliceChoice,
  values: SliceValues,
  kinds: OctetKinds,
): Swing | undefined {
  const free = values[key].map((value): [string, number] => [
    value,
    kinds.free({ ...own, [key]: value }),
  ])
  return swingOf(key, own[key], free, kinds.swings.get(key))
}

function passSwing(
  key: PassKey,
  own: SliceChoice,
  ownPass: PassChoice,
  passes: readonly Passed[],
  first: OctetKinds,
): Swing | undefined {
  const values: readonly string[] = passPolicies[key]
  const free = values.flatMap((value): [string, number][] => {
    const wanted = { ...ownPass, [key]: value } as PassChoice
    const found = passes.find(({ choice }) => same(choice, wanted))
    return found === undefined ? [] : [[value, found.kinds.free(own)]]
  })
  return free.length < 2 ? undefined : swingOf(key, ownPass[key], free, first.swings.get(key))
}
