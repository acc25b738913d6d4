/** Datagrams between a UE and a server on one pair of ports: what the WAP 1.x players stand on. */

import { addressOctets } from './address.js'
import { IpProtocol } from './emit-ip.js'
import { emitUdp } from './emit-udp.js'
import type { ChargeUnit, FlowLog, TransactionLog } from './recorder.js'
import type { Ends, StepRun } from './step-run.js'

export interface DatagramFacts {
  transactions?: TransactionLog[]
  kind?: 'handshake' | 'datagram' | 'teardown' | 'ack'
  hidden?: boolean
}

export class UdpConversation {
  readonly flow: FlowLog
  readonly #run: StepRun
  readonly #ends: Ends
  readonly #uePort: number
  readonly #serverPort: number

  constructor(run: StepRun, ends: Ends, uePort: number, serverPort: number, app: string) {
    this.#run = run
    this.#ends = ends
    this.#uePort = uePort
    this.#serverPort = serverPort
    this.flow = run.flow(ends, 'udp', [uePort, serverPort], app)
  }

  send(up: boolean, payload: Uint8Array, facts: DatagramFacts = {}): ChargeUnit {
    const ue = addressOctets(this.#ends.ue)
    const server = addressOctets(this.#ends.server)
    const message = up
      ? emitUdp(ue, server, this.#uePort, this.#serverPort, payload)
      : emitUdp(server, ue, this.#serverPort, this.#uePort, payload)
    const { transactions = [], kind = 'datagram', hidden = false } = facts
    const unit = { flow: this.flow, kind, transactions, hidden }
    const sent = this.#run.inner(this.#ends, up, IpProtocol.udp, message, unit)
    for (const transaction of transactions) {
      if (!up) transaction.responseLast = sent
      else if (kind === 'datagram') {
        transaction.requestFirst ??= sent
        transaction.identifiedBy ??= sent
      }
    }
    return sent
  }
}
