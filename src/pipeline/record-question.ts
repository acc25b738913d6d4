/** A flow that has ended, asked about again: what its record says is put to the rules as a what-if, and the answer
 * is told with the flow's own numbers. */

import type { ExplainRecord, Fact } from '../record/explain-record.js'
import type { FlowRow } from '../record/snapshot.js'
import { parseTime } from '../record/time.js'
import type { WhatIf } from '../rules/what-if.js'

export function questionOf(flow: FlowRow): WhatIf {
  const encrypted = flow.app === 'tls' || flow.app === 'quic'
  return {
    server: flow.server,
    port: flow.server_port ?? 0,
    protocol: flow.protocol,
    app: flow.app,
    url: encrypted ? undefined : flow.url,
    sni: encrypted ? flow.host : undefined,
    apn: flow.apn,
    rat: flow.rat,
    imsi: flow.imsi,
    ue: flow.ue,
    timeUs: parseTime(flow.ts),
  }
}

/** The verdict, octets and certainty are those that the flow had. */
export function explainedRecord(told: ExplainRecord, flow: FlowRow): ExplainRecord {
  const frame = Number(flow.flow)
  const facts: Fact[] = told.facts.map(fact => ({ ...fact, source: 'flow record', frame }))
  if (flow.host !== undefined && !facts.some(fact => fact.name === 'host')) {
    facts.push({ name: 'host', value: flow.host, source: 'flow record', frame })
  }
  const teid = flow.teid_up ?? flow.teid_down
  if (teid !== undefined) {
    facts.unshift({ name: 'session', value: `teid ${teid}`, source: 'flow record', frame })
  }
  return {
    ...told,
    flow: flow.flow,
    ...(flow.imsi === undefined ? {} : { imsi: flow.imsi }),
    ...(flow.msisdn === undefined ? {} : { msisdn: flow.msisdn }),
    ue: flow.ue,
    ...(flow.ue_port === undefined ? {} : { ue_port: flow.ue_port }),
    verdict: flow.verdict,
    up_packets: flow.up_packets,
    down_packets: flow.down_packets,
    up_bytes: flow.up_bytes,
    down_bytes: flow.down_bytes,
    facts,
    certainty: flow.certainty,
    reasons: flow.reasons,
  }
}
