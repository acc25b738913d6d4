/** A JSON source with places, and the account of its values: each is read by the importer or left out. JSON is read as
 * the part of YAML that it is (YAML 1.2.2 section 1.2), with that reader's bounds. */

import { RuleError } from '../rule-error.js'
import type { Place } from '../rule-set.js'
import { type Path, YamlSource } from '../yaml-source.js'
import type { LeftOut, Remark } from './dialect.js'
import { type Account, clipped } from './line-ledger.js'
import type { SourceText } from './source-text.js'

function keyOf(path: Path): string {
  return path.join('\0')
}

/** One value of the source. Reading it as text, number or flag takes it as understood. */
export class JsonView {
  readonly path: Path
  readonly value: unknown
  readonly #source: JsonSource

  constructor(source: JsonSource, path: Path, value: unknown) {
    this.#source = source
    this.path = path
    this.value = value
  }

  /** The value of a key; that of the first of several spellings that is there. */
  get(...keys: string[]): JsonView | undefined {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      return undefined
    for (const key of keys) {
      if (!Object.hasOwn(this.value, key)) continue
      const value: unknown = Reflect.get(this.value, key)
      if (value !== undefined && value !== null)
        return new JsonView(this.#source, [...this.path, key], value)
    }
    return undefined
  }

  entries(): [string, JsonView][] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      return []
    return Object.entries(this.value).map(([key, value]) => [
      key,
      new JsonView(this.#source, [...this.path, key], value),
    ])
  }

  items(): JsonView[] {
    if (!Array.isArray(this.value)) return []
    return this.value.map(
      (value: unknown, i) => new JsonView(this.#source, [...this.path, i], value),
    )
  }

  text(): string | undefined {
    const { value } = this
    if (typeof value !== 'string' && typeof value !== 'number') return undefined
    this.take()
    return String(value)
  }

  /** A whole number, also one written as text. */
  whole(): number | undefined {
    const text = this.text()
    return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined
  }

  flag(): boolean | undefined {
    if (typeof this.value !== 'boolean') return undefined
    this.take()
    return this.value
  }

  /** All below it is understood. */
  take(): void {
    this.#source.take(this.path)
  }

  leave(why: string, precedence?: number): void {
    this.#source.leave(this.path, why, precedence)
  }

  remark(text: string): void {
    this.#source.remark(this.path, text)
  }

  get origin(): string {
    return this.#source.origin(this.path)
  }
}

export class JsonSource {
  readonly #text: SourceText
  readonly #yaml: YamlSource
  readonly #taken = new Set<string>()
  readonly #left = new Map<string, LeftOut>()
  readonly #remarks: Remark[] = []

  /** Throws a `RuleError` for what is no JSON. */
  constructor(text: SourceText) {
    this.#text = text
    // a tab before a value is no indentation in JSON; a blank keeps every column
    this.#yaml = new YamlSource(text.file, text.text.replaceAll('\t', ' '))
    const [first, ...rest] = this.#yaml.problems
    if (first) throw new RuleError([first, ...rest])
    if (typeof this.#yaml.value !== 'object' || this.#yaml.value === null)
      throw text.error(0, 1, 'SYNTAX', 'not a JSON object or array')
  }

  get root(): JsonView {
    return new JsonView(this, [], this.#yaml.value)
  }

  origin(path: Path): string {
    return this.#text.origin(this.#yaml.place(path, 'key').line)
  }

  take(path: Path): void {
    this.#taken.add(keyOf(path))
  }

  leave(path: Path, why: string, precedence?: number): void {
    const key = keyOf(path)
    if (this.#left.has(key)) return
    const place = this.#yaml.place(path, 'key')
    const text = clipped(`${path.at(-1) ?? ''}: ${this.#yaml.spelling(path).replace(/\s+/g, ' ')}`)
    this.#left.set(key, {
      ...place,
      text,
      why,
      ...(precedence === undefined ? {} : { precedence }),
    })
  }

  remark(path: Path, text: string): void {
    const place: Place = this.#yaml.place(path, 'key')
    this.#remarks.push({ ...place, text })
  }

  /** What was left out inside of something that was left out: the reason often is there. */
  #leftBelow(value: unknown, path: Path): LeftOut[] {
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([step, inner]) => {
      const own = [...path, Array.isArray(value) ? Number(step) : step]
      const known = this.#left.get(keyOf(own))
      return [...(known ? [known] : []), ...this.#leftBelow(inner, own)]
    })
  }

  /** Counts the values that say something; what nobody took is left out, as one where a whole object was. */
  finish(): Account {
    let total = 0
    const left: LeftOut[] = []
    const visit = (value: unknown, path: Path, taken: boolean): void => {
      const key = keyOf(path)
      const own = taken || this.#taken.has(key)
      const known = this.#left.get(key)
      if (known) {
        total++
        const below = this.#leftBelow(value, path)
        total += below.length
        left.push(known, ...below)
      } else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
        for (const [step, inner] of Object.entries(value))
          visit(inner, [...path, Array.isArray(value) ? Number(step) : step], own)
      } else {
        total++
        if (own || value === null) return
        this.leave(path, 'not read')
        const unread = this.#left.get(key)
        if (unread) left.push(unread)
      }
    }
    visit(this.#yaml.value, [], false)
    return { total, left, remarks: this.#remarks }
  }
}
