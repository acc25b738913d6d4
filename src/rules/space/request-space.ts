/** What a level-2 row matches, as boxes over requests in the clear (URL with host and path, method, content
 * type, user agent, MMS fields) and over ClientHellos, which show a name and nothing else. Exact for
 * well-formed URLs in lower case (`language/url-language.ts`). */

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
import { likelyNames, likelyUrls } from './likely-text.js'
import { anyText, TextSet } from './text-set.js'

const URL_AXIS = 0
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
  numbers: [],
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
  numbers: [],
  texts: [{ preferred: ['www.example.com'] }],
}

/** A method that is CONNECT, or is not, or is not known. */
const connect = new Language(literal('connect'))
const isConnect = new TextSet(true, true, [connect])
const isNoConnect = new TextSet(true, true, [], [connect])

function requestsOfKind(method: TextSet, url: TextSet): Box {
  const others = otherTexts.map(name => (name === 'method' ? method : anyText))
  return { space: requestSpace, numbers: [], texts: [url, ...others] }
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
  numbers: [],
  texts: [new TextSet(false, true, [serverNames])],
}

export const allRequests: readonly Box[] = [anyRequest, connectRequests, anyHello]

function narrowed(box: Box, at: number, language: Language, likely?: readonly string[]): Box {
  const set = new TextSet(false, true, [language], [], likely)
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
  const { key, automaton, own, patterns } = condition
  if (box.space === helloSpace) {
    const named = key === 'url' || key === 'host' || key === 'sni'
    return named ? narrowed(box, 0, own, likelyNames(patterns)) : undefined
  }
  const likely = likelyUrls(key, patterns)
  switch (key) {
    case 'sni':
      return undefined
    case 'url':
      return narrowed(box, URL_AXIS, own, likely)
    case 'host':
      return narrowed(
        box,
        URL_AXIS,
        lifted(condition, () => urlsOfHost(automaton)),
        likely,
      )
    case 'path':
      return narrowed(
        box,
        URL_AXIS,
        lifted(condition, () => urlsOfPath(automaton)),
        likely,
      )
    default:
      return narrowed(box, otherTexts.indexOf(key) + 1, own)
  }
}

/** A condition on a text as a language. */
interface Understood {
  readonly key: string
  readonly patterns: readonly TextPattern[]
  readonly automaton: Automaton
  readonly own: Language
  /** what it says of the whole URL; made once for all kinds of request */
  url?: Language
}

function lifted(condition: Understood, make: () => Automaton): Language {
  condition.url ??= new Language(make(), condition.own.effort)
  return condition.url
}

function understood(
  { key, passes }: RuleCondition<AppFacts>,
  effort: Effort | undefined,
): Understood | undefined {
  const isKnown = ['url', 'host', 'path', 'sni', ...otherTexts].includes(key)
  if (passes?.by !== 'text' || !isKnown) return undefined
  const automaton = patternAutomaton(passes.patterns, passes.domain)
  if (!automaton) return undefined
  return { key, patterns: passes.patterns, automaton, own: new Language(automaton, effort) }
}

/** Requests that the row's own conditions let pass; undefined when one of them cannot be followed. Texts
 * are not looked into: boxes may be empty. */
export function requestsOf(
  row: Pick<Level2Row, 'conditions'>,
  effort?: Effort,
): readonly Box[] | undefined {
  let boxes: readonly Box[] = allRequests
  for (const condition of row.conditions) {
    const own = understood(condition, effort)
    if (!own) return undefined
    boxes = boxes.flatMap(box => narrow(box, own) ?? [])
  }
  return boxes
}

/** The facts of a point, as the engine is asked. */
export function requestFacts({ space, texts }: Point): AppFacts {
  const [url = '', method, contentType, userAgent, mmsFrom, mmsSubject] = texts
  if (space === helloSpace) {
    const { url: name, host } = sniUrl(url)
    return { app: 'tls', sni: host, host, url: name, urlSource: 'sni' }
  }
  const optional = { method, contentType, userAgent, mmsFrom, mmsSubject }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { app: 'http', ...requestOf(url), ...Object.fromEntries(given) }
}
