/** Huawei UGW and GGSN, the command line of the service view: one user profile. Read importers.md 2.1 first. The native
 * two levels: a rule has a charge of its own, and an L7 entry that hits replaces it. How the group of L7 entries is
 * attached to the category group that a rule names is in no public configuration: `--link` says it. */

import type { DraftRow } from '../rule-draft.js'
import { HIGHEST_ID } from '../schema.js'
import { type ConfigWord, lineWords } from './config-words.js'
import type { Dialect } from './dialect.js'
import { flowMatch, isEmpty } from './flow-term.js'
import { LineLedger } from './line-ledger.js'
import { selectNamed } from './select-named.js'
import type { ChargeOf, SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'
import { ugwFilter } from './ugw-filter.js'
import { urlPatternProblem, urlPatterns } from './wildcard-url.js'

interface Command {
  readonly source: SourceText
  readonly ledger: LineLedger
  readonly line: number
  readonly words: readonly string[]
}

const comment = /^\s*[#!]/
const kinds = [
  'filter',
  'filter-group',
  'l7-info',
  'l7-info-group',
  'cbb-id',
  'charge-property',
  'category-group',
  'rule',
] as const
type Kind = (typeof kinds)[number]

function saysSomething(line: string): boolean {
  return line.trim() !== '' && !comment.test(line)
}

/** The word behind `key`. */
function after({ words }: Command, key: string): string | undefined {
  const at = words.indexOf(key)
  return at < 0 ? undefined : words[at + 1]
}

function leave({ ledger, line }: Command, why: string, precedence?: number): void {
  ledger.leave(line, why, precedence)
}

function understood({ ledger, line }: Command): void {
  ledger.understood(line)
}

class UgwScript {
  readonly profiles = new Map<string, Command[]>()
  /** kind and name -> commands */
  readonly #objects = new Map<string, Command[]>()
  #profile: Command[] | undefined

  read(source: SourceText): LineLedger {
    const ledger = new LineLedger(source, saysSomething)
    for (let line = 1; line <= source.lineCount; line++)
      if (saysSomething(source.line(line)))
        this.#line(source, ledger, line, lineWords(source, line))
    return ledger
  }

  #line(source: SourceText, ledger: LineLedger, line: number, words: readonly ConfigWord[]): void {
    const command = { source, ledger, line, words: words.map(word => word.text) }
    const [first = '', name = ''] = command.words
    if (first === 'user-profile') {
      this.#profile = this.profiles.get(name) ?? []
      this.profiles.set(name, this.#profile)
      understood(command)
    } else if (first === 'rule-binding' || first === 'charge-property-binding') {
      if (this.#profile) this.#profile.push(command)
      else leave(command, 'not in a user profile')
    } else if (first === 'quit' || first === 'return') {
      understood(command)
    } else if (kinds.some(kind => kind === first)) {
      const key = `${first} ${name}`
      const same = this.#objects.get(key)
      if (same) same.push(command)
      else this.#objects.set(key, [command])
    }
  }

  named(kind: Kind, name: string | undefined): readonly Command[] {
    return name === undefined ? [] : (this.#objects.get(`${kind} ${name}`) ?? [])
  }

  unused(): void {
    for (const { ledger, line } of [...this.#objects.values()].flat())
      ledger.leaveUnseen(line, 'no rule that was imported uses it')
  }
}

class UgwImport {
  readonly #script: UgwScript
  readonly #set: SetBuilder
  /** L7 group -> its table, once */
  readonly #tables = new Map<string, string>()

  constructor(script: UgwScript, set: SetBuilder) {
    this.#script = script
    this.#set = set
  }

  run(profile: string): void {
    const commands = this.#script.profiles.get(profile) ?? []
    const fallback = this.#profileCharge(commands)
    if (fallback !== undefined) this.#set.default = fallback
    for (const command of commands)
      if (command.words[0] === 'rule-binding') this.#binding(command, fallback)
    for (const [name, others] of this.#script.profiles)
      if (name !== profile) for (const one of others) leave(one, 'of another user profile')
  }

  #profileCharge(commands: readonly Command[]): number | undefined {
    let charge: number | undefined
    for (const command of commands) {
      if (command.words[0] !== 'charge-property-binding') continue
      const own = this.#charge(after(command, 'service-charge-property'))
      if (own === undefined) leave(command, 'no service charge property that is defined')
      else if (command.words.length > 3)
        leave(command, 'the signalling charge is said by the profile')
      else understood(command)
      charge ??= own
    }
    return charge
  }

  #binding(binding: Command, fallback: number | undefined): void {
    const name = binding.words[1] ?? ''
    const rule = this.#script.named('rule', name).at(-1)
    if (!rule) {
      leave(binding, `rule "${name}" is not defined`)
      return
    }
    const precedence = Number(after(binding, 'priority') ?? after(rule, 'priority') ?? Number.NaN)
    if (!Number.isInteger(precedence)) {
      leave(binding, 'no priority')
      return
    }
    understood(binding)
    understood(rule)
    const category = after(rule, 'service-category-group')
    const charge = this.#categoryCharge(category) ?? fallback
    if (charge === undefined) {
      leave(
        rule,
        `category group "${category ?? ''}" and the user profile have no charge`,
        precedence,
      )
      return
    }
    this.#rule(rule, name, precedence, charge, category)
  }

  #rule(
    rule: Command,
    name: string,
    precedence: number,
    charge: number,
    category: string | undefined,
  ): void {
    const linked = this.#set.options.links.get(category ?? '')
    const level2 = linked === undefined ? undefined : this.#table(linked, precedence)
    const unknown = category !== undefined && level2 === undefined
    for (const flow of this.#flows(rule, precedence)) {
      const wrong = this.#set.ruleWithTable({
        precedence,
        name,
        match: flowMatch(flow.term),
        charge,
        ...(level2 === undefined ? {} : { level2 }),
        origin: rule.source.origin(rule.line),
        comment: rule.source.line(rule.line),
        ...(flow.wider === undefined ? {} : { unsupported: flow.wider }),
        ...(unknown
          ? {
              unsupported: `the L7 entries of ${category} are not known: --link ${category}=L7-INFO-GROUP`,
            }
          : {}),
      })
      if (wrong !== undefined) leave(rule, wrong, precedence)
    }
    if (unknown)
      leave(
        rule,
        `which l7-info-group belongs to ${category} is not said: --link ${category}=GROUP`,
      )
  }

  #flows(rule: Command, precedence: number) {
    const group = after(rule, 'filter-group')
    const members = this.#script.named('filter-group', group)
    if (members.length === 0)
      leave(rule, `filter-group "${group ?? ''}" is not defined: it never matches`)
    return members.flatMap(member => {
      const filters = this.#script.named('filter', after(member, 'filter'))
      if (filters.length === 0) leave(member, 'its filter is not defined')
      else understood(member)
      return filters.flatMap(filter => {
        const { term, unread } = ugwFilter(filter.words.slice(2))
        const wider =
          unread === undefined
            ? undefined
            : `${filter.source.origin(filter.line)}: ${unread} is not tested`
        if (unread !== undefined) leave(filter, `"${unread}" is not read`)
        else understood(filter)
        if (!isEmpty(term)) return [{ term, wider }]
        leave(filter, 'ports of a protocol that has none: it never matches', precedence)
        return []
      })
    })
  }

  /** The level-2 table of a group of L7 entries, by sequence. */
  #table(group: string, precedence: number): string | undefined {
    const known = this.#tables.get(group)
    if (known !== undefined) return known
    const members = this.#script.named('l7-info-group', group)
    if (members.length === 0) return undefined
    const rows = members.flatMap((member, i) => this.#row(member, i, precedence) ?? [])
    const table = this.#set.table(group, rows)
    this.#tables.set(group, table)
    return table
  }

  #row(member: Command, index: number, precedence: number): DraftRow | undefined {
    const name = after(member, 'l7-info') ?? ''
    const info = this.#script.named('l7-info', name).at(-1)
    const url = info && after(info, 'url')
    if (!info || url === undefined) {
      leave(
        info ?? member,
        info ? 'no url: what it asks is not read' : 'its l7-info is not defined',
        precedence,
      )
      return undefined
    }
    const charge = this.#categoryCharge(after(info, 'l7-category-group'))
    const match = { url: urlPatterns(url) }
    const problem =
      (charge === undefined ? 'its category group has no charge' : undefined) ??
      urlPatternProblem(url) ??
      this.#set.payloadProblem(match)
    if (charge === undefined || problem !== undefined) {
      leave(info, problem ?? '', precedence)
      return undefined
    }
    for (const command of [member, info]) understood(command)
    const sequence = Number(after(member, 'sequence') ?? index + 1)
    return {
      precedence: isUint32(sequence) ? sequence : index + 1,
      name,
      match,
      charge,
      origin: info.source.origin(info.line),
      comment: info.source.line(info.line),
    }
  }

  #categoryCharge(name: string | undefined): number | undefined {
    const group = this.#script.named('category-group', name).at(-1)
    if (!group) return undefined
    const charge = this.#charge(after(group, 'charge-property'))
    if (charge !== undefined) understood(group)
    return charge
  }

  #charge(property: string | undefined): number | undefined {
    const command = this.#script.named('charge-property', property).at(-1)
    if (!command) return undefined
    const cbbs = [
      ...new Set(command.words.filter((_, i, words) => /^(on|off)line$/.test(words[i - 1] ?? ''))),
    ]
    const blocks = cbbs.flatMap(cbb => this.#script.named('cbb-id', cbb))
    if (blocks.length === 0) return undefined
    for (const one of [command, ...blocks]) understood(one)
    if (cbbs.length > 1)
      command.ledger.remark(
        command.line,
        'up and down, or online and offline, differ: the first rating group counts',
      )
    const spec: ChargeOf = {
      name: property,
      ratingGroup: numberAfter(blocks, 'rg'),
      serviceId: numberAfter(blocks, 'si'),
      online: blocks.some(block => after(block, 'charge-method') === 'online'),
      offline: blocks.some(block => after(block, 'charge-method') === 'offline'),
    }
    return this.#set.charge(spec)
  }
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= HIGHEST_ID
}

function numberAfter(commands: readonly Command[], key: string): number | undefined {
  const text = commands
    .map(command => after(command, key))
    .find(value => /^\d{1,10}$/.test(value ?? ''))
  return text === undefined ? undefined : Number(text)
}

function readConfig(texts: readonly SourceText[], set: SetBuilder): void {
  const script = new UgwScript()
  const ledgers = texts.map(source => script.read(source))
  const profile = selectNamed(
    texts,
    'user-profile',
    [...script.profiles.keys()],
    set.options.select,
  )
  new UgwImport(script, set).run(profile)
  script.unused()
  for (const ledger of ledgers) set.account(ledger.finish())
}

export const huaweiUgw: Dialect = {
  name: 'huawei-ugw',
  doc: 'Huawei UGW and GGSN: one user profile of the service view',
  profiles: ['ugw'],
  read: readConfig,
}
