/** Open5GS: the PCC rules of one subscriber document (the `subscribers` collection, exported as JSON). Importers.md
 * section 4: a rule is flows with a direction (1 down, 2 up) and a description; there is no precedence, so the order
 * counts, and no rating group. */

import type { Dialect } from './dialect.js'
import { describedFlows } from './flow-list.js'
import { type FlowTerm, flowMatch } from './flow-term.js'
import { JsonSource, type JsonView } from './json-view.js'
import { maskedSubscriber, selectNamed } from './select-named.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

const STEP = 10

function subscribersOf(root: JsonView): JsonView[] {
  return [root, ...root.items()].filter(view => (view.get('slice')?.items().length ?? 0) > 0)
}

function imsiOf(view: JsonView): string {
  return view.get('imsi')?.text() ?? 'no imsi'
}

function flowsOf(rule: JsonView, precedence: number, wider: string[]): FlowTerm[] {
  const entries = rule.get('flow')?.items() ?? []
  for (const entry of entries) entry.get('direction')?.take()
  return describedFlows(entries, 'description', precedence, wider)
}

function readSubscriber(subscriber: JsonView, set: SetBuilder): void {
  let precedence = 0
  for (const slice of subscriber.get('slice')?.items() ?? [])
    for (const session of slice.get('session')?.items() ?? []) {
      const apn = session.get('name', 'apn')?.text()
      for (const [i, rule] of (session.get('pcc_rule')?.items() ?? []).entries()) {
        precedence += STEP
        const wider: string[] = []
        const flows = flowsOf(rule, precedence, wider)
        if (flows.length === 0) {
          rule.leave('no flow that was understood', precedence)
          continue
        }
        const wrong = set.rule({
          precedence,
          name: `${apn ?? 'session'} ${i + 1}`,
          flows: flows.map(flow => ({
            ...flowMatch(flow),
            ...(apn === undefined ? {} : { apn: { equals: apn } }),
          })),
          charge: set.charge({ name: 'no rating group: Open5GS rules have none' }),
          origin: rule.origin,
          ...(wider.length === 0 ? {} : { unsupported: wider.join(', ') }),
        })
        if (wrong !== undefined) rule.leave(wrong, precedence)
      }
    }
}

function readSubscribers(texts: readonly SourceText[], set: SetBuilder): void {
  const sources = texts.map(text => new JsonSource(text))
  const subscribers = sources.flatMap(({ root }) => subscribersOf(root))
  const chosen = selectNamed(texts, 'subscriber', subscribers.map(imsiOf), set.options.select)
  for (const subscriber of subscribers) {
    // numbers and keys of the subscriber are no rules, and must not be repeated in a report
    for (const [key, view] of subscriber.entries()) if (key !== 'slice') view.take()
    if (imsiOf(subscriber) === chosen) readSubscriber(subscriber, set)
    else
      subscriber
        .get('slice')
        ?.leave(`of another subscriber: ${maskedSubscriber(imsiOf(subscriber))}`)
  }
  for (const source of sources) set.account(source.finish())
}

export const open5gs: Dialect = {
  name: 'open5gs',
  doc: 'Open5GS: one subscriber document (JSON)',
  profiles: ['l34', 'ugw'],
  read: readSubscribers,
}
