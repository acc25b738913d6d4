/** `tollgate bind`: binds a traffic card to a number, or gives a bucket another priority. `bind remove`: takes a card off
 * its number. */

import { type Card, CardRefused, type DirectedInformation } from '../products/cards.js'
import type { Shop } from '../products/shop.js'
import { cardRecord } from '../products/show.js'
import { plainText, terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import type { Options } from './options.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { withStore } from './product-store.js'
import { cardLines } from './text/product-text.js'

export async function bind(call: Invocation): Promise<ExitCode> {
  const { options, positionals } = call
  const [id = ''] = positionals
  return await withStore('bind', options, async shop => {
    if (options.priority !== undefined) {
      const { priority } = options
      orRefused(() => shop.cards.prioritise(id, priority))
      return exitCode.done
    }
    const { number, issue } = options
    if (number === undefined) throw usageFailure('bind CARD needs --number', 'tollgate bind --help')
    const directed = directedInformation(options)
    const card = orRefused(() =>
      shop.store.write(() => {
        if (issue !== undefined) shop.cards.issue(id, issue)
        return shop.cards.bind(id, number, directed)
      }),
    )
    showCard(call, shop, card)
    return exitCode.done
  })
}

export async function bindRemove(call: Invocation): Promise<ExitCode> {
  const [id = ''] = call.positionals
  return await withStore('bind remove', call.options, async shop => {
    showCard(
      call,
      shop,
      orRefused(() => shop.cards.unbind(id)),
    )
    return exitCode.done
  })
}

function orRefused<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof CardRefused)) throw error
    throw new Failure(exitCode.no, plainText(error.message))
  }
}

function directedInformation({ tables, charges }: Options): DirectedInformation | undefined {
  if (tables === undefined && charges === undefined) return undefined
  const ids = charges?.split(',').map(text => {
    const id = Number(text)
    if (/^(\d+|0[xX][\dA-Fa-f]+)$/.test(text) && id <= 0xffff_ffff) return id
    throw usageFailure(`--charges: "${terminalText(text)}" is no charging id`)
  })
  return {
    ...(tables !== undefined && { tables: tables.split(',') }),
    ...(ids !== undefined && { charges: ids }),
  }
}

function showCard({ options, terminal }: Invocation, shop: Shop, card: Card): void {
  const { subscribers, buckets } = shop.purchases
  const shown = forReader(cardRecord(card, subscribers, buckets), options)
  if (options.json) terminal.out.line(objectLine(shown))
  else for (const line of cardLines([shown], terminal.columns)) terminal.out.line(line)
}
