/** The `wtp` step: a WSP session over WTP (9201). Read WAP-224-WTP clauses 7.1 (classes), 7.3 (TID
 * verification), 7.8 (concatenation), 7.14 (segmentation and re-assembly) and WAP-230-WSP clause 7. */

import {
  emitConnect,
  emitConnectReply,
  emitDisconnect,
  emitReply,
  emitResume,
  emitSuspend,
} from './emit-wsp.js'
import { concatenate, emitAbort, emitAck, emitInvoke, emitResult } from './emit-wtp.js'
import { wspReply, wspRequest } from './play-wsp.js'
import type { TransactionLog } from './recorder.js'
import type { WtpStep, WtpTransactionSpec } from './scenario-wap.js'
import type { StepRun } from './step-run.js'
import { UdpConversation } from './udp-conversation.js'
import { sendSegmented } from './wtp-segmentation.js'

const TID_MODULUS = 0x8000
const ROUND_TRIP = 0.15
const RETRY = 1.5

interface Pending {
  spec: WtpTransactionSpec
  tid: number
  transaction: TransactionLog
  pdu: Uint8Array
}

/** One session on one pair of ports. */
class WtpSession {
  readonly #run: StepRun
  readonly #step: WtpStep
  readonly #talk: UdpConversation
  #tid: number
  /** an acknowledgement that waits for the next datagram */
  #held: { pdu: Uint8Array; transaction: TransactionLog } | undefined

  constructor(run: StepRun, step: WtpStep) {
    this.#run = run
    this.#step = step
    const ends = run.ends(step.from, step.server)
    const uePort = run.world.uePort(step.ue_port)
    this.#talk = new UdpConversation(run, ends, uePort, step.port, 'wsp-co')
    this.#tid = step.first_tid
  }

  #nextTid(): number {
    const tid = this.#tid
    this.#tid = (tid + 1) % TID_MODULUS
    return tid
  }

  connect(): void {
    const tid = this.#nextTid()
    const agent = this.#step.user_agent
    const connect = emitConnect(agent === undefined ? {} : { 'user-agent': agent })
    const kind = 'handshake'
    const invoke = emitInvoke({ tid, class: 2, trailer: 'no-sar', tidNew: true }, connect)
    this.#talk.send(true, invoke, { kind })
    this.#run.wait(ROUND_TRIP)
    if (this.#step.verify_tid) {
      this.#talk.send(false, emitAck({ tid, responder: true, tve: true }), { kind })
      this.#run.wait(ROUND_TRIP)
      this.#talk.send(true, emitAck({ tid, responder: false, tve: true }), { kind })
      this.#run.wait(ROUND_TRIP)
    }
    const reply = emitConnectReply(this.#step.session)
    this.#talk.send(false, emitResult(tid, 'no-sar', false, reply), { kind })
    this.#run.wait(0.05)
    this.#talk.send(true, emitAck({ tid, responder: false }), { kind })
  }

  suspendAndResume(): void {
    const { session } = this.#step
    const suspend = emitInvoke(
      { tid: this.#nextTid(), class: 0, trailer: 'no-sar' },
      emitSuspend(session),
    )
    this.#talk.send(true, suspend, { kind: 'ack' })
    this.#run.wait(2)
    const tid = this.#nextTid()
    const kind = 'ack'
    const resume = emitInvoke({ tid, class: 2, trailer: 'no-sar' }, emitResume(session))
    this.#talk.send(true, resume, { kind })
    this.#run.wait(ROUND_TRIP)
    const ok = emitReply(200, '*/*', {}, new Uint8Array(0))
    this.#talk.send(false, emitResult(tid, 'no-sar', false, ok), { kind })
    this.#run.wait(0.05)
    this.#talk.send(true, emitAck({ tid, responder: false }), { kind })
  }

  disconnect(): void {
    this.#flush()
    this.#run.wait(0.2)
    const pdu = emitDisconnect(this.#step.session)
    const invoke = emitInvoke({ tid: this.#nextTid(), class: 0, trailer: 'no-sar' }, pdu)
    this.#talk.send(true, invoke, { kind: 'teardown' })
  }

  #flush(): void {
    if (this.#held === undefined) return
    this.#talk.send(true, this.#held.pdu, { transactions: [this.#held.transaction] })
    this.#held = undefined
  }

  /** Requests that share a datagram, then their results in order. */
  perform(specs: readonly WtpTransactionSpec[]): void {
    const sendAgent = !this.#step.connect
    const pending = specs.map(spec => {
      const { user_agent } = this.#step
      const request = wspRequest(this.#run, this.#talk.flow, spec, user_agent, sendAgent)
      return { spec, tid: this.#nextTid(), ...request }
    })
    this.#request(pending)
    for (const one of pending) this.#answer(one)
  }

  #request(pending: readonly Pending[]): void {
    const [first] = pending
    if (pending.length === 1 && first?.spec.segment !== undefined) {
      this.#flush()
      sendSegmented(this.#run, this.#talk, {
        ...first,
        up: true,
        class: first.spec.class,
        size: first.spec.segment,
        group: first.spec.group,
        lost: undefined,
      })
      return
    }
    const invokes = pending.map(one =>
      emitInvoke({ tid: one.tid, class: one.spec.class, trailer: 'no-sar' }, one.pdu),
    )
    const held = this.#held
    this.#held = undefined
    const transactions = pending.map(one => one.transaction)
    const all = held ? [held.transaction, ...transactions] : transactions
    const octets = concatenate(held ? [held.pdu, ...invokes] : invokes)
    const unit = this.#talk.send(true, octets, { transactions: all })
    if (held !== undefined) held.transaction.requestFirst ??= unit
    for (const { spec, tid, pdu, transaction } of pending) {
      if (spec.repeat !== 'invoke') continue
      this.#run.wait(RETRY)
      const again = { tid, class: spec.class, trailer: 'no-sar', repeated: true } as const
      this.#talk.send(true, emitInvoke(again, pdu), { transactions: [transaction] })
    }
  }

  #answer({ spec, tid, transaction }: Pending): void {
    const transactions = [transaction]
    if (spec.class === 0) return
    this.#run.wait(spec.response?.delay ?? ROUND_TRIP)
    if (spec.class === 1) {
      this.#talk.send(false, emitAck({ tid, responder: true }), { transactions })
      return
    }
    if (spec.response !== null) {
      const reply = wspReply(this.#run, transaction, spec.response)
      const size = spec.response_segment
      if (size !== undefined) {
        const { group, lost_segment: lost } = spec
        const pdu = reply
        const message = { tid, transaction, pdu, up: false, class: 2, size, group, lost }
        sendSegmented(this.#run, this.#talk, message)
        return
      }
      this.#talk.send(false, emitResult(tid, 'no-sar', false, reply), { transactions })
      if (spec.repeat === 'result') {
        this.#run.wait(RETRY)
        this.#talk.send(false, emitResult(tid, 'no-sar', true, reply), { transactions })
      }
    }
    this.#run.wait(0.05)
    if (spec.abort !== undefined) {
      this.#talk.send(true, emitAbort(tid, false, true, spec.abort), { transactions })
      return
    }
    if (spec.response === null) return
    const ack = emitAck({ tid, responder: false })
    if (spec.hold_ack) this.#held = { pdu: ack, transaction }
    else this.#talk.send(true, ack, { transactions })
  }
}

/** Transactions in groups whose requests share a datagram. */
function groups(specs: readonly WtpTransactionSpec[]): WtpTransactionSpec[][] {
  const out: WtpTransactionSpec[][] = []
  let open = false
  for (const spec of specs) {
    if (open) out.at(-1)?.push(spec)
    else out.push([spec])
    open = spec.with_next
  }
  return out
}

export function playWtp(run: StepRun, step: WtpStep): void {
  const session = new WtpSession(run, step)
  if (step.connect) session.connect()
  let done = 0
  if (step.suspend === 0) session.suspendAndResume()
  for (const group of groups(step.transactions)) {
    run.wait(group[0]?.wait ?? 0.3)
    session.perform(group)
    done += group.length
    if (step.suspend === done) session.suspendAndResume()
  }
  if (step.disconnect) session.disconnect()
}
