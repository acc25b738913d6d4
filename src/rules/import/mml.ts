/** Man-machine language of Huawei and ZTE: `VERB OBJECT:KEY=VALUE,KEY="VALUE";`. Importers.md 2.2. A statement may run
 * over several lines; between statements lines that begin with `//`, `#` or `--` are comments. ITU-T Z.315 is the
 * family of languages that this comes from. */

import type { SourceText } from './source-text.js'

export interface MmlParameter {
  readonly value: string
  readonly offset: number
}

export interface MmlStatement {
  /** ADD, MOD, RMV, SET, LST, DSP ... */
  readonly verb: string
  readonly object: string
  readonly parameters: ReadonlyMap<string, MmlParameter>
  readonly offset: number
  /** first and last line */
  readonly line: number
  readonly lastLine: number
}

const comment = /^\s*(?:\/\/|#|--)/
const head = /([A-Za-z]+)[ \t]+([A-Za-z0-9_]+(?:[ \t]+[A-Za-z0-9_]+)*)\s*([:;])/y
const key = /\s*([A-Za-z0-9_]+)\s*=\s*/y
const value = /"([^"\r\n]*)"|([^",;\r\n]*)/y
const joint = /\s*([,;])/y

export function saysSomething(line: string): boolean {
  return line.trim() !== '' && !comment.test(line)
}

class MmlReader {
  readonly #source: SourceText
  readonly #text: string
  #at = 0

  constructor(source: SourceText) {
    this.#source = source
    this.#text = source.text
  }

  *statements(): Generator<MmlStatement> {
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) yield this.#statement()
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at += found[0].length
    return found
  }

  /** Blanks and lines of comment. */
  #skip(): void {
    const blank = /\s*/y
    this.#take(blank)
    while (/^(?:\/\/|#|--)/.test(this.#text.slice(this.#at, this.#at + 2))) {
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end < 0 ? this.#text.length : end
      this.#take(blank)
    }
  }

  #lineRest(offset: number): number {
    const end = this.#text.indexOf('\n', offset)
    return (end < 0 ? this.#text.length : end) - offset
  }

  #statement(): MmlStatement {
    const offset = this.#at
    const found = this.#take(head)
    if (!found) {
      const length = Math.min(40, this.#lineRest(offset))
      const cut = offset + this.#lineRest(offset) >= this.#text.trimEnd().length
      const text = cut
        ? 'the statement does not end with ";": the file is cut short'
        : 'not a statement: VERB OBJECT:KEY=VALUE,...;'
      throw this.#source.error(offset, length, 'SYNTAX', text)
    }
    const [, verb = '', object = '', mark] = found
    const parameters = new Map<string, MmlParameter>()
    if (mark === ':') this.#parameters(offset, parameters)
    return {
      verb: verb.toUpperCase(),
      object: object.toUpperCase().replace(/\s+/g, ' '),
      parameters,
      offset,
      line: this.#source.place(offset).line,
      lastLine: this.#source.place(this.#at - 1).line,
    }
  }

  #parameters(start: number, into: Map<string, MmlParameter>): void {
    for (;;) {
      const from = this.#at
      const name = this.#take(key)?.[1]?.toUpperCase()
      if (name === undefined) throw this.#broken(start, from, 'KEY=VALUE expected')
      const offset = this.#at
      const [, quoted, bare] = this.#take(value) ?? []
      if (this.#text[offset] === '"' && quoted === undefined)
        throw this.#source.error(offset, 1, 'SYNTAX', `the quoted value of ${name} does not end`)
      const text = quoted ?? (bare ?? '').trim()
      if (into.has(name))
        throw this.#source.error(from, offset - from, 'DUPLICATE-KEY', `${name} is here twice`)
      into.set(name, { value: text, offset })
      const end = this.#take(joint)?.[1]
      if (end === ';') return
      if (end !== ',') throw this.#broken(start, this.#at, '"," or ";" expected')
    }
  }

  /** What is wrong inside a statement; at the end of the text the statement was cut. */
  #broken(start: number, at: number, text: string) {
    if (this.#text.slice(at).trim() === '') {
      const cut = 'the statement does not end with ";": the file is cut short'
      return this.#source.error(start, Math.min(40, this.#lineRest(start)), 'SYNTAX', cut)
    }
    const own =
      at +
      (this.#text.slice(at, at + 200).length - this.#text.slice(at, at + 200).trimStart().length)
    return this.#source.error(own, 1, 'SYNTAX', text)
  }
}

/** Throws a `RuleError` at the first statement that is cut short or malformed. */
export function* mmlStatements(source: SourceText): Generator<MmlStatement> {
  yield* new MmlReader(source).statements()
}
