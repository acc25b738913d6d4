/** The lines of a StarOS ruledef as conditions. Importers.md 1.2 (grammar) and 1.3 (meaning of the fields). Lines are
 * joined by AND unless `multi-line-or all-lines` stands among them. */

import type { App } from '../../record/flow-record.js'
import { parsePrefix } from '../address.js'
import { protocolNumber, protocolNumbers } from '../protocol-number.js'
import type { PayloadText } from '../rule-draft.js'
import type { PortRange, Prefix } from '../rule-set.js'
import type { SimplePattern } from '../text-pattern.js'
import type { ConfigLine } from './config-words.js'
import {
  type FlowTerm,
  HIGHEST_PORT,
  otherPorts,
  otherPrefixes,
  otherProtocols,
  rangePrefixes,
} from './flow-term.js'
import { anyPayload, endsWith, type PayloadTerm, type TermPattern } from './payload-term.js'
import { validRange } from './port-range.js'
import type { ConfigBlock } from './staros-config.js'

/** One line: a flow, and what the payload must show. */
export interface Term {
  readonly flow: FlowTerm
  readonly payload: PayloadTerm
}

/** A line, or why it has no form here. `approximate`: the term matches more than the line. */
export type LineMeaning =
  | { term: Term; approximate?: string; remark?: string }
  | { setting: 'or' | 'routing' | 'charging' | 'post-processing' }
  | { why: string }

export interface Pools {
  readonly hosts: ReadonlyMap<string, readonly Prefix[]>
  readonly ports: ReadonlyMap<string, readonly PortRange[]>
}

const { tcp, udp } = protocolNumbers
const never: Term = { flow: { protocol: [] }, payload: anyPayload }

/** A multimedia message shows as `mms`, whatever carried it. */
const http: App[] = ['http', 'mms']
const wsp: App[] = ['wsp-cl', 'wsp-co', 'mms']
const protocolApps: Readonly<Record<string, App[]>> = {
  http,
  wsp,
  www: ['http', 'wsp-cl', 'wsp-co', 'mms'],
  mms: ['mms'],
  'secure-http': ['tls'],
}

const fields: Readonly<Record<string, PayloadText>> = {
  host: 'host',
  domain: 'host',
  uri: 'path',
  url: 'url',
  'user-agent': 'userAgent',
  'content type': 'contentType',
  'request method': 'method',
  from: 'mmsFrom',
  subject: 'mmsSubject',
}

const flowOnly = (flow: FlowTerm): Term => ({ flow, payload: anyPayload })

function isTrue(op: string, value: string): boolean | undefined {
  if ((op !== '=' && op !== '!=') || !/^(TRUE|FALSE)$/i.test(value)) return undefined
  return (op === '=') === /^TRUE$/i.test(value)
}

function prefixes(words: readonly string[], pools: Pools): readonly Prefix[] | string {
  const [op = '', value = '', name = ''] = words
  if (op === 'range' || op === '!range') {
    const pool = value === 'host-pool' ? pools.hosts.get(name) : undefined
    if (!pool) return `host-pool "${name}" is not defined`
    const [only] = pool
    if (op === 'range') return pool
    return pool.length === 1 && only ? otherPrefixes(only) : 'all addresses but a pool of several'
  }
  const prefix = parsePrefix(value)
  if ('kind' in prefix) return `"${value}" is not an address or prefix`
  if (op === '=') return [prefix]
  if (op === '!=') return otherPrefixes(prefix)
  if (prefix.version !== 4 || prefix.bits !== 32) return `"${op}" of a prefix`
  if (op === '<=') return rangePrefixes(0, prefix.w0)
  return op === '>=' ? rangePrefixes(prefix.w0, 0xffffffff) : `unknown operator "${op}"`
}

function ranges(words: readonly string[], pools: Pools): PortRange[] | string {
  const [op = '', value = '', word = '', last = ''] = words
  if (op === 'range' || op === '!range') {
    const pool = value === 'port-map' ? pools.ports.get(word) : undefined
    if (value === 'port-map' && !pool) return `port-map "${word}" is not defined`
    const own = pool ?? [{ low: Number(value), high: Number(last) }]
    if (own.some(range => !validRange(range)) || (!pool && word !== 'to'))
      return `"${words.slice(1).join(' ')}" is not a range of ports`
    const [only] = own
    if (op === 'range') return [...own]
    return own.length === 1 && only ? otherPorts(only) : 'all ports but a map of several'
  }
  const port = Number(value)
  if (!validRange({ low: port, high: port })) return `"${value}" is not a port`
  if (op === '=') return [{ low: port, high: port }]
  if (op === '!=') return otherPorts({ low: port, high: port })
  if (op === '<=') return [{ low: 0, high: port }]
  return op === '>=' ? [{ low: port, high: HIGHEST_PORT }] : `unknown operator "${op}"`
}

function ipLine(words: readonly string[], pools: Pools): LineMeaning {
  const [field = '', op = '', value = ''] = words
  if (field === 'any-match') {
    const every = isTrue(op, value)
    return every === undefined
      ? { why: 'any-match takes = TRUE' }
      : { term: every ? flowOnly({}) : never }
  }
  if (field === 'server-ip-address' || field === 'subscriber-ip-address') {
    const found = prefixes(words.slice(1), pools)
    if (typeof found === 'string') return { why: found }
    return { term: flowOnly(field === 'server-ip-address' ? { server: found } : { ue: found }) }
  }
  if (field === 'protocol') {
    const number = protocolNumber(value)
    if (number === undefined) return { why: `unknown protocol "${value}"` }
    if (op === '=') return { term: flowOnly({ protocol: [number] }) }
    return op === '!='
      ? { term: flowOnly({ protocol: otherProtocols(number) }) }
      : { why: `unknown operator "${op}"` }
  }
  if (field === 'server-domain-name')
    return { why: 'asks for addresses that the gateway learns from DNS' }
  return { why: `ip ${field} depends on the direction of the packet or is not known` }
}

function portLine(proto: 'tcp' | 'udp', words: readonly string[], pools: Pools): LineMeaning {
  const [field = '', op = '', value = ''] = words
  const protocol = [proto === 'tcp' ? tcp : udp]
  if (field === 'any-match') {
    const every = isTrue(op, value)
    return every ? { term: flowOnly({ protocol }) } : { why: 'any-match takes = TRUE' }
  }
  if (field !== 'either-port' && field !== 'dst-port' && field !== 'src-port')
    return { why: `${proto} ${field} has no form here` }
  const port = ranges(words.slice(1), pools)
  if (typeof port === 'string') return { why: port }
  if (field === 'src-port') return { why: "the source port is the server's in one direction only" }
  const term = flowOnly({ protocol, port })
  return field === 'either-port'
    ? { term, remark: "either-port: tested on the server's port, not on the handset's" }
    : { term, approximate: 'dst-port holds for uplink packets only' }
}

/** The operators of strings. Comparison ignores case, as on the gateway unless `case-sensitive` is said. */
function textPattern(op: string, value: string): { pattern: TermPattern } | { why: string } {
  const negated = op.startsWith('!')
  const wrap = (pattern: SimplePattern) => ({ pattern: negated ? { none: [pattern] } : pattern })
  switch (negated ? op.slice(1) : op) {
    case '=':
      return wrap({ equals: value })
    case 'contains':
      return wrap({ contains: value })
    case 'starts-with':
      return wrap({ prefix: value })
    case 'ends-with':
      return wrap(endsWith(value))
    case 'regex':
      // the command line cannot take a ?, which is entered by its octal number
      return wrap({ regex: value.replaceAll('\\077', '?') })
    default:
      return {
        why: op === '!present' ? 'asks that the field is absent' : `unknown operator "${op}"`,
      }
  }
}

function textLine(proto: string, rest: readonly string[]): LineMeaning {
  const app = protocolApps[proto]
  if (!app) return { why: `${proto} lines have no form here` }
  if (rest[0] === 'any-match') {
    const every = isTrue(rest[1] ?? '', rest[2] ?? '')
    return every
      ? { term: { flow: {}, payload: { app, texts: [] } } }
      : { why: 'any-match takes = TRUE' }
  }
  const two = `${rest[0]} ${rest[1]}`
  const name = two in fields ? two : (rest[0] ?? '')
  const field = fields[name]
  if (!field) return { why: `${proto} ${name} has no form here` }
  const after = rest.slice(name === two ? 2 : 1)
  const exact = after[0] === 'case-sensitive'
  const [op = '', value = ''] = exact ? after.slice(1) : after
  if (value === '' && op !== '!present') return { why: 'no value' }
  const read = textPattern(op, value)
  if ('why' in read) return read
  const term: Term = { flow: {}, payload: { app, texts: [{ field, pattern: read.pattern }] } }
  return exact ? { term, approximate: 'case-sensitive: compared without case here' } : { term }
}

/** Server names of TLS and QUIC, which the p2p analyser reads. */
function serverName(rest: readonly string[]): LineMeaning {
  const [field = '', kind = '', op = '', value = ''] = rest
  const app: App | undefined = kind === 'tls-sni' ? 'tls' : kind === 'quic-sni' ? 'quic' : undefined
  if (field !== 'app-identifier' || !app || value === '')
    return { why: 'traffic that the gateway recognises by its behaviour' }
  const read = textPattern(op, value)
  if ('why' in read) return read
  const texts = [{ field: 'sni', pattern: read.pattern }] as const
  return { term: { flow: {}, payload: { app: [app], texts } } }
}

export function lineMeaning({ words }: ConfigLine, pools: Pools): LineMeaning {
  const [first = '', ...rest] = words.map(word => word.text)
  switch (first) {
    case 'multi-line-or':
      return rest[0] === 'all-lines' ? { setting: 'or' } : { why: 'unknown setting' }
    case 'rule-application': {
      const kind = ['charging', 'routing', 'post-processing'] as const
      const setting = kind.find(one => one === rest[0])
      return setting ? { setting } : { why: `unknown application "${rest[0] ?? ''}"` }
    }
    case 'ip':
      return ipLine(rest, pools)
    case 'tcp':
    case 'udp':
      return portLine(first, rest, pools)
    case 'p2p':
      return serverName(rest)
    default:
      return textLine(first, rest)
  }
}

function poolPrefixes(words: readonly string[]): readonly Prefix[] | undefined {
  const [kind = '', first = '', second = '', to = '', last = ''] = words
  if (kind !== 'ip') return undefined
  if (first !== 'range') {
    const prefix = parsePrefix(first)
    return 'kind' in prefix ? undefined : [prefix]
  }
  const low = parsePrefix(second)
  const high = parsePrefix(to === 'to' ? last : to)
  if ('kind' in low || 'kind' in high || low.version !== 4 || high.version !== 4) return undefined
  return low.w0 >>> 0 > high.w0 >>> 0 ? undefined : rangePrefixes(low.w0, high.w0)
}

function poolPorts(words: readonly string[]): readonly PortRange[] | undefined {
  const [kind = '', first = '', low = '', , high = ''] = words
  const range =
    first === 'range'
      ? { low: Number(low), high: Number(high) }
      : { low: Number(first), high: Number(first) }
  return kind === 'port' && validRange(range) ? [range] : undefined
}

/** Host pools and port maps by name; `report` gets the lines that are no member. */
export function readPools(
  blocks: readonly ConfigBlock[],
  understood: (line: number) => void,
  leave: (line: number, why: string) => void,
): Pools {
  const hosts = new Map<string, Prefix[]>()
  const ports = new Map<string, PortRange[]>()
  const collect = <T>(
    into: Map<string, T[]>,
    block: ConfigBlock,
    read: (words: readonly string[]) => readonly T[] | undefined,
  ) => {
    const own = into.get(block.name) ?? []
    into.set(block.name, own)
    for (const { number, words } of block.lines) {
      const members = read(words.map(word => word.text))
      if (members) {
        own.push(...members)
        understood(number)
      } else leave(number, `not a member of a ${block.kind}`)
    }
  }
  for (const block of blocks)
    if (block.kind === 'host-pool') collect(hosts, block, poolPrefixes)
    else if (block.kind === 'port-map') collect(ports, block, poolPorts)
  return { hosts, ports }
}
