/** Why a capture could not start, in the words of interface.md 6.5, told from what the program said. The
 * words are those of libpcap's pcap_activate(3PCAP) and pcap_compile(3PCAP). */

import { readFileSync } from 'node:fs'
import { SourceError } from '../source.js'
import type { Engine } from './engine.js'

export type LiveTrouble =
  | 'permission' // the program may not capture
  | 'interface' // there is no such interface
  | 'filter' // the BPF expression is wrong
  | 'down' // the interface is there, and down
  | 'tool' // anything else, or no program at all

/** The message has no prefix. */
export class LiveFailure extends SourceError {
  readonly trouble: LiveTrouble
  readonly hint: string | undefined

  constructor(trouble: LiveTrouble, message: string, hint?: string) {
    super(message)
    this.trouble = trouble
    this.hint = hint
  }
}

const troubles: readonly (readonly [LiveTrouble, RegExp])[] = [
  ['permission', /permission|not permitted/i],
  ['interface', /no such device|no device named|doesn't exist|not found/i],
  ['down', /\b(is )?not up\b|is down|went down/i],
  ['filter', /filter|syntax error|illegal port|unknown (host|port|network|protocol)|expression/i],
]

/** `words`: what the program printed before it ended. */
export function startFailure(engine: Engine, iface: string, words: string): LiveFailure {
  const trouble = troubles.find(([, pattern]) => pattern.test(words))?.[0] ?? 'tool'
  switch (trouble) {
    case 'permission':
      return new LiveFailure(trouble, `${iface}: capture not permitted`, engine.grant)
    case 'interface':
      return noInterface(iface)
    case 'down':
      return new LiveFailure(trouble, `${iface}: interface is down`, `ip link set ${iface} up`)
    case 'filter':
      return new LiveFailure(trouble, `capture filter: ${filterWords(words)}`)
    case 'tool':
      return new LiveFailure(trouble, `${iface}: ${engine.name}: ${firstLine(words)}`)
  }
}

function noInterface(iface: string): LiveFailure {
  const names = interfaceNames()
  const have = names.length === 0 ? '' : ` (have: ${names.join(', ')})`
  return new LiveFailure('interface', `${iface}: no such interface${have}`)
}

/** Of this network namespace, also where /sys shows another one's (proc(5), /proc/net/dev). */
export function interfaceNames(table = '/proc/net/dev'): string[] {
  try {
    const lines = readFileSync(table, 'utf8').split('\n')
    return lines.flatMap(line => /^\s*(\S+):\s/.exec(line)?.[1] ?? []).sort()
  } catch {
    return [] // not Linux: the message is shorter
  }
}

/** dumpcap wraps the library's words in a sentence of its own. */
function filterWords(words: string): string {
  const inner = /isn't a valid capture filter \(([^)]*)\)/.exec(words)?.[1] ?? firstLine(words)
  return inner.replace(/^can't parse filter expression: /, '')
}

function firstLine(words: string): string {
  const line = words.split('\n').find(text => text.trim() !== '') ?? 'ended without a word'
  return line.trim().replace(/^(tcpdump|dumpcap|cap): /, '')
}
