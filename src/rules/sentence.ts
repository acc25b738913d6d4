/** A decision in one line, in the order in which the gateway takes it: destination, level 1, level 2,
 * charging id and tariff, what the payload showed, and where the same request would be free. */

import type { Alternative } from '../record/explain-record.js'
import { ruleIdText } from '../record/figures.js'
import type { App } from '../record/flow-record.js'
import type { Decision, RuleEngine } from './engine.js'
import { rowLabel } from './rule-set.js'

/** One request, or a flow in which none was seen. */
export interface Told {
  /** address of the remote end as text */
  server: string
  /** 0 for protocols without ports */
  port: number
  app: App
  decision: Decision
  /** whether level 2 was asked: something was identified in the payload */
  asked: boolean
  /** URL or server name that the gateway saw */
  url?: string | undefined
  others?: readonly Alternative[] | undefined
  remedy?: string | undefined
}

function levelsText(engine: RuleEngine, { decision, asked }: Told): string {
  const rule = engine.set.level1[decision.l1]
  if (!rule)
    return engine.set.default < 0
      ? 'no level-1 rule matched -> no default'
      : 'no level-1 rule matched -> default'
  const table = engine.set.tables[rule.table]
  const row = engine.set.rows[decision.row]
  let level2 = 'no level-2'
  if (row) level2 = `level-2 ${rowLabel(engine.set, row)}`
  else if (table) level2 = `level-2 ${table.name}: ${asked ? 'no row matched' : 'not asked'}`
  return `level-1 rule ${rule.id} -> ${level2}`
}

function chargeText(engine: RuleEngine, { charge }: Decision): string {
  const own = engine.charges[charge]
  return own ? `${ruleIdText(own.id)} ${own.tariff}` : 'no charging id, tariff unknown'
}

const appNames: Record<App, string> = {
  http: 'HTTP',
  'wsp-cl': 'WSP',
  'wsp-co': 'WTP and WSP',
  wtls: 'WTLS',
  mms: 'MMS',
  tls: 'TLS',
  quic: 'QUIC',
  dns: 'DNS',
  other: 'not recognised',
}

function payloadText({ app, url }: Told): string {
  if (app === 'wtls') return 'payload WTLS, URL not visible'
  if (app === 'tls' || app === 'quic')
    return url
      ? `payload ${appNames[app]}, server name ${url}`
      : `payload ${appNames[app]}, URL not visible`
  if (url) return `URL ${url}`
  return `payload ${appNames[app]}, no URL seen`
}

function elsewhereText(engine: RuleEngine, { decision, others = [] }: Told): string {
  if (engine.charges[decision.charge]?.tariff === 'free') return ''
  const free = others.find(({ tariff }) => tariff === 'free')
  if (!free) return ''
  const what = free.request === undefined ? 'the same retrieval' : `a request with ${free.request}`
  return `; ${what} on port ${free.server_port} would give ${free.rule_id} free`
}

/** `9203: dst 10.0.0.172:9203 -> level-1 rule 6 -> no level-2 -> 4261871614 (0xFE06FFFE) charged; ...` */
export function sentence(engine: RuleEngine, told: Told): string {
  const host = told.server.includes(':') ? `[${told.server}]` : told.server
  const end = told.port === 0 ? told.server : `${host}:${told.port}`
  const head = told.port === 0 ? '' : `${told.port}: `
  const levels = levelsText(engine, told)
  const charge = chargeText(engine, told.decision)
  const body = `${head}dst ${end} -> ${levels} -> ${charge}; ${payloadText(told)}`
  const remedy = told.remedy === undefined ? '' : `. ${told.remedy}`
  return `${body}${elsewhereText(engine, told)}${remedy}`
}
