/** `tollgate products`: checks and lists what is sold. `products load`: subscribers and deposits into the store. */

import { readFileSync } from 'node:fs'
import { AccountError, takeAccountLine } from '../products/accounts.js'
import type { Catalogue } from '../products/catalogue.js'
import { Stock } from '../products/pre-authentication.js'
import { productRecord } from '../products/show.js'
import type { ProductRecord } from '../record/purchase-record.js'
import { plainText, terminalText } from '../record/text.js'
import { readRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { objectLine } from './output/json.js'
import { readCatalogue, withStore } from './product-store.js'
import { productLines } from './text/product-text.js'
import { counted } from './text/summary-text.js'

export async function products(call: Invocation): Promise<ExitCode> {
  const { options, positionals } = call
  const file = positionals[0] ?? options.products
  if (file === undefined) throw usageFailure('products needs FILE', 'tollgate products FILE')
  const rules = options.rules === undefined ? undefined : readRules(options.rules)
  const catalogue = readCatalogue(file, rules)
  if (options.store === undefined) show(call, catalogue)
  else {
    const named = { ...options, products: file }
    await withStore('products', named, async shop => show(call, catalogue, new Stock(shop.store)))
  }
  return exitCode.done
}

function show({ options, terminal }: Invocation, catalogue: Catalogue, stock?: Stock): void {
  const records: ProductRecord[] = []
  for (const one of catalogue.products.values()) records.push(productRecord(one, catalogue, stock))
  if (options.json) {
    for (const record of records) terminal.out.line(objectLine(record))
    return
  }
  for (const line of productLines(records, terminal.columns)) terminal.out.line(line)
  if (options.quiet) return
  const { name, version, calendar, file } = catalogue
  const text = `${file}: ${name} ${version}, ${counted(records.length, 'product')}, months of ${calendar.zone}`
  terminal.out.line(terminalText(text))
}

export async function productsLoad(call: Invocation): Promise<ExitCode> {
  const { options, positionals, terminal } = call
  const [file = ''] = positionals
  const lines = readLines(file)
  return await withStore('products load', options, async ({ store, purchases, ledger }) => {
    // all of the file or nothing of it
    store.write(() => {
      for (const [i, line] of lines.entries()) {
        try {
          takeAccountLine(line, purchases.subscribers, ledger)
        } catch (error) {
          if (!(error instanceof AccountError)) throw error
          throw usageFailure(`${terminalText(file)}:${i + 1}: ${plainText(error.message)}`)
        }
      }
    })
    const taken = lines.filter(line => line.trim() !== '').length
    if (!options.quiet) terminal.talk(`tollgate: ${terminalText(file)}: ${counted(taken, 'line')}`)
    return exitCode.done
  })
}

/** Of a file that may be read whole. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const why = error.code === 'ENOENT' ? 'no such file' : error.message
    throw usageFailure(`${terminalText(file)}: ${plainText(why)}`)
  }
}
