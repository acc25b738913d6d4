/** The URL that rules are matched against: which of a request's candidates, and its canonical form.
 * Read RFC 9112 section 3.2 (request targets), RFC 3986 section 3 and rules.md 2.10 first. Never the
 * WHATWG parser: it rewrites percent-encoding, backslashes and host names, a gateway does not. */

import type { UrlSource } from '../record/flow-record.js'

export interface UrlCandidate {
  source: UrlSource
  url: string
}

/** The URL of one request. */
export interface RequestUrl {
  /** canonical: lower-case scheme and host, default port and fragment dropped */
  url: string
  /** as the message gave it, joined from its parts */
  raw: string
  source: UrlSource
  /** host of `url` in lower case, without user information and port; empty when there is none */
  host: string
  /** path and query, empty for an authority alone */
  path: string
  /** other URLs that the message offered, when they disagree */
  conflict: readonly UrlCandidate[]
}

/** What a request says of where it goes. */
export interface RequestParts {
  method: string
  target: string
  host?: string | undefined
  xOnlineHost?: string | undefined
  /** address, and port where it is not 80, of the server: `10.0.0.5`, `[2001:db8::1]:8080` */
  serverText: string
  /** whether a Host names a configured WAP gateway */
  isProxyHost(host: string): boolean
  /** quirk of some gateways: the first `http://` inside the target is the URL */
  embeddedHttp?: boolean | undefined
}

const noConflict: readonly UrlCandidate[] = Object.freeze([])
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//
const defaultPorts: Readonly<Record<string, number>> = {
  'http://': 80,
  'https://': 443,
  'ws://': 80,
  'wss://': 443,
}

interface Parts {
  scheme: string
  userinfo: string
  host: string
  /** with its colon; empty when there is none */
  port: string
  rest: string
}

/** Splits without judging: what is missing is empty. A URL without a scheme is an authority. */
function split(url: string): Parts {
  const found = scheme.exec(url)?.[0] ?? ''
  let end = url.length
  for (let at = found.length; at < url.length; at++) {
    const c = url.charCodeAt(at)
    if (c === 0x2f || c === 0x3f || c === 0x23) {
      end = at
      break
    }
  }
  const authority = url.slice(found.length, end)
  // The host follows the last @: `http://mmsc.example@evil.test/` goes to evil.test
  const hostAt = authority.lastIndexOf('@') + 1
  const portAt = portStart(authority, hostAt)
  return {
    scheme: found.toLowerCase(),
    userinfo: authority.slice(0, hostAt),
    host: authority.slice(hostAt, portAt).toLowerCase(),
    port: authority.slice(portAt),
    rest: url.slice(end),
  }
}

/** Offset of the colon before the port, or the length. An address in brackets holds colons itself, and
 * what holds several outside of brackets has no port. */
function portStart(authority: string, from: number): number {
  const bracket = authority[from] === '[' ? authority.indexOf(']', from) : -1
  const colon = authority.indexOf(':', bracket < 0 ? from : bracket)
  if (colon < 0) return authority.length
  return /^:[0-9]*$/.test(authority.slice(colon)) ? colon : authority.length
}

function join(parts: Parts): string {
  const usual = defaultPorts[parts.scheme]
  const drop = parts.port === ':' || (usual !== undefined && Number(parts.port.slice(1)) === usual)
  const hash = parts.rest.indexOf('#')
  const rest = hash < 0 ? parts.rest : parts.rest.slice(0, hash)
  return `${parts.scheme}${parts.userinfo}${parts.host}${drop ? '' : parts.port}${rest}`
}

/** Lower-case scheme and host, no default port, no fragment; all else stays as it is. */
export function canonicalUrl(url: string): string {
  return join(split(url))
}

/** A Host, authority or SNI as a bare name: lower case, no port, no final dot, no brackets. */
export function hostName(text: string): string {
  let end = portStart(text, 0)
  let from = 0
  if (text.startsWith('[') && text[end - 1] === ']') {
    from = 1
    end--
  }
  if (end > from && text[end - 1] === '.') end--
  return text.slice(from, end).toLowerCase()
}

function requestUrlOf(
  source: UrlSource,
  raw: string,
  conflict: readonly UrlCandidate[] = noConflict,
): RequestUrl {
  const parts = split(raw)
  const url = join(parts)
  const hash = parts.rest.indexOf('#')
  return {
    url,
    raw,
    source,
    host: hostName(parts.host),
    path: hash < 0 ? parts.rest : parts.rest.slice(0, hash),
    conflict,
  }
}

/** Joins an authority with an origin-form target, `*`, or garbage, which must not extend the host. */
function httpUrl(authority: string, target: string): string {
  if (target === '' || target === '*') return `http://${authority}`
  const first = target.charCodeAt(0)
  const joint = first === 0x2f || first === 0x3f ? '' : '/'
  return `http://${authority}${joint}${target}`
}

/** Some clients write X-Online-Host with a scheme or a path; the authority is what counts. */
function authorityOf(header: string | undefined): string {
  const text = (header ?? '').trim()
  const bare = text.slice(scheme.exec(text)?.[0].length ?? 0)
  const end = bare.search(/[/?#]/)
  return end < 0 ? bare : bare.slice(0, end)
}

/** Path and query of an absolute URL, so that it can be joined with another authority. */
function targetPath(target: string): string {
  return scheme.test(target) ? split(target).rest : target
}

function candidatesOf(parts: RequestParts): UrlCandidate[] {
  const { target } = parts
  const host = (parts.host ?? '').trim()
  const xOnlineHost = authorityOf(parts.xOnlineHost)
  const towardsProxy = parts.isProxyHost(host === '' ? parts.serverText : host)
  const path = targetPath(target)
  const found: UrlCandidate[] = []
  const embedded = parts.embeddedHttp ? target.toLowerCase().indexOf('http://', 1) : -1
  if (embedded > 0) found.push({ source: 'absolute-form', url: target.slice(embedded) })
  if (scheme.test(target)) found.push({ source: 'absolute-form', url: target })
  const online: UrlCandidate = { source: 'x-online-host', url: httpUrl(xOnlineHost, path) }
  if (xOnlineHost !== '' && towardsProxy) found.push(online)
  if (host !== '') {
    // The gateway's own name is where the request was sent, not what it asks for
    if (found.length === 0 || !towardsProxy)
      found.push({ source: 'host', url: httpUrl(host, path) })
  } else if (found.length === 0) {
    found.push({ source: 'origin-address', url: httpUrl(parts.serverText, path) })
  }
  if (xOnlineHost !== '' && !towardsProxy) found.push(online)
  return found
}

/** CONNECT names an authority and nothing else; a Host that names another one is a conflict. */
function connectUrl(parts: RequestParts): RequestUrl {
  const host = (parts.host ?? '').trim()
  const differs =
    host !== '' && !parts.isProxyHost(host) && hostName(host) !== hostName(parts.target)
  return requestUrlOf(
    'connect',
    parts.target,
    differs ? [{ source: 'host', url: canonicalUrl(host) }] : noConflict,
  )
}

const prefix = 'http://'

/** Whether this is a host name or IPv4 address that is canonical as it is: no upper case, no port, no
 * user information, no final dot, no brackets. */
function isPlainName(text: string, off: number, end: number): boolean {
  for (let i = off; i < end; i++) {
    const c = text.charCodeAt(i)
    const letterOrDigit = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39)
    if (!letterOrDigit && c !== 0x2e && c !== 0x2d && c !== 0x5f) return false
  }
  return end > off && text.charCodeAt(end - 1) !== 0x2e
}

/** The usual request, whose one URL is canonical as it stands: `http://name/path` with the same name in
 * Host, or a path with a name in Host. Undefined for every other, which takes the long way. */
function plainUrl(parts: RequestParts): RequestUrl | undefined {
  const { target, host } = parts
  if (host === undefined || parts.xOnlineHost || parts.embeddedHttp || target.includes('#')) {
    return undefined
  }
  if (!isPlainName(host, 0, host.length)) return undefined
  if (target.startsWith('/')) {
    // towards a gateway by address, a path alone is the gateway's own; the long way says so
    if (parts.isProxyHost(host)) return undefined
    const url = `${prefix}${host}${target}`
    return { url, raw: url, source: 'host', host, path: target, conflict: noConflict }
  }
  const pathOff = prefix.length + host.length
  if (!target.startsWith(prefix) || !target.startsWith(host, prefix.length)) return undefined
  if (target.charCodeAt(pathOff) !== 0x2f) return undefined
  const path = target.slice(pathOff)
  return { url: target, raw: target, source: 'absolute-form', host, path, conflict: noConflict }
}

/** The URL that a gateway matches, in the order CONNECT authority, absolute-form target,
 * X-Online-Host towards a gateway, Host, server address. Any text is accepted. */
export function requestUrl(parts: RequestParts): RequestUrl {
  if (parts.method === 'CONNECT') return connectUrl(parts)
  const plain = plainUrl(parts)
  if (plain !== undefined) return plain
  const [first, ...others] = candidatesOf(parts)
  if (!first) return requestUrlOf('origin-address', httpUrl(parts.serverText, parts.target))
  const chosen = requestUrlOf(first.source, first.url)
  if (others.length === 0) return chosen
  const conflict = others
    .map(({ source, url }) => ({ source, url: canonicalUrl(url) }))
    .filter(({ url }) => url !== chosen.url)
  return conflict.length === 0 ? chosen : { ...chosen, conflict }
}

/** URI of a WSP Get or Post (WAP-230-WSP section 8.2.3): absolute as a rule; a relative one belongs to
 * the Host header, else to the server. */
export function wspUrl(uri: string, host: string | undefined, serverText: string): RequestUrl {
  const text = uri.trim()
  const authority = (host ?? '').trim()
  return requestUrlOf(
    'wsp',
    scheme.test(text) ? text : httpUrl(authority === '' ? serverText : authority, text),
  )
}

/** A ClientHello shows a name and no more; like CONNECT, the URL is that authority. */
export function sniUrl(sni: string): RequestUrl {
  return requestUrlOf('sni', sni)
}
