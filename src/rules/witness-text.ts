/** A witness in words: `10.0.0.172:9203 udp`, `GET http://mmsc.example/`, `ClientHello mmsc.example`. */

import { formatAddress } from './address.js'
import type { Witness } from './lint.js'
import { hasPorts, protocolText } from './protocol-number.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'

const US_PER_MINUTE = 60_000_000

export function flowText(facts: FlowFacts): string {
  const { server, protocol, port, ue, apn, rat, roaming, timeUs } = facts
  const address = formatAddress(server)
  const end = server.version === 6 && hasPorts(protocol) ? `[${address}]` : address
  const parts = [`${hasPorts(protocol) ? `${end}:${port}` : address} ${protocolText(protocol)}`]
  if (ue !== undefined) parts.push(`from ${formatAddress(ue)}`)
  if (apn !== undefined) parts.push(`APN ${apn}`)
  if (rat !== undefined) parts.push(`RAT ${rat}`)
  if (roaming !== undefined) parts.push(roaming ? 'roaming' : 'at home')
  if (timeUs !== undefined) {
    const minute = Math.floor(timeUs / US_PER_MINUTE)
    const two = (n: number) => String(n).padStart(2, '0')
    parts.push(`at ${two(Math.floor(minute / 60))}:${two(minute % 60)} UTC`)
  }
  return parts.join(', ')
}

export function requestText(facts: AppFacts): string {
  if (facts.app === 'tls' || facts.app === 'quic') return `ClientHello ${facts.sni ?? ''}`
  const method = facts.method?.toUpperCase()
  const parts = [method === undefined ? (facts.url ?? '') : `${method} ${facts.url ?? ''}`]
  if (facts.app !== 'http') parts.push(facts.app)
  if (facts.contentType !== undefined) parts.push(`content type ${facts.contentType}`)
  if (facts.userAgent !== undefined) parts.push(`user agent ${facts.userAgent}`)
  if (facts.mmsFrom !== undefined) parts.push(`MMS from ${facts.mmsFrom}`)
  if (facts.mmsSubject !== undefined) parts.push(`MMS subject ${facts.mmsSubject}`)
  return parts.join(', ')
}

export function witnessText({ flow, request }: Witness): string {
  return [
    ...(flow === undefined ? [] : [flowText(flow)]),
    ...(request === undefined ? [] : [requestText(request)]),
  ].join(': ')
}
