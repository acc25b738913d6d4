/** Flows and requests at the edges of what two rule sets ask for: where one of them changes its mind, one of these
 * shows it. Samples, not a proof: a pattern's texts are tried in the usual places of a URL. */

import type { App } from '../record/flow-record.js'
import { parseAddress } from './address.js'
import { hasPorts, protocolNumbers } from './protocol-number.js'
import type { AddressWords, AppFacts, FlowFacts } from './rule-facts.js'
import type { Level2Row, Prefix, RuleCondition, RuleSet } from './rule-set.js'
import { type KnownRequest, knownPort, knownPorts, requestOf, visibleFacts } from './visible.js'

const { tcp, udp, icmp } = protocolNumbers
const HIGHEST_PORT = 65535
/** Documentation addresses (RFC 5737, RFC 3849): inside no operator's rule. */
const elsewhere = ['192.0.2.1', '2001:db8::1'].flatMap(text => parseAddress(text) ?? [])
const day = 86_400_000_000

/** Flows at the edges of every rule's conditions, each once. */
export function* sampleFlows(sets: readonly RuleSet[]): Generator<FlowFacts> {
  const conditions = sets.flatMap(set => set.level1.map(rule => rule.conditions))
  const ways = waysOf(conditions.flat())
  const contexts = contextsOf(conditions.flat())
  const seen = new Set<string>()
  for (const own of [[], ...conditions]) {
    for (const server of serversOf(own)) {
      for (const [protocol, port] of own.length === 0 ? ways : ownWays(own, ways)) {
        for (const context of contexts) {
          const facts = { server, protocol, port, ...context }
          const key = JSON.stringify(facts)
          if (seen.has(key)) continue
          seen.add(key)
          yield facts
        }
      }
    }
  }
}

type Condition = RuleCondition<FlowFacts>
type Way = readonly [protocol: number, port: number]

function serversOf(conditions: readonly Condition[]): AddressWords[] {
  const prefixes = conditions.flatMap(({ hint }) => (hint?.by === 'server' ? hint.prefixes : []))
  return prefixes.length === 0 ? [...elsewhere] : prefixes.flatMap(edges)
}

/** First and last address of a prefix, and the one after it. */
function edges(prefix: Prefix): AddressWords[] {
  const { version, bits, w0, w1, w2, w3 } = prefix
  const words = version === 4 ? [w0] : [w0, w1, w2, w3]
  const number = words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n)
  const width = version === 4 ? 32 : 128
  const size = 1n << BigInt(width - bits)
  const highest = (1n << BigInt(width)) - 1n
  return [number, number + size - 1n, number + size]
    .filter(one => one <= highest)
    .map(one => addressOf(version, one))
}

function addressOf(version: 4 | 6, number: bigint): AddressWords {
  const word = (index: number) => Number(BigInt.asIntN(32, number >> BigInt(32 * index)))
  if (version === 4) return { version, w0: word(0), w1: 0, w2: 0, w3: 0 }
  return { version, w0: word(3), w1: word(2), w2: word(1), w3: word(0) }
}

/** Ways that any rule names, and the usual ones. */
function waysOf(conditions: readonly Condition[]): Way[] {
  const usual = knownPorts.map(({ protocol, port }): Way => [protocol, port])
  return distinct([...usual, ...waysWith(conditions, [tcp, udp, icmp])])
}

/** Ways at the edges of one rule's conditions. */
function ownWays(conditions: readonly Condition[], all: readonly Way[]): Way[] {
  const protocols = conditions.flatMap(({ hint }) => (hint?.by === 'protocol' ? hint.numbers : []))
  const asksPort = conditions.some(({ hint }) => hint?.by === 'port')
  if (!asksPort)
    return protocols.length === 0 ? [...all] : all.filter(([one]) => protocols.includes(one))
  return distinct(waysWith(conditions, protocols.length === 0 ? [tcp, udp] : protocols))
}

function waysWith(conditions: readonly Condition[], otherwise: readonly number[]): Way[] {
  const numbers = conditions.flatMap(({ hint }) => (hint?.by === 'protocol' ? hint.numbers : []))
  const ranges = conditions.flatMap(({ hint }) => (hint?.by === 'port' ? hint.ranges : []))
  const ports = new Set([1, HIGHEST_PORT])
  for (const { low, high } of ranges)
    for (const port of [low - 1, low, high, high + 1])
      if (port >= 0 && port <= HIGHEST_PORT) ports.add(port)
  return [...new Set([...numbers, ...otherwise])].flatMap((protocol): Way[] =>
    hasPorts(protocol) ? [...ports].map((port): Way => [protocol, port]) : [[protocol, 0]],
  )
}

function distinct(ways: readonly Way[]): Way[] {
  return [...new Map(ways.map(way => [way.join(), way])).values()]
}

type Context = Pick<FlowFacts, 'apn' | 'rat' | 'ue' | 'roaming' | 'timeUs'>

/** Contexts that rules ask for, one key at a time, and the context of which nothing is known. */
function contextsOf(conditions: readonly Condition[]): Context[] {
  const contexts = new Map<string, Context>([['', {}]])
  const add = (context: Context) => contexts.set(JSON.stringify(context), context)
  for (const { key, expected } of conditions) {
    for (const text of expected.split(', ')) {
      if (key === 'apn') add({ apn: plainText(text) })
      else if (key === 'rat') add({ rat: plainText(text) })
      else if (key === 'ue') {
        const ue = parseAddress(text.replace(/\/.*$/, ''))
        if (ue) add({ ue })
      } else if (key === 'roaming') for (const roaming of [true, false]) add({ roaming })
      else if (key === 'hours') {
        for (let hour = 0; hour < 24; hour++) add({ timeUs: (day / 24) * hour })
      }
    }
  }
  return [...contexts.values()]
}

/** A text that a pattern takes, as far as its words tell: `suffix .example` is `.example`. */
function plainText(expected: string): string {
  return expected
    .replace(/^(equals|suffix|prefix|contains|regex) /, '')
    .replace(/[*^$\\]/g, '')
    .replaceAll('?', 'x')
}

/** Requests for the texts that rows ask for, in the places of a URL where clients put them. */
export function sampleRequests(rows: readonly Level2Row[]): KnownRequest[] {
  const requests = new Map<string, KnownRequest>()
  const add = (request: KnownRequest) => requests.set(JSON.stringify(request), request)
  add(requestOf('http://www.example/'))
  for (const { conditions } of rows) {
    const whole: KnownRequest = { ...requestOf('http://www.example/') }
    for (const { key, expected } of conditions) {
      // a list is written with "or" or commas between; each text is tried alone
      for (const part of expected.split(/, | or /)) {
        const text = plainText(part)
        if (key === 'url' || key === 'host' || key === 'path' || key === 'sni') {
          for (const url of urlsWith(text)) add(requestOf(url))
          Object.assign(whole, requestOf(urlsWith(text)[0] ?? text))
        } else Object.assign(whole, { [key]: text })
      }
    }
    add(whole)
  }
  return [...requests.values()]
}

function urlsWith(text: string): string[] {
  const bare = text.replace(/^[a-z]+:\/\//i, '').replace(/^\.+/, '')
  const host = bare.replace(/[/?].*$/, '')
  return [
    `http://${bare.startsWith('/') ? 'www.example' : ''}${bare}`,
    `http://${host}.example/`,
    `http://www.${bare}`,
    `http://evil${bare}`,
    `http://evil.example/?${bare}`,
  ]
}

/** What the gateway sees of a request over this flow; undefined when nothing. */
export function seenOver(flow: FlowFacts, request: KnownRequest): AppFacts | undefined {
  return visibleFacts(appOver(flow), request)
}

export function appOver({ port, protocol }: FlowFacts): App {
  return knownPort(port, protocol)?.app ?? (protocol === tcp ? 'http' : 'other')
}
