/** A rule set as PCC rules of an SmPolicyDecision, and the PFDs of its level-2 rows. Read 3GPP TS 29.512 clauses 5.6.2.4,
 * 5.6.2.6 and 5.6.2.11, TS 29.551 clause 6.1.6.2 first. A PCC rule has a flow or an application: a row of a level-2
 * table becomes an application whose PFD holds both the flow and the URL. */

import { formatPrefix } from '../address.js'
import { hasPorts } from '../protocol-number.js'
import {
  type Charge,
  type IndexHint,
  type Level1Rule,
  type Level2Row,
  placeText,
  type RuleCondition,
  type RuleSet,
  rowLabel,
  ruleLabel,
} from '../rule-set.js'
import type { TextValue } from '../text-pattern.js'
import { regexesOf } from './pattern-regex.js'

const LAST_PRECEDENCE = 4294967295
const STEP = 10
const everyProtocol = Array.from({ length: 256 }, (_, number) => number)

export interface FlowInfo {
  flowDescription: string
}

export interface PccRule {
  pccRuleId: string
  precedence: number
  flowInfos?: FlowInfo[]
  appId?: string
  refChgData: string[]
}

export interface ChargingData {
  chgId: string
  ratingGroup?: number
  serviceId?: number
  online?: boolean
  offline?: boolean
}

export interface SmPolicyDecision {
  pccRules: Record<string, PccRule>
  chgDecs: Record<string, ChargingData>
}

export interface PfdContent {
  pfdId: string
  flowDescriptions?: string[]
  urls?: string[]
  domainNames?: string[]
  dnProtocol?: 'TLS_SNI'
}

export interface PfdDataForApp {
  applicationId: string
  pfds: PfdContent[]
}

export interface PolicyExport {
  readonly decision: SmPolicyDecision
  readonly applications: readonly PfdDataForApp[]
  /** `rules/x.yaml:8:5: L1-3: ...` */
  readonly left: readonly string[]
  /** what a reader of the decision has to be told beside it */
  readonly notes: readonly string[]
}

type Hint = IndexHint<never>

function hintOf<F>(conditions: readonly RuleCondition<F>[], by: Hint['by']) {
  return conditions.map(({ hint }) => hint).find(hint => hint?.by === by)
}

/** The flows of a level-1 rule; a text says which condition has no form in them. */
function filtersOf(rule: Level1Rule): string[] | string {
  const known = new Set(['server', 'protocol', 'port', 'ue'])
  const other = rule.conditions.find(({ key }) => !known.has(key))
  if (other) return `${other.key} ${other.expected} has no form in a PCC rule`
  const server = hintOf(rule.conditions, 'server')
  const protocol = hintOf(rule.conditions, 'protocol')
  const port = hintOf(rule.conditions, 'port')
  const ue = rule.conditions.find(({ key }) => key === 'ue')
  const servers = server?.by === 'server' ? server.prefixes.map(formatPrefix) : ['any']
  const ports = port?.by === 'port' ? port.ranges : []
  const portText = ports.map(({ low, high }) => (low === high ? low : `${low}-${high}`)).join(',')
  const numbers = protocol?.by === 'protocol' ? protocol.numbers : undefined
  const withPorts = (numbers ?? everyProtocol).filter(hasPorts)
  const protocols: readonly (string | number)[] = portText === '' ? (numbers ?? ['ip']) : withPorts
  const handsets = ue === undefined ? ['assigned'] : ue.expected.split(', ')
  const shown = portText === '' ? '' : ` ${portText}`
  return protocols.flatMap(proto =>
    servers.flatMap(from =>
      handsets.map(to => `permit out ${proto} from ${from}${shown} to ${to}`),
    ),
  )
}

/** What a PFD can say of a row; a text says what it cannot. */
function pfdOf(row: Level2Row, filters: readonly string[], every: boolean): PfdContent | string {
  const pfd: PfdContent = { pfdId: '1', ...(every ? {} : { flowDescriptions: [...filters] }) }
  const keys = row.conditions.map(({ key }) => key)
  for (const { key, value, expected } of row.conditions) {
    // PFD URLs are those of HTTP, and names those of TLS
    const asks = (app: string) => key === 'app' && [value].flat().includes(app)
    if ((asks('http') && keys.includes('url')) || (asks('tls') && keys.includes('sni'))) continue
    const named = key === 'host' || key === 'sni'
    const regexes = key === 'url' || named ? regexesOf(value as TextValue, named) : undefined
    if (!regexes) return `${key} ${expected} has no form in a PFD`
    if (key === 'url') pfd.urls = regexes
    else if (pfd.domainNames) return 'host and sni together have no form in a PFD'
    else pfd.domainNames = regexes
    if (key === 'sni') pfd.dnProtocol = 'TLS_SNI'
  }
  return pfd
}

function chargingData({
  id,
  ratingGroup,
  serviceId,
  online,
  offline,
  synthetic,
}: Charge): ChargingData {
  return {
    chgId: String(id),
    // an id that was made up is no rating group of the operator's
    ...(synthetic && ratingGroup === id ? {} : { ratingGroup }),
    ...(serviceId === undefined ? {} : { serviceId }),
    ...(online === undefined ? {} : { online }),
    ...(offline === undefined ? {} : { offline }),
  }
}

/** ChargingData has no tariff: the rating system of the operator knows it. */
function tariffNotes({ chgDecs }: SmPolicyDecision, charges: readonly Charge[]): readonly string[] {
  const known = charges.filter(({ id, tariff }) => chgDecs[id] && tariff !== 'unknown')
  if (known.length === 0) return []
  const groups = new Map<number, string>()
  const unnamed: string[] = []
  for (const { id, tariff } of known) {
    const { ratingGroup } = chgDecs[id] ?? {}
    if (ratingGroup === undefined) unnamed.push(`${id} ${tariff}`)
    else groups.set(ratingGroup, tariff)
  }
  const told = [...groups].map(([group, tariff]) => `${group}=${tariff}`).join(',')
  return [
    'tariffs have no form in a decision' +
      (told === '' ? '' : `; an import is told by --tariff ${told}`) +
      (unnamed.length === 0 ? '' : `; without a rating group: ${unnamed.join(', ')}`),
  ]
}

class PolicyWriter {
  readonly decision: SmPolicyDecision = { pccRules: {}, chgDecs: {} }
  readonly applications: PfdDataForApp[] = []
  readonly left: string[] = []
  readonly #set: RuleSet
  /** rows need places between the rules: all are numbered anew */
  readonly #renumber: boolean
  #count = 0

  constructor(set: RuleSet) {
    this.#set = set
    this.#renumber = set.rows.length > 0
  }

  write(): PolicyExport {
    for (const rule of this.#set.level1) this.#rule(rule)
    if (this.#set.default >= 0) {
      const flowInfos = [{ flowDescription: 'permit out ip from any to assigned' }]
      this.#add('default', LAST_PRECEDENCE, { flowInfos }, this.#set.default)
    }
    for (const { at, text, why } of this.#set.opaque) this.left.push(`${at}: ${why}: ${text}`)
    const { decision, applications, left } = this
    return { decision, applications, left, notes: tariffNotes(decision, this.#set.charges) }
  }

  #leave(label: string, of: Level1Rule | Level2Row, why: string): void {
    this.left.push(`${placeText(of.at)}: ${label}: ${why}`)
  }

  #rule(rule: Level1Rule): void {
    const filters = filtersOf(rule)
    const label = ruleLabel(rule)
    if (typeof filters === 'string') {
      this.#leave(label, rule, filters)
      return
    }
    if (filters.length === 0) {
      this.#leave(label, rule, 'ports of a protocol that has none: it never matches')
      return
    }
    const table = this.#set.tables[rule.table]
    const rows = table ? this.#set.rows.slice(table.first, table.first + table.count) : []
    for (const row of rows) this.#row(rule, row, filters)
    const flowInfos = filters.map(flowDescription => ({ flowDescription }))
    if (rule.charge >= 0)
      this.#add(this.#nameOf(rule, label), rule.precedence, { flowInfos }, rule.charge)
  }

  #row(rule: Level1Rule, row: Level2Row, filters: readonly string[]): void {
    const label = `${ruleLabel(rule)} ${rowLabel(this.#set, row)}`
    const pfd = pfdOf(row, filters, rule.conditions.length === 0)
    if (typeof pfd === 'string') {
      this.#leave(label, row, pfd)
      return
    }
    this.applications.push({ applicationId: label, pfds: [pfd] })
    this.#add(label, rule.precedence, { appId: label }, row.charge)
  }

  /** Names need not be unique here; ids of PCC rules are. */
  #nameOf({ name }: Level1Rule, label: string): string {
    return name !== undefined && !(name in this.decision.pccRules) ? name : label
  }

  #add(
    id: string,
    precedence: number,
    what: Pick<PccRule, 'flowInfos' | 'appId'>,
    index: number,
  ): void {
    const charge = this.#set.charges[index]
    if (!charge) return
    const key = String(charge.id)
    this.decision.chgDecs[key] ??= chargingData(charge)
    this.#count++
    this.decision.pccRules[id] = {
      pccRuleId: id,
      precedence: this.#renumber && precedence < LAST_PRECEDENCE ? this.#count * STEP : precedence,
      ...what,
      refChgData: [key],
    }
  }
}

export function exportPolicy(set: RuleSet): PolicyExport {
  return new PolicyWriter(set).write()
}
