/** Blocks of the overview whose rows can be opened: rules, alerts, hosts charged by default. */

import { groupDigits, octetsText, shareText } from '../../record/figures.js'
import type { AlertRow, DefaultHost, TopRule } from '../../record/snapshot.js'
import { cut, terminalText } from '../../record/text.js'
import { type Line, line, restyle, type Span, span, spread } from '../line.js'
import { tariffSpan } from '../list-columns.js'
import { countText, figureText, msOf, spanText } from '../rates.js'
import type { Scene } from '../scene.js'

/** A row that Enter opens. */
export type OverviewItem =
  | { kind: 'rule'; rule: TopRule }
  | { kind: 'alert'; alert: AlertRow }
  | { kind: 'host'; host: DefaultHost }

/** In the order in which the focus goes through them; those of a block that do not fit are left out of it. */
export function itemsOf(scene: Scene): readonly OverviewItem[] {
  const { overview } = scene
  if (overview === undefined) return []
  return [
    ...overview.top_rules.map(rule => ({ kind: 'rule', rule }) as const),
    ...overview.top_alerts.map(alert => ({ kind: 'alert', alert }) as const),
    ...overview.default_hosts.map(host => ({ kind: 'host', host }) as const),
  ]
}

interface Block {
  title: Line
  rows: readonly { item: OverviewItem; text: Line }[]
  none: string
}

/** The block in `height` lines: as many rows as fit, around the focused one. */
function blockLines(
  scene: Scene,
  items: readonly OverviewItem[],
  block: Block,
  width: number,
  height: number,
): Line[] {
  const { rows } = block
  if (rows.length === 0)
    return [block.title, line(`   ${block.none}`, 'dim')].slice(0, Math.max(1, height))
  const room = Math.max(1, height - 1)
  const focused = rows.findIndex(({ item }) => items.indexOf(item) === scene.overviewFocus)
  const whole = rows.length <= room
  const fit = whole ? room : Math.max(1, room - 1)
  const start = focused < fit ? 0 : focused - fit + 1
  const shown = rows.slice(start, start + fit)
  const lines = shown.map(({ item, text }) => {
    const isFocused = items.indexOf(item) === scene.overviewFocus
    const marked: Line = [{ text: isFocused ? '> ' : '  ' }, ...text]
    return isFocused ? restyle(spread(marked, [], width), 'inverse') : marked
  })
  const more = rows.length - start - shown.length
  return [block.title, ...lines, ...(more > 0 ? [line(`   ... ${more} more`, 'dim')] : [])].slice(
    0,
    height,
  )
}

export function ruleLines(
  scene: Scene,
  items: readonly OverviewItem[],
  width: number,
  height: number,
): Line[] {
  const { overview } = scene
  const rules = overview?.top_rules ?? []
  const all = overview?.verdicts.reduce((sum, one) => sum + one.bytes, 0) ?? 0
  const name = Math.max(12, width - 36)
  const rows = items.flatMap(item => {
    if (item.kind !== 'rule') return []
    const { rule } = item
    const text: Span[] = [
      span(cut(terminalText([rule.rule, rule.name ?? ''].join('  ').trimEnd()), name).padEnd(name)),
      { text: ' ' },
      tariffSpan(rule.tariff),
      {
        text: `${figureText(rule.hits_per_s).padStart(11)} ${shareText(rule.bytes, all).padStart(8)}`,
      },
    ]
    return [{ item, text }]
  })
  const title: Line = [
    { text: ' TOP RULES'.padEnd(name + 2), style: 'bold' },
    { text: ` verdict    hits/s    share` },
  ]
  return blockLines(
    scene,
    items,
    { title, rows, none: rules.length === 0 ? 'No rule was hit yet.' : '' },
    width,
    height,
  )
}

export function alertLines(
  scene: Scene,
  items: readonly OverviewItem[],
  width: number,
  height: number,
): Line[] {
  const { overview } = scene
  const counts = overview?.alerts ?? { new: 0, ack: 0, cleared_today: 0 }
  const rows = items.flatMap(item => {
    if (item.kind !== 'alert') return []
    const { alert } = item
    const since = msOf(alert.blocked_since ?? alert.raised) ?? scene.nowMs
    const flows = alert.flows > 0 ? `   ${groupDigits(alert.flows)} flows` : ''
    const who = alert.imsi === undefined ? '' : `${alert.imsi}  `
    const text: Line = [
      { text: alert.state === 'NEW' ? '! ' : 'A ', style: 'bold' },
      span(`${spanText(scene.nowMs - since)}  ${who}${alert.title}${flows}`),
    ]
    return [{ item, text }]
  })
  const title = spread(
    [{ text: ' ALERTS', style: 'bold' }],
    line(`${counts.new} new, ${counts.ack} ack`),
    width,
  )
  const none = `No alerts. ${counts.cleared_today} cleared today.`
  return blockLines(scene, items, { title, rows, none }, width, height)
}

export function hostLines(
  scene: Scene,
  items: readonly OverviewItem[],
  width: number,
  height: number,
): Line[] {
  const nearest = 22
  const why = Math.max(20, Math.floor(width * 0.25))
  const host = Math.max(16, width - 36 - nearest - why)
  const rows = items.flatMap(item => {
    if (item.kind !== 'host') return []
    const {
      bytes,
      flows,
      subscribers,
      host: name,
      nearest: rule = '-',
      why_not: reason = '',
    } = item.host
    const cell = (text: string, room: number) => cut(terminalText(text), room).padEnd(room)
    const text = line(
      `${octetsText(bytes).padStart(9)} ${countText(flows, 9).padStart(9)} ${countText(subscribers, 7).padStart(7)}  `,
    )
    return [
      {
        item,
        text: [
          ...text,
          { text: `${cell(name, host)}  ${cell(rule, nearest)}  ${cell(reason, why)}` },
        ],
      },
    ]
  })
  const heads = `${'bytes'.padStart(11)} ${'flows'.padStart(9)} ${'subs'.padStart(7)}  ${'host'.padEnd(host)}  ${'nearest free rule'.padEnd(nearest)}  why not`
  const block = { title: line(heads), rows, none: 'None.' }
  return [
    [
      {
        text: ' CHARGED BY DEFAULT: hosts that no rule names (candidates for a missing free rule)',
        style: 'bold' as const,
      },
    ],
    ...blockLines(scene, items, block, width, Math.max(2, height - 1)),
  ].slice(0, Math.max(0, height))
}
