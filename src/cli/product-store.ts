/** What commands of traffic products work with: the products, the store, the charging platform. */

import { resolve } from 'node:path'
import type { Catalogue } from '../products/catalogue.js'
import type { ChargingPlatform } from '../products/charging-platform.js'
import { HttpPlatform } from '../products/http-platform.js'
import { loadProducts } from '../products/load.js'
import { openShop, type Shop } from '../products/shop.js'
import { Store, StoreError } from '../products/store.js'
import type { Subscriber } from '../products/subscribers.js'
import { maskImsi } from '../record/mask.js'
import { terminalText } from '../record/text.js'
import { problemMessage, RuleError } from '../rules/rule-error.js'
import type { RuleSet } from '../rules/rule-set.js'
import { exitCode, Failure, usageFailure } from './fail.js'
import type { Options } from './options.js'

/** Throws a Failure with exit code 3 that shows the place in the file, and the other problems below. */
export function readCatalogue(file: string, rules?: RuleSet): Catalogue {
  try {
    return loadProducts(file, rules)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    const [first, ...others] = error.problems
    const lines = first?.excerpt ? first.excerpt.split('\n') : []
    for (const problem of others) lines.push(terminalText(`  and ${problemMessage(problem)}`))
    const hint = error.hint === undefined ? {} : { hint: terminalText(error.hint) }
    throw new Failure(exitCode.rules, terminalText(error.message), { lines, ...hint })
  }
}

/** The products of `--products`. */
export function chosenCatalogue(command: string, options: Options, rules?: RuleSet): Catalogue {
  if (options.products !== undefined) return readCatalogue(options.products, rules)
  throw usageFailure(`${command} needs --products FILE`, `tollgate ${command} --help`)
}

/** Opens what `--products`, `--store` and `--platform` name, runs `work`, and closes the store. The store remembers
 * where the products are. */
export async function withStore<T>(
  command: string,
  options: Options,
  work: (shop: Shop) => Promise<T>,
): Promise<T> {
  if (options.store === undefined) {
    throw usageFailure(`${command} needs --store FILE`, `tollgate ${command} --help`)
  }
  const store = openStore(options.store)
  try {
    const products = options.products ?? store.note('products')
    const catalogue = chosenCatalogue(command, { ...options, products })
    store.setNote('products', resolve(products ?? ''))
    const clock = () => Date.now() * 1000
    return await work(openShop(store, catalogue, clock, platformOf(options)))
  } finally {
    store.close()
  }
}

function openStore(file: string): Store {
  try {
    return new Store(file)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw usageFailure(terminalText(error.message))
  }
}

function platformOf({ platform }: Options): ChargingPlatform | undefined {
  if (platform === undefined) return undefined
  const token = process.env.TOLLGATE_PLATFORM_TOKEN
  try {
    return new HttpPlatform(platform, token === undefined ? {} : { token })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw usageFailure(`--platform: not a web address: ${terminalText(platform)}`)
  }
}

/** The subscriber of `--number`; undefined without. */
export function subscriberOf(shop: Shop, options: Options): Subscriber | undefined {
  const { number } = options
  if (number === undefined) return undefined
  const subscriber = shop.purchases.subscribers.find(number)
  if (subscriber !== undefined) return subscriber
  const shown = terminalText(options.reveal ? number : maskImsi(number))
  throw new Failure(exitCode.no, `no subscriber ${shown} in ${terminalText(options.store ?? '')}`)
}
