/** Blocks of the overview that only tell: traffic, verdicts, sessions, health of the probe. */

import { groupDigits, octetsText, verdictLabels } from '../../record/figures.js'
import type { Overview } from '../../record/snapshot.js'
import { terminalText } from '../../record/text.js'
import { clockTime } from '../../record/time.js'
import { type Line, line, type Span, span, spread } from '../line.js'
import { bitsText, countText, figureText, percentText, rateText } from '../rates.js'
import type { Scene } from '../scene.js'

/** Under it a block is one or two lines. */
const wholeBlock = 100

function title(text: string, right: string, width: number): Line {
  return spread([{ text: ` ${text}`, style: 'bold' }], [span(right)], width)
}

export function trafficLines(scene: Scene, width: number): Line[] {
  const { overview } = scene
  if (overview === undefined) return []
  const up = overview.up_bits_per_s
  const down = overview.down_bits_per_s
  const packets = overview.up_packets_per_s + overview.down_packets_per_s
  if (width < wholeBlock && width >= 80) {
    return [
      line(
        ` GTP-U  up ${bitsText(up)}   down ${bitsText(down)}   ${figureText(packets)} pkt/s   GTP-C ${figureText(overview.control_per_s)} msg/s`,
      ),
    ]
  }
  const row = (name: string, ...values: string[]) =>
    line(` ${name.padEnd(10)}${values.map(value => value.padStart(15)).join('')}`)
  const graph = Math.max(10, width - 24)
  return [
    [
      { text: ` ${'TRAFFIC'.padEnd(10)}`, style: 'bold' },
      span(['uplink', 'downlink', 'total'].map(head => head.padStart(15)).join('')),
    ],
    row('GTP-U', bitsText(up), bitsText(down), bitsText(up + down)),
    row(
      'packets',
      rateText(overview.up_packets_per_s),
      rateText(overview.down_packets_per_s),
      rateText(packets),
    ),
    row('GTP-C', '', '', `${figureText(overview.control_per_s)} msg/s`),
    line(''),
    line(` bits/s, ${windowText(overview)}`.padEnd(20) + graphText(overview.history, graph)),
    line(` peak ${bitsText(overview.peak_bits_per_s)}${peakTime(overview, scene.utc)}`),
  ]
}

function windowText({ window_s: seconds, mode }: Overview): string {
  if (mode === 'file') return 'whole file'
  return seconds < 100 ? `last ${Math.round(seconds)}s` : `last ${Math.round(seconds / 60)}m`
}

function peakTime(overview: Overview, utc: boolean): string {
  return overview.peak_us === 0 ? '' : ` at ${clockTime(overview.peak_us, utc).slice(0, 8)}`
}

/** Darker signs for more; from nothing to the highest of them. */
const shades = ' .:-=+*#%@'

function graphText(values: readonly number[], width: number): string {
  const most = Math.max(...values, 0)
  if (most <= 0) return ''
  const shown = values.slice(-width)
  return shown
    .map(value =>
      shades.charAt(value <= 0 ? 0 : Math.max(1, Math.round((value / most) * (shades.length - 1)))),
    )
    .join('')
}

/** Bars are made of the sign of the verdict, so that they read the same in grey. */
export function verdictLines(scene: Scene, width: number): Line[] {
  const { overview } = scene
  if (overview === undefined) return []
  const all = overview.verdicts.reduce((sum, one) => sum + one.bytes, 0)
  const bar = Math.max(6, width - 38)
  const most = Math.max(...overview.verdicts.map(one => one.bytes), 1)
  const rows = overview.verdicts.map(({ verdict, bytes, flows }) => {
    const label = verdictLabels[verdict]
    const length = bytes === 0 ? 0 : Math.max(1, Math.round((bytes / most) * bar))
    const left: Span[] = [
      { text: ' ' },
      { text: label, style: verdict },
      { text: `${percentText(all === 0 ? 0 : bytes / all).padStart(8)}  ` },
      span(label.charAt(0).repeat(length), verdict === 'BLCK' ? undefined : verdict),
    ]
    return spread(left, line(`${countText(flows, 7)} fl ${octetsText(bytes).padStart(8)}`), width)
  })
  return [
    title('BYTES BY VERDICT', `${windowText(overview)}, of ${octetsText(all)}`, width),
    ...rows,
  ]
}

export function sessionLines(scene: Scene, width: number): Line[] {
  const { overview } = scene
  if (overview === undefined) return []
  const unknown = percentText(overview.unknown_teid_share)
  if (width < wholeBlock && width >= 80) {
    return [
      line(
        ` tunnels ${countText(overview.sessions, 9)}   subs ${countText(overview.subscribers, 9)}   flows ${countText(overview.flows, 9)}   unknown TEID ${unknown}`,
      ),
    ]
  }
  const row = (name: string, value: string, more: string) =>
    line(` ${name.padEnd(15)}${value.padStart(13)}   ${more}`)
  const without = overview.subscribers === 0 ? 0 : overview.without_imsi / overview.subscribers
  return [
    title('SESSIONS', '', width),
    row(
      'active tunnels',
      groupDigits(overview.sessions),
      `create ${rateText(overview.created_per_s)} delete ${rateText(overview.deleted_per_s)}`,
    ),
    row(
      'subscribers',
      groupDigits(overview.subscribers),
      `without IMSI ${groupDigits(overview.without_imsi)} (${percentText(without)})`,
    ),
    row('active flows', groupDigits(overview.flows), `new ${rateText(overview.new_flows_per_s)}`),
    row('unknown TEID', unknown, 'of packets'),
  ]
}

export function healthLines(scene: Scene, width: number): Line[] {
  const { overview } = scene
  if (overview === undefined) return []
  const drops = dropTotals(overview)
  const errors = `decode err ${rateText(overview.decode_errors_per_s)} (${countText(overview.decode_errors, 9)})`
  const table = `flow table ${percentText(overview.flow_table_share, 0)}`
  const queue = `queue ${percentText(overview.queue_share, 0)}`
  if (width < wholeBlock && width >= 80) {
    return [
      line(
        ` kernel drop ${drops.kernel}   iface drop ${drops.iface}   queue drop ${drops.queue}   ${queue}   ${table}`,
      ),
    ]
  }
  const interfaces = overview.interfaces.slice(0, 3).map(one => {
    const state = one.up ? `recv ${rateText(one.packets_per_s)}` : 'DOWN'
    return line(
      ` ${terminalText(one.name).padEnd(8)} ${state.padEnd(15)} kernel drop ${known(one.kernel_drops)}   iface ${known(one.interface_drops)}   queue ${one.queue_drops}`,
      one.up ? undefined : 'bold',
    )
  })
  const { file } = overview
  const input =
    file === undefined
      ? interfaces
      : [
          line(
            ` ${terminalText(file.name)}  ${octetsText(file.octets_read)} read, ${groupDigits(overview.packets)} packets`,
          ),
        ]
  return [
    title('PROBE HEALTH', drops.any ? 'PACKETS WERE LOST' : '', width),
    ...input,
    ...(file?.damage ?? []).slice(0, 1).map(text => line(` ${text}`, 'bold')),
    line(` ${errors}   ${queue}   ${table}`),
    line(
      ` cpu ${Math.round(overview.cpu_percent)}% of ${overview.cores * 100}%   rss ${octetsText(overview.rss_octets)} of ${octetsText(overview.memory_octets)}   ${overview.mode === 'file' ? '' : `${overview.clients} screens`}`,
    ),
  ]
}

/** `-`: the engine cannot tell. */
function known(count: number | undefined): string {
  return count === undefined ? '-' : groupDigits(count)
}

function dropTotals({ interfaces }: Overview) {
  const sum = (values: readonly (number | undefined)[]) =>
    values.every(value => value === undefined)
      ? undefined
      : values.reduce<number>((all, value) => all + (value ?? 0), 0)
  const kernel = sum(interfaces.map(one => one.kernel_drops))
  const iface = sum(interfaces.map(one => one.interface_drops))
  const queue = sum(interfaces.map(one => one.queue_drops)) ?? 0
  const any = (kernel ?? 0) + (iface ?? 0) + queue > 0
  return { kernel: known(kernel), iface: known(iface), queue: groupDigits(queue), any }
}

/** Third column of a wide screen. */
export function accessLines(scene: Scene, width: number, height: number): Line[] {
  const { overview } = scene
  if (overview === undefined) return []
  const apn = Math.max(8, width - 26)
  return [
    title('SESSIONS BY APN AND RAT', '', width),
    ...overview.access.slice(0, Math.max(0, height - 1)).map(one =>
      line(
        ` ${terminalText(one.apn === '' ? '-' : one.apn)
          .slice(0, apn)
          .padEnd(
            apn,
          )} ${terminalText(one.rat === '' ? '-' : one.rat).padEnd(8)} ${groupDigits(one.sessions).padStart(11)}`,
      ),
    ),
  ]
}
