/** Expressions that find again what a row is about: in the project's filter language, and for Wireshark. */

import type { FlowRow, RuleRow } from '../record/snapshot.js'

/** A text of the filter language. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A masked number stands for all that are masked so: the probe looks for it among numbers in the clear. */
export function subscriberFilter(imsi: string): string {
  if (imsi.includes('*')) {
    const [head = '', tail = ''] = imsi.split(/\*+/)
    return `imsi matches "^${head}.{${imsi.length - head.length - tail.length}}${tail}$"`
  }
  return `imsi == ${quoted(imsi)}`
}

/** The default rule has no name in records: its id, where nothing else decided. */
export function ruleFilter(row: RuleRow): string {
  if (row.rule === 'default') {
    return row.rule_id === undefined
      ? 'not rule_id exists'
      : `rule_id == ${row.rule_id >>> 0} and not level1 exists`
  }
  return `rule == ${quoted(row.rule)}`
}

/** A display filter of Wireshark and the Community ID, each on a line. */
export function wiresharkLines(flow: FlowRow): string[] {
  const teids = [flow.teid_up, flow.teid_down].filter(teid => teid !== undefined)
  const tunnel = teids.map(teid => `gtp.teid == ${teid}`).join(' || ')
  const address = flow.ue.includes(':') ? 'ipv6.addr' : 'ip.addr'
  const port = flow.ue_port === undefined ? [] : [`${flow.protocol}.port == ${flow.ue_port}`]
  const parts = [
    ...(tunnel === '' ? [] : [teids.length > 1 ? `(${tunnel})` : tunnel]),
    `${address} == ${flow.ue}`,
    `${address} == ${flow.server}`,
    ...port,
  ]
  return [parts.join(' && '), '', `Community ID  ${flow.community_id}`]
}
