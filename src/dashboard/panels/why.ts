/** A flow: why it was rated so, and beside it its packets in groups, so that the packet where the verdict changed
 * can be seen. */

/*  LADDER        UE              server           |[WHY] 1 SESSION  teid 0x00004003 ...
 *  packet 3      |----------------->|  request 1 $ |      2 FACTS    app   http   packet 3 */

import type { ExplainRecord, SliceGroup } from '../../record/explain-record.js'
import { groupDigits, tariffLabels, verdictLabels } from '../../record/figures.js'
import { beside, blank, type Line, line, ruler, type Span, span } from '../line.js'
import type { Scene, WhyState } from '../scene.js'
import type { Panel } from './panel.js'

/** Both panes from here on. */
const bothWidth = 120
const ladderWidth = 46

export const whyPanel: Panel = {
  lines(scene, width, height) {
    const { why } = scene
    if (why === undefined) return []
    if (why.trouble !== undefined) return [ruler(width), blank, line(`   ${why.trouble}`)]
    if (why.explained === undefined)
      return [ruler(width), blank, line('   Waiting for the explanation.')]
    const both = hasBoth(why, width)
    const room = height - 1
    if (!both) {
      const lines =
        why.pane === 'why'
          ? explainLines(scene, why, width - 1)
          : ladderLines(why.explained.explain)
      return [ruler(width), ...lines.slice(why.top, why.top + room)]
    }
    const right = width - ladderWidth - 1
    const ladder = ladderLines(why.explained.explain)
    const text = explainLines(scene, why, right - 1)
    const tops = why.pane === 'why' ? [0, why.top] : [why.top, 0]
    const columns = [ladder.slice(tops[0]), text.slice(tops[1])]
    return [ruler(width, [ladderWidth]), ...beside(columns, [ladderWidth, right], room)]
  },
  info: () => blank,
}

/** A probe that keeps no packets of ended flows has no ladder to show. */
export function hasBoth(why: WhyState, width: number): boolean {
  const groups = why.explained?.explain.slices.length ?? 0
  return width >= bothWidth && !why.zoomed && groups > 0
}

/** Lines that the pane with the focus can be scrolled through. */
export function whyHeight(scene: Scene, width: number): number {
  const { why } = scene
  if (why?.explained === undefined) return 0
  if (why.pane === 'ladder') return ladderLines(why.explained.explain).length
  const both = hasBoth(why, width)
  return explainLines(scene, why, both ? width - ladderWidth - 2 : width - 1).length
}

function explainLines(scene: Scene, why: WhyState, width: number): Line[] {
  const { explained } = why
  if (explained === undefined) return []
  const { explain, incomplete, now } = explained
  const lines: Line[] = []
  if (incomplete !== undefined) {
    lines.push(line(` INCOMPLETE  ${incomplete}. The verdict may be wrong.`, 'BLCK'))
  }
  if (now !== undefined && now.rules.version !== explain.rules.version) {
    const would = verdictLabels[now.verdict]
    lines.push(
      line(
        ` decided with ${explain.rules.version}; with ${now.rules.version} it would be ${would}`,
        'bold',
      ),
    )
  }
  const text = scene.whyLines(explain, width, why.all)
  return [...lines, ...text.map(one => whyLine(one, explain))]
}

/** What the command line writes, with the headings and the verdict marked. It is escaped already. */
function whyLine(text: string, explain: ExplainRecord): Line {
  const heading = /^\d [A-Z][A-Z ]+/.exec(text)?.[0]
  if (heading === undefined) return [{ text: ` ${text}` }]
  const rest = text.slice(heading.length)
  const label = verdictLabels[explain.verdict]
  const at = heading.startsWith('4 ') ? rest.indexOf(label) : -1
  if (at < 0) return [{ text: ' ' }, { text: heading, style: 'bold' }, { text: rest }]
  return [
    { text: ' ' },
    { text: heading, style: 'bold' },
    { text: rest.slice(0, at) },
    { text: label, style: explain.verdict },
    { text: rest.slice(at + label.length) },
  ]
}

/** Groups of packets in the order of their first frame, with the direction in which the octets went. */
function ladderLines(explain: ExplainRecord): Line[] {
  if (explain.slices.length === 0) {
    return [line(' The packets of this flow are not kept here: tollgate why -r FILE shows them.')]
  }
  const groups = [...explain.slices].sort((a, b) => a.first_frame - b.first_frame)
  return [
    [{ text: ' LADDER', style: 'bold' }, { text: '        UE            server' }],
    ...groups.flatMap(groupLines),
  ]
}

function groupLines(group: SliceGroup): Line[] {
  const place =
    group.first_frame === group.last_frame
      ? String(group.first_frame)
      : `${group.first_frame}-${group.last_frame}`
  const name = group.transaction === undefined ? group.class : `${group.class} ${group.transaction}`
  const up = group.up_bytes > 0
  const down = group.down_bytes > 0
  const arrow = up && down ? '<------------>' : up ? '------------->' : '<-------------'
  const tariff: Span = span(tariffLabels[group.tariff].charAt(0), tariffStyle[group.tariff])
  return [
    [
      { text: ` ${place.padEnd(13).slice(0, 13)} |` },
      span(arrow.padEnd(14)),
      { text: '|  ' },
      tariff,
      { text: ` ${groupDigits(group.up_bytes + group.down_bytes)} B` },
    ],
    line(`               | ${name.slice(0, 27)}`),
  ]
}

const tariffStyle = { free: 'FREE', charged: 'CHRG', unknown: 'UNKN' } as const
