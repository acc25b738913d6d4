/** A saved StarOS configuration as objects of its active-charging service. Importers.md 1.1 and 1.2: one command a
 * line, leading blanks free, a block closed by `#exit` or `exit`; comment lines begin with `#`, but `#exit` closes. */

import { type ConfigLine, type ConfigWord, lineWords } from './config-words.js'
import type { SourceText } from './source-text.js'

export interface ConfigBlock {
  /** ruledef, rulebase, charging-action ... */
  readonly kind: string
  readonly name: string
  readonly line: number
  readonly lines: readonly ConfigLine[]
}

export interface ServiceConfig {
  readonly name: string
  readonly blocks: readonly ConfigBlock[]
}

/** Objects that the importer reads. */
const kinds = [
  'ruledef',
  'group-of-ruledefs',
  'charging-action',
  'rulebase',
  'host-pool',
  'port-map',
] as const

/** Objects of other functions, which also end with `#exit`. */
const otherKinds = new Set([
  'xheader-format',
  'timedef',
  'edr-format',
  'udr-format',
  'rulebase-list',
  'bandwidth-policy',
  'content-filtering',
  'credit-control',
  'packet-filter',
  'qos-group-of-ruledefs',
  'service-scheme',
  'subs-class',
  'subscriber-base',
  'trigger-action',
  'trigger-condition',
  'throttling-suppress',
])

const comment = /^\s*#(?!exit\b)/

export function saysSomething(line: string): boolean {
  return line.trim() !== '' && !comment.test(line)
}

/** What the reader tells of lines outside of the objects that it returns. */
export interface ConfigSink {
  understood(line: number): void
  leave(line: number, why: string, col?: number): void
}

class ConfigReader {
  readonly services: ServiceConfig[] = []
  readonly #source: SourceText
  readonly #sink: ConfigSink
  #service: { name: string; line: number; blocks: ConfigBlock[] } | undefined
  #block: { kind: string; name: string; line: number; lines: ConfigLine[] } | undefined
  /** line of a block that is not read */
  #other = 0

  constructor(source: SourceText, sink: ConfigSink) {
    this.#source = source
    this.#sink = sink
  }

  read(): void {
    for (let number = 1; number <= this.#source.lineCount; number++) {
      const text = this.#source.line(number)
      if (saysSomething(text)) this.#line(number)
    }
    const open = this.#block?.line ?? (this.#other || this.#service?.line)
    if (open) {
      const opening = this.#source.line(open).trim()
      const offset = this.#source.offsetOf(this.#source.at(open))
      const text = `"${opening}" is not closed: the file is cut short`
      throw this.#source.error(offset, opening.length, 'SYNTAX', text, '#exit')
    }
  }

  #line(number: number): void {
    const words = lineWords(this.#source, number)
    const first = words[0]?.text ?? ''
    if (first === '#exit' || first === 'exit') this.#close(number)
    else if (this.#other > 0) this.#sink.leave(number, 'of an object that decides no charge')
    else if (this.#block) this.#block.lines.push({ number, words })
    else if (this.#service) this.#open(number, words)
    else this.#outside(number, words)
  }

  #close(number: number): void {
    this.#sink.understood(number)
    if (this.#other > 0) {
      this.#other = 0
    } else if (this.#block) {
      this.#service?.blocks.push(this.#block)
      this.#block = undefined
    } else if (this.#service) {
      this.services.push(this.#service)
      this.#service = undefined
    }
  }

  #outside(number: number, words: readonly ConfigWord[]): void {
    const [first, second, third] = words.map(word => word.text)
    if (first === 'active-charging' && second === 'service' && third !== undefined) {
      this.#service = { name: third, line: number, blocks: [] }
      this.#sink.understood(number)
    } else if (first === 'config' || first === 'end') {
      this.#sink.understood(number)
    } else this.#sink.leave(number, 'outside of the active-charging service')
  }

  #open(number: number, words: readonly ConfigWord[]): void {
    const [first = '', name = ''] = words.map(word => word.text)
    if (kinds.some(kind => kind === first) && name !== '') {
      this.#block = { kind: first, name, line: number, lines: [] }
      this.#sink.understood(number)
    } else if (otherKinds.has(first)) {
      this.#other = number
      this.#sink.leave(number, 'an object that decides no charge')
    } else this.#sink.leave(number, 'not an object that decides a charge')
  }
}

/** Throws a `RuleError` for a file that is cut short. */
export function readServices(source: SourceText, sink: ConfigSink): ServiceConfig[] {
  const reader = new ConfigReader(source, sink)
  reader.read()
  return reader.services
}
