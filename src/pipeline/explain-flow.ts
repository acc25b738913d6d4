/** The explain record of one flow of a capture (rules.md 2.14): its facts with the frames they came from,
 * every rule tried, and which octets went where by which policy. */

import { type SliceTrace, up } from '../flow/accounts.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import { certaintyOf, Reason, reasonNames } from '../flow/reason.js'
import { SliceClass, sliceClassNames } from '../flow/slice-policy.js'
import type { Suspicion } from '../flow/suspicion.js'
import type { Transaction } from '../flow/transaction.js'
import type {
  ExplainedTransaction,
  ExplainRecord,
  Fact,
  SliceGroup,
} from '../record/explain-record.js'
import type { FlagNote } from '../record/flag.js'
import type { FlowRecord } from '../record/flow-record.js'
import { alternatives } from '../rules/alternatives.js'
import type { Decision, RuleEngine } from '../rules/engine.js'
import { explain } from '../rules/explain.js'
import type { Profile } from '../rules/profile.js'
import { remedy } from '../rules/remedy.js'
import type { FlowFacts } from '../rules/rule-facts.js'
import { sentence } from '../rules/sentence.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { FlowRater } from './flow-rater.js'
import { accountsOf, type FlowRecords } from './flow-records.js'

/** Most slice groups of one flow that are listed; a long keep-alive connection has thousands. */
const maxGroups = 500

/** Collects the slices of the traced flow. */
export class SliceGroups {
  readonly #groups = new Map<Transaction, Map<SliceClass, SliceGroup>>()
  readonly trace: SliceTrace = (account, sliceClass, dir, packets, octets, frame) => {
    let classes = this.#groups.get(account)
    if (classes === undefined) {
      classes = new Map()
      this.#groups.set(account, classes)
    }
    let group = classes.get(sliceClass)
    if (group === undefined) {
      group = {
        class: sliceClassNames[sliceClass] ?? 'opaque',
        first_frame: frame,
        last_frame: frame,
        tariff: 'unknown',
        policy: '',
        up_packets: 0,
        down_packets: 0,
        up_bytes: 0,
        down_bytes: 0,
      }
      classes.set(sliceClass, group)
    }
    group.last_frame = Math.max(group.last_frame, frame)
    group.first_frame = Math.min(group.first_frame, frame)
    if (dir === up) {
      group.up_packets += packets
      group.up_bytes += octets
    } else {
      group.down_packets += packets
      group.down_bytes += octets
    }
  }

  entries(): [Transaction, SliceClass, SliceGroup][] {
    return [...this.#groups].flatMap(([account, classes]) =>
      [...classes].map(
        ([sliceClass, group]) =>
          [account, sliceClass, group] as [Transaction, SliceClass, SliceGroup],
      ),
    )
  }
}

/** Builds the record when the traced flow has ended. */
export class FlowExplainer {
  readonly #engine: RuleEngine
  readonly #rater: FlowRater
  readonly #records: FlowRecords
  readonly #all: boolean

  constructor(engine: RuleEngine, rater: FlowRater, records: FlowRecords, all: boolean) {
    this.#engine = engine
    this.#rater = rater
    this.#records = records
    this.#all = all
  }

  explain(
    row: number,
    d: FlowDetail,
    context: PdpContext | undefined,
    flow: FlowRecord,
    reasons: number,
    slices: SliceGroups,
  ): ExplainRecord {
    const engine = this.#engine
    const facts = this.#rater.flowFacts(row, d)
    const main = accountsOf(d).find(one => one.n > 0)
    const decision = main?.decision
    const charged = flow.verdict !== 'FREE'
    const seen = main === undefined ? undefined : this.#rater.appFacts(main)
    const others = charged ? alternatives(engine, facts, d.app, seen) : []
    const advice = remedy(others)
    const { set, profile } = engine
    const { type: _type, schema: _schema, ...fields } = flow
    const l1 = { l1: d.level1, row: -1, charge: engine.chargeOf(d.level1, -1) }
    const told: Decision =
      decision === undefined
        ? l1
        : { l1: decision.level1, row: decision.row, charge: decision.charge }
    return {
      type: 'explain',
      schema: 'tollgate.explain/1',
      flow: fields.flow,
      ...(fields.imsi === undefined ? {} : { imsi: fields.imsi }),
      ...(fields.msisdn === undefined ? {} : { msisdn: fields.msisdn }),
      ue: fields.ue,
      ...(fields.ue_port === undefined ? {} : { ue_port: fields.ue_port }),
      server: fields.server,
      ...(fields.server_port === undefined ? {} : { server_port: fields.server_port }),
      protocol: fields.protocol,
      app: fields.app,
      verdict: fields.verdict,
      up_packets: fields.up_packets,
      down_packets: fields.down_packets,
      up_bytes: fields.up_bytes,
      down_bytes: fields.down_bytes,
      text: sentence(engine, {
        server: fields.server,
        port: d.serverPort,
        app: fields.app,
        decision: told,
        asked: seen !== undefined && engine.asksRequests(d.level1),
        url: main?.url || undefined,
        others,
        remedy: advice,
      }),
      facts: this.#facts(d, context, flow, main),
      level1: explain(engine, facts, undefined, { all: this.#all }),
      transactions: d.transactions.map(txn => this.#transaction(d, txn, facts)),
      slices: this.#slices(d, slices, reasons),
      alternatives: others,
      ...(advice === undefined ? {} : { remedy: advice }),
      ...(d.suspicions.length === 0 ? {} : { flags: d.suspicions.map(flagNote) }),
      certainty: certaintyOf(reasons),
      reasons: reasonNames(reasons),
      rules: { name: set.name, version: set.version, sha256: set.source.sha256 },
      profile: profile.name,
      profile_version: profile.version,
    }
  }

  #facts(
    d: FlowDetail,
    context: PdpContext | undefined,
    flow: FlowRecord,
    main: Transaction | undefined,
  ): Fact[] {
    const facts: Fact[] = []
    if (context !== undefined) {
      const version =
        context.source === 'gtp'
          ? `GTPv${context.gtpVersion} create, accepted`
          : `${context.source.toUpperCase()} session`
      const teid = flow.teid_up ?? flow.teid_down ?? '-'
      facts.push({
        name: 'session',
        value: `teid ${teid}`,
        source: version,
        frame: context.createdFrame,
      })
      if (context.apn !== '') {
        facts.push({
          name: 'apn',
          value: context.apn,
          source: version,
          frame: context.createdFrame,
        })
      }
    } else if (flow.teid_up !== undefined || flow.teid_down !== undefined) {
      const teid = flow.teid_up ?? flow.teid_down ?? ''
      facts.push({
        name: 'session',
        value: `none: no context or bearer was seen for teid ${teid}`,
        source: 'G-PDU',
        frame: d.frame,
      })
    }
    const server = `${flow.server}${flow.server_port === undefined ? '' : `:${flow.server_port}`}`
    facts.push({ name: 'server', value: server, source: 'inner IP', frame: d.frame })
    facts.push({ name: 'protocol', value: flow.protocol, source: 'inner IP', frame: d.frame })
    facts.push({
      name: 'app',
      value: flow.app,
      source: 'payload',
      frame: main?.identifiedFrame || d.frame,
    })
    if (main !== undefined && main.url !== '') {
      facts.push({
        name: 'host',
        value: main.host,
        source: main.urlSource,
        frame: main.identifiedFrame,
      })
      facts.push({
        name: 'url',
        value: main.url,
        source: main.urlSource,
        frame: main.identifiedFrame,
      })
    } else if (d.host !== '') {
      facts.push({ name: 'host', value: d.host, source: 'dns question', frame: d.frame })
    }
    if (d.userAgent !== '') {
      facts.push({
        name: 'handset',
        value: d.userAgent,
        source: 'User-Agent',
        frame: main?.identifiedFrame ?? d.frame,
      })
    }
    return facts
  }

  #transaction(d: FlowDetail, txn: Transaction, facts: FlowFacts): ExplainedTransaction {
    const asked = this.#engine.asksRequests(d.level1) ? this.#rater.appFacts(txn) : undefined
    return {
      n: txn.n,
      frame: txn.identifiedFrame,
      app: txn.app,
      ...(txn.method === '' ? {} : { method: txn.method }),
      ...(txn.url === '' ? {} : { url: txn.url }),
      ...(txn.urlRaw === txn.url ? {} : { url_raw: txn.urlRaw }),
      ...(txn.urlSource === '' ? {} : { url_source: txn.urlSource }),
      ...(txn.conflicts === undefined ? {} : { url_conflict: [...txn.conflicts] }),
      ...(txn.status === 0 ? {} : { status: txn.status }),
      decision: explain(this.#engine, facts, asked ?? this.#rater.appFacts(txn), {
        all: this.#all,
      }),
      certainty: certaintyOf(txn.reasons),
      reasons: reasonNames(txn.reasons),
      up_packets: txn.upPackets,
      down_packets: txn.downPackets,
      up_bytes: txn.upOctets,
      down_bytes: txn.downOctets,
    }
  }

  #slices(d: FlowDetail, slices: SliceGroups, reasons: number): SliceGroup[] {
    const noTariff = (reasons & (Reason.NoSession | Reason.DirectionUnknown)) !== 0
    return slices
      .entries()
      .slice(0, maxGroups)
      .map(([account, sliceClass, group]) => {
        const charge = this.#records.chargeFields(d, account, noTariff)
        const excluded = account === d.excluded
        return {
          ...group,
          ...(account.n > 0 ? { transaction: account.n } : {}),
          ...(charge.rule_id === undefined || excluded ? {} : { rule_id: charge.rule_id }),
          tariff: excluded ? 'unknown' : (charge.tariff ?? 'unknown'),
          policy: excluded ? 'exclude' : policyOf(this.#engine.profile, sliceClass),
        }
      })
  }
}

function flagNote(one: Suspicion): FlagNote {
  const { flag, frame, evidence, confidence } = one
  return { flag, frame, evidence, confidence, at_risk_bytes: one.atRisk }
}

/** The value of the profile that decided where a class went. */
function policyOf(profile: Profile, sliceClass: SliceClass): string {
  switch (sliceClass) {
    case SliceClass.Handshake:
      return profile.handshake
    case SliceClass.PreId:
      return profile.preId
    case SliceClass.Request:
      return profile.request
    case SliceClass.Response:
      return profile.response
    case SliceClass.PureAck:
      return profile.pureAck
    case SliceClass.Teardown:
      return profile.teardown
    case SliceClass.Retransmission:
      return profile.retransmission
    case SliceClass.Gap:
      return profile.oooGap
    default:
      return profile.opaque
  }
}
