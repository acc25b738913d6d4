/** What a level-2 row matches, as boxes over requests in the clear (protocol, URL with host and path, method,
 * content type, user agent, MMS fields) and over ClientHellos, which show a name and nothing else. Exact for
 * well-formed URLs in lower case (`language/url-language.ts`). */

import type { App } from '../../record/flow-record.js'
import { type Automaton, literal } from '../language/automaton.js'
import type { Effort } from '../language/effort.js'
import { Language } from '../language/language.js'
import { patternAutomaton } from '../language/pattern.js'
import {
  plainUrls,
  requestUrls,
  schemeUrls,
  serverNames,
  urlsOfHost,
  urlsOfPath,
  withDefaultPort,
} from '../language/url-language.js'
import type { AppFacts } from '../rule-facts.js'
import type { Level2Row, RuleCondition } from '../rule-set.js'
import type { TextPattern } from '../text-pattern.js'
import { sniUrl } from '../url.js'
import { requestOf } from '../visible.js'
import type { Box, Point, Space } from './box.js'
import { type Interval, type IntervalSet, intersection, intervals } from './interval-set.js'
import { likelyNames, likelyUrls } from './likely-text.js'
import { anyText, TextSet } from './text-set.js'

const URL_AXIS = 0
/** Protocols by their number on the only axis of numbers, best first for a witness. */
const requestApps: readonly App[] = ['http', 'wsp-cl', 'wsp-co', 'mms']
const helloApps: readonly App[] = ['tls', 'quic']
/** Texts of a request beside its URL; a ClientHello shows none of them. */
const otherTexts: readonly string[] = [
  'method',
  'contentType',
  'userAgent',
  'mmsFrom',
  'mmsSubject',
]

/** HTTP and WSP requests, CONNECT included. */
export const requestSpace: Space = {
  name: 'request',
  numbers: [[0n]],
  texts: [
    { preferred: [], plain: plainUrls },
    { preferred: ['get', 'post', 'connect'] },
    { preferred: ['text/html', 'application/vnd.wap.mms-message'] },
    { preferred: [] },
    { preferred: [] },
    { preferred: [] },
  ],
}

/** TLS and QUIC. */
export const helloSpace: Space = {
  name: 'hello',
  numbers: [[0n]],
  texts: [{ preferred: ['www.example.com'] }],
}

function appsOf(space: Space): readonly App[] {
  return space === helloSpace ? helloApps : requestApps
}

/** Those of the protocols that a kind of request has. */
function appNumbers(space: Space, apps: readonly App[]): IntervalSet {
  const own = appsOf(space)
  return intervals(
    apps.flatMap((app): Interval[] => {
      const number = BigInt(own.indexOf(app))
      return number < 0n ? [] : [[number, number]]
    }),
  )
}

/** A method that is CONNECT, or is not, or is not known. */
const connect = new Language(literal('connect'))
const isConnect = new TextSet(true, true, [connect])
const isNoConnect = new TextSet(true, true, [], [connect])

function requestsOfKind(method: TextSet, url: TextSet): Box {
  const others = otherTexts.map(name => (name === 'method' ? method : anyText))
  const numbers = [appNumbers(requestSpace, requestApps)]
  return { space: requestSpace, numbers, texts: [url, ...others] }
}

/** Requests with a URL. */
const anyRequest = requestsOfKind(
  isNoConnect,
  new TextSet(false, true, [requestUrls, schemeUrls], [withDefaultPort], ['http://www.example/']),
)
/** CONNECT requests: an authority and no more. */
export const connectRequests = requestsOfKind(
  isConnect,
  new TextSet(false, true, [requestUrls], [schemeUrls, withDefaultPort], ['www.example:443']),
)
const anyHello: Box = {
  space: helloSpace,
  numbers: [appNumbers(helloSpace, helloApps)],
  texts: [new TextSet(false, true, [serverNames])],
}

export const allRequests: readonly Box[] = [anyRequest, connectRequests, anyHello]

function narrowed(box: Box, at: number, language: Language, likely?: readonly string[]): Box {
  return restricted(box, at, new TextSet(false, true, [language], [], likely))
}

function restricted(box: Box, at: number, set: TextSet): Box {
  return { ...box, texts: box.texts.map((own, i) => (i === at ? set.and(own) : own)) }
}

/** ClientHellos whose name is in the language. */
export function hellosNamed(language: Language): Box {
  return narrowed(anyHello, 0, language)
}

/** Requests, CONNECT left out, whose URL is in the language. */
export function requestsWithUrl(language: Language): Box {
  return narrowed(anyRequest, URL_AXIS, language)
}

/** The box with one condition added; empty for a kind of request that does not show the fact. */
function narrow(box: Box, condition: Understood): Box | undefined {
  const { key, automaton, own, patterns, none } = condition
  const leave = (at: number, language: Language, likely: readonly string[]) =>
    none
      ? restricted(box, at, new TextSet(false, true, [], [language]))
      : narrowed(box, at, language, likely)
  if (box.space === helloSpace) {
    const named = key === 'url' || key === 'host' || key === 'sni'
    return named ? leave(0, own, likelyNames(patterns)) : undefined
  }
  const likely = likelyUrls(key, patterns)
  switch (key) {
    case 'sni':
      return undefined
    case 'url':
      return leave(URL_AXIS, own, likely)
    case 'host':
      return leave(
        URL_AXIS,
        lifted(condition, () => urlsOfHost(automaton)),
        likely,
      )
    case 'path':
      return leave(
        URL_AXIS,
        lifted(condition, () => urlsOfPath(automaton)),
        likely,
      )
    default:
      return leave(otherTexts.indexOf(key) + 1, own, [])
  }
}

/** The box for these protocols alone; undefined when it has none of them. */
function narrowApps(box: Box, apps: readonly App[]): Box | undefined {
  const left = intersection(box.numbers[0] ?? [], appNumbers(box.space, apps))
  return left.length === 0 ? undefined : { ...box, numbers: [left] }
}

/** A condition on a text as a language. */
interface Understood {
  readonly key: string
  readonly patterns: readonly TextPattern[]
  /** none of the patterns, instead of one of them */
  readonly none: boolean
  readonly automaton: Automaton
  readonly own: Language
  /** what it says of the whole URL; made once for all kinds of request */
  url?: Language
}

function lifted(condition: Understood, make: () => Automaton): Language {
  condition.url ??= new Language(make(), condition.own.effort)
  return condition.url
}

/** The parts of a condition on a text, all of which must hold. */
function understood(
  { key, passes }: RuleCondition<AppFacts>,
  effort: Effort | undefined,
): readonly Understood[] | undefined {
  const isKnown = ['url', 'host', 'path', 'sni', ...otherTexts].includes(key)
  if (!isKnown || (passes?.by !== 'text' && passes?.by !== 'texts')) return undefined
  const parts = passes.by === 'texts' ? passes.parts : [{ patterns: passes.patterns, none: false }]
  const found: Understood[] = []
  for (const { patterns, none } of parts) {
    const automaton = patternAutomaton(patterns, passes.domain)
    if (!automaton) return undefined
    found.push({ key, patterns, none, automaton, own: new Language(automaton, effort) })
  }
  return found
}

/** Requests that the row's own conditions let pass; undefined when one of them cannot be followed. Texts
 * are not looked into: boxes may be empty. */
export function requestsOf(
  row: Pick<Level2Row, 'conditions'>,
  effort?: Effort,
): readonly Box[] | undefined {
  let boxes: readonly Box[] = allRequests
  for (const condition of row.conditions) {
    const { passes } = condition
    if (passes?.by === 'apps') {
      boxes = boxes.flatMap(box => narrowApps(box, passes.apps) ?? [])
      continue
    }
    const parts = understood(condition, effort)
    if (!parts) return undefined
    for (const part of parts) boxes = boxes.flatMap(box => narrow(box, part) ?? [])
  }
  return boxes
}

/** The facts of a point, as the engine is asked. */
export function requestFacts({ space, numbers, texts }: Point): AppFacts {
  const [url = '', method, contentType, userAgent, mmsFrom, mmsSubject] = texts
  const app = appsOf(space)[Number(numbers[0] ?? 0n)] ?? 'other'
  if (space === helloSpace) {
    const { url: name, host } = sniUrl(url)
    return { app, sni: host, host, url: name, urlSource: 'sni' }
  }
  const optional = { method, contentType, userAgent, mmsFrom, mmsSubject }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { app, ...requestOf(url), ...Object.fromEntries(given) }
}
