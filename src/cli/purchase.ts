/** `tollgate order`: buys a product, goes on with orders that were cut short, lists orders and what they tell billing and
 * rating. `order reverse`: takes one back. */

import { finalStates, type Order } from '../products/order.js'
import { OrderConflict } from '../products/purchase.js'
import type { Shop } from '../products/shop.js'
import { cardRecord, orderRecord } from '../products/show.js'
import { plainText, terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { subscriberOf, withStore } from './product-store.js'
import { cardLines, orderLines } from './text/product-text.js'

const mostRows = 100

export async function order(call: Invocation): Promise<ExitCode> {
  const [product] = call.positionals
  return await withStore('order', call.options, async shop => {
    // what an earlier process left half done comes first
    await shop.purchases.recover()
    if (product === undefined) return list(call, shop)
    return await buy(call, shop, product)
  })
}

async function buy(call: Invocation, shop: Shop, product: string): Promise<ExitCode> {
  const { number, order: id } = call.options
  if (number === undefined || id === undefined) {
    throw usageFailure('order PRODUCT needs --number and --order', 'tollgate order --help')
  }
  const ordered = await orConflict(async () => {
    shop.purchases.submit(id, number, product)
    return await shop.purchases.run(id)
  })
  showOrder(call, shop, ordered)
  return ordered.state === 'ACTIVE' ? exitCode.done : exitCode.no
}

export async function orderReverse(call: Invocation): Promise<ExitCode> {
  const [id = ''] = call.positionals
  return await withStore('order reverse', call.options, async shop => {
    if (shop.purchases.book.find(id) === undefined) {
      throw new Failure(exitCode.no, `no order ${terminalText(id)}`)
    }
    const reversed = await orConflict(async () => await shop.purchases.reverse(id))
    showOrder(call, shop, reversed)
    return finalStates.has(reversed.state) ? exitCode.done : exitCode.no
  })
}

async function orConflict(work: () => Promise<Order>): Promise<Order> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OrderConflict)) throw error
    throw new Failure(exitCode.no, plainText(error.message))
  }
}

function showOrder({ options, terminal }: Invocation, shop: Shop, one: Order): void {
  const { book, subscribers } = shop.purchases
  const shown = forReader(orderRecord(one, subscribers, book.steps(one.id)), options)
  if (options.json) terminal.out.line(objectLine(shown))
  else for (const line of orderLines([shown], terminal, options.utc)) terminal.out.line(line)
}

function list(call: Invocation, shop: Shop): ExitCode {
  const { options, terminal } = call
  const { book, subscribers, buckets } = shop.purchases
  const subscriber = subscriberOf(shop, options)
  const most = options.limit ?? mostRows
  const what = options.list ?? 'orders'
  if (what === 'events' || what === 'holdings') {
    const all = what === 'events' ? book.businessEvents(0) : book.holdings()
    for (const { event } of all) terminal.out.line(objectLine(forReader(event, options)))
    return exitCode.done
  }
  if (what === 'cards') {
    const cards = shop.cards.list(most).map(card => cardRecord(card, subscribers, buckets))
    const shown = cards.map(card => forReader(card, options))
    if (options.json) for (const card of shown) terminal.out.line(objectLine(card))
    else for (const line of cardLines(shown, terminal.columns)) terminal.out.line(line)
    return exitCode.done
  }
  const records = book
    .list(most, subscriber?.id)
    .map(one => forReader(orderRecord(one, subscribers), options))
  if (options.json) for (const record of records) terminal.out.line(objectLine(record))
  else for (const line of orderLines(records, terminal, options.utc)) terminal.out.line(line)
  return exitCode.done
}
