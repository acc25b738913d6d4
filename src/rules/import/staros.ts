/** Cisco StarOS, enhanced charging service: one rulebase of a saved configuration. Read importers.md section 1 first. A
 * ruledef becomes a rule for its flow and, when it has lines about the payload, a level-2 table that alone decides:
 * what does not match goes on to the next action. */

import { RuleError } from '../rule-error.js'
import type { ConfigLine } from './config-words.js'
import type { Dialect } from './dialect.js'
import { bothTerms, isEmpty } from './flow-term.js'
import { LineLedger } from './line-ledger.js'
import { bothPayloads } from './payload-term.js'
import { selectNamed } from './select-named.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'
import { type ActionCharge, actionCharge } from './staros-charging.js'
import { type ConfigBlock, readServices, saysSomething } from './staros-config.js'
import { lineMeaning, type Pools, readPools, type Term } from './staros-ruledef.js'
import { knownAnalyzer, type Route, selectedBy } from './staros-terms.js'

/** What a ruledef means, once; its lines are accounted for when the first action or route names it. */
interface Ruledef {
  readonly terms: readonly Term[]
  /** lines that were left out of a conjunction, or that match more here */
  readonly wider: string | undefined
  /** lines left out of a disjunction: they could have matched */
  readonly narrower: readonly { line: number; why: string }[]
}

class RulebaseImport {
  readonly #source: SourceText
  readonly #set: SetBuilder
  readonly #ledger: LineLedger
  readonly #byName = new Map<string, ConfigBlock[]>()
  readonly #used = new Set<ConfigBlock>()
  readonly #pools: Pools
  readonly #ruledefs = new Map<string, Ruledef>()
  readonly #charges = new Map<string, ActionCharge>()
  readonly #routes: Route[] = []

  constructor(
    source: SourceText,
    set: SetBuilder,
    ledger: LineLedger,
    blocks: readonly ConfigBlock[],
  ) {
    this.#source = source
    this.#set = set
    this.#ledger = ledger
    for (const block of blocks) {
      const key = `${block.kind} ${block.name}`
      const same = this.#byName.get(key)
      if (same) same.push(block)
      else this.#byName.set(key, [block])
    }
    this.#pools = readPools(
      blocks,
      line => ledger.understood(line),
      (line, why) => ledger.leave(line, why),
    )
  }

  #named(kind: string, name: string): ConfigBlock[] {
    const blocks = this.#byName.get(`${kind} ${name}`) ?? []
    for (const block of blocks) this.#used.add(block)
    return blocks
  }

  run(rulebase: readonly ConfigBlock[]): void {
    const lines = rulebase.flatMap(block => block.lines)
    for (const line of lines) if (line.words[0]?.text === 'route') this.#route(line)
    for (const line of lines) this.#rulebaseLine(line)
  }

  #ruledef(name: string): Ruledef | undefined {
    const known = this.#ruledefs.get(name)
    if (known) return known
    const blocks = this.#named('ruledef', name)
    if (blocks.length === 0) return undefined
    const own = this.#readRuledef(blocks.flatMap(block => block.lines))
    this.#ruledefs.set(name, own)
    return own
  }

  #readRuledef(lines: readonly ConfigLine[]): Ruledef {
    const terms: Term[] = []
    const open: { line: number; why: string }[] = []
    const approximate: string[] = []
    let or = false
    for (const line of lines) {
      const meaning = lineMeaning(line, this.#pools)
      if ('why' in meaning) {
        open.push({ line: line.number, why: meaning.why })
        continue
      }
      this.#ledger.understood(line.number)
      if ('setting' in meaning) {
        or ||= meaning.setting === 'or'
        continue
      }
      terms.push(meaning.term)
      if (meaning.remark !== undefined) this.#ledger.remark(line.number, meaning.remark)
      if (meaning.approximate === undefined) continue
      approximate.push(`${this.#source.origin(line.number)} ${meaning.approximate}`)
      this.#ledger.remark(line.number, meaning.approximate)
    }
    if (or) return { terms, wider: approximate.join('; ') || undefined, narrower: open }
    if (terms.length > 0) for (const { line, why } of open) this.#ledger.leave(line, why)
    const lost = open.map(({ line }) => `${this.#source.origin(line)} is not tested`)
    return {
      // without a line that is understood it would match everything
      terms: terms.length > 0 ? [terms.reduce(bothOf)] : [],
      wider: [...lost, ...approximate].join('; ') || undefined,
      narrower: terms.length > 0 ? [] : open,
    }
  }

  #route({ number, words }: ConfigLine): void {
    const [, priority, , kind, name = '', keyword, analyzer = ''] = words.map(word => word.text)
    const own = kind === 'ruledef' && keyword === 'analyzer' && priority === 'priority'
    if (!own) {
      this.#ledger.leave(number, 'not a route by ruledef and analyzer')
      return
    }
    const ruledef = this.#ruledef(name)
    if (!ruledef) {
      this.#ledger.leave(number, `ruledef "${name}" is not defined`)
      return
    }
    if (!knownAnalyzer(analyzer)) {
      this.#ledger.leave(number, `what the analyzer ${analyzer} reads decides no line here`)
      return
    }
    if (ruledef.terms.length === 0) {
      this.#ledger.leave(number, `no line of ruledef "${name}" was understood`)
      return
    }
    for (const term of ruledef.terms) this.#routes.push({ ...term, analyzer })
    this.#ledger.understood(number)
  }

  #rulebaseLine(line: ConfigLine): void {
    const [first, second] = line.words.map(word => word.text)
    if (first === 'route') return
    if (first === 'action' && second === 'priority') {
      this.#action(line)
      return
    }
    if (first === 'flow' && second === 'control-handshaking') {
      this.#handshake(line)
      return
    }
    this.#ledger.leave(line.number, 'decides how is counted, not which rule applies')
  }

  /** Importers.md 1.5 item 3: all three kinds of control packet, or the ordinary action table. */
  #handshake({ number, words }: ConfigLine): void {
    const [, , how, packets] = words.map(word => word.text)
    if (how !== 'charge-to-application' || packets !== 'all-packets') {
      this.#ledger.leave(number, 'a choice of packets that no profile makes')
      return
    }
    this.#set.profiles = ['staros-delayed', 'article']
    this.#ledger.understood(number)
  }

  #action(line: ConfigLine): void {
    const words = line.words.map(word => word.text)
    const precedence = Number(words[2])
    const at = words.findIndex(word => word === 'ruledef' || word === 'group-of-ruledefs')
    const actionAt = words.indexOf('charging-action')
    const name = words[at + 1] ?? ''
    if (!Number.isInteger(precedence) || at < 0 || actionAt < 0) {
      this.#ledger.leave(line.number, 'not an action with ruledef and charging-action')
      return
    }
    const how = words.slice(3, at)
    if (how.includes('dynamic-only')) {
      this.#ledger.leave(line.number, 'active only when Gx installs it', precedence)
      return
    }
    const charge = this.#charge(words[actionAt + 1] ?? '', line)
    if (charge === undefined) return
    this.#ledger.understood(line.number)
    const timed = how.includes('timedef')
      ? `the hours of timedef ${how.at(-1)} are not tested`
      : undefined
    if (timed !== undefined) this.#ledger.leave(line.number, timed)
    const members = words[at] === 'ruledef' ? [name] : this.#members(name, line, precedence)
    for (const member of members) this.#rule(line, precedence, member, charge, timed)
  }

  #charge(name: string, line: ConfigLine): number | undefined {
    const known = this.#charges.get(name)
    if (known) return this.#set.charge(known.charge)
    const blocks = this.#named('charging-action', name)
    const [block] = blocks
    if (!block) {
      this.#ledger.leave(
        line.number,
        `charging-action "${name}" is not defined; the gateway ignores the line`,
      )
      return undefined
    }
    const own = actionCharge(
      blocks,
      ({ number }) => this.#ledger.understood(number),
      ({ number }, why) => this.#ledger.leave(number, why),
    )
    this.#charges.set(name, own)
    if (own.unreported)
      this.#ledger.remark(
        block.line,
        `${name}: neither credit control nor records: unreported, which is not "free"`,
      )
    return this.#set.charge(own.charge)
  }

  /** Ruledefs of a group by their priority in it. */
  #members(name: string, line: ConfigLine, precedence: number): string[] {
    const blocks = this.#named('group-of-ruledefs', name)
    if (blocks.length === 0)
      this.#ledger.leave(
        line.number,
        `group-of-ruledefs "${name}" is not defined; the gateway ignores the line`,
      )
    const members: { priority: number; ruledef: string }[] = []
    for (const { number, words } of blocks.flatMap(block => block.lines)) {
      const texts = words.map(word => word.text)
      const [first, second, priority = ''] = texts
      const at = texts.indexOf('ruledef')
      const plain = texts.length === 5 && at === 3
      if (first === 'group-of-ruledefs-application') this.#ledger.understood(number)
      else if (
        first !== 'add-ruledef' ||
        second !== 'priority' ||
        !/^\d+$/.test(priority) ||
        !plain
      )
        this.#ledger.leave(number, 'not a member that is always active', precedence)
      else {
        members.push({ priority: Number(priority), ruledef: texts[at + 1] ?? '' })
        this.#ledger.understood(number)
      }
    }
    return members.sort((a, b) => a.priority - b.priority).map(member => member.ruledef)
  }

  #rule(line: ConfigLine, precedence: number, name: string, charge: number, timed?: string): void {
    const ruledef = this.#ruledef(name)
    if (!ruledef) {
      this.#ledger.leave(
        line.number,
        `ruledef "${name}" is not defined; the gateway ignores the line`,
      )
      return
    }
    for (const open of ruledef.narrower) this.#ledger.leave(open.line, open.why, precedence)
    const selected = selectedBy(ruledef.terms, this.#routes)
    if (selected.length === 0) {
      const [first] = ruledef.terms
      const never =
        first && isEmpty(first.flow)
          ? 'its lines contradict each other'
          : 'no route leads to an analyzer of its lines'
      const why =
        ruledef.terms.length === 0
          ? `no line of ruledef "${name}" was understood`
          : `never matches: ${never}`
      this.#ledger.leave(line.number, why, ruledef.terms.length === 0 ? precedence : undefined)
      return
    }
    const wider = [ruledef.wider, timed].filter(text => text !== undefined).join('; ')
    for (const { flow, payloads } of selected) {
      const wrong = this.#set.rule({
        precedence,
        name,
        flows: [flow],
        payloads,
        charge,
        origin: this.#source.origin(line.number),
        comment: this.#source.line(line.number),
        ...(wider === '' ? {} : { unsupported: wider }),
      })
      if (wrong !== undefined)
        this.#ledger.leave(line.number, `ruledef ${name}: ${wrong}`, precedence)
    }
  }

  /** Lines of objects that the rulebase does not use. */
  unused(rulebase: readonly ConfigBlock[]): void {
    for (const block of [...this.#byName.values()].flat()) {
      if (this.#used.has(block) || rulebase.includes(block)) continue
      const why = block.kind === 'rulebase' ? 'of another rulebase' : 'not used by this rulebase'
      for (const { number } of block.lines) this.#ledger.leaveUnseen(number, why)
    }
  }
}

function bothOf(a: Term, b: Term): Term {
  return { flow: bothTerms(a.flow, b.flow), payload: bothPayloads(a.payload, b.payload) }
}

function readConfig(texts: readonly SourceText[], set: SetBuilder): void {
  const [source, second] = texts
  if (!source) throw new TypeError('an importer is given at least one text')
  if (second) {
    const problem = {
      ...second.at(1),
      id: 'BAD-VALUE',
      text: 'one saved configuration is one file',
      excerpt: '',
    } as const
    throw new RuleError([problem])
  }
  const ledger = new LineLedger(source, saysSomething)
  const services = readServices(source, {
    understood: line => ledger.understood(line),
    leave: (line, why) => ledger.leave(line, why),
  })
  const blocks = services.flatMap(service => service.blocks)
  const names = blocks.filter(({ kind }) => kind === 'rulebase').map(({ name }) => name)
  const name = selectNamed(texts, 'rulebase', names, set.options.select)
  const rulebase = blocks.filter(block => block.kind === 'rulebase' && block.name === name)
  const run = new RulebaseImport(source, set, ledger, blocks)
  run.run(rulebase)
  run.unused(rulebase)
  set.account(ledger.finish())
}

export const staros: Dialect = {
  name: 'staros',
  doc: 'Cisco StarOS ECS: one rulebase of a saved configuration',
  profiles: ['staros-default', 'ugw'],
  read: readConfig,
}
