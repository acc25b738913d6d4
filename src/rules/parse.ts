/** Rule files to the internal form: text -> values with places -> checked shapes -> `RuleSet`. Every
 * problem is reported with its place; reading goes on after each. Read rules.md section 1 first. */

import { createHash } from 'node:crypto'
import { nearestWord } from '../record/filter/nearest.js'
import { compilePrefixes } from './condition/server.js'
import type { Refuse } from './condition.js'
import { reportForm } from './form-issues.js'
import { findProfile, profileNames, profileRefusal } from './profile.js'
import { ChargeList } from './read-charge.js'
import { readFlowMatch, readPayloadMatch } from './read-match.js'
import { type Problem, RuleError } from './rule-error.js'
import { checkHeads, type Fragment, fragmentOf, headOf } from './rule-fragment.js'
import {
  type Level1Rule,
  type Level2Row,
  type Level2Table,
  type Place,
  type Prefix,
  placeText,
  type RuleSet,
} from './rule-set.js'
import { assumedText, level1Shape, level2Shape } from './schema.js'
import { compileText } from './text-pattern.js'
import { hostName } from './url.js'
import { type Path, YamlSource } from './yaml-source.js'

/** One file of a rule set. */
export interface RuleText {
  file: string
  text: string
}

/** What was read, and every problem met; the set is there when there is none. */
export interface Reading {
  set: RuleSet | undefined
  problems: readonly Problem[]
}

/** Equal precedences stay in the order of the file: the sort is stable. */
function inOrder<R extends { precedence: number }>(rules: R[]): R[] {
  return rules.sort((a, b) => a.precedence - b.precedence)
}

function matchOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'match') : undefined
}

function readRow(
  source: YamlSource,
  path: Path,
  value: unknown,
  table: number,
  charges: ChargeList,
): Level2Row[] {
  const conditions = readPayloadMatch(source, [...path, 'match'], matchOf(value))
  const form = level2Shape.safeParse(value)
  if (!form.success) {
    reportForm(source, path, value, form.error.issues, Object.keys(level2Shape.shape))
    return []
  }
  const { precedence, name, charge, assumed, origin, unsupported } = form.data
  return [
    {
      table,
      precedence,
      name,
      conditions,
      charge: charges.indexOf(source, [...path, 'charge'], charge),
      assumed: assumedText(assumed),
      origin,
      unsupported,
      at: source.place(path),
    },
  ]
}

interface Tables {
  tables: Level2Table[]
  rows: Level2Row[]
  index: Map<string, number>
}

/** Files may each add rows to one table. */
function readTables(fragments: readonly Fragment[], charges: ChargeList): Tables {
  const read: Tables = { tables: [], rows: [], index: new Map() }
  const places = new Map<string, Place>()
  const rows = new Map<string, Level2Row[]>()
  for (const { source, values } of fragments)
    for (const [name, list] of Object.entries(values.level2 ?? {})) {
      if (!places.has(name)) {
        read.index.set(name, places.size)
        places.set(name, source.place(['level2', name], 'key'))
      }
      const table = read.index.get(name) ?? 0
      const own = list.flatMap((row, i) =>
        readRow(source, ['level2', name, i], row, table, charges),
      )
      rows.set(name, [...(rows.get(name) ?? []), ...own])
    }
  for (const [name, at] of places) {
    const own = inOrder(rows.get(name) ?? [])
    read.tables.push({ name, first: read.rows.length, count: own.length, at })
    for (const row of own) read.rows.push(row)
  }
  return read
}

function tableOf(source: YamlSource, path: Path, name: string | undefined, tables: Tables): number {
  if (name === undefined) return -1
  const table = tables.index.get(name)
  if (table !== undefined) return table
  const text = `level-2 table "${name}" is not defined`
  source.refuse(path, 'value', 'UNDEFINED-REF', text, nearestWord(name, tables.index.keys()))
  return -1
}

function readLevel1(
  fragments: readonly Fragment[],
  charges: ChargeList,
  tables: Tables,
): Level1Rule[] {
  const places = new Map<number, Place>()
  const rules: Level1Rule[] = []
  for (const { source, values } of fragments)
    for (const [i, value] of (values.level1 ?? []).entries()) {
      const path = ['level1', i]
      const conditions = readFlowMatch(source, [...path, 'match'], matchOf(value))
      const form = level1Shape.safeParse(value)
      if (!form.success) {
        reportForm(source, path, value, form.error.issues, Object.keys(level1Shape.shape))
        continue
      }
      const { id, precedence, name, charge, level2, assumed, origin, unsupported } = form.data
      const at = source.place(path)
      if (charge === undefined && level2 === undefined)
        source.refuse([...path, 'charge'], 'value', 'MISSING-KEY', 'missing key "charge"')
      const earlier = places.get(id)
      if (earlier) {
        const text = `rule id ${id} is already used at ${placeText(earlier)}`
        source.refuse([...path, 'id'], 'value', 'DUPLICATE-ID', text)
      }
      places.set(id, at)
      rules.push({
        id,
        precedence,
        name,
        conditions,
        charge: charge === undefined ? -1 : charges.indexOf(source, [...path, 'charge'], charge),
        table: tableOf(source, [...path, 'level2'], level2, tables),
        assumed: assumedText(assumed),
        origin,
        unsupported,
        at,
      })
    }
  return inOrder(rules)
}

function refuseAt(source: YamlSource, base: Path): Refuse {
  return (path, text, hint, id = 'BAD-VALUE') =>
    source.refuse([...base, ...path], 'value', id, text, hint)
}

function readProxies(fragments: readonly Fragment[]): Prefix[] {
  return fragments.flatMap(
    ({ source, values }) =>
      compilePrefixes(values.proxies ?? [], refuseAt(source, ['proxies'])) ?? [],
  )
}

function readPortals(fragments: readonly Fragment[]): ((host: string) => boolean)[] {
  return fragments.flatMap(({ source, values }) =>
    (values.portals ?? []).flatMap((portal, i) => {
      const pattern = compileText(portal, true, refuseAt(source, ['portals', i]))
      return pattern ? [(host: string) => pattern.test(hostName(host))] : []
    }),
  )
}

function checkProfile(fragments: readonly Fragment[]): void {
  const head = headOf(fragments, 'profile')
  if (!head || findProfile(head.value)) return
  const hint = nearestWord(head.value, profileNames)
  const text = profileRefusal(head.value)
  head.fragment.source.refuse(['profile'], 'value', 'BAD-VALUE', text, hint)
}

function chargeOfHead(
  fragments: readonly Fragment[],
  charges: ChargeList,
  key: 'default' | 'signalling' | 'retransmissions',
): number | undefined {
  const head = headOf(fragments, key)
  return head && charges.indexOf(head.fragment.source, [key], head.value)
}

function digest(texts: readonly RuleText[]): string {
  const hash = createHash('sha256')
  for (const { text } of texts) hash.update(text, 'utf8')
  return hash.digest('hex')
}

/** Reads one rule set from one or several files, in the order given. `name` is what the operator called
 * them: a file or a directory. */
export function readRuleSet(name: string, texts: readonly RuleText[]): Reading {
  const fragments = texts.map(({ file, text }) =>
    fragmentOf(new YamlSource(file, text), texts.length > 1),
  )
  checkHeads(fragments)
  checkProfile(fragments)
  const proxies = readProxies(fragments)
  const portals = readPortals(fragments)
  const charges = new ChargeList(fragments)
  const tables = readTables(fragments, charges)
  const level1 = readLevel1(fragments, charges, tables)
  const fallback = headOf(fragments, 'default')
  const fallbackCharge = chargeOfHead(fragments, charges, 'default') ?? -1
  const signalling = chargeOfHead(fragments, charges, 'signalling')
  const retransmissions = chargeOfHead(fragments, charges, 'retransmissions')
  const problems = fragments.flatMap(({ source }) => source.problems)
  const title = headOf(fragments, 'ruleset')
  const version = headOf(fragments, 'version')
  const profile = headOf(fragments, 'profile')
  if (problems.length > 0 || !title || !version || !profile) return { set: undefined, problems }
  const files = texts.map(({ file }) => file)
  const assumed = headOf(fragments, 'assumed')
  const set: RuleSet = {
    name: title.value,
    version: version.value,
    profile: profile.value,
    source: {
      file: name,
      files,
      dialect: headOf(fragments, 'dialect')?.value ?? 'tollgate',
      sha256: digest(texts),
    },
    proxies,
    portals,
    portalPatterns: fragments.flatMap(({ values }) => values.portals ?? []),
    level1,
    tables: tables.tables,
    rows: tables.rows,
    charges: charges.charges,
    default: fallbackCharge,
    defaultAt: fallback?.at,
    signalling,
    retransmissions,
    at: title.at,
    notes: assumed ? [assumed.value] : [],
    assumed: assumed?.value,
    opaque: fragments.flatMap(({ values }) => values.opaque ?? []),
  }
  if (files.length < 2) return { set, problems }
  const merged = `merged from ${files.length} files in name order: ${files.join(', ')}`
  return { set: { ...set, notes: [...set.notes, merged] }, problems }
}

/** As `readRuleSet`; throws a `RuleError` that holds all problems. */
export function parseRuleSet(name: string, texts: readonly RuleText[]): RuleSet {
  const { set, problems } = readRuleSet(name, texts)
  const [first, ...rest] = problems
  if (first) throw new RuleError([first, ...rest])
  if (!set) throw new TypeError('a rule set is read from at least one file')
  return set
}
