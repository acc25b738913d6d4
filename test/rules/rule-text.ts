/** Rule sets for tests, from text and from plain values (JSON is YAML). */

import { fileURLToPath } from 'node:url'
import { parseAddress } from '../../src/rules/address.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { parseRuleSet, readRuleSet } from '../../src/rules/parse.js'
import { findProfile, type Profile } from '../../src/rules/profile.js'
import type { Problem } from '../../src/rules/rule-error.js'
import type { FlowFacts } from '../../src/rules/rule-facts.js'
import type { RuleSet } from '../../src/rules/rule-set.js'

/** The shipped rule sets, with a slash at the end. */
export const rulesFolder = fileURLToPath(new URL('../../../rules/', import.meta.url))

export interface SetParts {
  level1?: unknown[]
  level2?: Record<string, unknown[]>
  charges?: Record<string, unknown>
  default?: number
  proxies?: string[]
  portals?: string[]
}

const charges = {
  1: { tariff: 'free' },
  2: { tariff: 'charged' },
  4294967295: { tariff: 'unknown' },
}

export function setOf(parts: SetParts): RuleSet {
  const whole = { ruleset: 't', version: '1', profile: 'article', level1: [], charges, ...parts }
  return parseRuleSet('t.yaml', [{ file: 't.yaml', text: JSON.stringify(whole) }])
}

export function profileOf(name: string): Profile {
  const profile = findProfile(name)
  if (!profile) throw new Error(`no profile ${name}`)
  return profile
}

export function engineOf(parts: SetParts, profile: Profile = profileOf('article')): RuleEngine {
  return new RuleEngine(setOf(parts), profile)
}

/** A level-1 rule with one charge; `id` is also the precedence. */
export function rule(id: number, match: unknown, more: object = {}): object {
  return { id, precedence: id, match, charge: 2, ...more }
}

export function problemsOf(text: string, file = 'x.yaml'): readonly Problem[] {
  return readRuleSet(file, [{ file, text }]).problems
}

export function flow(
  server: string,
  port = 80,
  protocol = 6,
  more: Partial<FlowFacts> = {},
): FlowFacts {
  const address = parseAddress(server)
  if (!address) throw new Error(`no address ${server}`)
  return { server: address, protocol, port, ...more }
}
