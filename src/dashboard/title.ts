/** Line 1: how far what is shown can be trusted. State, rules, drop, alerts and clock never leave. */

/* tollgate LIVE | dhk-probe-02 | eth1,eth2 | up 12d04h | rules v418 ok | drop 0.00% | lag 0.2s | 3 alerts  21:04:37 +06 */

import { groupDigits, octetsText } from '../record/figures.js'
import type { FileState, Overview } from '../record/snapshot.js'
import { clockTime, zoneText } from '../record/time.js'
import { type Line, restyle, type Span, span, spread } from './line.js'
import { countText, figureText, percentText, spanText } from './rates.js'
import { isStale, type Scene } from './scene.js'

/** A field, and how soon it leaves: the lowest first; absent: never. */
interface Field {
  text: string
  leaves?: number
  /** stands out of the line, which is inverse */
  alarm?: boolean
}

export type ScreenState = 'CONNECTING' | 'LOST' | 'STALE' | 'PAUSED' | 'FILE' | 'LIVE'

export function stateOf(scene: Scene): ScreenState {
  const { link, overview } = scene
  if (overview === undefined) return link.state === 'lost' ? 'LOST' : 'CONNECTING'
  if (link.state !== 'open')
    return link.state === 'closed' && overview.mode === 'file' ? 'FILE' : 'LOST'
  if (scene.paused !== undefined) return 'PAUSED'
  if (overview.mode === 'file') return 'FILE'
  return isStale(scene) ? 'STALE' : 'LIVE'
}

/** Rows are of a moment that is over. */
export function isOld(scene: Scene): boolean {
  const state = stateOf(scene)
  return state === 'LOST' || state === 'STALE'
}

export function titleLine(scene: Scene, width: number): Line {
  const fields = fieldsOf(scene)
  const nowUs = scene.nowMs * 1000
  const clock = clockTime(nowUs, scene.utc).slice(0, 8)
  let offset = ` ${zoneText(nowUs, scene.utc)}`
  const room = () => width - clock.length - offset.length - 3
  if (textOf(fields).length > room()) offset = ''
  while (textOf(fields).length > room()) {
    const leaving = fields.reduce<Field | undefined>(
      (least, one) => ((one.leaves ?? 99) < (least?.leaves ?? 99) ? one : least),
      undefined,
    )
    if (leaving === undefined) break
    fields.splice(fields.indexOf(leaving), 1)
  }
  const left: Span[] = [{ text: ' ' }]
  fields.forEach((field, i) => {
    if (i > 0) left.push({ text: ' | ' })
    left.push(span(field.text, field.alarm === true ? 'bold' : undefined))
  })
  const whole = spread(left, [{ text: clock + offset }], width)
  return inverseBut(whole)
}

/** The line is inverse; what must stand out in it is not. */
function inverseBut(whole: Line): Line {
  return whole.flatMap(part => (part.style === 'bold' ? [part] : restyle([part], 'inverse')))
}

function textOf(fields: readonly Field[]): string {
  return ` ${fields.map(field => field.text).join(' | ')}`
}

function fieldsOf(scene: Scene): Field[] {
  const { link, overview, nowMs } = scene
  const state = stateOf(scene)
  const head = (text: string): Field => ({ text: `tollgate ${text}` })
  const retry =
    link.retryAtMs === undefined
      ? ''
      : `in ${Math.max(0, Math.ceil((link.retryAtMs - nowMs) / 1000))} s`
  if (overview === undefined) {
    const trying =
      link.attempts > 0 ? `try ${link.attempts}${retry === '' ? '' : `, next ${retry}`}` : ''
    return [head(state), { text: link.where, leaves: 5 }, { text: trying }].filter(hasText)
  }
  const alerts: Field = alertField(scene, scene.paused?.live ?? overview)
  if (state === 'LOST') {
    const at = clockTime(scene.freshMs * 1000, scene.utc).slice(0, 8)
    const age = Math.max(0, Math.floor((nowMs - scene.freshMs) / 1000))
    return [
      head(`LOST ${spanText(nowMs - scene.freshMs)}`),
      { text: overview.probe, leaves: 3 },
      { text: `shown: ${at}, ${age} s old` },
      { text: retry === '' ? '' : `retry ${retry}`, leaves: 4 },
      dropField(overview),
      alerts,
    ].filter(hasText)
  }
  if (state === 'STALE') {
    const age = Math.floor((nowMs - scene.freshMs) / 1000)
    return [
      head(`STALE ${age}s`),
      { text: overview.probe, leaves: 3 },
      { text: inputsText(overview), leaves: 2 },
      { text: `no update from the daemon for ${age} s`, leaves: 1 },
      dropField(overview),
      alerts,
    ].filter(hasText)
  }
  if (state === 'PAUSED') return pausedFields(scene, overview, alerts)
  if (overview.file !== undefined) return fileFields(overview, overview.file, alerts)
  return [
    head(state),
    { text: overview.probe, leaves: 4 },
    { text: inputsText(overview), leaves: 3 },
    { text: `up ${spanText(nowMs - overview.started_us / 1000)}`, leaves: 2 },
    ...commonFields(overview),
    { text: overview.lag_s === 0 ? '' : `lag ${overview.lag_s.toFixed(1)}s`, leaves: 1 },
    alerts,
  ].filter(hasText)
}

function pausedFields(scene: Scene, overview: Overview, alerts: Field): Field[] {
  const { paused, nowMs } = scene
  const since = paused === undefined ? 0 : nowMs - paused.sinceMs
  const live = paused?.live ?? overview
  const more = Math.max(0, live.flows - overview.flows)
  return [
    { text: `tollgate PAUSED ${spanText(since)}` },
    { text: overview.probe, leaves: 3 },
    { text: inputsText(overview), leaves: 1 },
    { text: 'probe still running', leaves: 2 },
    { text: `+${groupDigits(more)} flows since` },
    ...(live.drop_share > 0 ? [dropField(live)] : []),
    alerts,
  ].filter(hasText)
}

function fileFields(overview: Overview, file: FileState, alerts: Field): Field[] {
  const { done, damage, octets_read: read, octets_total: total } = file
  const cut = damage.length > 0
  const seconds = Math.max(0.001, (overview.now_us - overview.started_us) / 1e6)
  const perSecond = overview.packets / seconds
  const leftMs = total > read && read > 0 ? ((total - read) / read) * seconds * 1000 : 0
  const progress = done
    ? [{ text: `done, ${groupDigits(overview.packets)} packets` }]
    : [
        {
          text:
            total > 0
              ? `${Math.floor((read / total) * 100)}% ${octetsText(read)} of ${octetsText(total)}`
              : octetsText(read),
        },
        { text: `${figureText(perSecond)} pkt/s`, leaves: 2 },
        { text: total > read ? `left ${spanText(leftMs)}` : '', leaves: 3 },
      ]
  return [
    { text: `tollgate FILE ${file.name}` },
    ...progress,
    ...(cut ? [{ text: 'CUT SHORT', alarm: true }] : []),
    ...commonFields(overview),
    alerts,
  ].filter(hasText)
}

function commonFields(overview: Overview): Field[] {
  return [
    rulesField(overview),
    ...(overview.overload === undefined ? [] : [{ text: 'OVERLOAD', alarm: true }]),
    ...(overview.troubles.length === 0 ? [] : [{ text: 'TROUBLE', alarm: true, leaves: 5 }]),
    dropField(overview),
    ...(overview.revealed ? [{ text: 'NUMBERS SHOWN', alarm: true }] : []),
  ]
}

function rulesField({ rules }: Overview): Field {
  if (rules.refused !== undefined)
    return { text: `RULES BAD, ${version(rules.version)} KEPT`, alarm: true }
  return { text: `rules ${version(rules.version)} ok` }
}

function version(text: string): string {
  return /^\d/.test(text) ? `v${text}` : text
}

function dropField(overview: Overview): Field {
  const { drop_share: share } = overview
  if (share <= 0) return { text: 'drop 0.00%' }
  return { text: `DROP ${share < 0.0001 ? '<0.01%' : percentText(share, 2)}`, alarm: true }
}

function alertField(scene: Scene, { alerts }: Overview): Field {
  const count = alerts.new
  return { text: `${countText(count)} alert${count === 1 ? '' : 's'}`, alarm: scene.newAlerts }
}

/** `eth1 DOWN,eth2`; the file's name has its place elsewhere. */
function inputsText({ interfaces }: Overview): string {
  return interfaces.map(one => (one.up ? one.name : `${one.name} DOWN`)).join(',')
}

function hasText(field: Field): boolean {
  return field.text !== ''
}
