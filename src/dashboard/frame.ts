/** The frame of every screen: title, names of the screens, filter and order above the body; what the focused row
 * is, messages, prompts and the keys that work now below it (interface.md 5.1). */

import { groupDigits } from '../record/figures.js'
import { cut, terminalText } from '../record/text.js'
import { bindingsOf } from './keys.js'
import { blank, fitLine, type Line, line, type Span, span, spread } from './line.js'
import { columnsOf, flowRule, verdictSpan } from './list-columns.js'
import { bodyLines, infoLine } from './panels/all.js'
import { hasBoth } from './panels/why.js'
import { filterHint, type Prompt } from './prompt.js'
import { countText } from './rates.js'
import { isList, type ListState, mainScreens, type Scene } from './scene.js'
import { titleLine } from './title.js'

export const leastWidth = 80
export const leastHeight = 24
/** title, screens, filter; info and keys */
const around = 5

/** All lines of the screen, each `width` wide. */
export function screenLines(scene: Scene, width: number, height: number): Line[] {
  if (width < leastWidth || height < leastHeight) return tooSmall(width, height)
  const body = bodyLines(scene, width, height - around)
  const lines = [
    titleLine(scene, width),
    screensLine(scene, width),
    stateLine(scene, width),
    ...Array.from({ length: height - around }, (_, i) => body[i] ?? blank),
    lastButOne(scene, width),
    keysLine(scene, width),
  ]
  return lines.map(one => fitLine(one, width))
}

/** Lines of the body that rows of a list have. */
export function bodyHeight(height: number): number {
  return Math.max(1, height - around)
}

function tooSmall(width: number, height: number): Line[] {
  const text = [
    '',
    ` Terminal too small: ${width}x${height}.`,
    ` Needs at least ${leastWidth}x${leastHeight}.`,
    ' Resize the window, or press q to quit.',
  ]
  return Array.from({ length: height }, (_, i) => fitLine(line(text[i] ?? ''), width))
}

const longNames = ['Overview', 'Flows', 'Subscribers', 'Rules', 'Alerts', 'Log'] as const
const shortNames = ['Over', 'Flow', 'Subs', 'Rule', 'Alrt', 'Log'] as const

/** Screens `1` to `6`, the current in `[ ]`; on a detail screen: where it is. */
function screensLine(scene: Scene, width: number): Line {
  if (scene.screen === 'why' || scene.screen === 'timeline') return crumbs(scene, width)
  const names = width < 100 ? shortNames : longNames
  const alerts = scene.overview?.alerts.new ?? 0
  const parts: Span[] = []
  mainScreens.forEach((screen, i) => {
    const count = screen === 'alerts' && alerts > 0 ? `(${countText(alerts, 6)})` : ''
    const text = `${i + 1} ${names[i]}${count}`
    const current = screen === scene.screen
    if (current) parts.push({ text: ' ' }, { text: `[${text}]`, style: 'bold' })
    else parts.push({ text: `  ${text}` })
  })
  return parts
}

function crumbs(scene: Scene, width: number): Line {
  const from = scene.back.at(-1)?.screen
  const name =
    from === undefined || !isList(from) ? '' : `${longNames[mainScreens.indexOf(from)]} > `
  if (scene.screen === 'timeline') {
    return [{ text: ` ${name}` }, span(`Timeline of ${scene.timeline?.subscriber ?? ''}`, 'bold')]
  }
  const { why } = scene
  const flow = why?.explained?.flow
  const head = span(`Flow ${why?.flow ?? ''}`, 'bold')
  if (flow === undefined) return [{ text: ` ${name}` }, head]
  const way = `${flow.ue}:${flow.ue_port ?? '-'} > ${flow.server}:${flow.server_port ?? '-'} ${flow.protocol}`
  const left = [{ text: ` ${name}` }, head, span(`    ${way}    IMSI ${flow.imsi ?? '-'}`)]
  return spread(left, [verdictSpan(flow.verdict), span(`  ${flowRule(flow)}`)], width)
}

function stateLine(scene: Scene, width: number): Line {
  if (scene.screen === 'why') return whyState(scene, width)
  if (scene.screen === 'timeline') return blank
  if (!isList(scene.screen)) {
    const window = Number.isFinite(scene.windowS) ? spanWord(scene.windowS) : 'since reload'
    const right = `Window: ${window}    Refresh: ${spanWord(scene.refreshMs / 1000)}`
    return spread(line(' Filter: none'), line(right), width)
  }
  const list = scene.lists[scene.screen]
  const right = `${countsText(scene, list)}${orderText(scene, list)}${marksText(list)}`
  const filter = list.filter === '' ? 'none' : list.filter
  const room = width - right.length - 2
  return spread(
    [
      { text: ' Filter: ' },
      span(
        cut(terminalText(filter), Math.max(8, room - 9)),
        list.filter === '' ? undefined : 'bold',
      ),
    ],
    line(right),
    width,
  )
}

/** `5m`, `1h`, `0.25s`. */
function spanWord(seconds: number): string {
  if (seconds < 60) return `${seconds}s`
  return seconds < 3600 ? `${seconds / 60}m` : `${seconds / 3600}h`
}

function countsText(scene: Scene, list: ListState): string {
  const { page } = list
  if (page === undefined) return ''
  if (scene.screen === 'rules' && scene.overview !== undefined && list.filter === '') {
    const { rules, never_hit: never, shadowed } = scene.overview.rules
    return `${groupDigits(rules)} rules, ${groupDigits(never)} never hit, ${groupDigits(shadowed)} shadowed`
  }
  if (scene.screen === 'alerts' && scene.overview !== undefined && list.filter === '') {
    const { alerts } = scene.overview
    return `${alerts.new} new, ${alerts.ack} ack, ${alerts.cleared_today} cleared today`
  }
  if (list.filter === '')
    return `${countText(page.total, 12)} ${scene.screen === 'log' ? 'lines' : scene.screen}`
  return `${countText(page.shown, 9)} of ${countText(page.total, 9)}`
}

function orderText(scene: Scene, list: ListState): string {
  if (!isList(scene.screen)) return ''
  const field = list.sort?.replace(/^-/, '')
  const columns: readonly { sort?: string; head: string }[] = columnsOf[scene.screen]
  const column = columns.find(one => one.sort === field)
  if (list.frozen !== undefined) return '    Sort: frozen'
  if (field === undefined || scene.screen === 'log') return ''
  return `    Sort: ${terminalText(column?.head.replace(/^[o$X] /, '').toLowerCase() ?? field)}`
}

function marksText(list: ListState): string {
  return list.selected.size === 0 ? '' : `    ${groupDigits(list.selected.size)} sel`
}

function whyState(scene: Scene, width: number): Line {
  const { why } = scene
  const pane = (name: string, on: boolean): Span =>
    on ? { text: `[${name}]`, style: 'bold' } : { text: ` ${name} ` }
  const both = why !== undefined && hasBoth(why, width)
  const panes = both
    ? []
    : [pane('Why', why?.pane === 'why'), { text: '  ' }, pane('Ladder', why?.pane === 'ladder')]
  const rules = why?.explained?.explain.rules
  const text =
    rules === undefined ? '' : `rules ${rules.name} ${rules.version} (${rules.sha256.slice(0, 7)})`
  return spread([{ text: ' ' }, ...panes], [span(text)], width)
}

function lastButOne(scene: Scene, width: number): Line {
  if (scene.prompt !== undefined) return promptLine(scene.prompt, width)
  if (scene.message !== undefined) return [{ text: ' ' }, span(scene.message, 'bold')]
  return infoLine(scene, width)
}

const promptSigns: Record<Prompt['kind'], string> = { filter: '/', command: ':', note: 'Note: ' }

/** What is typed with the cursor, and at its right what is wrong with it. */
function promptLine(prompt: Prompt, width: number): Line {
  const { hint, wrong } =
    prompt.kind === 'filter' ? filterHint(prompt.text) : { hint: '', wrong: undefined }
  const sign = promptSigns[prompt.kind]
  const shownHint = cut(terminalText(hint), Math.floor(width / 2))
  const room = Math.max(10, width - sign.length - shownHint.length - 6)
  // the part around the cursor, when it does not fit
  const start = Math.max(0, prompt.at - room + 1)
  const spans: Span[] = [{ text: ` ${sign}` }]
  for (let i = start; i < Math.min(prompt.text.length, start + room); i++) {
    const char = prompt.text.charAt(i)
    const isWrong = wrong !== undefined && i >= wrong[0] && i < wrong[1]
    spans.push(span(char, i === prompt.at ? 'inverse' : isWrong ? 'wrong' : undefined))
  }
  if (prompt.at >= prompt.text.length) spans.push({ text: '_' })
  return spread(spans, [span(shownHint, 'bold')], width)
}

/** Whole hints only, the most useful first; `? Help` and `q Quit` always fit. */
function keysLine(scene: Scene, width: number): Line {
  const fixed = fixedHints(scene)
  if (fixed !== undefined) return line(` ${fixed}`)
  if (scene.wall) return line(' q Quit')
  const last = '? Help  q Quit'
  const hints = bindingsOf(scene.screen)
    .filter(one => one.hint !== undefined && possible(scene, one.action))
    .map(({ shown, hint, rank = 99 }) => ({ text: `${shown} ${hint}`, rank }))
  const total = () => hints.reduce((sum, one) => sum + one.text.length + 2, last.length + 1)
  while (total() > width) {
    const worst = hints.reduce((most, one) => Math.max(most, one.rank), 0)
    hints.splice(
      hints.findLastIndex(one => one.rank === worst),
      1,
    )
  }
  const shown = [...hints].sort((a, b) => a.rank - b.rank).map(one => one.text)
  return line(` ${[...shown, last].join('  ')}`)
}

/** Keys that do nothing now are not named. */
function possible(scene: Scene, action: string): boolean {
  const rows = isList(scene.screen) ? (scene.lists[scene.screen].page?.shown ?? 0) : 1
  const needRow = [
    'open',
    'select',
    'timeline',
    'source',
    'acknowledge',
    'unacknowledge',
    'export',
    'copy',
  ]
  return rows > 0 || !needRow.includes(action)
}

function fixedHints(scene: Scene): string | undefined {
  const { prompt, overlay } = scene
  if (prompt?.kind === 'filter')
    return 'Enter Apply  Tab Complete  Up History  Ctrl-U Clear  Esc Cancel'
  if (prompt !== undefined) return 'Enter Apply  Ctrl-U Clear  Esc Cancel'
  if (overlay?.kind === 'save') return 'Tab Next  Space Choose  Enter Save  Esc Cancel'
  if (overlay?.kind === 'choice') {
    return overlay.of === 'sort'
      ? 'Up/Down Choose  Enter Sort  Esc Cancel'
      : 'Up/Down Choose  Space Show or hide  Esc Done'
  }
  if (overlay !== undefined) return 'Up/Down Page  Esc Close'
  return undefined
}
