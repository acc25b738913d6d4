/** Filter text -> tree. Precedence: `not`, then `and`, then `or`. Everything that can be wrong is
 * found here, with its place, so that evaluation never fails; `unfinished` tells a text that may
 * still become right from one that cannot (for typing on a screen). */

import { recordFields } from './all.js'
import type { FieldKind, FieldSet, FilterField } from './field.js'
import { type LexError, type Token, tokenise } from './lexer.js'
import { nearestWord } from './nearest.js'
import { checkPattern, checkValue } from './operand.js'

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'matches'

/** Values stay as typed; the kind of the field says what they mean. */
export type Filter =
  | { kind: 'and' | 'or'; of: readonly Filter[] }
  | { kind: 'not'; of: Filter }
  | { kind: 'compare'; field: string; op: CompareOp; value: string }
  | { kind: 'in'; field: string; values: readonly string[] }
  | { kind: 'exists'; field: string }
  | { kind: 'search'; text: string }

export interface FilterError extends LexError {
  /** `did you mean: ...` */
  suggestion?: string
}

export type ParseResult = { ok: true; filter: Filter } | { ok: false; error: FilterError }

/** Deeper nesting than any person writes; keeps hostile text from exhausting the stack. */
const maxDepth = 100

const operatorWords: Record<string, CompareOp> = {
  '==': '==',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  contains: 'contains',
  matches: 'matches',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
}
const reserved = new Set([...Object.keys(operatorWords), 'and', 'or', 'not', 'in', 'exists'])

const ordered: readonly CompareOp[] = ['==', '!=', '<', '<=', '>', '>=']
const operatorsOf: Record<FieldKind, readonly CompareOp[]> = {
  text: ['==', '!=', 'contains', 'matches'],
  word: ['==', '!='],
  number: ordered,
  octets: ordered,
  seconds: ordered,
  time: ordered,
  address: ['==', '!=', 'contains'],
  teid: ['==', '!='],
}

/** Thrown inside this file only; `parseFilter` turns it into data. */
class Wrong extends Error {
  readonly at: number
  readonly end: number
  readonly unfinished: boolean
  readonly suggestion: string | undefined

  constructor(message: string, token: Token, unfinished = false, suggestion?: string) {
    super(message)
    this.at = token.at
    this.end = token.end
    this.unfinished = unfinished
    this.suggestion = suggestion
  }
}

/** True for words that need quotes to be a value or a bare word. */
export function isReserved(word: string): boolean {
  return reserved.has(word.toLowerCase())
}

export function parseFilter(text: string, fields: FieldSet = recordFields): ParseResult {
  const tokens = tokenise(text)
  if ('message' in tokens) return { ok: false, error: tokens }
  try {
    return { ok: true, filter: new Parser(tokens, fields).filter() }
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    const { message, at, end, unfinished, suggestion } = error
    const found = { message, at, end, unfinished }
    return { ok: false, error: suggestion === undefined ? found : { ...found, suggestion } }
  }
}

class Parser {
  private readonly tokens: readonly Token[]
  private readonly fields: FieldSet
  private next = 0
  private depth = 0

  constructor(tokens: readonly Token[], fields: FieldSet) {
    this.tokens = tokens
    this.fields = fields
  }

  filter(): Filter {
    const filter = this.either()
    const token = this.peek()
    if (token.kind === 'end') return filter
    if (token.text === ')') throw new Wrong('")" closes nothing', token)
    throw new Wrong(`expected "and" or "or" before ${quoted(token)}`, token)
  }

  private either(): Filter {
    return this.chain('or', '||', () => this.both())
  }

  private both(): Filter {
    return this.chain('and', '&&', () => this.unary())
  }

  private chain(kind: 'and' | 'or', sign: string, part: () => Filter): Filter {
    const of = [part()]
    while (this.takeWord(kind) || this.takeSign(sign)) of.push(part())
    const [only] = of
    return of.length === 1 && only !== undefined ? only : { kind, of }
  }

  private unary(): Filter {
    if (this.takeWord('not') || this.takeSign('!')) {
      return this.nested(() => ({ kind: 'not', of: this.unary() }))
    }
    const open = this.peek()
    if (!this.takeSign('(')) return this.test()
    return this.nested(() => {
      const inner = this.either()
      if (this.takeSign(')')) return inner
      const token = this.peek()
      if (token.kind === 'end') throw new Wrong('"(" is not closed', open, true)
      throw new Wrong(`expected "and", "or" or ")" before ${quoted(token)}`, token)
    })
  }

  private nested(part: () => Filter): Filter {
    this.depth++
    if (this.depth > maxDepth) throw new Wrong('nested too deeply', this.peek())
    const filter = part()
    this.depth--
    return filter
  }

  private test(): Filter {
    const token = this.take()
    if (token.kind === 'end') throw new Wrong('expected a field or a word', token, true)
    if (token.kind === 'sign' || (token.kind === 'word' && isReserved(token.text))) {
      throw new Wrong(`expected a field or a word before ${quoted(token)}`, token)
    }
    if (token.kind === 'string' || !this.atOperator()) return { kind: 'search', text: token.text }
    const field = this.fields.find(token.text)
    if (field === undefined) {
      const near = nearestWord(token.text, this.fields.names())
      throw new Wrong(`unknown field "${token.text}"`, token, false, near)
    }
    return this.fieldTest(field)
  }

  private fieldTest(field: FilterField): Filter {
    const operator = this.take()
    const word = operator.text.toLowerCase()
    if (word === 'exists') return { kind: 'exists', field: field.name }
    if (word === 'in') return { kind: 'in', field: field.name, values: this.set(field) }
    const op = operatorWords[word] ?? '=='
    if (!operatorsOf[field.kind].includes(op)) {
      const allowed = [...operatorsOf[field.kind], 'in', 'exists'].join(' ')
      throw new Wrong(`"${field.name}" does not take "${word}"; it takes ${allowed}`, operator)
    }
    const token = this.value(`after "${word}"`)
    if (op === 'matches') refuse(checkPattern(token.text), token)
    else if (op !== 'contains') this.check(field, token, false)
    return { kind: 'compare', field: field.name, op, value: token.text }
  }

  private set(field: FilterField): string[] {
    if (!this.takeSign('{')) return [this.setValue(field)]
    const values: string[] = []
    while (!this.takeSign('}')) {
      values.push(this.setValue(field))
      this.takeSign(',')
    }
    if (values.length > 0) return values
    throw new Wrong('the set is empty', this.tokens[this.next - 1] ?? this.peek())
  }

  private setValue(field: FilterField): string {
    const token = this.value('after "in"')
    this.check(field, token, true)
    return token.text
  }

  private check(field: FilterField, token: Token, ranges: boolean): void {
    const wrong = checkValue(field, token.text, ranges)
    // the last word may still be being typed: `verdict == CH`, `bytes > 1M`
    const last = this.peek().kind === 'end' && this.peek().at === token.end
    const unfinished = last && token.kind === 'word' && wrong?.prefix === true
    refuse(wrong, token, unfinished)
  }

  private value(place: string): Token {
    const token = this.take()
    if (token.kind === 'end') throw new Wrong(`expected a value ${place}`, token, true)
    if (token.kind === 'sign' || (token.kind === 'word' && isReserved(token.text))) {
      throw new Wrong(`expected a value ${place}, found ${quoted(token)}`, token)
    }
    return token
  }

  private atOperator(): boolean {
    const token = this.peek()
    if (token.kind === 'string' || token.kind === 'end') return false
    const word = token.text.toLowerCase()
    return word in operatorWords || (token.kind === 'word' && (word === 'in' || word === 'exists'))
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', text: '', at: 0, end: 0 }
  }

  private take(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.next++
    return token
  }

  private takeWord(word: string): boolean {
    const token = this.peek()
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.next++
    return true
  }

  private takeSign(sign: string): boolean {
    const token = this.peek()
    if (token.kind !== 'sign' || token.text !== sign) return false
    this.next++
    return true
  }
}

function quoted(token: Token): string {
  return `"${token.text}"`
}

function refuse(
  wrong: { message: string; suggestion?: string } | undefined,
  token: Token,
  unfinished = false,
): void {
  if (wrong !== undefined) throw new Wrong(wrong.message, token, unfinished, wrong.suggestion)
}
