/** A StarOS charging-action as a charge. Importers.md 1.5 items 9 and 10: the content id is what records show, the
 * rating group of credit control may differ from it; that a service is free is said nowhere. */

import type { ConfigLine } from './config-words.js'
import type { ChargeOf } from './set-builder.js'
import type { ConfigBlock } from './staros-config.js'

export interface ActionCharge {
  readonly charge: ChargeOf
  /** neither credit control nor records hear of it */
  readonly unreported: boolean
}

const recordKinds = new Set(['egcdr', 'rf', 'radius'])

function numberAt(words: readonly string[], index: number): number | undefined {
  const text = words[index] ?? ''
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

function ratingGroup(words: readonly string[]): number | undefined {
  const at = words.indexOf('rating-group')
  return at < 0 ? undefined : numberAt(words, at + 1)
}

/** `leave` gets lines that change what is counted or what happens to the packet, not which rule applies. */
export function actionCharge(
  blocks: readonly ConfigBlock[],
  understood: (line: ConfigLine) => void,
  leave: (line: ConfigLine, why: string) => void,
): ActionCharge {
  const charge: { -readonly [K in keyof ChargeOf]: ChargeOf[K] } = { name: blocks[0]?.name }
  let online = false
  let offline = false
  for (const line of blocks.flatMap(block => block.lines)) {
    const words = line.words.map(word => word.text)
    const [first = '', second = '', third = ''] = words
    if (first === 'content-id' && numberAt(words, 1) !== undefined) {
      charge.id = numberAt(words, 1)
    } else if (first === 'service-identifier' && numberAt(words, 1) !== undefined) {
      charge.serviceId = numberAt(words, 1)
    } else if (first === 'cca' && second === 'charging' && third === 'credit') {
      online = true
      charge.ratingGroup = ratingGroup(words) ?? charge.ratingGroup
    } else if (first === 'billing-action') {
      offline ||= words.some(word => recordKinds.has(word))
    } else {
      leave(line, 'changes what is counted or done, not which rule applies')
      continue
    }
    understood(line)
  }
  return { charge: { ...charge, online, offline }, unreported: !online && !offline }
}
