/** What would make a charged retrieval free, as one sentence: the published case's advice, from the
 * alternatives that are free under the rules at hand. */

import type { Alternative } from '../record/explain-record.js'

/** Generation of WAP that a handset speaks, where its user agent or IMEI was seen in the clear. */
export type WapVersion = '1.x' | '2.0'

/** Ports of a WAP gateway on which a handset of that generation shows its requests. */
export const portsOf: Record<WapVersion, readonly number[]> = { '2.0': [80], '1.x': [9200, 9201] }

function freePorts(free: readonly Alternative[], version: WapVersion): string {
  const ports = portsOf[version].filter(port => free.some(one => one.server_port === port))
  return ports.join('/')
}

/** `Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.` With a known WAP version only its part.
 * Undefined when no alternative is free. */
export function remedy(others: readonly Alternative[], wap?: WapVersion): string | undefined {
  const free = others.filter(({ tariff }) => tariff === 'free')
  const two = freePorts(free, '2.0')
  const one = freePorts(free, '1.x')
  const parts: string[] = []
  if (two !== '' && wap !== '1.x') parts.push(`WAP 2.0 handset -> port ${two}`)
  if (one !== '' && wap !== '2.0')
    parts.push(parts.length > 0 ? `WAP 1.x -> ${one}` : `WAP 1.x handset -> port ${one}`)
  if (parts.length > 0) return `Remedy: ${parts.join(', ')}.`
  const [other] = free
  return other && `Remedy: ${other.change}.`
}
