/** PCC rules of an SmPolicyDecision, with the PFDs of their applications from other files. Read 3GPP TS 29.512 clauses
 * 5.6.2.4 (SmPolicyDecision), 5.6.2.6 (PccRule), 5.6.2.11 (ChargingData) and TS 23.503 clause 6.3.1 first: the smaller
 * precedence is tried first. */

import type { Dialect } from './dialect.js'
import { describedFlows } from './flow-list.js'
import { type FlowTerm, flowMatch } from './flow-term.js'
import { JsonSource, type JsonView } from './json-view.js'
import { type AppPfds, applications } from './pfd.js'
import type { RuleOf, SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

/** Behind every rule that says its precedence. */
const LAST_PRECEDENCE = 4294967295

interface Decision {
  readonly root: JsonView
  readonly pccRules: JsonView
}

/** A decision, or what holds one, or a list of them. */
function decisionsOf(root: JsonView): Decision[] {
  const holders = [root, ...root.items(), ...root.entries().map(([, view]) => view)]
  return holders.flatMap(view => {
    const pccRules = view.get('pccRules')
    return pccRules && pccRules.entries().length > 0 ? [{ root: view, pccRules }] : []
  })
}

type RuleHead = Omit<RuleOf, 'flows' | 'payloads'>

class PolicyImport {
  readonly #set: SetBuilder
  readonly #apps: ReadonlyMap<string, AppPfds>
  readonly #charges = new Map<string, number>()

  constructor(set: SetBuilder, apps: ReadonlyMap<string, AppPfds>) {
    this.#set = set
    this.#apps = apps
  }

  decision({ root, pccRules }: Decision): void {
    this.#charges.clear()
    // a rule that is null is one that the decision removes
    for (const [name, rule] of pccRules.entries())
      if (rule.value === null) rule.take()
      else this.#rule(name, rule, root.get('chgDecs'))
  }

  #rule(key: string, rule: JsonView, decisions: JsonView | undefined): void {
    const name = rule.get('pccRuleId')?.text() ?? key
    const precedence = rule.get('precedence')?.whole() ?? LAST_PRECEDENCE
    if (rule.get('precedence') === undefined) rule.remark('no precedence: tried last')
    const charge = this.#charge(rule, decisions)
    const appId = rule.get('appId')?.text()
    const wider: string[] = []
    const flows = this.#flows(rule, precedence, wider)
    const head = {
      precedence,
      name,
      charge,
      origin: rule.origin,
      ...(wider.length === 0 ? {} : { unsupported: wider.join(', ') }),
    }
    if (appId !== undefined) {
      this.#application(rule, appId, head)
      return
    }
    if (flows.length === 0) {
      rule.leave('no flow that was understood, and no application', precedence)
      return
    }
    const wrong = this.#set.rule({ ...head, flows: flows.map(flowMatch) })
    if (wrong !== undefined) rule.leave(wrong, precedence)
  }

  #application(rule: JsonView, appId: string, head: RuleHead): void {
    const app = this.#apps.get(appId)
    if (!app || app.pfds.length === 0) {
      rule.get('appId')?.leave('no PFD of this application was given', head.precedence)
      return
    }
    if (app.incomplete)
      app.view.leave('a PFD was left out: the application is more than this', head.precedence)
    for (const { flows, payloads } of app.pfds) {
      const wrong = this.#set.rule({ ...head, flows: flows.map(flowMatch), payloads })
      if (wrong !== undefined) rule.leave(wrong, head.precedence)
    }
  }

  #flows(rule: JsonView, precedence: number, wider: string[]): FlowTerm[] {
    const entries = rule.get('flowInfos')?.items() ?? []
    for (const entry of entries)
      for (const key of ['flowDirection', 'packFiltId', 'packetFilterUsage']) entry.get(key)?.take()
    return describedFlows(entries, 'flowDescription', precedence, wider)
  }

  #charge(rule: JsonView, decisions: JsonView | undefined): number {
    const [reference, ...others] = rule.get('refChgData')?.items() ?? []
    const id = reference?.text()
    for (const other of others) other.leave('a second charging decision; the first counts')
    const decision = id === undefined ? undefined : decisions?.get(id)
    if (id === undefined || !decision) {
      reference?.leave('no such charging decision')
      rule.remark('no charging decision: the charge is unknown')
      return this.#set.charge({ name: `no charging decision: ${id ?? 'none named'}` })
    }
    const known = this.#charges.get(id)
    if (known !== undefined) return known
    decision.get('chgId')?.take()
    const charge = this.#set.charge({
      ratingGroup: decision.get('ratingGroup')?.whole(),
      serviceId: decision.get('serviceId')?.whole(),
      online: decision.get('online')?.flag(),
      offline: decision.get('offline')?.flag(),
      name: id,
    })
    this.#charges.set(id, charge)
    return charge
  }
}

function readPolicies(texts: readonly SourceText[], set: SetBuilder): void {
  const sources = texts.map(text => new JsonSource(text))
  const apps = new Map<string, AppPfds>()
  for (const { root } of sources) for (const [name, app] of applications(root)) apps.set(name, app)
  const decisions = sources.flatMap(({ root }) => decisionsOf(root))
  const [first] = texts
  if (decisions.length === 0 && first)
    throw first.error(0, 1, 'BAD-VALUE', 'no pccRules in this source', '--from pfd for PFDs alone')
  const run = new PolicyImport(set, apps)
  for (const decision of decisions) run.decision(decision)
  for (const source of sources) set.account(source.finish())
}

export const ts29512: Dialect = {
  name: 'ts29512',
  doc: '3GPP SmPolicyDecision (JSON), with the PFDs of its applications in further files',
  profiles: ['ugw'],
  read: readPolicies,
}

function readPfds(texts: readonly SourceText[], set: SetBuilder): void {
  let precedence = 0
  for (const text of texts) {
    const source = new JsonSource(text)
    const apps = applications(source.root)
    if (apps.size === 0) throw text.error(0, 1, 'BAD-VALUE', 'no PFD in this source')
    for (const [name, app] of apps) {
      precedence += 10
      const charge = set.charge({ name })
      if (app.incomplete)
        app.view.leave('a PFD was left out: the application is more than this', precedence)
      for (const { flows, payloads } of app.pfds) {
        const origin = app.view.origin
        const wrong = set.rule({
          precedence,
          name,
          charge,
          origin,
          flows: flows.map(flowMatch),
          payloads,
        })
        if (wrong !== undefined) app.view.leave(wrong, precedence)
      }
    }
    set.account(source.finish())
  }
}

export const pfd: Dialect = {
  name: 'pfd',
  doc: '3GPP packet flow descriptions (JSON): one rule an application, in the order of the file',
  profiles: ['ugw'],
  read: readPfds,
}
