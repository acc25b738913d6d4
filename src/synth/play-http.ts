/** The `http` step: requests and responses of one TCP connection. Read RFC 9112 sections 3.2 (request
 * targets), 6.3 (body length), 9.3.2 (pipelining) and RFC 9110 sections 7.8, 9.3.6, 10.1.1. */

import { type EmittedBody, emitBody } from './emit-body.js'
import { emitChunked, emitHead, reasonOf } from './emit-http.js'
import { emitWebsocketFrame } from './emit-websocket.js'
import { fillerText } from './filler.js'
import { joinOctets } from './octet-builder.js'
import { openTcp, playOpaque } from './play-tcp.js'
import type { FlowLog, TransactionLog } from './recorder.js'
import {
  type HttpRequestSpec,
  type HttpResponseSpec,
  type HttpStep,
  httpMethodKeys,
} from './scenario-http.js'
import type { StepRun } from './step-run.js'
import type { Mark, TcpConnection } from './tcp-connection.js'

interface Message {
  head: Uint8Array
  body: Uint8Array
}

interface Exchange {
  spec: HttpRequestSpec
  method: string
  transaction: TransactionLog
  request: Message
}

const urlParts = /^(?:(https?):\/\/([^/?#]*))?(.*)$/s

/** Host header, request target and the URL that a reader should see. */
function target(step: HttpStep, spec: HttpRequestSpec, method: string, url: string) {
  if (method === 'CONNECT') return { host: spec.host ?? url, target: url, url }
  const [, scheme, authority, rest = ''] = urlParts.exec(url) ?? []
  const path = rest.startsWith('/') ? rest : `/${rest}`
  const host = spec.host === undefined ? (authority ?? step.server) : spec.host
  const absolute = (spec.form ?? step.form) === 'absolute' && scheme !== undefined
  if (absolute) return { host, target: url, url }
  const seen = spec.x_online_host ?? host ?? step.server
  return { host, target: path, url: `http://${seen}${path}` }
}

function requestMessage(
  step: HttpStep,
  spec: HttpRequestSpec,
  method: string,
  to: { host: string | null; target: string },
  body: EmittedBody,
): Message {
  const type = spec.content_type ?? body.contentType
  const sized = body.octets.length > 0 || method === 'POST' || method === 'PUT'
  const fields: [string, string | null][] = [
    ['Host', to.host],
    ['X-Online-Host', spec.x_online_host ?? null],
    ['User-Agent', spec.user_agent ?? step.user_agent ?? null],
    ['Content-Type', type ?? null],
    ['Content-Length', sized ? String(body.octets.length) : null],
    ['Expect', spec.expect_continue ? '100-continue' : null],
    ['Connection', spec.upgrade === undefined ? null : 'Upgrade'],
    ['Upgrade', spec.upgrade ?? null],
    ...Object.entries(spec.headers),
  ]
  return { head: emitHead(`${method} ${to.target} HTTP/1.1`, fields), body: body.octets }
}

function exchangeOf(run: StepRun, step: HttpStep, flow: FlowLog, spec: HttpRequestSpec): Exchange {
  const key = httpMethodKeys.find(name => spec[name] !== undefined) ?? 'get'
  const method = key.toUpperCase()
  const to = target(step, spec, method, spec[key] ?? '/')
  const body = emitBody(spec.body, run.timeUs, run.world.random, spec.content_type)
  const transaction = run.world.recorder.transaction(flow, {
    method,
    url: to.url,
    userAgent: spec.user_agent ?? step.user_agent,
    expect: run.world.expectation(spec.expect),
  })
  if (body.facts) transaction.mms.request = body.facts
  return { spec, method, transaction, request: requestMessage(step, spec, method, to, body) }
}

const defaultResponse: HttpResponseSpec = { status: 200, headers: {}, close: false, delay: 0.04 }

function responseMessage(run: StepRun, exchange: Exchange, spec: HttpResponseSpec): Message {
  const { method, transaction } = exchange
  const switching = exchange.spec.upgrade !== undefined
  const status = switching ? 101 : spec.status
  const body = emitBody(spec.body, run.timeUs, run.world.random, spec.content_type)
  transaction.status = status
  if (body.facts) transaction.mms.response = body.facts
  const connected = method === 'CONNECT' && status < 300
  const bodiless = status < 200 || status === 204 || status === 304 || connected
  const coded = spec.chunked === undefined ? body.octets : emitChunked(body.octets, spec.chunked)
  const length = spec.chunked === undefined && !spec.close && !bodiless
  const fields: [string, string | null][] = [
    ['Server', connected ? null : 'synth'],
    ['Connection', switching ? 'Upgrade' : spec.close ? 'close' : null],
    ['Upgrade', exchange.spec.upgrade ?? null],
    ['Content-Type', bodiless ? null : (spec.content_type ?? body.contentType ?? 'text/html')],
    ['Content-Length', length ? String(body.octets.length) : null],
    ['Transfer-Encoding', spec.chunked === undefined ? null : 'chunked'],
    ...Object.entries(spec.headers),
  ]
  return {
    head: emitHead(`HTTP/1.1 ${status} ${spec.reason ?? reasonOf(status)}`, fields),
    body: bodiless || method === 'HEAD' ? new Uint8Array(0) : coded,
  }
}

/** Marks of messages that stand one behind the other in a burst. */
function marksOf(role: Mark['role'], messages: readonly [TransactionLog, Message][]): Mark[] {
  let from = 0
  return messages.map(([transaction, { head, body }]) => {
    const to = from + head.length + body.length
    const mark: Mark = { transaction, role, from, to, identifiedAt: from + head.length }
    from = to
    return mark
  })
}

function send(
  tcp: TcpConnection,
  up: boolean,
  messages: readonly [TransactionLog, Message][],
  cuts: readonly number[],
): void {
  const octets = joinOctets(messages.flatMap(([, { head, body }]) => [head, body]))
  if (octets.length > 0) tcp.send(up, octets, marksOf(up ? 'request' : 'response', messages), cuts)
}

/** RFC 9110 section 10.1.1: the body waits for the interim response. */
function sendAfterContinue(run: StepRun, tcp: TcpConnection, exchange: Exchange): void {
  const { transaction, request, spec } = exchange
  const none = new Uint8Array(0)
  send(tcp, true, [[transaction, { head: request.head, body: none }]], spec.split)
  run.wait(0.04)
  const interim = emitHead('HTTP/1.1 100 Continue', [])
  send(tcp, false, [[transaction, { head: interim, body: none }]], [])
  run.wait(0.06)
  send(tcp, true, [[transaction, { head: none, body: request.body }]], [])
}

function respond(run: StepRun, tcp: TcpConnection, exchanges: readonly Exchange[]): void {
  const messages: [TransactionLog, Message][] = []
  for (const exchange of exchanges) {
    if (exchange.spec.response === null) continue
    const spec = exchange.spec.response ?? defaultResponse
    if (messages.length === 0) run.wait(spec.delay)
    messages.push([exchange.transaction, responseMessage(run, exchange, spec)])
  }
  if (messages.length > 0) send(tcp, false, messages, [])
  else tcp.settle(false)
  run.wait(0.01)
  tcp.settle(true)
}

export function playHttp(run: StepRun, step: HttpStep): void {
  const { tcp, flow, finish } = openTcp(run, step, 'http')
  if (step.leftover !== undefined) {
    tcp.send(false, fillerText(step.leftover), [])
    run.wait(0.02)
    tcp.settle(true)
  }
  if (step.pipelined) {
    const exchanges = step.requests.map(spec => exchangeOf(run, step, flow, spec))
    const cuts = exchanges.flatMap(({ spec }) => spec.split)
    send(
      tcp,
      true,
      exchanges.map(one => [one.transaction, one.request]),
      cuts,
    )
    respond(run, tcp, exchanges)
  } else {
    for (const spec of step.requests) {
      run.wait(spec.wait ?? (flow.transactions.length > 0 ? 0.25 : 0))
      const exchange = exchangeOf(run, step, flow, spec)
      if (spec.expect_continue) sendAfterContinue(run, tcp, exchange)
      else send(tcp, true, [[exchange.transaction, exchange.request]], spec.split)
      respond(run, tcp, [exchange])
      const websocket = spec.upgrade === 'websocket'
      const frames = (up: boolean, size: number) => emitWebsocketFrame(up, size, run.world.random)
      playOpaque(run, tcp, spec.opaque, exchange.transaction, websocket ? frames : undefined)
    }
  }
  finish()
}
