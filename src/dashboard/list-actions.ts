/** Keys of the lists and of what is opened from them. */

import type { FlowRow } from '../record/snapshot.js'
import { cut } from '../record/text.js'
import { utcTime } from '../record/time.js'
import type { Action } from './keys.js'
import { columnsOf, keyOf } from './list-columns.js'
import { focusedRow } from './panels/list.js'
import { itemsOf } from './panels/overview-lists.js'
import { openPrompt } from './prompt.js'
import { openSave } from './save.js'
import { isList } from './scene.js'
import { ruleFilter, subscriberFilter, wiresharkLines } from './selectors.js'
import type { Stage } from './stage.js'

/** False: the key means nothing here. */
export function listAction(stage: Stage, action: Action): boolean {
  const { scene } = stage
  const { screen } = scene
  if (!isList(screen)) return screen === 'overview' && action === 'open' ? openItem(stage) : false
  const list = scene.lists[screen]
  switch (action) {
    case 'open':
      return openRow(stage)
    case 'sort':
      scene.overlay = { kind: 'choice', of: 'sort', at: sortAt(stage) }
      return true
    case 'columns':
      scene.overlay = { kind: 'choice', of: 'columns', at: 0 }
      return true
    case 'reverse':
      if (list.sort !== undefined) {
        stage.sort(screen, list.sort.startsWith('-') ? list.sort.slice(1) : `-${list.sort}`)
      }
      return true
    case 'freeze':
      return freeze(stage)
    case 'follow':
      list.follow = true
      if (screen === 'flows') {
        stage.sort(screen, '-ts')
        list.follow = true
      }
      stage.rows.fetch(screen)
      return true
    case 'select': {
      const row = focusedRow(scene, screen)
      if (row === undefined) return true
      const key = keyOf[screen](row as never)
      if (!list.selected.delete(key)) list.selected.add(key)
      return true
    }
    case 'select-all':
      for (const row of list.page?.rows ?? []) list.selected.add(keyOf[screen](row as never))
      return true
    case 'select-none':
      list.selected.clear()
      return true
    case 'left':
      list.scroll = Math.max(0, list.scroll - 1)
      return true
    case 'right':
      list.scroll = Math.min(columnsOf[screen].length - 2, list.scroll + 1)
      return true
    case 'save':
      openSave(stage, stage.host.formats(screen))
      return true
    case 'export':
      openSave(stage, ['pcapng'])
      return true
    default:
      return rowAction(stage, action)
  }
}

/** Keys that mean the same for a flow in the list and for the one that is explained. */
export function flowAction(stage: Stage, flow: FlowRow | undefined, action: Action): boolean {
  switch (action) {
    case 'subscriber':
      if (flow?.imsi !== undefined) openSubscriber(stage, flow.imsi)
      return true
    case 'rule':
      if (flow !== undefined)
        openRule(
          stage,
          flow.level2 ?? (flow.level1 === undefined ? 'default' : `L1-${flow.level1}`),
        )
      return true
    case 'wireshark':
      if (flow !== undefined)
        stage.scene.overlay = text('Filter for Wireshark', wiresharkLines(flow))
      return true
    default:
      return false
  }
}

/** Keys that are about the focused row. */
function rowAction(stage: Stage, action: Action): boolean {
  const { scene, host } = stage
  const flow = scene.screen === 'flows' ? focusedRow(scene, 'flows') : undefined
  const rule = scene.screen === 'rules' ? focusedRow(scene, 'rules') : undefined
  const subscriber = scene.screen === 'subscribers' ? focusedRow(scene, 'subscribers') : undefined
  const alert = scene.screen === 'alerts' ? focusedRow(scene, 'alerts') : undefined
  switch (action) {
    case 'copy':
      if (flow !== undefined) copyText(stage, `tollgate why ${flow.flow}`)
      return true
    case 'timeline':
      if (subscriber?.imsi !== undefined) void stage.timeline(subscriber.imsi)
      return true
    case 'source':
      if (rule !== undefined)
        scene.overlay = text(`Rule ${rule.rule}  ${rule.at}`, host.sourceLines(rule.at))
      return true
    case 'acknowledge':
    case 'acknowledge-all': {
      const rows = action === 'acknowledge' ? [alert] : (scene.lists.alerts.page?.rows ?? [])
      const chosen = scene.lists.alerts.selected
      const ids = rows.flatMap(row => (row?.state === 'NEW' ? [row.id] : []))
      const alerts = action === 'acknowledge' && chosen.size > 0 ? [...chosen] : ids
      if (alerts.length === 0) stage.say('nothing to acknowledge')
      else scene.prompt = { ...openPrompt('note'), alerts }
      return true
    }
    case 'unacknowledge':
      if (alert?.state === 'ACK') {
        void stage.source.unacknowledge(alert.id, host.user).then(
          () => stage.refresh(),
          (error: Error) => stage.say(error.message),
        )
      }
      return true
    default:
      return flowAction(stage, flow, action)
  }
}

export function text(title: string, lines: readonly string[]) {
  return { kind: 'text' as const, title, lines, top: 0 }
}

export function copyText(stage: Stage, copied: string): void {
  stage.surface.copy(copied)
  stage.say(`copied: ${cut(copied.split('\n')[0] ?? '', 60)}`)
}

/** What the operator opens with Enter. */
function openRow(stage: Stage): boolean {
  const { scene } = stage
  switch (scene.screen) {
    case 'flows': {
      const row = focusedRow(scene, 'flows')
      if (row !== undefined) void stage.why(row.flow)
      return true
    }
    case 'subscribers': {
      const row = focusedRow(scene, 'subscribers')
      if (row?.imsi !== undefined) stage.open('flows', subscriberFilter(row.imsi))
      return true
    }
    case 'rules': {
      const row = focusedRow(scene, 'rules')
      if (row !== undefined) stage.open('flows', ruleFilter(row))
      return true
    }
    case 'alerts': {
      const row = focusedRow(scene, 'alerts')
      if (row?.flow !== undefined) void stage.why(row.flow)
      else stage.say('no flow shows it')
      return true
    }
    case 'log': {
      const [kind, ...rest] = (focusedRow(scene, 'log')?.about ?? '').split(' ')
      const name = rest.join(' ')
      if (kind === 'flow') void stage.why(name)
      else if (kind === 'rule') openRule(stage, name)
      else if (kind === 'alert') {
        scene.lists.alerts.key = name
        stage.open('alerts')
      }
      return true
    }
    default:
      return false
  }
}

function openItem(stage: Stage): boolean {
  const { scene } = stage
  const item = itemsOf(scene)[scene.overviewFocus]
  if (item === undefined) return true
  if (item.kind === 'rule') openRule(stage, item.rule.rule)
  else if (item.kind === 'alert') {
    scene.lists.alerts.key = item.alert.id
    stage.open('alerts')
  } else {
    const { host } = item.host
    const address = /^[\d.]+$|:/.test(host.split(' ')[0] ?? '')
    const [name = ''] = host.split(' ')
    stage.open('flows', address ? `server == ${name}` : `host == "${name}"`)
  }
  return true
}

function openRule(stage: Stage, rule: string): void {
  const { rules } = stage.scene.lists
  if (rules.filter !== '') rules.filter = ''
  rules.key = rule
  stage.open('rules')
}

function openSubscriber(stage: Stage, imsi: string): void {
  const { subscribers } = stage.scene.lists
  subscribers.filter = ''
  subscribers.key = imsi
  stage.open('subscribers')
}

function sortAt(stage: Stage): number {
  const { screen, lists } = stage.scene
  if (!isList(screen)) return 0
  const field = lists[screen].sort?.replace(/^-/, '')
  const columns: readonly { sort?: string }[] = columnsOf[screen]
  return Math.max(
    0,
    columns.filter(one => one.sort !== undefined).findIndex(one => one.sort === field),
  )
}

/** The order stays as it is on the screen; once more lets it go. */
function freeze(stage: Stage): boolean {
  const { flows } = stage.scene.lists
  if (flows.frozen !== undefined) delete flows.frozen
  else if (flows.page !== undefined) {
    flows.follow = false
    flows.frozen = flows.page.rows.map(keyOf.flows)
  }
  stage.rows.fetch('flows')
  return true
}

/** `:save FILE`, `:since 1h`, `:goto 81`, `:q`. */
export function command(stage: Stage, typed: string): void {
  const { scene, host } = stage
  const [name = '', ...rest] = typed.trim().split(/\s+/)
  const value = rest.join(' ')
  if (name === 'q' || name === 'quit') host.quit()
  else if (name === 'goto' && /^\d+$/.test(value)) void stage.why(value)
  else if (name === 'save' && isList(scene.screen))
    openSave(stage, host.formats(scene.screen), value)
  else if (name === 'since') since(stage, value)
  else stage.say(`unknown command "${name}": :save FILE, :since 1h, :goto FLOW, :q`)
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

function since(stage: Stage, value: string): void {
  const [, amount = '', unit = ''] = /^-?(\d+(?:\.\d+)?)([smhd])$/.exec(value) ?? []
  const lastUs = stage.scene.overview?.packet_us ?? 0
  if (amount === '') {
    stage.say(':since needs a span: 30s, 5m, 1h')
    return
  }
  const fromUs = Math.max(0, lastUs - Number(amount) * (unitSeconds[unit] ?? 1) * 1e6)
  stage.filter('flows', `end >= ${utcTime(fromUs)}`)
  stage.goTo('flows')
}
