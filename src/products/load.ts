/** products.yaml from disk. */

import { readRuleTexts } from '../rules/load.js'
import type { RuleSet } from '../rules/rule-set.js'
import type { Catalogue } from './catalogue.js'
import { parseProducts } from './parse.js'

/** One file. Throws a `RuleError` that holds all problems. */
export function loadProducts(file: string, rules?: RuleSet): Catalogue {
  const [only] = readRuleTexts(file)
  return parseProducts(file, only?.text ?? '', rules)
}
