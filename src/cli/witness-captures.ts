/** `rules check --witness-pcap DIR`: for each rule a capture that shows it, and the ledger that the rules
 * make of it under profile `article`, which is the one that the generator's truth is written for. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { terminalText } from '../record/text.js'
import { RuleEngine } from '../rules/engine.js'
import type { Witness } from '../rules/lint.js'
import type { LintSubject } from '../rules/lint-subject.js'
import { findProfile } from '../rules/profile.js'
import { rowLabel, ruleLabel } from '../rules/rule-set.js'
import { type RuleWitness, ruleWitnesses } from '../rules/rule-witness.js'
import { witnessText } from '../rules/witness-text.js'
import { ScenarioError } from '../synth/scenario-error.js'
import type { Expectation } from '../synth/scenario-expect.js'
import { synthesise } from '../synth/synthesise.js'
import type { TruthTotal } from '../synth/truth.js'
import { usageFailure } from './fail.js'
import { makeFolder } from './output/make-folder.js'
import { writeFailure } from './output/output.js'
import { isNoScenario, witnessScenario } from './witness-scenario.js'

const profileName = 'article'

/** What a replay of the capture has to say. */
export interface WitnessLedger {
  schema: 'tollgate.witness-ledger/1'
  /** "L1-3", "wapgw/1", "default" */
  rule: string
  at: string
  capture: string
  witness: string
  level1?: number
  level2?: string
  usage: TruthTotal[]
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}

export interface WitnessReport {
  /** captures written */
  written: number
  /** rules without one, and why */
  skipped: readonly { label: string; why: string }[]
}

/** What the rules make of a witness; undefined when it is not the rule that decides, or has no id. */
function expectationOf(
  engine: RuleEngine,
  { flow, request }: Witness,
  label: string,
): Expectation | undefined {
  if (!flow) return undefined
  const { l1, row, charge } = engine.decide(flow, request)
  const rule = engine.set.level1[l1]
  const tableRow = engine.set.rows[row]
  const level1 = rule ? ruleLabel(rule) : 'default'
  const decider = tableRow ? rowLabel(engine.set, tableRow) : level1
  const own = engine.charges[charge]
  if (decider !== label || !own) return undefined
  return {
    id: own.id,
    tariff: own.tariff,
    ...(rule ? { level1: rule.id } : {}),
    ...(tableRow ? { level2: decider } : {}),
  }
}

/** File names from labels: what is neither letter, digit, dot nor hyphen becomes a hyphen; a number tells
 * apart what is then the same. */
function fileNames(labels: readonly string[]): string[] {
  const used = new Set<string>()
  return labels.map(label => {
    const plain = label.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+/, '') || 'rule'
    let name = plain
    for (let n = 2; used.has(name.toLowerCase()); n++) name = `${plain}-${n}`
    used.add(name.toLowerCase())
    return name
  })
}

/** Nothing is written when one of the files is already there. */
function refuseExisting(folder: string, names: readonly string[]): void {
  for (const name of names)
    for (const file of [captureFile(folder, name), ledgerFile(folder, name)])
      if (existsSync(file)) throw usageFailure(`${terminalText(file)}: exists`, '--force')
}

function captureFile(folder: string, name: string): string {
  return join(folder, `${name}.pcap`)
}

function ledgerFile(folder: string, name: string): string {
  return join(folder, `${name}.ledger.json`)
}

function save(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw writeFailure(terminalText(file), error.code, error, 0)
  }
}

/** The capture of one rule and its ledger, or why there is none. */
function captureOf(engine: RuleEngine, name: string, own: RuleWitness) {
  const { label, at, witness } = own
  if (!witness) return { why: own.why ?? '' }
  const expectation = expectationOf(engine, witness, label)
  if (!expectation) return { why: `another rule decides under profile ${profileName}` }
  const scenario = witnessScenario(label, witness, expectation)
  if (isNoScenario(scenario)) return scenario
  const pieces: Uint8Array[] = []
  const made = synthesise(JSON.stringify(scenario), name, piece => pieces.push(piece))
  const { name: ruleset, version, source } = engine.set
  const ledger: WitnessLedger = {
    schema: 'tollgate.witness-ledger/1',
    rule: label,
    at: `${at.file}:${at.line}:${at.col}`,
    capture: `${name}.pcap`,
    witness: witnessText(witness),
    ...(expectation.level1 === undefined ? {} : { level1: expectation.level1 }),
    ...(expectation.level2 === undefined ? {} : { level2: expectation.level2 }),
    usage: made.truth.expected_totals,
    rules: { name: ruleset, version, sha256: source.sha256 },
    profile: profileName,
    profile_version: engine.profile.version,
  }
  return { octets: Buffer.concat(pieces), ledger }
}

/** Throws a Failure when a file exists or cannot be written. */
export function writeWitnessCaptures(
  subject: LintSubject,
  folder: string,
  force: boolean,
): WitnessReport {
  const profile = findProfile(profileName)
  if (!profile) throw new TypeError(`no profile ${profileName}`)
  const engine = new RuleEngine(subject.set, profile)
  const witnesses = ruleWitnesses(subject)
  const names = fileNames(witnesses.map(({ label }) => label))
  const skipped: { label: string; why: string }[] = []
  if (!force) refuseExisting(folder, names)
  makeFolder(folder)
  for (const [i, own] of witnesses.entries()) {
    const name = names[i] ?? own.label
    const made = tryCapture(engine, name, own)
    if ('why' in made) {
      skipped.push({ label: own.label, why: made.why })
      continue
    }
    save(captureFile(folder, name), made.octets)
    save(ledgerFile(folder, name), `${JSON.stringify(made.ledger, null, 1)}\n`)
  }
  return { written: witnesses.length - skipped.length, skipped }
}

/** What the generator refuses (a request too long for a datagram, say) is told like any other gap. */
function tryCapture(engine: RuleEngine, name: string, own: RuleWitness) {
  try {
    return captureOf(engine, name, own)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { why: error.message.split('\n')[0] ?? 'refused' }
  }
}
