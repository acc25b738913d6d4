/** One file of a rule set with its top level checked. What has its shape is read on even when something
 * beside it is wrong, so that one run reports all problems. */

import type { z } from 'zod'
import { reportForm } from './form-issues.js'
import type { Place } from './rule-set.js'
import { setShape } from './schema.js'
import type { YamlSource } from './yaml-source.js'

type Whole = z.infer<typeof setShape>
export type SetValues = { [K in keyof Whole]?: Whole[K] | undefined }

export interface Fragment {
  readonly source: YamlSource
  readonly values: SetValues
}

const known = Object.keys(setShape.shape)

/** `several`: the set's other files may hold what this one lacks. */
export function fragmentOf(source: YamlSource, several: boolean): Fragment {
  if (source.problems.length > 0) return { source, values: {} }
  const partial = setShape.partial()
  const form = (several ? partial : setShape).safeParse(source.value)
  if (form.success) return { source, values: form.data }
  const { issues } = form.error
  reportForm(source, [], source.value, issues, known)
  const bad = new Set(issues.map(issue => issue.path[0]))
  const { value } = source
  const good = Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
    ([key]) => known.includes(key) && !bad.has(key),
  )
  const kept = partial.safeParse(Object.fromEntries(good))
  return { source, values: kept.success ? kept.data : {} }
}

/** Keys that belong to a set as a whole: one file holds each. */
const headKeys = [
  'ruleset',
  'version',
  'profile',
  'default',
  'signalling',
  'retransmissions',
  'assumed',
  'dialect',
] as const
export type HeadKey = (typeof headKeys)[number]

export interface Head<K extends HeadKey> {
  readonly fragment: Fragment
  readonly value: NonNullable<SetValues[K]>
  readonly at: Place
}

export function headOf<K extends HeadKey>(
  fragments: readonly Fragment[],
  key: K,
): Head<K> | undefined {
  for (const fragment of fragments) {
    const value: SetValues[K] = fragment.values[key]
    if (value !== undefined) return { fragment, value, at: fragment.source.place([key]) }
  }
  return undefined
}

/** Reports keys of the set that two files hold, and the names that no file holds. */
export function checkHeads(fragments: readonly Fragment[]): void {
  const [first] = fragments
  if (!first || fragments.length < 2) return
  for (const key of headKeys) {
    const owners = fragments.filter(({ values }) => values[key] !== undefined)
    const [owner, second] = owners
    if (owner && second && key === 'ruleset') {
      const text = `a second rule set: "${owner.values.ruleset}" is in ${owner.source.file}`
      const hint = `name one file: ${owner.source.file}`
      second.source.refuse([key], 'key', 'DUPLICATE-KEY', text, hint)
    } else if (owner && second) {
      const text = `"${key}" is also in ${owner.source.file}`
      second.source.refuse([key], 'key', 'DUPLICATE-KEY', text)
    } else if (!owner && (key === 'ruleset' || key === 'version' || key === 'profile')) {
      first.source.refuse([], 'value', 'MISSING-KEY', `missing key "${key}" in all files`)
    }
  }
}
