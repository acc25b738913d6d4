/** What a gateway sees of a request, by the protocol that carries it: a person knows the URL of a retrieval,
 * the gateway reads it only in the clear. Ports: WAP-259-WDP appendix B (9200 WSP, 9201 WTP+WSP, 9202
 * WTLS+WSP, 9203 WTLS+WTP+WSP), IANA for the others. */

import type { App } from '../record/flow-record.js'
import { protocolNumbers } from './protocol-number.js'
import type { AppFacts } from './rule-facts.js'
import { canonicalUrl, hostName, sniUrl } from './url.js'

const { tcp, udp } = protocolNumbers

/** A well-known port: what usually runs there, in words for people. */
export interface KnownPort {
  port: number
  protocol: number
  app: App
  words: string
}

export const knownPorts: readonly KnownPort[] = [
  { port: 80, protocol: tcp, app: 'http', words: 'WAP 2.0, HTTP' },
  { port: 9200, protocol: udp, app: 'wsp-cl', words: 'WAP 1.x, WSP connectionless' },
  { port: 9201, protocol: udp, app: 'wsp-co', words: 'WAP 1.x, WTP and WSP' },
  { port: 9202, protocol: udp, app: 'wtls', words: 'WAP 1.x, WTLS and WSP' },
  { port: 9203, protocol: udp, app: 'wtls', words: 'WAP 1.x, WTLS, WTP and WSP' },
  { port: 8080, protocol: tcp, app: 'http', words: 'HTTP' },
  { port: 443, protocol: tcp, app: 'tls', words: 'HTTPS' },
  { port: 443, protocol: udp, app: 'quic', words: 'QUIC' },
  { port: 53, protocol: udp, app: 'dns', words: 'DNS' },
  { port: 53, protocol: tcp, app: 'dns', words: 'DNS' },
]

/** The usual meaning of a port, of a given protocol or of the first that uses it. */
export function knownPort(port: number, protocol?: number): KnownPort | undefined {
  return knownPorts.find(
    known => known.port === port && (protocol === undefined || known.protocol === protocol),
  )
}

/** What is known of a request by whoever asks, visible or not. */
export type KnownRequest = Omit<AppFacts, 'app'>

/** A URL that a person typed, with the parts that rules look at. */
export function requestOf(url: string): KnownRequest {
  const canonical = canonicalUrl(url)
  const afterScheme = canonical.replace(/^[a-z0-9+.-]*:\/\//, '')
  const end = afterScheme.search(/[/?]/)
  const authority = end < 0 ? afterScheme : afterScheme.slice(0, end)
  return {
    url: canonical,
    host: hostName(authority.slice(authority.lastIndexOf('@') + 1)),
    path: end < 0 ? '' : afterScheme.slice(end),
  }
}

/** Whether the payload is encrypted, so that at most a server name shows. */
export function isOpaque(app: App): boolean {
  return app === 'wtls' || app === 'tls' || app === 'quic'
}

/** The part of a request that the gateway sees; undefined when there is nothing to identify. */
export function visibleFacts(app: App, known: KnownRequest): AppFacts | undefined {
  if (app === 'wtls' || app === 'other' || app === 'dns') return undefined
  if (app === 'tls' || app === 'quic') {
    const name = known.sni ?? known.host
    if (name === undefined || name === '') return undefined
    const { url, host } = sniUrl(name)
    return { app, sni: host, host, url, urlSource: 'sni' }
  }
  return Object.keys(known).length === 0 ? undefined : { ...known, app }
}
