/** `tollgate usage`: what buckets pay for. With captures: rates them, and takes the statistics into the store when it is
 * named. Without: the statistics of the store, and their settlement. */

import type { Catalogue } from '../products/catalogue.js'
import { holdingOf } from '../products/holdings.js'
import type { Settlement } from '../products/settlement.js'
import type { Shop } from '../products/shop.js'
import { statisticsRecords } from '../products/show.js'
import { terminalText } from '../record/text.js'
import { analyse, ending } from './analyse.js'
import { BucketReport } from './bucket-report.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { chosenCatalogue, subscriberOf, withStore } from './product-store.js'
import { holdingsOf } from './rate-buckets.js'
import { selectionOf } from './select.js'
import { settlementLines, statisticsLines } from './text/product-text.js'

export async function usage(call: Invocation): Promise<ExitCode> {
  const { options } = call
  if (options.read.length === 0) {
    return await withStore('usage', options, async shop => await showStatistics(call, shop))
  }
  if (options.store === undefined) return await rate(call, chosenCatalogue('usage', options))
  return await withStore('usage', options, async shop => await rate(call, shop.catalogue, shop))
}

async function rate(call: Invocation, catalogue: Catalogue, shop?: Shop): Promise<ExitCode> {
  const { options, terminal } = call
  const { run } = options
  if (shop !== undefined && run === undefined) {
    throw usageFailure('usage -r FILE --store needs --run: its name', '--run monday')
  }
  const engine = chooseRules(options, terminal)
  const holdings = await holdingsOf(options.holdings, catalogue)
  for (const { event } of shop?.purchases.book.holdings() ?? []) {
    holdings.push(holdingOf(event, catalogue))
  }
  const report = new BucketReport(options, engine, catalogue, holdings)
  const funnel = new Funnel([], selectionOf(options), () => undefined)
  const analysis = await analyse(call, options.read, engine, funnel, report.watch)
  const summary = report.end(analysis.summary.reasons)
  if (shop !== undefined && run !== undefined) shop.settlements.count(run, report.rated.buckets())
  if (options.json) {
    report.writeRecords(terminal)
    terminal.out.line(objectLine(summary))
  } else {
    for (const line of report.lines(summary, terminal.columns)) terminal.out.line(line)
  }
  return ending(analysis, options, terminal)
}

async function showStatistics(call: Invocation, shop: Shop): Promise<ExitCode> {
  const { options, terminal } = call
  if (options.settle) {
    const settled = await shop.settlements.settleAll()
    showSettled(call, settled)
    return settled.every(one => one.state === 'DONE') ? exitCode.done : exitCode.no
  }
  const subscriber = subscriberOf(shop, options)
  if (subscriber === undefined) {
    throw usageFailure('usage needs -r FILE, --number or --settle', 'tollgate usage --help')
  }
  const records = statisticsRecords(subscriber, shop.purchases.buckets, shop.settlements)
  const shown = records.map(record => forReader(record, options))
  if (options.json) for (const record of shown) terminal.out.line(objectLine(record))
  else for (const line of statisticsLines(shown, terminal.columns)) terminal.out.line(line)
  return exitCode.done
}

function showSettled({ options, terminal }: Invocation, settled: readonly Settlement[]): void {
  if (options.json) {
    for (const { key, bucket, octets, amount, state } of settled) {
      terminal.out.line(
        objectLine({
          type: 'settlement',
          schema: 'tollgate.settlement/1',
          key,
          bucket,
          octets,
          amount,
          state,
        }),
      )
    }
    return
  }
  for (const line of settlementLines(settled, terminal.columns)) terminal.out.line(line)
  if (settled.length === 0 && !options.quiet) {
    terminal.talk(`tollgate: ${terminalText(options.store ?? '')}: nothing is due`)
  }
}
