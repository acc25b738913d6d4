/** `rules diff` for people: how much moves, then each pair of rules with its reason. */

import type { ChangeGroup, DiffSummary, RuleOutcome } from '../../record/change-record.js'
import { groupDigits, octetsText, ruleIdText, tariffLabels } from '../../record/figures.js'
import { terminalText, wrap } from '../../record/text.js'
import type { Comparison } from '../../rules/compare.js'
import type { RuleEngine } from '../../rules/engine.js'
import { readArguments } from './finding-text.js'
import { counted, modelParts } from './summary-text.js'
import { sentence, titled } from './titled.js'

/** `files`: the captures as they were named; `most`: groups that are listed. */
export function diffLines(
  diff: DiffSummary,
  files: readonly string[],
  most: number,
  width: number,
): string[] {
  const { changed_flows, flows, changed_bytes, bytes, groups } = diff
  const lines = [
    `${groupDigits(changed_flows)} of ${counted(flows, 'flow')} change: ${octetsText(changed_bytes)} of ${octetsText(bytes)}`,
  ]
  for (const [way, octets] of Object.entries(diff.moved)) {
    lines.push(...titled('Moved', [tariffsText(way), octetsText(octets)], width))
  }
  for (const group of groups.slice(0, most)) lines.push('', ...groupLines(group, files, width))
  if (groups.length > most) {
    lines.push('', `${counted(groups.length - most, 'more pair')} of rules: --limit N, --json`)
  }
  const { profile, profile_version } = diff
  lines.push('')
  for (const [title, rules] of [
    ['From', diff.from],
    ['To', diff.to],
  ] as const) {
    lines.push(...titled(title, modelParts({ rules, profile, profile_version }), width))
  }
  if (!diff.complete) lines.push(...sentence('Incomplete', diff.reasons.join('; '), width))
  return lines
}

function tariffsText(way: string): string {
  const [from = 'unknown', to = 'unknown'] = way.split(' -> ')
  const label = (tariff: string) => tariffLabels[tariff as keyof typeof tariffLabels] ?? tariff
  return from === to ? `${label(from)}, other charging id` : `${label(from)} -> ${label(to)}`
}

function groupLines(group: ChangeGroup, files: readonly string[], width: number): string[] {
  const octets = octetsText(group.up_bytes + group.down_bytes)
  const count = [counted(group.flows, 'flow'), counted(group.transactions, 'transaction'), octets]
  return [
    ...titled('Change', count, width),
    ...titled('  from', outcomeParts(group.from), width),
    ...titled('  to', outcomeParts(group.to), width),
    ...sentence('  why', group.why, width),
    ...titled('  details', [`tollgate why ${readArguments(files)} ${group.flow}`], width),
  ]
}

function outcomeParts(outcome: RuleOutcome): string[] {
  return [
    tariffLabels[outcome.tariff ?? 'unknown'],
    outcome.rule_id === undefined ? 'no charging id' : ruleIdText(outcome.rule_id),
    `by ${terminalText(outcome.rule)}`,
  ]
}

/** Without a capture. */
export function differenceLines(
  comparison: Comparison,
  first: RuleEngine,
  second: RuleEngine,
  most: number,
  width: number,
): string[] {
  const { differences, tried, complete } = comparison
  const lines: string[] = []
  for (const one of differences.slice(0, most)) {
    lines.push(
      ...sentence('Witness', one.witness, width),
      ...titled('  from', outcomeParts(one.from), width),
      ...titled('  to', outcomeParts(one.to), width),
      ...sentence('  why', one.why, width),
      '',
    )
  }
  const found = `${counted(differences.length, 'pair')} of rules differ`
  const limit = complete ? '' : ', not all of them'
  const asked = `${groupDigits(tried)} flows and requests at the edges of the rules tried${limit}`
  lines.push(...wrap(`${found}; ${asked}: witnesses, no proof that nothing else differs`, width))
  const { name, version } = first.profile
  for (const [title, { set }] of [
    ['From', first],
    ['To', second],
  ] as const) {
    const rules = { name: set.name, version: set.version, sha256: set.source.sha256 }
    lines.push(
      ...titled(title, modelParts({ rules, profile: name, profile_version: version }), width),
    )
  }
  return lines
}
