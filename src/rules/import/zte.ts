/** ZTE vGWU: the rules of one user profile of an MML script. Read importers.md section 3 first. A flow filter hits when
 * a filter of its L3/L4 group and, where it names one, a filter of its L7 group hit; ports 0 to 0 mean every port. The
 * only dialect that says what is free. */

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
  textOf,
  understood,
} from './mml-store.js'
import { selectNamed } from './select-named.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'
import { urlPatternProblem, urlPatterns } from './wildcard-url.js'

const l34Group = ['L34FILTERGROUPNAME', 'FILTERGROUPNAME', 'GROUPNAME']
const l7Group = ['L7FILTERGROUPNAME', 'FILTERGROUPNAME', 'GROUPNAME']
const profileName = ['USERPROFILENAME', 'USERPROFILE', 'UPNAME']
const ruleName = ['RULENAME', 'RULE']

const kinds: Readonly<Record<string, MmlKind>> = {
  L34FILTER: {
    key: [['FILTERNAME']],
    known: [
      'IPTYPE',
      'IPV4SERVERIP',
      'IPV4SERVERIPMASK',
      'IPV6SERVERIP',
      'IPV6SERVERIPMASK',
      'PROTOCOL',
      'SERVERPORTSTART',
      'SERVERPORTEND',
    ],
  },
  L34FILTERGROUP: { key: [l34Group, ['FILTERNAME', 'L34FILTERNAME']], known: [] },
  L7FILTER: { key: [['FILTERNAME']], known: ['URL', 'METHOD', 'APPTYPE'] },
  L7FILTERGROUP: { key: [l7Group, ['FILTERNAME', 'L7FILTERNAME']], known: [] },
  FLOWFILTER: {
    key: [['FLOWFILTERNAME']],
    known: ['L34FILTERGROUPNAME', 'L7FILTERGROUPNAME', 'APPFEATURE'],
  },
  URRMAP: { key: [['URRID']], known: ['TYPE', 'SERVICEID', 'RATINGGROUP'] },
  CHARGINGDATA: {
    key: [['NAME']],
    known: ['OFFLINEURRID', 'ONLINEURRID', 'FREE', 'NEWPACKETPOLICY'],
  },
  RULE: { key: [['NAME']], known: ['FLOWFILTER', 'QOSDATA', 'CHARGINGDATA', 'PRECEDENCE'] },
  RULEBINDUP: { key: [profileName, ruleName], known: [] },
}

const filterNames: FilterNames = {
  protocol: ['PROTOCOL'],
  server: {
    address: ['IPV4SERVERIP', 'IPV6SERVERIP'],
    length: ['IPV4SERVERIPMASK', 'IPV6SERVERIPMASK'],
    mask: [],
  },
  ue: { address: [], length: [], mask: [] },
  ports: ['SERVERPORTSTART', 'SERVERPORTEND'],
}

const appTypes: Readonly<Record<string, readonly App[]>> = {
  HTTP: ['http', 'mms'],
  WAP1: ['wsp-cl', 'wsp-co', 'mms'],
  WAP: ['wsp-cl', 'wsp-co', 'mms'],
  HTTPS: ['tls'],
  QUIC: ['quic'],
}

class ZteImport {
  readonly #store: MmlStore
  readonly #set: SetBuilder

  constructor(store: MmlStore, set: SetBuilder) {
    this.#store = store
    this.#set = set
  }

  run(profile: string): void {
    for (const bind of this.#store.all('RULEBINDUP')) {
      if (textOf(bind, ...profileName)?.toLowerCase() !== profile.toLowerCase()) {
        leaveObject(bind, 'of another user profile')
        continue
      }
      const rule = this.#store.find('RULE', textOf(bind, ...ruleName) ?? '')
      if (!rule) leaveObject(bind, 'its rule is not defined')
      else {
        understood(bind)
        this.#rule(rule)
      }
    }
  }

  #rule(rule: MmlObject): void {
    const precedence = numberOf(rule, 'PRECEDENCE')
    if (precedence === undefined) {
      leaveObject(rule, 'no PRECEDENCE')
      return
    }
    const filter = this.#store.find('FLOWFILTER', textOf(rule, 'FLOWFILTER') ?? '')
    if (!filter) {
      leaveObject(rule, 'its flow filter is not defined', precedence)
      return
    }
    const charge = this.#charge(textOf(rule, 'CHARGINGDATA') ?? '')
    if (charge === undefined) {
      leaveObject(rule, 'its charging data is not defined', precedence)
      return
    }
    understood(rule)
    understood(filter)
    const wider = [...rule.unknown, ...filter.unknown]
    const flows = this.#flows(textOf(filter, 'L34FILTERGROUPNAME'), wider, precedence)
    const payloads = this.#payloads(textOf(filter, 'L7FILTERGROUPNAME'), wider, precedence)
    if (flows.length === 0 || payloads?.length === 0) {
      leaveObject(rule, 'its flow filter is empty or was not understood: it never matches')
      return
    }
    const name = textOf(rule, 'NAME')
    addMmlRule(this.#set, { rule, name, precedence, charge, flows, payloads, wider })
  }

  /** Without a group every flow. */
  #flows(group: string | undefined, wider: string[], precedence: number): FlowTerm[] {
    if (group === undefined) return [{}]
    return this.#members('L34FILTERGROUP', 'L34FILTER', l34Group, group).flatMap(filter =>
      flowOf(filter, filterNames, wider, precedence),
    )
  }

  #payloads(
    group: string | undefined,
    wider: string[],
    precedence: number,
  ): PayloadMatch[] | undefined {
    if (group === undefined) return undefined
    return this.#members('L7FILTERGROUP', 'L7FILTER', l7Group, group).flatMap(filter =>
      payloadOf(filter, l7Match(filter), wider, precedence),
    )
  }

  /** Filters of a group; those that are not defined are left out at the line that names them. */
  #members(groups: string, kind: string, names: readonly string[], group: string): MmlObject[] {
    const binds = names.flatMap(name => this.#store.where(groups, name, group))
    return [...new Set(binds)].flatMap(bind => {
      const filter = this.#store.find(kind, textOf(bind, 'FILTERNAME', `${kind}NAME`) ?? '')
      if (!filter) leaveObject(bind, 'its filter is not defined')
      else for (const object of [bind, filter]) understood(object)
      return filter ?? []
    })
  }

  #charge(name: string): number | undefined {
    const data = this.#store.find('CHARGINGDATA', name)
    if (!data) return undefined
    understood(data)
    const [online, offline] = ['ONLINEURRID', 'OFFLINEURRID'].map(key => {
      const id = textOf(data, key)
      return id === undefined ? undefined : this.#store.find('URRMAP', id)
    })
    for (const urr of [online, offline]) if (urr) understood(urr)
    const group = online ?? offline
    const free = textOf(data, 'FREE')?.toLowerCase()
    return this.#set.charge({
      name,
      ratingGroup: group && numberOf(group, 'RATINGGROUP'),
      serviceId: group && numberOf(group, 'SERVICEID'),
      online: online !== undefined,
      offline: offline !== undefined,
      ...(free === 'true' ? { tariff: 'free' } : free === 'false' ? { tariff: 'charged' } : {}),
    })
  }
}

function l7Match(filter: MmlObject): PayloadMatch | string {
  const type = textOf(filter, 'APPTYPE')?.toUpperCase()
  const app = type === undefined ? undefined : appTypes[type]
  if (type !== undefined && !app) return `what shows of ${type} decides no row here`
  const match: PayloadMatch = app ? { app: [...app] } : {}
  const url = textOf(filter, 'URL')
  if (url !== undefined) {
    const problem = urlPatternProblem(url)
    if (problem !== undefined) return problem
    match.url = urlPatterns(url)
  }
  const method = textOf(filter, 'METHOD')?.replace(/^METHOD_/, '')
  if (method !== undefined && method !== 'ANY') match.method = { equals: method }
  return Object.keys(match).length === 0 ? 'it asks nothing that is known here' : match
}

function readScript(texts: readonly SourceText[], set: SetBuilder): void {
  const store = new MmlStore(kinds)
  for (const source of texts) store.run(source)
  const names = store.all('RULEBINDUP').flatMap(bind => textOf(bind, ...profileName) ?? [])
  const profile = selectNamed(texts, 'user profile with rules', names, set.options.select)
  new ZteImport(store, set).run(profile)
  store.finish(set)
}

export const zte: Dialect = {
  name: 'zte',
  doc: 'ZTE vGWU: one user profile of an MML script',
  profiles: ['udg', 'article'],
  read: readScript,
}
