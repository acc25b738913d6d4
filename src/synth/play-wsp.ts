/** The `wsp` step (connectionless session service, 9200) and the `push` step. Read WAP-230-WSP clauses
 * 6.4 and 8.2.1, WAP-235-PushOTA clause 6 (port 2948). */

import { emitBody } from './emit-body.js'
import { emitGet, emitPost, emitPush, emitReply, withTid } from './emit-wsp.js'
import type { FlowLog, TransactionLog } from './recorder.js'
import type { PushStep, WspExchangeSpec, WspResponseSpec, WspStep } from './scenario-wap.js'
import type { StepRun } from './step-run.js'
import { UdpConversation } from './udp-conversation.js'

type WspRequest = Pick<
  WspExchangeSpec,
  'get' | 'post' | 'headers' | 'user_agent' | 'content_type' | 'body' | 'expect'
>

const REPEATED_SENDER_HEADERS = { accept: '*/*' }

/** The method PDU of an exchange and its entry in the truth. */
export function wspRequest(
  run: StepRun,
  flow: FlowLog,
  spec: WspRequest,
  sessionAgent: string | undefined,
  sendAgent: boolean,
): { pdu: Uint8Array; transaction: TransactionLog } {
  const agent = spec.user_agent ?? sessionAgent
  const headers = {
    ...REPEATED_SENDER_HEADERS,
    ...(agent !== undefined && (sendAgent || spec.user_agent) ? { 'user-agent': agent } : {}),
    ...spec.headers,
  }
  const url = spec.get ?? spec.post ?? ''
  const transaction = run.world.recorder.transaction(flow, {
    method: spec.post === undefined ? 'GET' : 'POST',
    url,
    userAgent: agent,
    expect: run.world.expectation(spec.expect),
  })
  if (spec.post === undefined) return { pdu: emitGet(url, headers), transaction }
  const body = emitBody(spec.body, run.timeUs, run.world.random, spec.content_type)
  if (body.facts) transaction.mms.request = body.facts
  const type = spec.content_type ?? body.contentType ?? 'application/x-www-form-urlencoded'
  return { pdu: emitPost(url, type, headers, body.octets), transaction }
}

/** The Reply PDU to a transaction. */
export function wspReply(run: StepRun, transaction: TransactionLog, spec: WspResponseSpec) {
  const body = emitBody(spec.body, run.timeUs, run.world.random, spec.content_type)
  if (body.facts) transaction.mms.response = body.facts
  transaction.status = spec.status
  const headers = { server: 'synth', ...spec.headers }
  return emitReply(spec.status, body.contentType ?? spec.content_type, headers, body.octets)
}

export function playWsp(run: StepRun, step: WspStep): void {
  const ends = run.ends(step.from, step.server)
  const talk = new UdpConversation(run, ends, run.world.uePort(step.ue_port), step.port, 'wsp-cl')
  let tid = step.first_tid
  for (const spec of step.exchanges) {
    run.wait(spec.wait ?? 0.3)
    const id = spec.tid ?? tid
    tid = (id + 1) & 0xff
    const { pdu, transaction } = wspRequest(run, talk.flow, spec, step.user_agent, true)
    talk.send(true, withTid(id, pdu), { transactions: [transaction] })
    if (spec.response === null) continue
    run.wait(spec.response.delay)
    const reply = wspReply(run, transaction, spec.response)
    talk.send(false, withTid(id, reply), { transactions: [transaction] })
  }
}

export function playPush(run: StepRun, step: PushStep): void {
  const ends = run.ends(step.to, step.server)
  const talk = new UdpConversation(run, ends, step.port, step.server_port, 'wsp-cl')
  const transaction = run.world.recorder.transaction(talk.flow, {
    expect: run.world.expectation(run.step.expect),
  })
  const body = emitBody({ mms: step.mms }, run.timeUs, run.world.random)
  if (body.facts) transaction.mms.response = body.facts
  const headers = { 'x-wap-application-id': String(step.application_id) }
  const push = emitPush(body.contentType ?? '', headers, body.octets)
  const unit = talk.send(false, withTid(step.tid, push), { transactions: [transaction] })
  transaction.requestFirst = unit
  transaction.identifiedBy = unit
}
