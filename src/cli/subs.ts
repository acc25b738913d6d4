/** `tollgate subs -r FILE [IMSI]`: the subscribers of a capture, or what happened to one. */

import { groupDigits, octetsText } from '../record/figures.js'
import { maskImsi } from '../record/mask.js'
import type { ProbeRecord } from '../record/sink.js'
import type { SubscriberRecord } from '../record/subscriber-record.js'
import { terminalText } from '../record/text.js'
import { analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { daemonSubscribers } from './daemon-lists.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { type Listed, type ListShape, runList } from './list.js'
import { formatOf, forReader, RecordWriter } from './output/record-writer.js'
import type { Cell } from './output/table.js'
import { selectionOf } from './select.js'
import { subscriberColumns } from './text/subscriber-columns.js'
import { timelineLines } from './text/timeline-text.js'

const subscriberList: ListShape<'subscriber'> = {
  command: 'subs',
  type: 'subscriber',
  order: '-charged_bytes',
  columns: subscriberColumns,
  cells: subscriberCells,
}

export async function subs(call: Invocation): Promise<ExitCode> {
  const [number] = call.positionals
  if (call.options.read.length === 0) return await daemonSubscribers(call, octetsText)
  return number === undefined
    ? await runList(call, subscriberList)
    : await runTimeline(call, number)
}

function subscriberCells(record: Listed<'subscriber'>): readonly Cell[] {
  const [context] = record.contexts
  return [
    record.others === true ? 'others' : (record.imsi ?? '-'),
    record.msisdn ?? '-',
    terminalText(context?.apn ?? '-'),
    terminalText(context?.rat ?? '-'),
    context?.ue_v4 ?? context?.ue_v6 ?? '-',
    groupDigits(record.flows),
    octetsText(record.free_bytes),
    octetsText(record.charged_bytes),
    octetsText(record.unknown_bytes),
    `${groupDigits(record.blocked_flows)} flows`,
  ]
}

const timelineTypes = ['session', 'flow', 'transaction', 'usage', 'subscriber', 'finding'] as const

async function runTimeline(call: Invocation, number: string): Promise<ExitCode> {
  const { options, terminal } = call
  if (!/^\d{5,18}$/.test(number)) {
    throw usageFailure(`subs: "${terminalText(number)}" is not an IMSI or MSISDN`)
  }
  const paths = capturePaths('subs', options.read)
  if (formatOf(options) === 'csv') throw usageFailure('subs IMSI has no CSV form', '--json')
  const engine = chooseRules(options, terminal)
  const kept: ProbeRecord[] = []
  const found: SubscriberRecord[] = []
  const funnel = new Funnel(timelineTypes, selectionOf(options), record => {
    if (record.type === 'summary') return
    if (record.imsi !== number && record.msisdn !== number) return
    kept.push(record)
    if (record.type === 'subscriber') found.push(record)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  const [subscriber] = found
  if (subscriber === undefined && kept.length === 0) {
    const code = ending(analysis, options, terminal)
    if (code !== exitCode.done) return code
    const shown = options.reveal ? number : maskImsi(number)
    throw new Failure(
      exitCode.no,
      `no subscriber ${shown} in ${terminalText(analysis.status.name)}`,
    )
  }
  if (formatOf(options) === 'json') {
    const writer = new RecordWriter(terminal.out, options, timelineTypes)
    const limit = options.limit ?? kept.length
    for (const record of kept.slice(0, limit)) writer.write(record)
    writer.summary(analysis.summary)
  } else {
    const records = kept.map(record => forReader(record, options))
    for (const line of timelineLines(records, analysis.summary, options, terminal)) {
      terminal.out.line(line)
    }
  }
  return ending(analysis, options, terminal)
}
