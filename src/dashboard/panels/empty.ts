/** Why there are no rows: one sentence, and what to do next. An empty screen without a reason looks like a fault. */

import { groupDigits } from '../../record/figures.js'
import { terminalText, wrap } from '../../record/text.js'
import { type Line, line } from '../line.js'
import { isList, type Scene } from '../scene.js'

/** Undefined: nothing is missing. */
export function emptyLines(scene: Scene, width: number): Line[] | undefined {
  const text = emptyText(scene)
  if (text === undefined) return undefined
  const lines = text.flatMap(part => (part === '' ? [''] : wrap(part, width - 6)))
  return ['', '', ...lines].map(part => line(part === '' ? '' : `   ${part}`))
}

function emptyText(scene: Scene): string[] | undefined {
  const { link, overview } = scene
  if (overview === undefined) return notConnected(scene)
  const name = inputName(scene)
  if (overview.packets === 0) {
    if (overview.file !== undefined && !overview.file.done) return [`Reading ${name}.`]
    return overview.mode === 'file'
      ? [`${name} holds no packets.`, '', 'tollgate dissect FILE shows what is in it.']
      : [
          `No packets seen yet on ${name}.`,
          '',
          ...interfaceText(scene),
          '',
          'Is the mirror port on?  tollgate status --capture',
        ]
  }
  if (overview.user_packets + overview.control_messages === 0) {
    const found = Object.entries(overview.found)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `  ${groupDigits(count)} ${terminalText(kind)}`)
    const next =
      overview.mode === 'file'
        ? 'If users are outside tunnels here (Gi, SGi): --plain-ip'
        : 'Check the mirror port, the VLAN tags and the capture filter:  tollgate status --capture'
    const count = `${groupDigits(overview.packets)} packet${overview.packets === 1 ? '' : 's'} arrived, none of them GTP.`
    return [
      `No GTP packets seen yet on ${name}.`,
      '',
      ...interfaceText(scene),
      '',
      count,
      ...found,
      '',
      next,
    ]
  }
  if (!isList(scene.screen)) return undefined
  const list = scene.lists[scene.screen]
  if (list.trouble !== undefined) return [terminalText(list.trouble)]
  if (list.page === undefined) return link.state === 'open' ? ['Waiting for rows.'] : undefined
  if (list.page.shown > 0) return undefined
  if (list.filter !== '') {
    return [
      `No ${rowWord[scene.screen]} matches the filter. Esc clears it.`,
      '',
      `${groupDigits(list.page.total)} without it.`,
    ]
  }
  return noRows(scene)
}

const rowWord = {
  flows: 'flow',
  subscribers: 'subscriber',
  rules: 'rule',
  alerts: 'alert',
  log: 'line',
} as const

function noRows(scene: Scene): string[] {
  const cleared = scene.overview?.alerts.cleared_today ?? 0
  switch (scene.screen) {
    case 'alerts':
      return [
        `No alerts. ${groupDigits(cleared)} cleared today.`,
        '',
        'What happened before:  6 Log',
      ]
    case 'rules':
      return ['No rules.', '', `tollgate rules check ${scene.overview?.rules.path ?? ''}`]
    case 'log':
      return [
        'Nothing was logged yet.',
        '',
        'Reloads, drops and alerts come here; 1 shows traffic.',
      ]
    default:
      return [
        `No ${rowWord[scene.screen as 'flows']} yet: packets came, no user traffic among them.`,
        '',
        'tollgate status --capture, or tollgate dissect FILE, says what they are.',
      ]
  }
}

function inputName({ overview }: Scene): string {
  if (overview?.file !== undefined) return terminalText(overview.file.name)
  return overview?.interfaces.map(one => terminalText(one.name)).join(', ') ?? ''
}

function interfaceText({ overview }: Scene): string[] {
  if (overview === undefined || overview.mode === 'file') return []
  return overview.interfaces.map(one => {
    const state = one.up
      ? 'link up'
      : `DOWN${one.trouble === undefined ? '' : ` (${terminalText(one.trouble)})`}`
    return `  ${terminalText(one.name)}   ${state}   ${groupDigits(one.packets)} packets`
  })
}

function notConnected({ link }: Scene): string[] {
  const where = terminalText(link.where)
  if (link.state === 'refused')
    return [`${where}: ${terminalText(link.why ?? 'refused')}`, '', 'try: join group tollgate']
  if (link.state === 'open') return ['Waiting for the first figures.']
  const why = link.why === undefined ? '' : `: ${terminalText(link.why)}`
  return [
    `No daemon on ${where}${why}.`,
    '',
    'try: systemctl start tollgated',
    'or read a capture file: tollgate top -r FILE',
  ]
}
