/** A rule file as plain values with the place of each. Read YAML 1.2.2 chapters 3 and 10.3 (core schema)
 * first. Bounds come before the library composes the text: deep nesting overflows its recursion and
 * can end the process, and aliases of aliases unfold without end. */

import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  Parser,
  type YAMLMap,
} from 'yaml'
import { excerptOf, type Problem, type ProblemId } from './rule-error.js'
import type { Place } from './rule-set.js'
import { deeperThan } from './yaml-depth.js'

const MOST_ALIASES = 100
const DEEPEST = 32
const LONGEST_TEXT = 64 * 1024 * 1024

/** Keys and indexes from the root to a value. */
export type Path = readonly (string | number)[]

/** Offsets in the text, end exclusive. */
interface Span {
  from: number
  to: number
}

/** Keys compare as values: `0x10` and `16` are the same key. */
function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key)
}

export class YamlSource {
  readonly file: string
  readonly text: string
  readonly problems: Problem[] = []
  /** undefined when the text could not be read; `problems` says why */
  readonly value: unknown
  readonly #lines = new LineCounter()
  readonly #aliases: Alias[] = []
  readonly #byKey = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()
  readonly #doc: Document | undefined

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    this.#doc = this.#read()
    if (this.problems.length === 0) this.value = this.#plain()
  }

  #read(): Document | undefined {
    const whole = { from: 0, to: 1 }
    if (this.text.length > LONGEST_TEXT) {
      this.#report(whole, 'LIMIT', `longer than ${LONGEST_TEXT} characters`)
      return undefined
    }
    const tokens = [...new Parser(this.#lines.addNewLine).parse(this.text)]
    const deep = deeperThan(tokens, DEEPEST)
    if (deep >= 0) {
      this.#report({ from: deep, to: deep + 1 }, 'LIMIT', `nested deeper than ${DEEPEST} levels`)
      return undefined
    }
    // 'error': the library would write its warnings on the process's standard error
    const options = {
      uniqueKeys: false,
      version: '1.2',
      schema: 'core',
      logLevel: 'error',
    } as const
    const composer = new Composer(options)
    const docs = [...composer.compose(tokens, true, this.text.length)]
    for (const doc of docs)
      for (const { pos, message } of [...doc.errors, ...doc.warnings])
        this.#report({ from: pos[0], to: pos[1] }, 'SYNTAX', decapitalised(message))
    const [doc, second] = docs
    if (second?.contents) {
      const from = second.range[0]
      this.#report({ from, to: from + 1 }, 'SYNTAX', 'a second document: one file is one rule set')
    }
    if (this.problems.length === 0) this.#walk(doc?.contents)
    return doc
  }

  #walk(node: unknown): void {
    if (isAlias(node)) {
      this.#aliases.push(node)
    } else if (isSeq(node)) {
      for (const item of node.items) this.#walk(item)
    } else if (isMap(node)) {
      const seen = new Set<string>()
      for (const { key, value } of node.items) {
        const name = keyText(key)
        if (seen.has(name)) this.#report(spanOf(key), 'DUPLICATE-KEY', `"${name}" is here twice`)
        seen.add(name)
        this.#walk(value)
      }
    }
  }

  #plain(): unknown {
    const first = this.#aliases[0]
    if (!this.#doc) return undefined
    if (this.#aliases.length > MOST_ALIASES) {
      this.#report(spanOf(first), 'LIMIT', `more than ${MOST_ALIASES} aliases`)
      return undefined
    }
    for (const alias of this.#aliases)
      if (!alias.resolve(this.#doc))
        this.#report(spanOf(alias), 'SYNTAX', `no anchor "${alias.source}" before this alias`)
    if (this.problems.length > 0) return undefined
    try {
      return this.#doc.toJS({ maxAliasCount: MOST_ALIASES })
    } catch (error) {
      // Aliases exist; what the library still refuses is their number when unfolded
      const why = error instanceof Error ? decapitalised(error.message) : 'aliases'
      this.#report(spanOf(first), 'LIMIT', why)
      return undefined
    }
  }

  #report(span: Span, id: ProblemId, text: string, hint?: string): void {
    const { line, col } = this.#lines.linePos(span.from)
    const excerpt = excerptOf(this.text, span.from, span.to - span.from)
    this.problems.push({ id, file: this.file, line: Math.max(1, line), col, text, excerpt, hint })
  }

  /** Reports a problem with the value that `path` leads to, or with its key. */
  refuse(path: Path, part: 'value' | 'key', id: ProblemId, text: string, hint?: string): void {
    this.#report(this.#span(path, part), id, text, hint)
  }

  place(path: Path, part: 'value' | 'key' = 'value'): Place {
    const { line, col } = this.#lines.linePos(this.#span(path, part).from)
    return { file: this.file, line: Math.max(1, line), col }
  }

  /** The value as the file spells it: `18446744073709551616` is no number of this language. */
  spelling(path: Path): string {
    const { from, to } = this.#span(path, 'value')
    return this.text.slice(from, to)
  }

  /** Entries by key; kept, because every charge of a long list is looked up. */
  #entries(map: YAMLMap): ReadonlyMap<string, Pair> {
    let entries = this.#byKey.get(map)
    if (!entries) {
      entries = new Map(map.items.map(pair => [keyText(pair.key), pair]))
      this.#byKey.set(map, entries)
    }
    return entries
  }

  /** Where a path ends; when part of it is missing, where the last part that exists stands. */
  #span(path: Path, part: 'value' | 'key'): Span {
    let node: unknown = this.#doc?.contents
    let span = spanOf(node)
    for (const [depth, step] of path.entries()) {
      if (isAlias(node) && this.#doc) node = node.resolve(this.#doc)
      if (isSeq(node)) {
        node = node.items[Number(step)]
        span = spanOf(node)
      } else if (isMap(node)) {
        const pair = this.#entries(node).get(String(step))
        if (!pair) return span
        node = pair.value
        const last = depth === path.length - 1
        span = spanOf((last && part === 'key') || !hasText(node) ? pair.key : node)
      } else return span
    }
    return span
  }
}

/** `a:` without a value has a node of no width. */
function hasText(node: unknown): boolean {
  const { from, to } = spanOf(node)
  return to > from
}

function spanOf(node: unknown): Span {
  const range = isNode(node) ? node.range : isPair(node) && isNode(node.key) ? node.key.range : null
  return range ? { from: range[0], to: range[1] } : { from: 0, to: 1 }
}

function decapitalised(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1)
}
