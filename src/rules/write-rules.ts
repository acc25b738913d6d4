/** A drafted rule set as the text of a rule file. Read YAML 1.2.2 chapter 7 first (flow styles): one rule is one
 * line, so that a difference of two imports is a difference of lines. */

import { jsonText, plainText } from '../record/text.js'
import type { DraftOrigin, DraftRule, RuleDraft } from './rule-draft.js'

const LONGEST_COMMENT = 240
/** Words that need no quotes in a flow mapping and are no other type of the core schema. */
const plain = /^[A-Za-z][\w./-]*(?: [\w./-]+)*$|^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/
const reserved = /^(?:true|false|null)$/i

/** A value in flow style. Keys whose value is undefined are left out. */
export function flowText(value: unknown): string {
  if (typeof value === 'string') {
    return plain.test(value) && !reserved.test(value) ? value : jsonText(value)
  }
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).filter(([, own]) => own !== undefined)
    return `{${pairs.map(([key, own]) => `${flowText(key)}: ${flowText(own)}`).join(', ')}}`
  }
  return String(value)
}

/** A comment is somebody else's text: no character of it may end the line. */
function commentLine(indent: string, text: string): string {
  const shown = plainText(text.trim())
  const cut = shown.length > LONGEST_COMMENT ? `${shown.slice(0, LONGEST_COMMENT)} ...` : shown
  return `${indent}# ${cut}`.trimEnd()
}

/** A list of one is its element. */
function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

function matchValues(match: object): Record<string, unknown> {
  const pairs = Object.entries(match).filter(([, value]) => value !== undefined)
  return Object.fromEntries(pairs.map(([key, value]) => [key, single(value)]))
}

function ruleLines(indent: string, head: object, own: DraftOrigin & { match: object }): string[] {
  const { match, origin, comment, unsupported, assumed } = own
  const lines: string[] = []
  if (comment !== undefined) {
    const line = comment.trim()
    lines.push(commentLine(indent, origin === undefined ? line : `${origin}: ${line}`))
  }
  const written = matchValues(match)
  const values = {
    ...head,
    ...(Object.keys(written).length === 0 ? {} : { match: written }),
    ...tail(own),
    unsupported,
    assumed,
    origin,
  }
  lines.push(`${indent}- ${flowText(values)}`)
  return lines
}

/** The keys behind `match`. */
function tail(own: object): object {
  const { charge, level2 } = own as Partial<DraftRule>
  return { charge, level2 }
}

function headLines(draft: RuleDraft): string[] {
  const { name, version, profile, dialect, assumed, proxies, portals } = draft
  const lines = draft.heading.map(text => commentLine('', text))
  if (lines.length > 0) lines.push('')
  lines.push(`ruleset: ${flowText(name)}`, `version: ${jsonText(version)}`)
  lines.push(`profile: ${flowText(profile)}`)
  if (dialect !== undefined) lines.push(`dialect: ${flowText(dialect)}`)
  if (assumed !== undefined) lines.push(`assumed: ${flowText(assumed)}`)
  if (proxies.length > 0) lines.push(`proxies: ${flowText(proxies)}`)
  if (portals.length > 0) lines.push(`portals: ${flowText(portals)}`)
  return lines
}

function levelLines(draft: RuleDraft): string[] {
  const lines = ['', draft.level1.length === 0 ? 'level1: []' : 'level1:']
  for (const rule of draft.level1) {
    const { id, precedence, name } = rule
    lines.push(...ruleLines('  ', { id, precedence, name }, rule))
  }
  if (draft.tables.size > 0) lines.push('', 'level2:')
  for (const [table, rows] of draft.tables) {
    lines.push(rows.length === 0 ? `  ${flowText(table)}: []` : `  ${flowText(table)}:`)
    for (const row of rows) {
      const { precedence, name } = row
      lines.push(...ruleLines('    ', { precedence, name }, row))
    }
  }
  return lines
}

function chargeLines(draft: RuleDraft): string[] {
  const lines = ['', draft.charges.length === 0 ? 'charges: {}' : 'charges:']
  for (const { id, comment, ratingGroup, ...own } of draft.charges) {
    const { tariff, name, serviceId, online, offline, synthetic, assumed } = own
    const group = ratingGroup === id ? undefined : ratingGroup
    if (comment !== undefined) lines.push(commentLine('  ', comment))
    const about = { serviceId, online, offline, synthetic, assumed }
    const values = { tariff, name, ratingGroup: group, ...about }
    lines.push(`  ${id}: ${flowText(values)}`)
  }
  if (draft.default !== undefined) lines.push('', `default: ${draft.default}`)
  return lines
}

/** The rule file, with a final newline. */
export function writeRules(draft: RuleDraft): string {
  const lines = [...headLines(draft), ...levelLines(draft), ...chargeLines(draft)]
  if (draft.opaque.length > 0)
    lines.push('', '# lines of the source that have no form here', 'opaque:')
  for (const line of draft.opaque) lines.push(`  - ${flowText(line)}`)
  return `${lines.join('\n')}\n`
}
