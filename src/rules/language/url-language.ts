/** The texts that a canonical URL can be, and what a condition on its host or path says of the whole URL.
 * Read RFC 3986 section 3 and `url.ts` first. With this, url, host and path of one row are one language. */

import {
  type Automaton,
  anything,
  both,
  either,
  HIGHEST_POINT,
  joined,
  literal,
  maybe,
  oneOf,
  type PointRange,
  run,
  sequence,
} from './automaton.js'
import { Language } from './language.js'

const digits: PointRange = [0x30, 0x39]
const letters: PointRange = [0x61, 0x7a]
const beyondAscii: PointRange = [0x80, HIGHEST_POINT]

/** Printable and beyond, without capitals: texts are compared in lower case. Without `but`. */
function printable(but: string): PointRange[] {
  const ranges: PointRange[] = []
  const gaps = [...but, '\u007f'].map(character => character.charCodeAt(0))
  let low = 0x21
  for (const [from, to] of [...gaps.map(gap => [gap, gap] as const), [0x41, 0x5a] as const].sort(
    (a, b) => a[0] - b[0],
  )) {
    if (low < from) ranges.push([low, from - 1])
    low = to + 1
  }
  return [...ranges, [low, HIGHEST_POINT]]
}

const port = sequence(literal(':'), oneOf(digits), run(digits))
const labelRanges: PointRange[] = [[0x2d, 0x2d], digits, [0x5f, 0x5f], letters, beyondAscii]
const label = sequence(oneOf(...labelRanges), run(...labelRanges))
/** A name or IPv4 address, its final dot not part of it. */
const name = joined(label, literal('.'))
const hexOrDot: PointRange[] = [[0x2e, 0x2e], digits, [0x61, 0x66]]
/** An IPv6 address without its brackets. */
const v6 = sequence(run(...hexOrDot), literal(':'), run(...hexOrDot, [0x3a, 0x3a]))
const scheme = sequence(
  oneOf(letters),
  run([0x2b, 0x2b], [0x2d, 0x2e], digits, letters),
  literal('://'),
)
const userinfo = maybe(sequence(run(...printable('/?#')), literal('@')))
const rest = maybe(sequence(oneOf([0x2f, 0x2f], [0x3f, 0x3f]), run(...printable('#'))))
const dot = maybe(literal('.'))

/** An authority whose host is one of the automaton's names or addresses. */
function authorityWith(hosts: Automaton): Automaton {
  const named = sequence(both(hosts, name), dot)
  const bracketed = sequence(literal('['), both(hosts, v6), literal(']'))
  return sequence(either(named, bracketed), maybe(port))
}

function withHost(hosts: Automaton): Automaton {
  const authority = authorityWith(hosts)
  return either(sequence(scheme, userinfo, authority, rest), authority)
}

/** Default ports are dropped from a canonical URL. */
function defaultPort(schemes: readonly string[], number: string): Automaton {
  return sequence(
    either(...schemes.map(literal)),
    run(...printable('/?#')),
    literal(':'),
    run([0x30, 0x30]),
    literal(number),
    maybe(sequence(oneOf([0x2f, 0x2f], [0x3f, 0x3f]), anything)),
  )
}

/** Canonical URLs of requests in the clear, and the authorities that CONNECT names. */
export const requestUrls = new Language(withHost(anything))
/** What looks like a URL and is not canonical. */
export const withDefaultPort = new Language(
  either(defaultPort(['http://', 'ws://'], '80'), defaultPort(['https://', 'wss://'], '443')),
)
/** Requests with a scheme, as opposed to the authority of a CONNECT. */
export const schemeUrls = new Language(sequence(scheme, anything))
/** URLs that a person would write: preferred for witnesses. */
export const plainUrls = new Language(
  sequence(
    literal('http://'),
    joined(sequence(oneOf(letters, digits), run(letters, digits)), literal('.')),
    literal('/'),
    run([0x26, 0x26], [0x2d, 0x39], [0x3d, 0x3d], [0x3f, 0x3f], [0x5f, 0x5f], letters),
  ),
)
/** Names of a ClientHello. */
export const serverNames = new Language(name)

/** URLs whose host is in `hosts`. */
export function urlsOfHost(hosts: Automaton): Automaton {
  return withHost(hosts)
}

/** URLs whose path with query is in `paths`; that of an authority alone is empty. */
export function urlsOfPath(paths: Automaton): Automaton {
  const authority = run(...printable('/?#'))
  const none = both(paths, literal(''))
  return either(
    sequence(scheme, authority, both(paths, rest)),
    sequence(authorityWith(anything), none),
  )
}
