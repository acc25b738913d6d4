/** What a level-1 rule matches, as boxes over server, UE, service, roaming, minute of the day, APN and RAT.
 * Protocol and port are one number, because a protocol without ports has no port to match. */

import { parseAddress } from '../address.js'
import { literal, maybe, oneOf, sequence } from '../language/automaton.js'
import type { Effort } from '../language/effort.js'
import { Language } from '../language/language.js'
import { patternAutomaton } from '../language/pattern.js'
import { hasPorts, protocolNumbers } from '../protocol-number.js'
import type { FlowFacts } from '../rule-facts.js'
import type { Level1Rule, Passing } from '../rule-set.js'
import type { Box, Point, Space } from './box.js'
import {
  addressNumber,
  difference,
  type Interval,
  type IntervalSet,
  intersection,
  intervals,
  numberAddress,
  prefixInterval,
  v4Addresses,
  v6Addresses,
} from './interval-set.js'
import { anyText, TextSet } from './text-set.js'

const PORTS = 65536n
const HIGHEST_PORT = 65535
const PROTOCOLS = 256
const MINUTES = 1440n
const US_PER_MINUTE = 60_000_000
/** Stands for a fact that is not known: no condition on it passes. */
const NOT_KNOWN: Interval = [-1n, -1n]

/** Numbers of a flow point, in this order. */
const axis = { server: 0, ue: 1, service: 2, roaming: 3, minute: 4 } as const
const textAxis = { apn: 0, rat: 1 } as const

/** Protocol and port as one number; the port of a protocol without ports is 0. */
export function serviceNumber(protocol: number, port: number): bigint {
  return BigInt(protocol) * PORTS + BigInt(hasPorts(protocol) ? port : 0)
}

function address(text: string): bigint {
  const words = parseAddress(text)
  if (!words) throw new TypeError(`${text} is no address`)
  return addressNumber(words)
}

const { tcp, udp, icmp, icmpv6 } = protocolNumbers

export const flowSpace: Space = {
  name: 'flow',
  numbers: [
    // documentation addresses: a witness that names no network of somebody's (RFC 5737, RFC 3849)
    [address('203.0.113.9'), address('2001:db8::9')],
    [-1n, address('10.161.0.17'), address('2001:db8:161::17')],
    [
      serviceNumber(tcp, 80),
      serviceNumber(udp, 9201),
      serviceNumber(udp, 9200),
      serviceNumber(tcp, 443),
      serviceNumber(udp, 9203),
      serviceNumber(tcp, 8080),
      serviceNumber(udp, 53),
      serviceNumber(tcp, 5000),
      serviceNumber(udp, 5000),
      serviceNumber(icmp, 0),
    ],
    [-1n],
    [-1n, 720n],
  ],
  texts: [{ preferred: ['3gwap', '3gnet'] }, { preferred: ['utran', 'eutran', 'geran'] }],
}

const allServices = intervals(
  Array.from({ length: PROTOCOLS }, (_, protocol) => services(protocol, 0, HIGHEST_PORT)),
)

function services(protocol: number, low: number, high: number): Interval {
  return [serviceNumber(protocol, low), serviceNumber(protocol, high)]
}

const anyRoaming: IntervalSet = [[-1n, 1n]]
const anyMinute: IntervalSet = [[-1n, MINUTES - 1n]]

/** Server, UE and the rest when nothing is asked: one box a version, since a packet has one. */
const anyFlow: readonly Box[] = [v4Addresses, v6Addresses].map(addresses => ({
  space: flowSpace,
  numbers: [[addresses], intervals([NOT_KNOWN, addresses]), allServices, anyRoaming, anyMinute],
  texts: [anyText, anyText],
}))

/** Every flow. */
export const allFlows: readonly Box[] = anyFlow

/** The ICMP of the other version of IP. */
const strangeServices = [[services(icmpv6, 0, 0)], [services(icmp, 0, 0)]]

/** Flows of which the UE's address and the time are known, as they are of every packet. */
export const packetFlows: readonly Box[] = anyFlow.map(box => ({
  ...box,
  numbers: box.numbers.map((set, at) =>
    at === axis.ue || at === axis.minute ? difference(set, [NOT_KNOWN]) : set,
  ),
}))

/** The same without the ICMP of the other version of IP. */
export const knownFlows: readonly Box[] = packetFlows.map((box, version) => ({
  ...box,
  numbers: box.numbers.map((set, at) =>
    at === axis.service ? difference(set, strangeServices[version] ?? []) : set,
  ),
}))

const operatorIdentifier = sequence(
  literal('.mnc'),
  ...Array.from({ length: 3 }, () => oneOf([0x30, 0x39])),
  literal('.mcc'),
  ...Array.from({ length: 3 }, () => oneOf([0x30, 0x39])),
  literal('.gprs'),
)

/** As the condition tests it: an APN with or without its operator identifier. */
function contextText(
  key: string,
  passes: Extract<Passing, { by: 'text' }>,
  effort: Effort | undefined,
): TextSet | undefined {
  const automaton = patternAutomaton(passes.patterns, passes.domain)
  if (!automaton) return undefined
  const whole = key === 'apn' ? sequence(automaton, maybe(operatorIdentifier)) : automaton
  return new TextSet(false, true, [new Language(whole, effort)])
}

function servicesOf(passes: Passing): IntervalSet | undefined {
  if (passes.by === 'protocols')
    return intervals(passes.numbers.map(number => services(number, 0, HIGHEST_PORT)))
  if (passes.by !== 'ports') return undefined
  const { ranges } = passes
  const withPorts = Array.from({ length: PROTOCOLS }, (_, number) => number).filter(hasPorts)
  return intervals(
    withPorts.flatMap(number => ranges.map(({ low, high }) => services(number, low, high))),
  )
}

function minutesOf(spans: readonly { from: number; to: number }[]): IntervalSet {
  return intervals(
    spans.flatMap(({ from, to }): Interval[] => {
      const [low, high] = [BigInt(from), BigInt(to)]
      return low <= high
        ? [[low, high]]
        : [
            [low, MINUTES - 1n],
            [0n, high],
          ]
    }),
  )
}

/** The set that a condition leaves of one number, and which; undefined for a text. */
function numbersOf(key: string, passes: Passing): [at: number, set: IntervalSet] | undefined {
  switch (passes.by) {
    case 'addresses': {
      const set = intervals(passes.prefixes.map(prefixInterval))
      return [key === 'ue' ? axis.ue : axis.server, set]
    }
    case 'protocols':
    case 'ports':
      return [axis.service, servicesOf(passes) ?? []]
    case 'truth':
      return [axis.roaming, passes.value ? [[1n, 1n]] : [[0n, 0n]]]
    case 'minutes':
      return [axis.minute, minutesOf(passes.spans)]
    case 'text':
    case 'texts':
    case 'apps':
      return undefined
  }
}

/** Flows that the rule's own conditions let pass; empty when they contradict each other, undefined when
 * one of them cannot be followed. */
export function flowsOf(
  rule: Pick<Level1Rule, 'conditions'>,
  effort?: Effort,
): readonly Box[] | undefined {
  let boxes: readonly Box[] = anyFlow
  for (const { key, passes } of rule.conditions) {
    if (!passes) return undefined
    const numbers = numbersOf(key, passes)
    if (numbers) {
      const [at, set] = numbers
      boxes = boxes.flatMap(box => {
        const left = intersection(box.numbers[at] ?? [], set)
        return left.length === 0
          ? []
          : [{ ...box, numbers: box.numbers.map((own, i) => (i === at ? left : own)) }]
      })
    } else {
      const set = passes.by === 'text' ? contextText(key, passes, effort) : undefined
      if (!set) return undefined
      const at = key === 'apn' ? textAxis.apn : textAxis.rat
      boxes = boxes.map(box => ({
        ...box,
        texts: box.texts.map((own, i) => (i === at ? own.and(set) : own)),
      }))
    }
  }
  return boxes
}

/** Boxes of flows to servers and services of these sets. */
export function flowsTo(servers: IntervalSet, own: IntervalSet): readonly Box[] {
  return anyFlow.flatMap(box => {
    const left = intersection(box.numbers[axis.server] ?? [], servers)
    if (left.length === 0) return []
    return [{ ...box, numbers: box.numbers.map((set, i) => [left, set, own][i] ?? set) }]
  })
}

export function serversOf(box: Box): IntervalSet {
  return box.numbers[axis.server] ?? []
}

export function servicesIn(box: Box): IntervalSet {
  return box.numbers[axis.service] ?? []
}

/** Whether a condition asks for what a question may leave out and a packet always shows. */
export function asksPacket({ conditions }: Pick<Level1Rule, 'conditions'>): boolean {
  return conditions.some(({ key }) => key === 'ue' || key === 'hours')
}

/** The facts of a point, as the engine is asked. */
export function flowFacts({ numbers, texts }: Point): FlowFacts {
  const [server = 0n, ue = -1n, service = 0n, roaming = -1n, minute = -1n] = numbers
  const [apn, rat] = texts
  return {
    server: numberAddress(server),
    protocol: Number(service / PORTS),
    port: Number(service % PORTS),
    ...(ue < 0n ? {} : { ue: numberAddress(ue) }),
    ...(roaming < 0n ? {} : { roaming: roaming === 1n }),
    ...(minute < 0n ? {} : { timeUs: Number(minute) * US_PER_MINUTE }),
    ...(apn === undefined ? {} : { apn }),
    ...(rat === undefined ? {} : { rat }),
  }
}
