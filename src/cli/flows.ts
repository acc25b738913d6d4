/** `tollgate flows -r FILE`: the flows of a capture. */

import { endpointText, octetsText, verdictLabels } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import { clockTime, parseTime } from '../record/time.js'
import type { Invocation } from './command.js'
import { daemonFlows } from './daemon-lists.js'
import type { ExitCode } from './fail.js'
import { type Listed, type ListShape, runList } from './list.js'
import { checkLive } from './live.js'
import type { Cell } from './output/table.js'
import { paintVerdict, type Terminal } from './terminal.js'
import { ruleWay } from './text/rule-text.js'

/** The order in which columns leave a narrow terminal is that of the dashboard. */
const flowList: ListShape<'flow'> = {
  command: 'flows',
  type: 'flow',
  order: '-bytes',
  columns: [
    { head: 'Flow', right: true },
    { head: 'Verdict' },
    { head: 'Rule', leaves: 2 },
    { head: 'IMSI' },
    { head: 'UE address', leaves: 1 },
    { head: 'Host or server', flexible: 22 },
    { head: 'App', leaves: 4 },
    { head: 'Bytes', right: true },
    { head: 'Start', leaves: 3 },
  ],
  cells: flowCells,
}

export async function flows(call: Invocation): Promise<ExitCode> {
  const { read, interface: interfaces } = call.options
  if (read.length > 0 || interfaces.length > 0) return await runList(call, flowList)
  checkLive('flows', { ...call.options, follow: false }, [])
  return await daemonFlows(call, flowList)
}

function flowCells(flow: Listed<'flow'>, terminal: Terminal, utc: boolean): readonly Cell[] {
  const id = flow.rule_id === undefined ? '-' : String(flow.rule_id >>> 0)
  const start = parseTime(flow.ts)
  return [
    terminalText(flow.flow),
    { text: verdictLabels[flow.verdict], painted: paintVerdict(terminal, flow.verdict) },
    `${ruleWay(flow)} ${id}`.trim(),
    flow.imsi ?? '-',
    flow.ue,
    terminalText(flow.host ?? endpointText(flow.server, flow.server_port)),
    flow.app.toUpperCase(),
    octetsText(flow.up_bytes + flow.down_bytes),
    start === undefined ? '' : clockTime(start, utc).slice(0, 8),
  ]
}
