/** Flows in bins of packet time, for sinks that read `activity` records. Nothing is done for a packet: once a bin
 * the rows of open flows are looked at, and what they counted since the last look is told. Bins are aligned to
 * the clock, so that those of two runs are the same. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, F, type FlowTable, fStride, State, stride } from '../flow/flow-table.js'
import type { Flows } from '../flow/flows.js'
import type { Transaction } from '../flow/transaction.js'
import type { ActivityRecord, FlowAnswer, NamedAnswer } from '../record/activity-record.js'
import type { RecordSink } from '../record/sink.js'
import { utcTime } from '../record/time.js'
import { FlowAddress } from './flow-address.js'
import type { FlowRater } from './flow-rater.js'
import { protocolName, subscriber } from './flow-records.js'
import { packetText } from './packet-text.js'

const binUs = 60_000_000
const mostAnswers = 16
const tcp = 6
/** Inner headers of a segment without payload are not longer: TCP and IPv4 or IPv6 with usual options. */
const bareOctets = [72, 92] as const

/** What was told of a flow up to now. */
interface Told {
  upPackets: number
  downPackets: number
  upOctets: number
  downOctets: number
  /** last transaction whose answer was counted */
  n: number
  answer: FlowAnswer | ''
  answered: number
  answers: NamedAnswer[]
}

interface Sums {
  upPackets: number
  downPackets: number
  upOctets: number
  downOctets: number
}

export class FlowActivity {
  readonly #flows: Flows
  readonly #rater: FlowRater
  readonly #sink: RecordSink
  readonly #address = new FlowAddress()
  /** by row; undefined: no flow is open there */
  readonly #told: (Told | undefined)[] = []
  /** end of the current bin */
  #endUs = Number.NEGATIVE_INFINITY

  constructor(flows: Flows, rater: FlowRater, sink: RecordSink) {
    this.#flows = flows
    this.#rater = rater
    this.#sink = sink
  }

  opened(row: number): void {
    this.#told[row] = {
      upPackets: 0,
      downPackets: 0,
      upOctets: 0,
      downOctets: 0,
      n: 0,
      answer: '',
      answered: 0,
      answers: [],
    }
  }

  /** Tells of the bin that has passed. */
  advance(nowUs: number): void {
    if (nowUs < this.#endUs) return
    if (this.#endUs > 0) {
      for (const [row, told] of this.#told.entries()) {
        const d = this.#flows.details[row]
        if (told === undefined || d === undefined) continue
        for (const txn of d.transactions) this.#answer(told, txn)
        this.#tell(row, d, told, this.#endUs, false)
      }
    }
    this.#endUs = (Math.floor(nowUs / binUs) + 1) * binUs
  }

  /** A transaction is settled: its answer, if none of a bin was told of it. */
  transaction(row: number, txn: Transaction): void {
    const told = this.#told[row]
    if (told !== undefined) this.#answer(told, txn)
  }

  ended(row: number, d: FlowDetail): void {
    const told = this.#told[row]
    if (told === undefined) return
    this.#tell(row, d, told, Math.max(this.#endUs, binUs), true)
    this.#told[row] = undefined
  }

  #answer(told: Told, txn: Transaction): void {
    if (txn.n <= told.n || txn.status === 0) return
    told.n = txn.n
    const redirect = txn.status >= 300 && txn.status < 400 && txn.location !== ''
    if (!redirect) told.answered++
    if ((!redirect && txn.method !== 'POST') || told.answers.length >= mostAnswers) return
    told.answers.push({
      ts: utcTime(txn.lastUs || txn.firstUs),
      n: txn.n,
      method: txn.method,
      host: txn.host,
      url: txn.url,
      status: txn.status,
      ...(redirect ? { location: packetText(txn.location).text } : {}),
    })
  }

  #tell(row: number, d: FlowDetail, told: Told, endUs: number, ended: boolean): void {
    const { table } = this.#flows
    const sums = sumsOf(table, row, d, ended)
    const answer = answerOf(table, row, sums)
    const idle =
      sums.upPackets === told.upPackets &&
      sums.downPackets === told.downPackets &&
      answer === told.answer &&
      told.answered === 0 &&
      told.answers.length === 0
    if (!idle) this.#sink.write(this.#record(row, d, told, sums, answer, endUs, ended))
    const { upPackets, downPackets, upOctets, downOctets } = sums
    Object.assign(told, { upPackets, downPackets, upOctets, downOctets, answer, answered: 0 })
    told.answers = []
  }

  #record(
    row: number,
    d: FlowDetail,
    told: Told,
    sums: Sums,
    answer: FlowAnswer,
    endUs: number,
    ended: boolean,
  ): ActivityRecord {
    const { table } = this.#flows
    const state = table.i32[row * stride + Col.State]!
    const context = this.#rater.contextOf[row]
    const { rat: _rat, imei: _imei, ...who } = subscriber(context)
    this.#address.set(table, row, false)
    const ue = this.#address.text()
    this.#address.set(table, row, true)
    const host = d.host
    return {
      type: 'activity',
      schema: 'tollgate.activity/1',
      ts: utcTime(endUs - binUs),
      end: utcTime(endUs),
      flow: String(d.frame),
      opened: utcTime(d.openedUs),
      last: utcTime(table.f64[row * fStride + F.LastUs]!),
      ...who,
      ...(context === undefined ? {} : { context: context.context }),
      ue,
      server: this.#address.text(),
      ...(d.serverPort === 0 ? {} : { server_port: d.serverPort }),
      protocol: protocolName(d.protocol),
      app: d.app,
      ...(host === '' ? {} : { host }),
      answer,
      answered: told.answered,
      answers: told.answers,
      ...(state & State.OneWay ? { one_direction: true } : {}),
      ...(ended ? { ended: true } : {}),
      up_packets: Math.max(0, sums.upPackets - told.upPackets),
      down_packets: Math.max(0, sums.downPackets - told.downPackets),
      up_bytes: Math.max(0, sums.upOctets - told.upOctets),
      down_bytes: Math.max(0, sums.downOctets - told.downOctets),
    }
  }
}

/** All that a flow counted: what is settled, and, while it is open, its accounts and its row. */
function sumsOf(table: FlowTable, row: number, d: FlowDetail, ended: boolean): Sums {
  const sums = {
    upPackets: d.settledUpPackets,
    downPackets: d.settledDownPackets,
    upOctets: d.settledUpOctets,
    downOctets: d.settledDownOctets,
  }
  if (ended) return sums
  const own = [d.first, d.base, d.signalling, d.repeated, d.excluded]
  for (const account of [...d.transactions, ...d.unnamed, ...own]) {
    if (account === undefined) continue
    sums.upPackets += account.upPackets
    sums.downPackets += account.downPackets
    sums.upOctets += account.upOctets
    sums.downOctets += account.downOctets
  }
  const at = row * stride
  sums.upPackets += table.i32[at + Col.PacketsUp]!
  sums.downPackets += table.i32[at + Col.PacketsDown]!
  sums.upOctets += table.f64[row * fStride + F.OctetsUp]!
  sums.downOctets += table.f64[row * fStride + F.OctetsDown]!
  return sums
}

function answerOf(table: FlowTable, row: number, sums: Sums): FlowAnswer {
  const at = row * stride
  const state = table.i32[at + Col.State]!
  if ((state & State.Answered) === 0) return 'none'
  const proto = table.i32[at + Col.Proto]!
  const bare = bareOctets[proto >= 0x600 ? 1 : 0]
  if ((proto & 255) !== tcp || sums.downOctets > sums.downPackets * bare) return 'payload'
  return state & State.Rst ? 'reset' : 'open'
}
