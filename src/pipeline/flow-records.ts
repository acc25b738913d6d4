/** Flow and transaction records (interface.md section 0) from a row, its detail and its context. Built only
 * for sinks that want them. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, F, type FlowTable, fStride, State, stride } from '../flow/flow-table.js'
import { certaintyOf, Reason, reasonNames } from '../flow/reason.js'
import type { Transaction } from '../flow/transaction.js'
import { communityId } from '../record/community-id.js'
import { flagNames, flags } from '../record/flag.js'
import type {
  ChargeFields,
  Counters,
  FlowEnd,
  FlowRecord,
  TransactionRecord,
  Verdict,
} from '../record/flow-record.js'
import { utcTime } from '../record/time.js'
import type { RuleEngine } from '../rules/engine.js'
import { teidText } from '../session/context-summary.js'
import type { PdpContext } from '../session/pdp-context.js'
import { isRoaming } from './context-facts.js'
import type { DnsLearner } from './dns-learner.js'
import { FlowAddress } from './flow-address.js'
import { packetText } from './packet-text.js'

const protocolNames: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
  [132, 'sctp'],
])

export function protocolName(protocol: number): string {
  return protocolNames.get(protocol) ?? String(protocol)
}

/** Accounts of a flow that hold octets under a charge, in the order of its transactions. */
export function accountsOf(d: FlowDetail): Transaction[] {
  const accounts = [...d.settled, ...d.transactions, ...d.unnamed]
  if (d.first !== undefined) accounts.push(d.first)
  for (const own of [d.base, d.signalling, d.repeated]) if (own !== undefined) accounts.push(own)
  return accounts.filter(one => one.octets > 0)
}

export class FlowRecords {
  readonly #engine: RuleEngine
  readonly #dns: DnsLearner | undefined
  readonly #ue = new FlowAddress()
  readonly #server = new FlowAddress()

  constructor(engine: RuleEngine, dns: DnsLearner | undefined) {
    this.#engine = engine
    this.#dns = dns
  }

  flow(
    table: FlowTable,
    row: number,
    d: FlowDetail,
    context: PdpContext | undefined,
    verdict: Verdict,
    reasons: number,
    end: FlowEnd,
  ): FlowRecord {
    this.#ue.set(table, row, false)
    this.#server.set(table, row, true)
    const state = table.i32[row * stride + Col.State]!
    const hasPorts = d.uePort !== 0 || d.serverPort !== 0
    const record: FlowRecord = {
      type: 'flow',
      schema: 'tollgate.flow/1',
      flow: String(d.frame),
      ts: utcTime(d.openedUs),
      end: utcTime(table.f64[row * fStride + F.LastUs]!),
      end_reason: end,
      ...subscriber(context),
      ...this.#tunnels(table, row, context),
      ue: this.#ue.text(),
      server: this.#server.text(),
      ...(hasPorts ? { ue_port: d.uePort, server_port: d.serverPort } : {}),
      protocol: protocolName(d.protocol),
      direction: state & State.DirectionUnknown ? 'unknown' : 'known',
      app: appOf(d),
      transactions: d.nextN - 1,
      up_packets: d.settledUpPackets,
      down_packets: d.settledDownPackets,
      up_bytes: d.settledUpOctets,
      down_bytes: d.settledDownOctets,
      verdict,
      ...this.#charges(d, (reasons & (Reason.NoSession | Reason.DirectionUnknown)) !== 0),
      certainty: certaintyOf(reasons),
      reasons: reasonNames(reasons),
      community_id: this.#communityId(d),
    }
    if (d.suspicions.length > 0) {
      record.flags = flags.filter(flag => d.suspicions.some(one => one.flag === flag))
    }
    if (d.atRisk > 0) record.at_risk_bytes = d.atRisk
    if (d.host !== '') record.host = d.host
    if (d.url !== '') record.url = d.url
    if (d.userAgent !== '') record.user_agent = d.userAgent
    if (d.uaProfile !== '') record.ua_profile = d.uaProfile
    if (context !== undefined && isRoaming(context)) record.roaming = true
    if (d.host === '') {
      const names = this.#dns?.names(row, d.openedUs) ?? []
      if (names.length > 0) record.dns_names = names.map(unicode)
    }
    if (d.certificateNames.length > 0) record.certificate_names = d.certificateNames.map(unicode)
    return record
  }

  transaction(d: FlowDetail, txn: Transaction, context: PdpContext | undefined): TransactionRecord {
    const reasons = txn.reasons | (d.reasons & (Reason.NoSession | Reason.OneDirection))
    const record: TransactionRecord = {
      type: 'transaction',
      schema: 'tollgate.transaction/1',
      flow: String(d.frame),
      n: txn.n,
      // a transaction whose octets all went with other slices has no packet of its own
      ts: utcTime(txn.firstFrame > 0 ? txn.firstUs : d.openedUs),
      end: utcTime(txn.firstFrame > 0 ? txn.lastUs : d.openedUs),
      ...subscriber(context),
      app: txn.app,
      ...present('method', txn.method),
      ...present('host', txn.host),
      ...present('url', txn.url),
      ...(txn.urlRaw === txn.url ? {} : present('url_raw', txn.urlRaw)),
      ...(txn.urlSource === '' ? {} : { url_source: txn.urlSource }),
      ...(txn.status > 0 ? { status: txn.status } : {}),
      ...present('content_type', txn.responseContentType || txn.requestContentType),
      ...present('user_agent', txn.userAgent),
      ...present('ua_profile', txn.uaProfile),
      ...present('alpn', unicode(txn.alpn)),
      ...(txn.webSocketFrames > 0 ? { websocket_frames: txn.webSocketFrames } : {}),
      ...mmsFields(txn),
      ...counters(txn),
      ...this.chargeFields(d, txn, (d.reasons & Reason.NoSession) !== 0),
      certainty: certaintyOf(reasons),
      reasons: reasonNames(reasons),
    }
    if (txn.flags !== 0) record.flags = flagNames(txn.flags)
    if (txn.atRisk > 0) record.at_risk_bytes = txn.atRisk
    if (txn.lossy) record.lossy = true
    return record
  }

  /** Charge of one account; without a session the tariff is unknown whatever the rules say. */
  chargeFields(d: FlowDetail, account: Transaction, noTariff: boolean): ChargeFields {
    const l1 = account.decision?.level1 ?? d.level1
    const { signalling, retransmissions } = this.#engine.set
    const special =
      account === d.signalling ? signalling : account === d.repeated ? retransmissions : undefined
    const fields =
      special === undefined
        ? this.#engine.chargeFields(l1, account.decision?.row ?? -1)
        : this.#engine.idFields(special)
    if (noTariff) fields.tariff = 'unknown'
    return fields
  }

  /** One charge when all octets have it; else the ids, the one with most octets first. */
  #charges(d: FlowDetail, noTariff: boolean): ChargeFields & { rule_ids?: number[] } {
    const octetsOf = new Map<number, number>()
    let fields: ChargeFields | undefined
    let one = true
    for (const account of accountsOf(d)) {
      const own = this.chargeFields(d, account, noTariff)
      if (fields === undefined || (own.level2 !== undefined && fields.level2 === undefined)) {
        if (fields !== undefined && own.rule_id !== fields.rule_id) one = false
        fields = own
      } else if (own.rule_id !== fields.rule_id) one = false
      if (own.rule_id !== undefined) {
        octetsOf.set(own.rule_id, (octetsOf.get(own.rule_id) ?? 0) + account.octets)
      }
    }
    if (one) return fields ?? {}
    const ids = [...octetsOf.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0])
    return { rule_ids: ids.map(entry => entry[0]) }
  }

  #tunnels(
    table: FlowTable,
    row: number,
    context: PdpContext | undefined,
  ): { teid_up?: string; teid_down?: string } {
    if (context !== undefined) {
      return {
        ...(context.teidUp >= 0 ? { teid_up: teidText(context.teidUp) } : {}),
        ...(context.teidDown >= 0 ? { teid_down: teidText(context.teidDown) } : {}),
      }
    }
    const at = row * stride
    const state = table.i32[at + Col.State]!
    return {
      ...(state & State.TeidUpKnown ? { teid_up: teidText(table.i32[at + Col.TeidUp]!) } : {}),
      ...(state & State.TeidDownKnown
        ? { teid_down: teidText(table.i32[at + Col.TeidDown]!) }
        : {}),
    }
  }

  #communityId(d: FlowDetail): string {
    const icmp = d.protocol === 1 || d.protocol === 58
    const ue = this.#ue.octets()
    const server = this.#server.octets()
    const uePort = icmp ? d.icmpTypeCode >> 8 : d.uePort
    const serverPort = icmp ? d.icmpTypeCode & 255 : d.serverPort
    if (icmp && d.openedDown) return communityId(server, ue, d.protocol, uePort, serverPort)
    return communityId(ue, server, d.protocol, uePort, serverPort)
  }
}

/** Unicode of a text that was one character an octet. */
function unicode(latin1: string): string {
  return packetText(latin1).text
}

/** The flow's application: MMS when any transaction carries it. */
function appOf(d: FlowDetail): FlowDetail['app'] {
  return [...d.settled, ...d.transactions].some(txn => txn.app === 'mms') ? 'mms' : d.app
}

function counters(account: Transaction): Counters {
  return {
    up_packets: account.upPackets,
    down_packets: account.downPackets,
    up_bytes: account.upOctets,
    down_bytes: account.downOctets,
  }
}

export function subscriber(context: PdpContext | undefined): {
  imsi?: string
  msisdn?: string
  imei?: string
  apn?: string
  rat?: string
} {
  if (context === undefined) return {}
  return {
    ...present('imsi', context.imsi),
    ...present('msisdn', context.msisdn),
    ...present('imei', context.imei),
    ...present('apn', context.apn),
    ...present('rat', context.rat),
  }
}

function mmsFields(txn: Transaction): Partial<TransactionRecord> {
  const { mms } = txn
  if (mms === undefined) return {}
  return {
    mms_type: mms.type,
    ...present('mms_transaction_id', mms.transactionId),
    ...present('mms_from', mms.from),
    ...present('mms_to', mms.to),
    ...present('mms_subject', mms.subject),
    ...present('mms_content_location', mms.contentLocation),
  }
}

/** The key with its value, or nothing: absent means that the key is absent. */
function present<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === '' ? {} : ({ [key]: value } as { [P in K]?: string })
}
