/** `tollgate stats`: the daemon's counters, once or every `--interval` seconds. */

import { groupDigits, octetsText, shareText, verdictLabels } from '../record/figures.js'
import type { Overview } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { clockTime, utcTime } from '../record/time.js'
import type { Invocation } from './command.js'
import { overviewOf, repeatedly, withDaemon } from './daemon-link.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { type Column, tableLines } from './output/table.js'
import { bitsText } from './status.js'

const onceWindowS = 60

export async function stats(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  return await withDaemon(call, async client => {
    const everyS = options.interval
    let told = 0
    await repeatedly((everyS ?? 0) * 1000, async () => {
      const overview = await overviewOf(client, everyS ?? onceWindowS)
      const lines = options.json
        ? [objectLine(statsRecord(overview))]
        : everyS === undefined
          ? statsLines(overview, terminal.columns)
          : intervalLines(overview, options.utc, terminal.columns, told === 0)
      for (const line of lines) terminal.out.line(line)
      terminal.out.flush()
      told++
      return everyS !== undefined && told < (options.limit ?? Number.POSITIVE_INFINITY)
    })
    return exitCode.done
  })
}

function statsRecord(o: Overview): object {
  const { interfaces, verdicts, found } = o
  return {
    type: 'stats',
    schema: 'tollgate.stats/1',
    ts: utcTime(o.now_us),
    window_s: o.window_s,
    packets: o.packets,
    user_packets: o.user_packets,
    control_messages: o.control_messages,
    decode_errors: o.decode_errors,
    found,
    interfaces,
    drop_share: o.drop_share,
    lag_s: o.lag_s,
    up_bits_per_s: o.up_bits_per_s,
    down_bits_per_s: o.down_bits_per_s,
    verdicts,
    sessions: o.sessions,
    subscribers: o.subscribers,
    flows: o.flows,
    unknown_teid_share: o.unknown_teid_share,
    flow_table_share: o.flow_table_share,
    queue_share: o.queue_share,
    alerts: o.alerts,
  }
}

const verdictColumns: readonly Column[] = [
  { head: 'Verdict' },
  { head: 'Flows', right: true },
  { head: 'Bytes', right: true },
  { head: 'Share', right: true },
]

function statsLines(o: Overview, width: number): string[] {
  const bytes = o.verdicts.reduce((sum, one) => sum + one.bytes, 0)
  const rows = o.verdicts.map(one => [
    verdictLabels[one.verdict],
    groupDigits(one.flows),
    octetsText(one.bytes),
    shareText(one.bytes, bytes),
  ])
  const counts: [string, number][] = [
    ['packets captured', o.packets],
    ['packets of users', o.user_packets],
    ['messages of GTP-C', o.control_messages],
    ['faults while decoding', o.decode_errors],
    ['sessions', o.sessions],
    ['subscribers', o.subscribers],
    ['open flows', o.flows],
  ]
  return [
    ...counts.map(([name, value]) => `${name.padEnd(24)}${groupDigits(value).padStart(16)}`),
    ...Object.entries(o.found).map(
      ([kind, count]) => `  ${terminalText(kind).padEnd(22)}${groupDigits(count).padStart(16)}`,
    ),
    '',
    ...tableLines(verdictColumns, rows, width),
    `last ${Math.round(o.window_s)} s`,
  ]
}

const intervalColumns: readonly Column[] = [
  { head: 'Time    ' },
  { head: 'Up         ', right: true },
  { head: 'Down       ', right: true },
  { head: 'Packets/s', right: true },
  { head: 'Flows     ', right: true },
  { head: 'Lost  ', right: true },
  { head: 'Lag  ', right: true },
]

function intervalLines(o: Overview, utc: boolean, width: number, head: boolean): string[] {
  const row = [
    clockTime(o.now_us, utc).slice(0, 8),
    bitsText(o.up_bits_per_s),
    bitsText(o.down_bits_per_s),
    groupDigits(Math.round(o.up_packets_per_s + o.down_packets_per_s)),
    groupDigits(o.flows),
    `${(o.drop_share * 100).toFixed(2)}%`,
    `${o.lag_s.toFixed(1)} s`,
  ]
  return tableLines(intervalColumns, [row], width, true).slice(head ? 0 : 1)
}
