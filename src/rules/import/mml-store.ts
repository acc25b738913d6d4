/** What a script of MML leaves behind: its commands are run in order against tables of objects, because what counts
 * is the state after the last one. Importers.md 2.2: MOD and RMV matter. */

import { LineLedger } from './line-ledger.js'
import { type MmlStatement, mmlStatements, saysSomething } from './mml.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

/** How the objects of one kind are told apart and which of their parameters are understood. */
export interface MmlKind {
  /** parameters that together name an object; of alternatives in one element the first that is there */
  readonly key: readonly (readonly string[])[]
  /** parameters that are read, or that decide nothing of a charge */
  readonly known: readonly string[]
}

export interface MmlObject {
  readonly kind: string
  readonly values: Map<string, string>
  /** statements that made it: source and line */
  readonly lines: { source: SourceText; ledger: LineLedger; from: number; to: number }[]
  /** parameters that are not understood, with their place */
  readonly unknown: string[]
}

/** Verbs that ask and change nothing. */
const asking = new Set(['LST', 'DSP', 'TST', 'SAV', 'BKP', 'CHK'])

export class MmlStore {
  readonly #kinds: Readonly<Record<string, MmlKind>>
  readonly #tables = new Map<string, Map<string, MmlObject>>()
  readonly #indexes = new Map<string, Map<string, MmlObject[]>>()
  readonly #ledgers: LineLedger[] = []

  constructor(kinds: Readonly<Record<string, MmlKind>>) {
    this.#kinds = kinds
  }

  /** Objects of a kind, in the order in which they were added. */
  all(kind: string): MmlObject[] {
    return [...(this.#tables.get(kind)?.values() ?? [])]
  }

  /** Objects of a kind with this value of a parameter. To be asked when all scripts have run. */
  where(kind: string, parameter: string, value: string): readonly MmlObject[] {
    const key = `${kind} ${parameter}`
    let index = this.#indexes.get(key)
    if (!index) {
      index = new Map()
      for (const object of this.#tables.get(kind)?.values() ?? []) {
        const own = object.values.get(parameter)?.toLowerCase() ?? ''
        const same = index.get(own)
        if (same) same.push(object)
        else index.set(own, [object])
      }
      this.#indexes.set(key, index)
    }
    return index.get(value.toLowerCase()) ?? []
  }

  find(kind: string, ...key: string[]): MmlObject | undefined {
    return this.#tables.get(kind)?.get(keyText(key))
  }

  run(source: SourceText): void {
    const ledger = new LineLedger(source, saysSomething)
    this.#ledgers.push(ledger)
    for (const statement of mmlStatements(source)) this.#statement(source, ledger, statement)
  }

  #statement(source: SourceText, ledger: LineLedger, statement: MmlStatement): void {
    const { verb, object, parameters, line, lastLine } = statement
    const leave = (why: string) => {
      for (let at = line; at <= lastLine; at++) ledger.leave(at, why)
    }
    if (
      asking.has(verb) ||
      (verb === 'SET' && object === 'REFRESHSRV') ||
      object.endsWith(' REFRESH')
    ) {
      ledger.understood(line, lastLine)
      return
    }
    const kind = this.#kinds[object]
    if (!kind) {
      leave(`${verb} ${object} is not read`)
      return
    }
    const key = keyOf(kind, parameters)
    if (!key) {
      leave(`${kind.key.map(names => names.join(' or ')).join(', ')} is missing`)
      return
    }
    const table = this.#tables.get(object) ?? new Map<string, MmlObject>()
    this.#tables.set(object, table)
    const known = table.get(keyText(key))
    if (verb === 'RMV') {
      if (!known) {
        leave(`there is no such ${object} to remove`)
        return
      }
      table.delete(keyText(key))
      for (const made of known.lines) made.ledger.understood(made.from, made.to)
      ledger.understood(line, lastLine)
      return
    }
    if (verb !== 'ADD' && verb !== 'MOD' && verb !== 'SET') {
      leave(`${verb} is not read`)
      return
    }
    if (verb === 'MOD' && !known) {
      leave(`there is no such ${object} to change`)
      return
    }
    if (verb === 'ADD' && known) {
      leave(`there is a ${object} of this name already`)
      return
    }
    const own: MmlObject = known ?? { kind: object, values: new Map(), lines: [], unknown: [] }
    table.set(keyText(key), own)
    own.lines.push({ source, ledger, from: line, to: lastLine })
    for (const [name, { value, offset }] of parameters) {
      own.values.set(name, value)
      if (kind.known.includes(name) || kind.key.flat().includes(name)) continue
      const place = source.place(offset)
      own.unknown.push(`${source.name}:${place.line}: ${name}`)
      ledger.leave(
        place.line,
        `parameter ${name} is not read`,
        undefined,
        place.col - name.length - 1,
      )
    }
  }

  /** Objects that no rule came to are left out. */
  finish(set: SetBuilder): void {
    for (const object of [...this.#tables.values()].flatMap(table => [...table.values()]))
      for (const { ledger, from, to } of object.lines)
        for (let line = from; line <= to; line++)
          ledger.leaveUnseen(line, 'no rule that was imported uses it')
    for (const ledger of this.#ledgers) set.account(ledger.finish())
  }
}

function keyText(key: readonly string[]): string {
  return key.join('\0').toLowerCase()
}

function keyOf(kind: MmlKind, parameters: MmlStatement['parameters']): string[] | undefined {
  const key: string[] = []
  for (const names of kind.key) {
    const name = names.find(one => parameters.has(one))
    if (name === undefined) return undefined
    key.push(parameters.get(name)?.value ?? '')
  }
  return key
}

/** The value of the first of these parameters that is there. */
export function textOf({ values }: MmlObject, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = values.get(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** A whole number, undefined when it is none. */
export function numberOf(object: MmlObject, ...names: string[]): number | undefined {
  const text = textOf(object, ...names)
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

export function understood({ lines }: MmlObject): void {
  for (const { ledger, from, to } of lines) ledger.understood(from, to)
}

/** Leaves the object's last statement. */
export function leaveObject(object: MmlObject, why: string, precedence?: number): void {
  const last = object.lines.at(-1)
  if (!last) return
  for (let line = last.from; line <= last.to; line++) last.ledger.leave(line, why, precedence)
}

export function remarkOn(object: MmlObject, text: string): void {
  const last = object.lines.at(-1)
  last?.ledger.remark(last.from, text)
}

/** Where the object was made, and its statement, for a rule that comes from it. */
export function originOf({ lines }: MmlObject): { origin: string; comment: string } {
  const last = lines.at(-1)
  return last
    ? { origin: last.source.origin(last.from), comment: last.source.line(last.from) }
    : { origin: '', comment: '' }
}
