/** `tollgate status`: how the daemon stands, and with `--capture` why it sees nothing. */

import { durationText, groupDigits, octetsText } from '../record/figures.js'
import type { InterfaceState, Overview } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { localTime } from '../record/time.js'
import type { Invocation } from './command.js'
import { degraded, overviewOf, withDaemon } from './daemon-link.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { titled } from './text/titled.js'

const windowS = 60

export async function status(call: Invocation): Promise<ExitCode> {
  return await withDaemon(call, async client => {
    const overview = await overviewOf(client, windowS)
    const { options, terminal } = call
    const reasons = degraded(overview)
    if (options.json) {
      const head = {
        type: 'status',
        schema: 'tollgate.status/1',
        ok: reasons.length === 0,
        reasons,
      }
      terminal.out.line(objectLine({ ...head, ...overview }))
    } else {
      const lines = options.capture
        ? captureLines(overview, terminal.columns)
        : statusLines(overview, reasons, options.utc, terminal.columns)
      for (const line of lines) terminal.out.line(line)
    }
    return reasons.length === 0 ? exitCode.done : exitCode.no
  })
}

function statusLines(
  o: Overview,
  reasons: readonly string[],
  utc: boolean,
  width: number,
): string[] {
  const { rules, alerts } = o
  return [
    ...titled(
      'Probe',
      [
        terminalText(o.probe),
        `tollgate ${o.version}`,
        `up ${durationText(o.now_us - o.started_us)}`,
      ],
      width,
    ),
    ...o.interfaces.flatMap((one, i) => titled(i === 0 ? 'Input' : '', interfaceParts(one), width)),
    ...(o.file === undefined ? [] : titled('Input', fileParts(o), width)),
    ...titled(
      'Rules',
      [
        terminalText(`${rules.name} ${rules.version}`),
        `${groupDigits(rules.rules)} rules`,
        `profile ${rules.profile}`,
        `loaded ${localTime(rules.loaded_us, utc).replace(/\.\d+/, '')}`,
      ],
      width,
    ),
    ...titled(
      'Traffic',
      [
        `up ${bitsText(o.up_bits_per_s)}`,
        `down ${bitsText(o.down_bits_per_s)}`,
        `${groupDigits(Math.round(o.up_packets_per_s + o.down_packets_per_s))} packets/s`,
        `lag ${o.lag_s.toFixed(1)} s`,
      ],
      width,
    ),
    ...titled(
      'Now',
      [
        `${groupDigits(o.sessions)} sessions`,
        `${groupDigits(o.subscribers)} subscribers`,
        `${groupDigits(o.flows)} open flows`,
        `${o.clients} clients`,
        `${octetsText(o.rss_octets)} memory`,
      ],
      width,
    ),
    ...titled('Alerts', [`${alerts.new} new`, `${alerts.ack} acknowledged`], width),
    ...titled('State', reasons.length === 0 ? ['ok'] : ['DEGRADED'], width),
    ...reasons.map(reason => `  ${terminalText(reason)}`),
  ]
}

function interfaceParts(one: InterfaceState): string[] {
  const lost = [
    `kernel ${lostText(one.kernel_drops)}`,
    `interface ${lostText(one.interface_drops)}`,
    `queue ${lostText(one.queue_drops)}`,
  ]
  return [
    terminalText(one.name),
    one.up ? `up (${one.engine})` : terminalText(`DOWN: ${one.trouble ?? ''}`),
    `${groupDigits(one.packets)} packets`,
    `${groupDigits(Math.round(one.packets_per_s))}/s`,
    `lost: ${lost.join(', ')}`,
  ]
}

function lostText(count: number | undefined): string {
  return count === undefined ? '?' : groupDigits(count)
}

function fileParts({ file, packets }: Overview): string[] {
  if (file === undefined) return []
  return [
    terminalText(file.name),
    file.done ? 'read' : `${octetsText(file.octets_read)} of ${octetsText(file.octets_total)}`,
    `${groupDigits(packets)} packets`,
    ...file.damage.map(terminalText),
  ]
}

/** `1.63 Gbit/s` */
export function bitsText(bits: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const
  let value = bits
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** By interface what came, and what to look at when it is not what was hoped for. */
export function captureLines(o: Overview, width: number): string[] {
  const lines = o.interfaces.flatMap(one => titled('', interfaceParts(one), width))
  for (const [kind, count] of Object.entries(o.found)) {
    lines.push(`  found: ${groupDigits(count)} ${terminalText(kind)}`)
  }
  lines.push(...advice(o))
  return lines
}

function advice(o: Overview): string[] {
  const names = o.interfaces.map(({ name }) => terminalText(name)).join(', ') || 'the input'
  const down = o.interfaces.filter(({ up }) => !up)
  if (down.length > 0) {
    return down.map(({ name, trouble }) =>
      terminalText(`${name}: ${trouble ?? 'down'}: ip link show ${name}`),
    )
  }
  if (o.packets === 0) {
    return [
      `No packets seen yet on ${names}.`,
      '  Check that the mirror port is on, and that its cable is in this interface.',
    ]
  }
  if (o.user_packets > 0) return [`${groupDigits(o.user_packets)} packets of users were seen.`]
  if (o.control_messages > 0) {
    return [
      `${groupDigits(o.control_messages)} messages of GTP-C, and no packet of a user.`,
      '  Check that the mirror holds the user plane too (UDP 2152).',
    ]
  }
  return [
    `${groupDigits(o.packets)} packets arrived, none of them GTP.`,
    '  Check the mirror port, the VLAN tags and the capture filter.',
    ...((o.found['ip without tunnel'] ?? 0) > 0
      ? ['  --plain-ip, if users are outside tunnels here (Gi, SGi).']
      : []),
  ]
}
