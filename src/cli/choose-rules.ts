/** The rules that a command works with: `--rules`, TOLLGATE_RULES, /etc/tollgate/rules.d, or the
 * rule set that comes with the program (then it says so). */

import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearestWord } from '../record/filter/nearest.js'
import { terminalText } from '../record/text.js'
import { RuleEngine } from '../rules/engine.js'
import { loadRuleSet } from '../rules/load.js'
import { findProfile, neededCharges, profileNames, profileRefusal } from '../rules/profile.js'
import { type Problem, problemMessage, RuleError } from '../rules/rule-error.js'
import type { RuleSet } from '../rules/rule-set.js'
import { exitCode, Failure } from './fail.js'
import type { Options } from './options.js'
import type { Terminal } from './terminal.js'

const systemRules = '/etc/tollgate/rules.d'
const bundledRules = '../../../rules/newspaper.yaml'

/** The rules of this machine, as configured; undefined when there are none. */
export function configuredRules(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = env.TOLLGATE_RULES ?? ''
  if (named !== '') return named
  return existsSync(systemRules) ? systemRules : undefined
}

/** The file or directory to read. */
export function rulesPath(options: Options, terminal: Terminal): string {
  const named = options.rules ?? configuredRules(process.env)
  if (named !== undefined) return named
  const bundled = fileURLToPath(new URL(bundledRules, import.meta.url))
  const near = relative(process.cwd(), bundled)
  const path = near.length < bundled.length ? near : bundled
  // every output names its rule set; stderr stays empty unless asked
  if ((options.verbose ?? 0) > 0) {
    terminal.talk(`tollgate: no rules configured: using ${terminalText(path)} (--rules FILE)`)
  }
  return path
}

export function chooseRules(options: Options, terminal: Terminal): RuleEngine {
  return engineFor(rulesPath(options, terminal), options.profile)
}

/** Throws a Failure with exit code 3 that shows the place in the rule file. */
export function engineFor(path: string, profileName: string | undefined): RuleEngine {
  const set = readRules(path)
  const name = profileName ?? set.profile
  const profile = findProfile(name)
  if (profile === undefined) {
    const near = nearestWord(name, profileNames) ?? profileNames.join(', ')
    throw new Failure(exitCode.rules, `--profile: ${profileRefusal(terminalText(name))}`, {
      hint: near,
    })
  }
  const lacking = neededCharges(profile).find(key => set[key] === undefined)
  if (lacking !== undefined) {
    throw new Failure(
      exitCode.rules,
      `${terminalText(path)}: profile ${name} charges ${lacking} on an id of their own, and the rules name none`,
      { hint: `${lacking}: <charging id>, beside default:` },
    )
  }
  return new RuleEngine(set, profile)
}

export function readRules(path: string): RuleSet {
  try {
    return loadRuleSet(path)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw ruleFailure(error.problems)
  }
}

/** The first problem with its place; how many more there are. */
export function ruleFailure(problems: readonly Problem[]): Failure {
  const [first] = problems
  if (first === undefined) return new Failure(exitCode.rules, 'rules: unreadable')
  const lines = first.excerpt === '' ? [] : first.excerpt.split('\n')
  if (problems.length > 1) {
    lines.push(
      `  and ${problems.length - 1} more: tollgate rules check ${terminalText(first.file)}`,
    )
  }
  const hint = first.hint === undefined ? {} : { hint: terminalText(first.hint) }
  return new Failure(exitCode.rules, terminalText(problemMessage(first)), { lines, ...hint })
}
