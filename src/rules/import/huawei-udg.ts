/** Huawei UDG, UPF and vPGW: the rules of one user profile of an MML script. Read importers.md 2.2 first. A flow filter
 * hits when any of its L3/L4 filters and, where it has protocol bindings, any of these with any of their L7 filters
 * hit; otherwise the next rule is asked. */

import type { App } from '../../record/flow-record.js'
import type { PayloadMatch } from '../rule-draft.js'
import type { Dialect } from './dialect.js'
import type { FlowTerm } from './flow-term.js'
import type { FilterNames } from './mml-filter.js'
import { addMmlRule, flowOf, payloadOf } from './mml-rule.js'
import {
  leaveObject,
  type MmlKind,
  type MmlObject,
  MmlStore,
  numberOf,
  remarkOn,
  textOf,
  understood,
} from './mml-store.js'
import { selectNamed } from './select-named.js'
import type { ChargeOf, SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'
import { hostPatterns, urlPatternProblem, urlPatterns } from './wildcard-url.js'

const kinds: Readonly<Record<string, MmlKind>> = {
  FILTER: {
    key: [['FILTERNAME']],
    known: [
      'L34PROTTYPE',
      'L34PROTOCOL',
      'SVRIPMODE',
      'SVRIP',
      'SVRIPMASKTYPE',
      'SVRIPMASKLEN',
      'SVRIPMASK',
      'SVRSTARTPORT',
      'SVRENDPORT',
      'MSIPMODE',
      'MSIP',
      'MSIPMASKTYPE',
      'MSIPMASKLEN',
      'MSIPMASK',
    ],
  },
  L7FILTER: {
    key: [['L7FILTERNAME'], ['SUBL7FLTNAME']],
    known: ['URLTYPE', 'URL', 'METHODTYPE', 'USERAGENT'],
  },
  FLOWFILTER: { key: [['FLOWFILTERNAME']], known: [] },
  FLTBINDFLOWF: { key: [['FLOWFILTERNAME'], ['FILTERNAME']], known: [] },
  PROTBINDFLOWF: { key: [['FLOWFILTERNAME'], ['PROTOCOLNAME']], known: ['L7FILTERNAME'] },
  URR: {
    key: [['URRNAME']],
    known: [
      'URRID',
      'USAGERPTMODE',
      'ONLMETERINGTYPE',
      'OFLMETERINGTYPE',
      'ONLINERG',
      'OFFLINERG',
      'ONLINESI',
      'OFFLINESI',
    ],
  },
  URRGROUP: {
    key: [['URRGROUPNAME']],
    known: ['UPURRNAME1', 'DOWNURRNAME1', 'UPURRNAME2', 'DOWNURRNAME2'],
  },
  PCCPOLICYGRP: { key: [['PCCPOLICYGRPNM']], known: ['URRGROUPNAME', 'SIGNALASSOCIATE'] },
  RULE: {
    key: [['RULENAME']],
    known: ['POLICYTYPE', 'FILTERINGMODE', 'FLOWFILTERNAME', 'PRIORITY', 'POLICYNAME'],
  },
  USERPROFILE: { key: [['USERPROFILENAME']], known: [] },
  RULEBINDING: { key: [['USERPROFILENAME'], ['RULENAME']], known: ['POLICYTYPE', 'PRIORITY'] },
  URRGRPBINDING: { key: [['USERPROFILENAME']], known: ['DFTURRGRPNAME'] },
}

const filterNames: FilterNames = {
  protocol: ['L34PROTOCOL'],
  server: { address: ['SVRIP'], length: ['SVRIPMASKLEN'], mask: ['SVRIPMASK'] },
  ue: { address: ['MSIP'], length: ['MSIPMASKLEN'], mask: ['MSIPMASK'] },
  ports: ['SVRSTARTPORT', 'SVRENDPORT'],
}

/** PROTOCOLNAME of a binding; the others show no request here. */
const protocolApps: Readonly<Record<string, readonly App[]>> = {
  http: ['http', 'mms'],
  'connection-wap1.x': ['wsp-co', 'mms'],
  'connectionless-wap1.x': ['wsp-cl', 'mms'],
  mmsp: ['mms'],
  https: ['tls'],
  quic: ['quic'],
}

class ProfileImport {
  readonly #store: MmlStore
  readonly #set: SetBuilder

  constructor(store: MmlStore, set: SetBuilder) {
    this.#store = store
    this.#set = set
  }

  run(profile: string): void {
    const own = this.#store.find('USERPROFILE', profile)
    if (own) understood(own)
    for (const binding of this.#store.all('RULEBINDING'))
      if (textOf(binding, 'USERPROFILENAME')?.toLowerCase() === profile.toLowerCase())
        this.#binding(binding)
      else leaveObject(binding, 'of another user profile')
    this.#default(profile)
  }

  #binding(binding: MmlObject): void {
    const name = textOf(binding, 'RULENAME') ?? ''
    const rule = this.#store.find('RULE', name)
    if (!rule) {
      leaveObject(binding, `rule "${name}" is not defined`)
      return
    }
    understood(binding)
    const precedence = numberOf(binding, 'PRIORITY') ?? numberOf(rule, 'PRIORITY')
    if (precedence === undefined) {
      leaveObject(rule, 'no PRIORITY')
      return
    }
    const type = textOf(binding, 'POLICYTYPE') ?? textOf(rule, 'POLICYTYPE')
    if (type !== undefined && type !== 'PCC') {
      leaveObject(rule, `policy type ${type} decides no charge`)
      return
    }
    const charge = this.#policyCharge(rule)
    if (charge === undefined) {
      leaveObject(rule, 'its policy or URR group is not defined', precedence)
      return
    }
    const filter = this.#store.find('FLOWFILTER', textOf(rule, 'FLOWFILTERNAME') ?? '')
    if ((textOf(rule, 'FILTERINGMODE') ?? 'FLOWFILTER') !== 'FLOWFILTER' || !filter) {
      leaveObject(rule, 'its flow filter is not defined', precedence)
      return
    }
    understood(rule)
    this.#rule(rule, filter, precedence, charge)
  }

  #rule(rule: MmlObject, filter: MmlObject, precedence: number, charge: number): void {
    understood(filter)
    const name = textOf(filter, 'FLOWFILTERNAME') ?? ''
    const wider: string[] = [...rule.unknown, ...filter.unknown]
    const flows = this.#flows(name, wider, precedence)
    const payloads = this.#payloads(name, wider, precedence)
    if (flows.length === 0 || payloads?.length === 0) {
      leaveObject(rule, `flow filter "${name}" is empty or was not understood: it never matches`)
      return
    }
    const ruleName = textOf(rule, 'RULENAME')
    const own = { rule, name: ruleName, precedence, charge, flows, payloads, wider }
    addMmlRule(this.#set, own)
  }

  #flows(flowFilter: string, wider: string[], precedence: number): FlowTerm[] {
    const flows: FlowTerm[] = []
    for (const bind of this.#store.where('FLTBINDFLOWF', 'FLOWFILTERNAME', flowFilter)) {
      const filter = this.#store.find('FILTER', textOf(bind, 'FILTERNAME') ?? '')
      if (!filter) {
        leaveObject(bind, 'its filter is not defined')
        continue
      }
      flows.push(...flowOf(filter, filterNames, wider, precedence))
      understood(bind)
    }
    return flows
  }

  /** Undefined without a protocol binding: the L3/L4 filters alone decide. */
  #payloads(flowFilter: string, wider: string[], precedence: number): PayloadMatch[] | undefined {
    const binds = this.#store.where('PROTBINDFLOWF', 'FLOWFILTERNAME', flowFilter)
    if (binds.length === 0) return undefined
    const payloads: PayloadMatch[] = []
    for (const bind of binds) {
      const protocol = textOf(bind, 'PROTOCOLNAME')?.toLowerCase() ?? ''
      const app = protocolApps[protocol]
      if (!app) {
        leaveObject(bind, `what shows of ${protocol} decides no row here`, precedence)
        continue
      }
      understood(bind)
      const name = textOf(bind, 'L7FILTERNAME')
      if (name === undefined) payloads.push({ app: [...app] })
      else payloads.push(...this.#l7Filters(name, app, bind, wider, precedence))
    }
    return payloads
  }

  #l7Filters(
    name: string,
    app: readonly App[],
    bind: MmlObject,
    wider: string[],
    precedence: number,
  ): PayloadMatch[] {
    const filters = this.#store.where('L7FILTER', 'L7FILTERNAME', name)
    if (filters.length === 0) leaveObject(bind, `L7 filter "${name}" is not defined`)
    return filters.flatMap(filter => payloadOf(filter, l7Match(filter, app), wider, precedence))
  }

  #policyCharge(rule: MmlObject): number | undefined {
    const policy = this.#store.find('PCCPOLICYGRP', textOf(rule, 'POLICYNAME') ?? '')
    if (!policy) return undefined
    understood(policy)
    if (textOf(policy, 'SIGNALASSOCIATE') === 'DISABLE')
      remarkOn(policy, 'SIGNALASSOCIATE=DISABLE: where a handshake counts is said by the profile')
    return this.#groupCharge(textOf(policy, 'URRGROUPNAME') ?? '')
  }

  #groupCharge(name: string): number | undefined {
    const group = this.#store.find('URRGROUP', name)
    if (!group) return undefined
    understood(group)
    const named = [
      ...new Set(
        ['UPURRNAME1', 'DOWNURRNAME1', 'UPURRNAME2', 'DOWNURRNAME2'].flatMap(
          key => textOf(group, key) ?? [],
        ),
      ),
    ]
    const urrs = named.flatMap(urr => this.#store.find('URR', urr) ?? [])
    for (const urr of urrs) understood(urr)
    const charge: ChargeOf = { name, online: false, offline: false }
    const spec = urrs.reduce((own, urr) => withUrr(own, urr), charge)
    const [up, down] = ['UPURRNAME1', 'DOWNURRNAME1'].map(key => textOf(group, key))
    if (up !== down) remarkOn(group, 'up and down have different URRs: one charge is made of both')
    if (urrs.length < named.length) remarkOn(group, 'a URR of the group is not defined')
    return this.#set.charge(spec)
  }

  #default(profile: string): void {
    const binding = this.#store.find('URRGRPBINDING', profile)
    for (const other of this.#store.all('URRGRPBINDING'))
      if (other !== binding) leaveObject(other, 'of another user profile')
    if (!binding) return
    const charge = this.#groupCharge(textOf(binding, 'DFTURRGRPNAME') ?? '')
    if (charge === undefined) {
      leaveObject(binding, 'its URR group is not defined')
      return
    }
    this.#set.default = charge
    understood(binding)
  }
}

/** What a URR adds to the charge of its group. */
function withUrr(charge: ChargeOf, urr: MmlObject): ChargeOf {
  const online = /ONLINE/.test(textOf(urr, 'USAGERPTMODE') ?? '')
  const offline = /OFFLINE/.test(textOf(urr, 'USAGERPTMODE') ?? '')
  return {
    ...charge,
    online: charge.online === true || online,
    offline: charge.offline === true || offline,
    ratingGroup: charge.ratingGroup ?? numberOf(urr, 'ONLINERG', 'OFFLINERG'),
    serviceId: charge.serviceId ?? numberOf(urr, 'ONLINESI', 'OFFLINESI'),
  }
}

function l7Match(filter: MmlObject, app: readonly App[]): PayloadMatch | string {
  const match: PayloadMatch = { app: [...app] }
  const url = textOf(filter, 'URL')
  if (url !== undefined) {
    const problem = urlPatternProblem(url)
    if (problem !== undefined) return problem
    const hidden = app.includes('tls') || app.includes('quic')
    if (hidden) match.sni = hostPatterns(url)
    else if (textOf(filter, 'URLTYPE') === 'HOST') match.host = hostPatterns(url)
    else match.url = urlPatterns(url)
  }
  const method = textOf(filter, 'METHODTYPE')
  if (method !== undefined && !/ANY/.test(method)) match.method = { equals: method }
  const agent = textOf(filter, 'USERAGENT')
  if (agent !== undefined) match.userAgent = agent
  return match
}

function readScript(texts: readonly SourceText[], set: SetBuilder): void {
  const store = new MmlStore(kinds)
  for (const source of texts) store.run(source)
  const names = store
    .all('USERPROFILE')
    .flatMap(profile => textOf(profile, 'USERPROFILENAME') ?? [])
  const profile = selectNamed(texts, 'user profile', names, set.options.select)
  new ProfileImport(store, set).run(profile)
  store.finish(set)
}

export const huaweiUdg: Dialect = {
  name: 'huawei-udg',
  doc: 'Huawei UDG, UPF, vPGW: one user profile of an MML script',
  profiles: ['udg', 'article'],
  read: readScript,
}
