/** Screen 1: traffic, its verdicts, the probe's health, the busiest rules, alerts, and what an engineer looks for
 * first: hosts charged by default that look like those of a free rule. */

/*  TRAFFIC              uplink     downlink   | BYTES BY VERDICT              5m, of 61.2 GB
 *  GTP-U            312 Mbit/s  1.63 Gbit/s   | o FREE   38.1%  ooooooooo            23.3 GB
 * --------------------------------------------+------------------------------------------------
 *  SESSIONS                                   | PROBE HEALTH
 *  TOP RULES             verdict   share      | ALERTS
 * --------------------------------------------+------------------------------------------------
 *  CHARGED BY DEFAULT: hosts that no free rule names                                            */

import { beside, blank, fitLine, type Line, line, ruler } from '../line.js'
import type { Scene } from '../scene.js'
import { emptyLines } from './empty.js'
import { alertLines, hostLines, itemsOf, ruleLines } from './overview-lists.js'
import {
  accessLines,
  healthLines,
  sessionLines,
  trafficLines,
  verdictLines,
} from './overview-parts.js'
import type { Panel } from './panel.js'

const leftShare = 59
/** three columns from here on */
const wideWidth = 160

export const overviewPanel: Panel = {
  lines(scene, width, height) {
    const { overview } = scene
    if (
      overview === undefined ||
      overview.packets === 0 ||
      overview.user_packets + overview.control_messages === 0
    ) {
      const empty = emptyLines(scene, width)
      if (empty !== undefined) return empty
    }
    return width < 100 ? narrow(scene, width, height) : wide(scene, width, height)
  },
  info(scene) {
    const { overview } = scene
    const [trouble] = overview?.troubles ?? []
    if (trouble !== undefined) return line(` ${trouble}`, 'bold')
    if (overview?.overload !== undefined) return line(` overload: ${overview.overload}`, 'bold')
    if (overview?.rules.refused !== undefined)
      return line(` rules refused: ${overview.rules.refused}`, 'bold')
    return blank
  },
}

function wide(scene: Scene, width: number, height: number): Line[] {
  const columns = width >= wideWidth ? 3 : 2
  const left = columns === 3 ? Math.floor(width * 0.36) : leftShare
  const middle = columns === 3 ? Math.floor(width * 0.4) : width - leftShare - 1
  const widths = columns === 3 ? [left, middle, width - left - middle - 2] : [left, middle]
  const crossings = columns === 3 ? [left, left + 1 + middle] : [left]
  const [access, third] =
    columns === 3 ? [accessLines(scene, widths[2] ?? 0, height), blockOf] : [[], blockOf]
  const items = itemsOf(scene)
  const listHeight = Math.max(4, Math.min(12, Math.floor((height - 14) / 2) - 1))
  const top = [trafficLines(scene, left), verdictLines(scene, middle)]
  const mid = [sessionLines(scene, left), healthLines(scene, middle)]
  const low = [
    ruleLines(scene, items, left, listHeight),
    alertLines(scene, items, middle, listHeight),
  ]
  const blocks = [top, mid, low]
  const lines: Line[] = []
  let accessAt = 0
  for (const block of blocks) {
    const size = Math.max(...block.map(part => part.length))
    const extra = third(access, accessAt, size)
    accessAt += size
    lines.push(...beside(columns === 3 ? [...block, extra] : block, widths, size))
    lines.push(ruler(width, crossings))
  }
  const room = height - lines.length
  return [...lines, ...hostLines(scene, items, width, room)]
}

function blockOf(lines: readonly Line[], from: number, size: number): readonly Line[] {
  return lines.slice(from, from + size)
}

/** Below 100 columns the hosts, the graph and details of sessions leave. */
function narrow(scene: Scene, width: number, height: number): Line[] {
  const items = itemsOf(scene)
  const lines: Line[] = [
    ...trafficLines(scene, width),
    ...verdictLines(scene, width).slice(1),
    ...sessionLines(scene, width),
    ...healthLines(scene, width),
  ]
  const room = height - lines.length
  const alerts = alertLines(scene, items, width, Math.max(2, Math.floor(room * 0.4)))
  const rules = ruleLines(scene, items, width, Math.max(2, room - alerts.length))
  return [...lines, ...rules, ...alerts].map(one => fitLine(one, width))
}
