/** The rules of captured sessions as one rule set: a rule that several sessions have alike is one rule with all their
 * addresses. A rule set knows no time: what was not in force for the whole of its session says so, and lowers the
 * certainty of what it decides. */

import { utcTime } from '../record/time.js'
import type { LeftOut, Remark } from '../rules/import/dialect.js'
import { type FlowTerm, flowMatch } from '../rules/import/flow-term.js'
import { filterMeaning } from '../rules/import/ip-filter-rule.js'
import type { SetBuilder } from '../rules/import/set-builder.js'
import type { Moment, SignalledRule, SignalledSession } from './signalled-session.js'

/** Behind every rule that says its precedence. */
const LAST_PRECEDENCE = 4294967295

/** Rules that are alike but for the handset. */
interface Group {
  readonly rule: SignalledRule
  readonly protocol: 'gx' | 'pfcp'
  readonly apn: string
  readonly ue: Set<string>
  /** a session whose address is not known: the rule cannot be tied to handsets */
  everyUe: boolean
  span: string | undefined
}

function spanOf(session: SignalledSession, rule: SignalledRule): string | undefined {
  const to = rule.removed
  if (rule.initial && to === undefined) return undefined
  const until = to ?? session.closed
  const from = `in force from ${utcTime(rule.installed.timeUs)} (frame ${rule.installed.frame})`
  return until === undefined
    ? `${from} on`
    : `${from} to ${utcTime(until.timeUs)} (frame ${until.frame})`
}

class SetWriter {
  readonly #set: SetBuilder
  readonly #file: string
  readonly #left: LeftOut[] = []
  readonly #remarks: Remark[] = []
  #total = 0

  constructor(set: SetBuilder, file: string) {
    this.#set = set
    this.#file = file
  }

  #leave(at: Moment, text: string, why: string, precedence?: number): void {
    const place = { file: this.#file, line: at.frame, col: 1 }
    this.#left.push({ ...place, text, why, ...(precedence === undefined ? {} : { precedence }) })
  }

  write(sessions: readonly SignalledSession[]): void {
    for (const group of groupsOf(sessions)) this.#group(group)
    const predefined = new Map<string, Moment>()
    for (const session of sessions)
      for (const [name, at] of session.predefined)
        if (!predefined.has(name)) predefined.set(name, at)
    for (const [name, at] of predefined) {
      this.#total++
      this.#leave(at, name, 'a predefined rule: only the gateway knows what it is', 0)
    }
    this.#set.account({ total: this.#total, left: this.#left, remarks: this.#remarks })
  }

  #group(group: Group): void {
    const { rule, apn } = group
    this.#total += Math.max(1, new Set(rule.flows).size)
    const precedence = rule.precedence < 0 ? LAST_PRECEDENCE : rule.precedence
    const text = `${rule.name}: ${rule.flows.join('; ') || rule.application}`
    if (rule.application !== '' && rule.flows.length === 0) {
      this.#leave(
        rule.installed,
        text,
        `application ${rule.application}: its PFDs are not signalled here`,
        precedence,
      )
      return
    }
    const wider: string[] = []
    const flows = this.#flows(rule, precedence, wider)
    if (flows.length === 0) return
    if (group.everyUe)
      this.#remarks.push({
        file: this.#file,
        line: rule.installed.frame,
        col: 1,
        text: `${rule.name}: the address of a session is not known: the rule is for every handset`,
      })
    if (group.span !== undefined) wider.push(group.span)
    const ue = group.everyUe ? {} : { ue: [...group.ue] }
    const wrong = this.#set.rule({
      precedence,
      name: rule.name,
      flows: flows.map(flow => ({
        ...flowMatch(flow),
        ...ue,
        ...(apn === '' ? {} : { apn: { equals: apn } }),
      })),
      charge: this.#set.charge({
        ratingGroup: rule.ratingGroup < 0 ? undefined : rule.ratingGroup,
        serviceId: rule.serviceId < 0 ? undefined : rule.serviceId,
        online: rule.online < 0 ? undefined : rule.online === 1,
        offline: rule.offline < 0 ? undefined : rule.offline === 1,
        name: rule.charge || undefined,
      }),
      origin: `${this.#file}:${rule.installed.frame}`,
      comment: `frame ${rule.installed.frame}, ${group.protocol}: ${text}`,
      ...(wider.length === 0 ? {} : { unsupported: wider.join(', ') }),
    })
    if (wrong !== undefined) this.#leave(rule.installed, text, wrong, precedence)
  }

  /** A rule without a filter is one for every flow: the default bearer's. */
  #flows(rule: SignalledRule, precedence: number, wider: string[]): FlowTerm[] {
    if (rule.flows.length === 0) return [{}]
    const seen = new Map<string, FlowTerm>()
    for (const flow of new Set(rule.flows)) {
      const meaning = filterMeaning(flow)
      if ('why' in meaning) this.#leave(rule.installed, flow, meaning.why, precedence)
      else {
        // "assigned" is the handset, and so is an address that stands there
        const { ue: _own, ...term } = meaning.term
        seen.set(JSON.stringify(term), term)
        if (meaning.wider !== undefined) wider.push(meaning.wider)
      }
    }
    return [...seen.values()]
  }
}

/** Rules of Gx where there are any of a handset: the user plane repeats them without rating groups. */
function groupsOf(sessions: readonly SignalledSession[]): Iterable<Group> {
  const policed = new Set(
    sessions.flatMap(({ protocol, ue, rules }) =>
      protocol === 'gx' && rules.size > 0 ? [...ue] : [],
    ),
  )
  const groups = new Map<string, Group>()
  for (const session of sessions) {
    const { protocol, apn, ue } = session
    if (protocol === 'pfcp' && [...ue].some(own => policed.has(own))) continue
    for (const rule of [...session.rules.values(), ...session.past]) {
      const { name, installed: _at, initial: _first, removed: _end, ...content } = rule
      // up and down have a PDR each
      const label = protocol === 'pfcp' ? '' : name
      const span = spanOf(session, rule)
      const key = JSON.stringify([protocol, apn, label, content, span !== undefined])
      const group = groups.get(key) ?? { rule, protocol, apn, ue: new Set(), everyUe: false, span }
      groups.set(key, group)
      for (const own of ue) group.ue.add(own)
      if (ue.size === 0) group.everyUe = true
    }
  }
  return groups.values()
}

/** Adds what the sessions say to `set`; `file` is the capture as places name it, their lines are frames. */
export function signalledSet(
  set: SetBuilder,
  sessions: readonly SignalledSession[],
  file: string,
): void {
  new SetWriter(set, file).write(sessions)
}
