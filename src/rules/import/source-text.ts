/** One file of somebody else's configuration as text with places. Sheets and MML scripts are often written in the
 * code page of the machine they come from: UTF-8 is tried first, with a byte order mark UTF-16, then GB 18030, which
 * GBK and GB 2312 are part of. */

import { excerptOf, type Problem, type ProblemId, RuleError } from '../rule-error.js'
import type { Place } from '../rule-set.js'

const LONGEST_TEXT = 64 * 1024 * 1024

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

function decoded(octets: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(octets)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function candidates(octets: Uint8Array): Encoding[] {
  if (octets[0] === 0xff && octets[1] === 0xfe) return ['utf-16le']
  if (octets[0] === 0xfe && octets[1] === 0xff) return ['utf-16be']
  return ['utf-8', 'gb18030']
}

export class SourceText {
  readonly file: string
  readonly text: string
  readonly encoding: Encoding
  readonly #starts: number[] = [0]

  /** Line feeds, carriage returns and both together end a line. */
  constructor(file: string, text: string, encoding: Encoding = 'utf-8') {
    this.file = file
    this.text = text
    this.encoding = encoding
    for (let at = 0; at < text.length; at++) {
      const c = text.charCodeAt(at)
      if (c === 0x0a || (c === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) this.#starts.push(at + 1)
    }
  }

  /** Without its folder: where a file lies is no part of a rule set. */
  get name(): string {
    return this.file.replace(/^.*[\\/]/, '')
  }

  /** "ecs.cfg:88" */
  origin(line: number): string {
    return `${this.name}:${line}`
  }

  get lineCount(): number {
    return this.#starts.length
  }

  /** Without its end; lines count from 1. */
  line(number: number): string {
    const from = this.#starts[number - 1] ?? this.text.length
    const to = this.#starts[number] ?? this.text.length + 1
    return this.text.slice(from, to).replace(/[\r\n]+$/, '')
  }

  place(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.file, line: low + 1, col: offset - (this.#starts[low] ?? 0) + 1 }
  }

  /** The place of a column of a line, both from 1. */
  at(line: number, col = 1): Place {
    return { file: this.file, line, col }
  }

  offsetOf({ line, col }: Place): number {
    return (this.#starts[line - 1] ?? 0) + col - 1
  }

  /** An error that points into the text. */
  error(offset: number, length: number, id: ProblemId, text: string, hint?: string): RuleError {
    const excerpt = excerptOf(this.text, offset, length)
    return new RuleError([{ id, ...this.place(offset), text, excerpt, hint }])
  }
}

function unreadable(file: string, text: string): RuleError {
  const problem: Problem = { id: 'UNREADABLE', file, line: 0, col: 0, text, excerpt: '' }
  return new RuleError([problem])
}

/** Octets of a file as text. Throws a `RuleError` with the place of the first octet that no encoding explains. */
export function sourceText(file: string, octets: Uint8Array): SourceText {
  if (octets.length > LONGEST_TEXT) throw unreadable(file, `larger than ${LONGEST_TEXT} octets`)
  for (const encoding of candidates(octets)) {
    const text = decoded(octets, encoding)
    if (text === undefined) continue
    const nul = text.indexOf('\0')
    const source = new SourceText(file, text, encoding)
    if (nul >= 0) throw source.error(nul, 1, 'UNREADABLE', 'NUL: not a text file')
    return source
  }
  const source = new SourceText(file, new TextDecoder('utf-8').decode(octets))
  const at = Math.max(0, source.text.indexOf('\ufffd'))
  const text = 'neither UTF-8 nor GB 18030 nor UTF-16 with a byte order mark'
  throw source.error(at, 1, 'UNREADABLE', text)
}
