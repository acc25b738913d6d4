/** What is suspicious about a flow, and how many of its octets are free only because of it: each answer is had by
 * asking the rules once more, about the same request without what may be a lie. Rules.md section 5, T5 and T7
 * to T10; the flags are in record/flag.ts, their thresholds in docs/abuse.md. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Reason } from '../flow/reason.js'
import type { Suspicion } from '../flow/suspicion.js'
import type { Transaction, TransactionDecision } from '../flow/transaction.js'
import { flagBit } from '../record/flag.js'
import type { Certainty, Tariff, UrlSource } from '../record/flow-record.js'
import { formatAddress } from '../rules/address.js'
import type { Decision, RuleEngine } from '../rules/engine.js'

import { requestOf } from '../rules/visible.js'
import type { SuspectedFlow } from './abuse-findings.js'
import type { DnsLearner } from './dns-learner.js'
import type { FlowRater } from './flow-rater.js'
import { accountsOf } from './flow-records.js'

const tcp = 6
const dnsPort = 53
/** RFC 9110 section 9.3.6: a proxy should let CONNECT through to safe ports only; 443 is the one that all do. */
const tunnelPort = 443
/** RFC 6761 section 6.4: a name that nobody has. */
const nobody = `nowhere.invalid:${tunnelPort}`

/** The octets were not looked at from their first one on. */
const partly =
  Reason.MidFlow |
  Reason.Truncated |
  Reason.CaptureGap |
  Reason.NotInspected |
  Reason.OneDirection |
  Reason.NoPorts |
  Reason.FragmentOrphan

const fieldOf: Readonly<Record<UrlSource, string>> = {
  connect: 'CONNECT',
  'absolute-form': 'request target',
  'x-online-host': 'X-Online-Host',
  host: 'Host',
  'origin-address': 'server address',
  wsp: 'WSP Uri',
  sni: 'server name',
}

/** What a request would be without what may be a lie: nothing of it counts unless it is not free then. */
interface Doubt {
  evidence: string
  confidence: Certainty
  because: string
}

export class Suspicions {
  readonly #engine: RuleEngine
  readonly #rater: FlowRater
  readonly #dns: DnsLearner | undefined

  constructor(engine: RuleEngine, rater: FlowRater, dns: DnsLearner | undefined) {
    this.#engine = engine
    this.#rater = rater
    this.#dns = dns
  }

  /** A transaction that was settled. */
  transaction(row: number, d: FlowDetail, txn: Transaction): void {
    if (txn.differing > 0) this.#repeated(d, txn, txn)
    if (d.reasons & (Reason.NoSession | Reason.DirectionUnknown)) return
    const { decision } = txn
    if (decision === undefined || txn.urlSource === '') return
    const isFree = this.#tariff(decision) === 'free'
    if (txn.conflicts !== undefined) this.#conflict(row, d, txn, decision, isFree)
    if (!isFree) return
    if (txn.isConnect) this.#connect(row, d, txn, decision)
    else if (decision.row >= 0 && txn.urlSource !== 'wsp') this.#spoof(row, d, txn, decision)
  }

  /** A flow that was settled, all its transactions before it. */
  flow(d: FlowDetail): void {
    for (const account of [d.base, d.first, d.repeated, d.excluded, ...d.unnamed]) {
      if (account !== undefined && account.differing > 0) this.#repeated(d, account)
    }
    const isDns = d.app === 'dns'
    if (d.serverPort === dnsPort && d.protocol === tcp && !isDns && d.payload !== undefined) {
      if ((d.reasons & partly) === 0) {
        const what = d.app === 'other' ? 'what is no DNS' : d.app.toUpperCase()
        const evidence = `flow ${d.frame}: ${what} on TCP port ${dnsPort}`
        d.suspect('dns-nonconforming', d.frame, evidence, 'high')
      }
    }
    const tunnel = d.suspicions.find(one => one.flag === 'dns-nonconforming')
    if (tunnel !== undefined) this.#throughDns(d, tunnel)
  }

  /** The flags of a flow that free something, for findings. */
  *findings(row: number, d: FlowDetail): Iterable<SuspectedFlow> {
    for (const one of d.suspicions) {
      const { decision } = one
      if (one.atRisk === 0 || decision === undefined) continue
      yield {
        owner: this.#rater.contextOf[row],
        frame: d.frame,
        server: formatAddress(this.#rater.fillFacts(row, d).server),
        port: d.serverPort,
        protocol: d.protocol,
        flag: one.flag,
        evidence: one.evidence,
        confidence: one.confidence,
        because: one.because,
        level1: decision.level1,
        row: decision.row,
        charge: decision.charge,
        atRisk: one.atRisk,
        up: [one.upPackets, one.upOctets],
        down: [one.downPackets, one.downOctets],
      }
    }
  }

  /** The name is not one of the server: what the rules say of the request by the server's address alone. */
  #spoof(row: number, d: FlowDetail, txn: Transaction, decision: TransactionDecision): void {
    if (txn.host === '' || this.#dns === undefined) return
    const told = this.#dns.told(row, txn.host, d.openedUs)
    if (told === undefined) return
    const flow = this.#rater.fillFacts(row, d)
    // a proxy is asked for names of others
    if (this.#engine.isProxy(flow.server)) return
    const server = formatAddress(flow.server)
    const { sni: _sni, host: _host, url: _url, path = '', ...rest } = this.#rater.appFacts(txn)
    const named = txn.urlSource === 'sni' ? {} : requestOf(`http://${bracketed(server)}${path}`)
    const without = this.#engine.decide(flow, { ...rest, ...named })
    if (this.#isFree(without)) return
    const others = this.#dns.names(row, d.openedUs).filter(name => name !== txn.host)
    const field = fieldOf[txn.urlSource || 'host']
    const asked = others.length > 0 ? `, which answers gave for ${others.join(', ')}` : ''
    this.#note(d, txn, 'host-spoof', decision, {
      evidence:
        `frame ${txn.identifiedFrame}: ${field} ${txn.host} at ${server}${asked}; ` +
        `the DNS answer in frame ${told.frame} gave ${told.address} for it`,
      confidence: others.length > 0 ? 'high' : 'medium',
      because: `the request names ${txn.host}: by the address alone they would be ${this.#words(without)}`,
    })
  }

  /** A tunnel that the gateway frees wherever it leads. */
  #connect(row: number, d: FlowDetail, txn: Transaction, decision: TransactionDecision): void {
    if (txn.status < 200 || txn.status >= 300) return
    const flow = this.#rater.fillFacts(row, d)
    const anywhere = this.#engine.decide(flow, {
      ...this.#rater.appFacts(txn),
      ...requestOf(nobody),
    })
    const frame = `frame ${txn.identifiedFrame}: CONNECT ${txn.target}, status ${txn.status}`
    const port = Number(/:(\d+)$/.exec(txn.target)?.[1] ?? tunnelPort)
    if (this.#isFree(anywhere)) {
      this.#note(d, txn, 'connect-anywhere', decision, {
        evidence: `${frame}; CONNECT ${nobody} would be free too`,
        confidence: 'high',
        because: 'CONNECT is free wherever it leads',
      })
    } else if (port !== tunnelPort) {
      this.#note(d, txn, 'connect-anywhere', decision, {
        evidence: `${frame}; port ${port} is not ${tunnelPort}`,
        confidence: 'medium',
        because: `CONNECT to port ${port} is let through`,
      })
    }
  }

  /** The message offers several URLs, and the one that another gateway reads has another tariff. */
  #conflict(
    row: number,
    d: FlowDetail,
    txn: Transaction,
    decision: TransactionDecision,
    isFree: boolean,
  ): void {
    const flow = this.#rater.fillFacts(row, d)
    const app = this.#rater.appFacts(txn)
    for (const { source, url } of txn.conflicts ?? []) {
      const other = this.#engine.decide(flow, { ...app, ...requestOf(url), urlSource: source })
      if (this.#isFree(other) === isFree) continue
      const own = fieldOf[txn.urlSource || 'host']
      const reads = `${own} says ${txn.url}, ${fieldOf[source]} ${url}`
      this.#note(
        d,
        txn,
        'url-conflict',
        decision,
        {
          evidence: `frame ${txn.identifiedFrame}: ${reads}`,
          confidence: 'medium',
          because: `the gateway reads the ${own}: by the ${fieldOf[source]} they would be ${this.#words(other)}`,
        },
        isFree,
      )
      return
    }
  }

  /** Octets that were sent "again" and are others; they are at risk when they are free, or not counted. */
  #repeated(d: FlowDetail, account: Transaction, txn?: Transaction): void {
    const found = d.suspicions.find(one => one.flag === 'retx-payload-differs')
    if (found === undefined) return
    const decision = this.#decisionOf(d, account)
    const leftOut = account === d.excluded
    const rated = (d.reasons & (Reason.NoSession | Reason.DirectionUnknown)) === 0
    const atRisk = rated && (leftOut || this.#tariff(decision) === 'free') ? account.differing : 0
    const why = leftOut ? 'octets that were sent before are not counted' : 'they repeat free ones'
    found.add(account, atRisk, decision, why)
    if (txn === undefined) d.atRisk += atRisk
    else this.#mark(d, txn, found, atRisk)
  }

  #throughDns(d: FlowDetail, tunnel: Suspicion): void {
    if (d.reasons & (Reason.NoSession | Reason.DirectionUnknown)) return
    const because = `they go to port ${dnsPort}`
    let risk = 0
    for (const account of accountsOf(d)) {
      const decision = this.#decisionOf(d, account)
      const atRisk = this.#tariff(decision) === 'free' ? account.octets : 0
      tunnel.add(account, atRisk, decision, because)
      risk += atRisk
    }
    d.atRisk = Math.max(d.atRisk, risk)
  }

  /** Octets of one transaction that are free because of a flag. */
  #note(
    d: FlowDetail,
    txn: Transaction,
    flag: 'host-spoof' | 'connect-anywhere' | 'url-conflict',
    decision: TransactionDecision,
    doubt: Doubt,
    isFree = true,
  ): void {
    const { evidence, confidence } = doubt
    const found = d.suspect(flag, txn.identifiedFrame, evidence, confidence)
    const atRisk = isFree ? txn.octets : 0
    if (atRisk > 0) found.show(txn.identifiedFrame, evidence, confidence)
    found.add(txn, atRisk, decision, doubt.because)
    this.#mark(d, txn, found, atRisk)
  }

  /** Octets that two flags free are at risk once. */
  #mark(d: FlowDetail, txn: Transaction, found: Suspicion, atRisk: number): void {
    txn.flags |= flagBit(found.flag)
    const more = Math.max(0, atRisk - txn.atRisk)
    txn.atRisk += more
    d.atRisk += more
  }

  #decisionOf(d: FlowDetail, account: Transaction): TransactionDecision {
    const level1 = d.level1
    if (account.decision !== undefined) return account.decision
    const { signalling, retransmissions } = this.#engine.set
    const special =
      account === d.signalling ? signalling : account === d.repeated ? retransmissions : undefined
    return { level1, row: -1, charge: special ?? this.#engine.chargeOf(level1, -1) }
  }

  #tariff(decision: { charge: number }): Tariff {
    return this.#engine.charges[decision.charge]?.tariff ?? 'unknown'
  }

  #isFree(decision: Decision): boolean {
    return this.#tariff(decision) === 'free'
  }

  /** `charged (4261871614)` */
  #words(decision: Decision): string {
    const { id } = this.#engine.charges[decision.charge] ?? {}
    return id === undefined ? 'unmatched' : `${this.#tariff(decision)} (${id})`
  }
}

function bracketed(server: string): string {
  return server.includes(':') ? `[${server}]` : server
}
