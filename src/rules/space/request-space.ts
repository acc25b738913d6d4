/** What a level-2 row matches, as boxes over requests in the clear (URL with host and path, method, content
 * type, user agent, MMS fields) and over ClientHellos, which show a name and nothing else. Exact for
 * well-formed URLs in lower case (`language/url-language.ts`). */

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
import { sniUrl } from '../url.js'
import { requestOf } from '../visible.js'
import type { Box, Point, Space } from './box.js'
import { likelyNames, likelyUrls } from './likely-text.js'
import { anyText, TextSet } from './text-set.js'

const URL_AXIS = 0
/** Texts of a request beside its URL; a ClientHello shows none of them. */
const otherTexts = ['method', 'contentType', 'userAgent', 'mmsFrom', 'mmsSubject'] as const

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

const anyRequest: Box = {
  space: requestSpace,
  numbers: [],
  texts: [
    new TextSet(false, true, [requestUrls], [withDefaultPort], ['http://www.example/']),
    ...otherTexts.map(() => anyText),
  ],
}
const anyHello: Box = {
  space: helloSpace,
  numbers: [],
  texts: [new TextSet(false, true, [serverNames])],
}

export const allRequests: readonly Box[] = [anyRequest, anyHello]

function narrowed(box: Box, at: number, language: Language, likely?: readonly string[]): Box {
  const set = new TextSet(false, true, [language], [], likely)
  return { ...box, texts: box.texts.map((own, i) => (i === at ? set.and(own) : own)) }
}

/** CONNECT requests: an authority and no more. */
export const connectRequests: Box = {
  ...anyRequest,
  texts: anyRequest.texts.map((own, i) =>
    i === URL_AXIS ? new TextSet(false, true, [requestUrls], [schemeUrls]) : own,
  ),
}

/** ClientHellos whose name is in the language. */
export function hellosNamed(language: Language): Box {
  return narrowed(anyHello, 0, language)
}

/** Requests whose URL is in the language. */
export function requestsWithUrl(language: Language): Box {
  return narrowed(anyRequest, URL_AXIS, language)
}

/** Adds one condition; `undefined` boxes have become empty. */
function narrow(
  condition: RuleCondition<AppFacts>,
  request: Box | undefined,
  hello: Box | undefined,
): { request: Box | undefined; hello: Box | undefined } | undefined {
  const { key, passes } = condition
  if (passes?.by !== 'text') return undefined
  const automaton = patternAutomaton(passes.patterns, passes.domain)
  if (!automaton) return undefined
  const { patterns } = passes
  const own = new Language(automaton)
  const nameToo = hello && narrowed(hello, 0, own, likelyNames(patterns))
  const urls = likelyUrls(key, patterns)
  switch (key) {
    case 'url':
      return { request: request && narrowed(request, URL_AXIS, own, urls), hello: nameToo }
    case 'host': {
      const lifted = new Language(urlsOfHost(automaton))
      return { request: request && narrowed(request, URL_AXIS, lifted, urls), hello: nameToo }
    }
    case 'path': {
      const lifted = new Language(urlsOfPath(automaton))
      return { request: request && narrowed(request, URL_AXIS, lifted, urls), hello: undefined }
    }
    case 'sni':
      return { request: undefined, hello: nameToo }
    default: {
      const at = otherTexts.findIndex(name => name === key)
      if (at < 0) return undefined
      return { request: request && narrowed(request, at + 1, own), hello: undefined }
    }
  }
}

/** Requests that the row's own conditions let pass; undefined when one of them cannot be followed. Texts
 * are not looked into: boxes may be empty. */
export function requestsOf(row: Pick<Level2Row, 'conditions'>): readonly Box[] | undefined {
  let request: Box | undefined = anyRequest
  let hello: Box | undefined = anyHello
  for (const condition of row.conditions) {
    const left = narrow(condition, request, hello)
    if (!left) return undefined
    request = left.request
    hello = left.hello
  }
  return [request, hello].filter(box => box !== undefined)
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
