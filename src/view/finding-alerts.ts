/** Findings of the run as alerts: traffic that was meant to be free and was charged, or looks made to be free. */

import type { FindingRecord } from '../record/explain-record.js'
import type { AlertBook, RaisedAlert } from './alert-book.js'

/** Those that are new, or of more flows than when they were raised. */
export function* findingAlerts(
  findings: Iterable<FindingRecord>,
  alerts: AlertBook,
): Generator<RaisedAlert> {
  for (const finding of findings) {
    const { imsi, msisdn, server, server_port, protocol, rule_id } = finding
    const subject = `${imsi ?? ''} ${server} ${protocol} ${server_port} ${rule_id}`
    const flows = finding.flows.length
    if (alerts.open('finding', subject)?.flows === flows) continue
    yield {
      kind: 'finding',
      severity: 'warn',
      subject,
      title: finding.text,
      ...(imsi === undefined ? {} : { imsi }),
      ...(msisdn === undefined ? {} : { msisdn }),
      rule: String(rule_id),
      ...(finding.flows[0] === undefined ? {} : { flow: finding.flows[0] }),
      flows,
      evidence: finding.evidence,
      detail: JSON.stringify({ remedy: finding.remedy, confidence: finding.confidence }),
    }
  }
}
