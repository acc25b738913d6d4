/** One subscriber for people: contexts, totals, then every event, flow and request by time. */

import { endpointText, groupDigits, octetsText, verdictLabels } from '../../record/figures.js'
import type { FlowRecord, TransactionRecord } from '../../record/flow-record.js'
import type { ProbeRecord } from '../../record/sink.js'
import type {
  ContextSummary,
  SessionEvent,
  SubscriberRecord,
} from '../../record/subscriber-record.js'
import { terminalText, wrap } from '../../record/text.js'
import { clockTime, dateText, parseTime, zoneText } from '../../record/time.js'
import type { SummaryRecord } from '../../record/usage-record.js'
import type { Options } from '../options.js'
import { paintVerdict, type Terminal } from '../terminal.js'
import { findingLines } from './finding-text.js'
import { chargeText } from './rule-text.js'
import { modelParts } from './summary-text.js'
import { titled } from './titled.js'

interface Moment {
  timeUs: number
  /** at the same time: session events, then flows, then their requests */
  rank: number
  what: string
  text: string
  painted?: (text: string) => string
}

/** `records` are of one subscriber, as the reader may see them (masked or not). */
export function timelineLines(
  records: readonly ProbeRecord[],
  summary: SummaryRecord,
  options: Options,
  terminal: Terminal,
): string[] {
  const width = terminal.columns
  const lines: string[] = []
  const moments: Moment[] = []
  for (const record of records) {
    if (record.type === 'subscriber') lines.push(...subscriberLines(record, options, width))
    else if (record.type === 'session') moments.push(sessionMoment(record))
    else if (record.type === 'flow') moments.push(flowMoment(record, terminal))
    else if (record.type === 'transaction') moments.push(transactionMoment(record))
  }
  moments.sort((a, b) => a.timeUs - b.timeUs || a.rank - b.rank)
  lines.push(...titled('Predicted', modelParts(summary), width))
  const [first] = moments
  if (first !== undefined) {
    const { timeUs } = first
    lines.push('', `${dateText(timeUs, options.utc)} ${zoneText(timeUs, options.utc)}`)
  }
  const shown = moments.slice(0, options.limit ?? moments.length)
  lines.push(...shown.flatMap(moment => momentLines(moment, options.utc, width)))
  if (shown.length < moments.length) {
    lines.push(`${groupDigits(moments.length - shown.length)} more events`)
  }
  for (const record of records) {
    if (record.type === 'finding') lines.push('', ...findingLines(record, options.read, width))
  }
  return lines
}

function subscriberLines(record: SubscriberRecord, options: Options, width: number): string[] {
  return [
    ...titled(
      'Subscriber',
      [
        record.imsi ?? 'unknown',
        record.msisdn === undefined ? '' : `MSISDN ${record.msisdn}`,
        record.imei === undefined ? '' : `IMEI ${record.imei}`,
      ],
      width,
    ),
    ...record.contexts.flatMap(context => contextLines(context, options.utc, width)),
    ...titled(
      'Octets',
      [
        `free ${octetsText(record.free_bytes)}`,
        `charged ${octetsText(record.charged_bytes)}`,
        `unknown ${octetsText(record.unknown_bytes)}`,
        `of ${octetsText(record.up_bytes + record.down_bytes)}`,
        `${groupDigits(record.blocked_flows)} blocked flows`,
      ],
      width,
    ),
  ]
}

function contextLines(context: ContextSummary, utc: boolean, width: number): string[] {
  const clock = (text: string | undefined) => {
    const timeUs = parseTime(text ?? '')
    return timeUs === undefined ? 'the end' : clockTime(timeUs, utc)
  }
  const parts = [
    context.gtp_version === undefined
      ? `${(context.source ?? '').toUpperCase()}, no GTP-C`
      : `GTPv${context.gtp_version}`,
    context.apn === undefined ? '' : `APN ${context.apn}`,
    context.rat ?? '',
    context.uli ?? '',
    context.ue_v4 ?? '',
    context.ue_v6 ?? '',
    context.charging_id === undefined ? '' : `charging id ${context.charging_id}`,
    context.charging_characteristics === undefined
      ? ''
      : `characteristics ${context.charging_characteristics}`,
    `${clock(context.created)} to ${clock(context.ended)}`,
    context.end_reason ?? '',
  ]
  return titled(`Context ${context.context}`, parts.map(terminalText), width)
}

function sessionMoment(event: SessionEvent): Moment {
  const cause =
    event.cause === undefined ? '' : `cause ${event.cause} ${event.cause_name ?? ''}`.trim()
  const text = [event.event, cause, event.detail ?? '', `packet ${event.frame}`]
  return {
    timeUs: parseTime(event.ts) ?? 0,
    rank: 0,
    what: event.context === undefined ? '' : `context ${event.context}`,
    text: text.filter(part => part !== '').join('  '),
  }
}

function flowMoment(flow: FlowRecord, terminal: Terminal): Moment {
  const ue = endpointText(flow.ue, flow.ue_port)
  const server = endpointText(flow.server, flow.server_port)
  const octets = octetsText(flow.up_bytes + flow.down_bytes)
  const label = verdictLabels[flow.verdict]
  const charge = flow.transactions > 0 ? '' : `  ${chargeText(flow)}`
  return {
    timeUs: parseTime(flow.ts) ?? 0,
    rank: 1,
    what: `flow ${flow.flow}`,
    text: `${label}  ${ue} > ${server} ${flow.protocol}  ${flow.app}  ${octets}${charge}`,
    painted: text => text.replace(label, paintVerdict(terminal, flow.verdict)),
  }
}

function transactionMoment(transaction: TransactionRecord): Moment {
  const { method = '', url = '(no URL)', status } = transaction
  const answer = status === undefined ? 'no answer' : `status ${status}`
  const octets = octetsText(transaction.up_bytes + transaction.down_bytes)
  return {
    timeUs: parseTime(transaction.ts) ?? 0,
    rank: 2,
    what: `flow ${transaction.flow}`,
    text: `${`${method} ${url}`.trim()}  ${answer}  ${octets}  ${chargeText(transaction)}`,
  }
}

const clockWidth = 14
const whatWidth = 12

function momentLines(moment: Moment, utc: boolean, width: number): string[] {
  const left = clockTime(moment.timeUs, utc).padEnd(clockWidth)
  const what = terminalText(moment.what).padEnd(whatWidth)
  const lines = wrap(terminalText(moment.text), width - clockWidth - whatWidth)
  return lines.map((line, i) => {
    if (i > 0) return ' '.repeat(clockWidth + whatWidth) + line
    return left + what + (moment.painted?.(line) ?? line)
  })
}
