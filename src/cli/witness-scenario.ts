/** A scenario whose one flow is the witness of a rule: the steps of `tollgate synth` that make such packets,
 * or why none does. Payloads are powers of two, so that a billed total alone says what was counted. */

import { formatAddress } from '../rules/address.js'
import type { Witness } from '../rules/lint.js'
import { protocolNumbers } from '../rules/protocol-number.js'
import type { AppFacts, FlowFacts } from '../rules/rule-facts.js'
import { ratTypes } from '../synth/emit-gtp-value.js'
import type { Expectation } from '../synth/scenario-expect.js'
import { httpMethodKeys } from '../synth/scenario-http.js'

const { tcp, udp, icmp, icmpv6 } = protocolNumbers
const UP_OCTETS = 256
const DOWN_OCTETS = 4096
const SUBSCRIBER = 'witness'
/** Test network 001-01 (ITU-T E.212); a visited one for roaming. */
const IMSI = '001010000000001'
const HOME = 'cgi 001-01-1-1'
const VISITED = 'cgi 460-01-1-1'
const START = Date.UTC(2014, 10, 21)

type Step = Record<string, unknown>

/** A witness that no scenario can be made of, and why. */
export interface NoScenario {
  readonly why: string
}

function subscriberOf({ ue, apn, rat, roaming }: FlowFacts): Record<string, unknown> | NoScenario {
  if (rat !== undefined && !(rat in ratTypes)) return { why: `no capture has the RAT ${rat}` }
  if (apn !== undefined && apn.length > 100) return { why: 'the APN is too long' }
  const address = ue && formatAddress(ue)
  return {
    imsi: IMSI,
    apn: apn ?? '',
    ...(rat === undefined ? {} : { rat }),
    ...(roaming === undefined ? {} : { uli: roaming ? VISITED : HOME }),
    ...(address === undefined ? {} : ue?.version === 6 ? { ue_v6: address } : { ue: address }),
  }
}

/** What the row asks of a multimedia message; undefined when it asks nothing. */
function messageOf({
  mmsFrom,
  mmsSubject,
}: AppFacts): { from?: string; subject?: string } | undefined {
  if (mmsFrom === undefined && mmsSubject === undefined) return undefined
  return {
    ...(mmsFrom === undefined ? {} : { from: mmsFrom }),
    ...(mmsSubject === undefined ? {} : { subject: mmsSubject }),
  }
}

const mmsContent = 'application/vnd.wap.mms-message'

/** A message that is sent, or one that is fetched, by the method. */
function mmsRequest(request: AppFacts, message: object): Record<string, unknown> | NoScenario {
  const { url = '', method = 'post', contentType = mmsContent, userAgent } = request
  if (method !== 'post' && method !== 'get')
    return { why: `${method} carries no multimedia message` }
  if (contentType !== mmsContent) return { why: `${contentType} is no multimedia message` }
  if (!/^https?:/.test(url)) return { why: `${method} of ${url} is no request` }
  const own = { transaction_id: 'witness', ...message }
  const body = (type: string) => ({ content_type: mmsContent, body: { mms: { type, ...own } } })
  return {
    [method]: url,
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    ...(method === 'post' ? body('m-send-req') : {}),
    response: method === 'post' ? { body: UP_OCTETS } : body('m-retrieve-conf'),
  }
}

/** The request of an HTTP step. */
function httpRequest(request: AppFacts): Record<string, unknown> | NoScenario {
  const message = messageOf(request)
  if (message) return mmsRequest(request, message)
  const { url = '', method, contentType, userAgent } = request
  const key = method ?? (url.includes('://') ? 'get' : 'connect')
  if (!httpMethodKeys.some(known => known === key))
    return { why: `no scenario has the method ${key}` }
  const authorityOnly = !url.includes('://')
  if ((key === 'connect') !== authorityOnly) return { why: `${key} of ${url} is no request` }
  if (!authorityOnly && !/^https?:/.test(url)) return { why: `HTTP has no ${url}` }
  return {
    [key]: url,
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    response: {
      ...(contentType === undefined ? {} : { content_type: contentType }),
      ...(key === 'connect' ? {} : { body: DOWN_OCTETS }),
    },
    ...(key === 'connect' ? { opaque: [{ up: UP_OCTETS }, { down: DOWN_OCTETS }] } : {}),
  }
}

/** A WSP method; both carriers take the same keys. */
function wspRequest(request: AppFacts): Record<string, unknown> | NoScenario {
  const { url = '', method = 'get', contentType, userAgent } = request
  if (method !== 'get' && method !== 'post')
    return { why: `no WSP scenario has the method ${method}` }
  return {
    [method]: url,
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    response: {
      body: UP_OCTETS,
      ...(contentType === undefined ? {} : { content_type: contentType }),
    },
  }
}

function overTcp(flow: FlowFacts, request: AppFacts | undefined): Step | NoScenario {
  const ends = { from: SUBSCRIBER, server: formatAddress(flow.server), port: flow.port }
  const data = [{ up: UP_OCTETS }, { down: DOWN_OCTETS }]
  if (!request) return { tcp: { ...ends, data } }
  if (request.app === 'tls') return { tls: { ...ends, sni: request.sni, data } }
  const one = httpRequest(request)
  return isNoScenario(one) ? one : { http: { ...ends, form: 'absolute', requests: [one] } }
}

function overUdp(flow: FlowFacts, request: AppFacts | undefined): Step | NoScenario {
  const ends = { from: SUBSCRIBER, server: formatAddress(flow.server), port: flow.port }
  const data = [{ up: UP_OCTETS }, { down: 2 * UP_OCTETS }]
  if (!request) {
    const wtls = flow.port === 9202 || flow.port === 9203
    return wtls ? { wtls: { ...ends, data } } : { udp: { ...ends, data } }
  }
  if (request.app === 'tls') return { why: 'no scenario makes QUIC' }
  const one = wspRequest(request)
  if (isNoScenario(one)) return one
  return flow.port === 9201
    ? { wtp: { ...ends, transactions: [one] } }
    : { wsp: { ...ends, exchanges: [one] } }
}

function stepOf(flow: FlowFacts, request: AppFacts | undefined): Step | NoScenario {
  const { protocol, port, server } = flow
  const message = request && messageOf(request)
  if (message && protocol !== tcp) return { why: 'multimedia messages are made over HTTP only' }
  const { url, sni, userAgent, contentType } = request ?? {}
  const text = [url, sni, userAgent, contentType, message?.from, message?.subject].join('')
  if (/[^\x21-\x7e ]/.test(text)) return { why: 'the witness is not ASCII' }
  if (protocol === (server.version === 4 ? icmp : icmpv6))
    return { icmp: { from: SUBSCRIBER, server: formatAddress(server), size: UP_OCTETS } }
  if (port === 0 || (protocol !== tcp && protocol !== udp))
    return { why: 'no scenario has this protocol and port' }
  return protocol === tcp ? overTcp(flow, request) : overUdp(flow, request)
}

export function isNoScenario(value: object): value is NoScenario {
  return 'why' in value
}

/** `expectation`: what the rules make of the flow, for every packet of it. The result is a scenario's
 * plain values. */
export function witnessScenario(
  title: string,
  { flow, request }: Witness,
  expectation: Expectation,
): Record<string, unknown> | NoScenario {
  if (!flow) return { why: 'no flow leads to it' }
  const subscriber = subscriberOf(flow)
  if (isNoScenario(subscriber)) return subscriber
  const step = stepOf(flow, request)
  if (isNoScenario(step)) return step
  const start = new Date(START + Math.floor((flow.timeUs ?? 0) / 1000)).toISOString()
  const [kind = '', body = {}] = Object.entries(step)[0] ?? []
  return {
    title,
    start,
    subscribers: { [SUBSCRIBER]: subscriber },
    steps: [
      { create: SUBSCRIBER },
      { [kind]: withExpectation(body, expectation), expect: expectation },
      { delete: SUBSCRIBER },
    ],
  }
}

/** The requests of a step expect the same as its other packets. */
function withExpectation(body: unknown, expect: Expectation): unknown {
  if (typeof body !== 'object' || body === null) return body
  const entries = Object.entries(body).map(([key, value]) => {
    if (key !== 'requests' && key !== 'transactions' && key !== 'exchanges') return [key, value]
    const list: unknown[] = Array.isArray(value) ? value : []
    return [key, list.map(one => Object.assign({}, one, { expect }))]
  })
  return Object.fromEntries(entries)
}
