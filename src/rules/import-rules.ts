/** Somebody else's configuration as a rule set in text: reads it by its dialect, writes the rule file, and reads that
 * back before anybody gets it, so that what comes out always loads. */

import { createHash } from 'node:crypto'
import type { Dialect, ImportOptions, LeftOut, Remark } from './import/dialect.js'
import { maskedSubscriber } from './import/select-named.js'
import { SetBuilder } from './import/set-builder.js'
import type { SourceText } from './import/source-text.js'
import { readRuleSet } from './parse.js'
import { findProfile } from './profile.js'
import { problemMessage } from './rule-error.js'
import type { RuleSet } from './rule-set.js'
import { writeRules } from './write-rules.js'

export interface ImportResult {
  /** the rule file */
  readonly text: string
  readonly set: RuleSet
  readonly left: readonly LeftOut[]
  readonly remarks: readonly Remark[]
  /** lines or values of the source that say something */
  readonly total: number
  readonly represented: number
}

/** The first of the profiles that this version carries out. */
function profileOf(profiles: readonly string[]): { name: string; instead: string | undefined } {
  const [best = 'article'] = profiles
  const name = profiles.find(one => findProfile(one)) ?? 'article'
  return { name, instead: name === best ? undefined : best }
}

function digest(texts: readonly SourceText[]): string {
  const hash = createHash('sha256')
  for (const { text } of texts) hash.update(text, 'utf8')
  return hash.digest('hex').slice(0, 12)
}

/** Name of a file without folder and ending. */
function baseName(file: string): string {
  const name = file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')
  return name === '' ? 'imported' : name
}

/** What the head of an imported set says. */
export interface ImportHead {
  readonly name: string
  readonly version: string
  readonly dialect: string
  /** profiles of which the first that is known describes the gateway best */
  readonly profiles: readonly string[]
  /** what the set was read from, in words */
  readonly from: string
}

/** The builder's set as text, read back. */
export function finishImport(builder: SetBuilder, head: ImportHead): ImportResult {
  const { name, version, dialect, profiles, from } = head
  const profile = profileOf(profiles)
  const { total, represented } = builder
  const account = `${represented} of ${total} lines or values`
  const instead =
    profile.instead === undefined ? [] : [`Profile ${profile.name} for ${profile.instead}.`]
  const { draft, left, remarks } = builder.finish({
    name,
    version,
    profile: profile.name,
    dialect,
    heading: [`Imported from ${from} (${dialect}): ${account}.`, ...instead],
  })
  const text = writeRules(draft)
  const { set, problems } = readRuleSet('imported', [{ file: 'imported', text }])
  const [problem] = problems
  if (!set)
    throw new TypeError(`the import is no rule set: ${problem ? problemMessage(problem) : ''}`)
  return { text, set, left, remarks, total, represented }
}

/** Throws a `RuleError` with the place of what cannot be read at all. */
export function importRules(
  dialect: Dialect,
  texts: readonly SourceText[],
  options: ImportOptions,
): ImportResult {
  const builder = new SetBuilder(options)
  dialect.read(texts, builder)
  const [first] = texts
  const select = options.select === undefined ? '' : ` ${maskedSubscriber(options.select)}`
  return finishImport(builder, {
    name: `${baseName(first?.file ?? '')}${select}`,
    version: `sha256 ${digest(texts)}`,
    dialect: dialect.name,
    profiles: builder.profiles ?? dialect.profiles,
    from: texts.map(({ name }) => name).join(', '),
  })
}
