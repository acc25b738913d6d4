/** What lies over the body: help, a text, a choice, the save dialog. */

import { terminalText, wrap } from '../../record/text.js'
import {
  blank,
  cutLine,
  type Line,
  line,
  lineText,
  restyle,
  type Span,
  span,
  spread,
} from '../line.js'
import { columnsOf } from '../list-columns.js'
import { isList, type Overlay, type SaveDialog, type Scene } from '../scene.js'
import { helpLines } from './help.js'

export function overlayLines(
  scene: Scene,
  overlay: Overlay,
  under: readonly Line[],
  width: number,
  height: number,
): Line[] {
  switch (overlay.kind) {
    case 'help': {
      const names = {
        overview: 'Overview',
        flows: 'Flows',
        subscribers: 'Subscribers',
        rules: 'Rules',
        alerts: 'Alerts',
        log: 'Log',
        why: 'Why',
        timeline: 'Timeline',
      }
      return paged(
        `Help: ${names[scene.screen]}`,
        helpLines(scene.screen, width),
        overlay.top,
        width,
        height,
      )
    }
    case 'text':
      return paged(overlay.title, textLines(overlay.lines, width), overlay.top, width, height)
    case 'choice':
      return over(
        under,
        box(overlay.of === 'sort' ? 'Sort' : 'Columns', choiceLines(scene, overlay), 40),
        width,
        height,
      )
    case 'save':
      return over(under, box('Save', saveLines(scene, overlay.dialog), 60), width, height)
    default:
      return [...under]
  }
}

/** Long lines go on below: what is to be copied must be whole. */
function textLines(lines: readonly string[], width: number): Line[] {
  return lines.flatMap(text =>
    wrap(terminalText(text), width - 2).map((part): Line => [{ text: ` ${part}` }]),
  )
}

/** Lines of a text overlay, all of it. */
export function overlayHeight(scene: Scene, overlay: Overlay, width: number): number {
  if (overlay.kind === 'help') return helpLines(scene.screen, width).length
  return overlay.kind === 'text' ? textLines(overlay.lines, width).length : 0
}

function paged(
  title: string,
  lines: readonly Line[],
  top: number,
  width: number,
  height: number,
): Line[] {
  const room = height - 1
  const pages = Math.max(1, Math.ceil(lines.length / room))
  const page = Math.min(pages, Math.floor((top + room - 1) / room) + 1)
  const head = spread([{ text: ' ' }, span(title, 'bold')], line(`page ${page}/${pages}`), width)
  return [head, ...lines.slice(top, top + room)]
}

/** The choices of a list: its columns, as far as they can be sorted by or leave. */
export function choicesOf(
  scene: Scene,
  of: 'sort' | 'columns',
): readonly { id: string; name: string }[] {
  if (!isList(scene.screen)) return []
  const columns: readonly { id: string; head: string; sort?: string; leaves?: number }[] =
    columnsOf[scene.screen]
  return columns.flatMap(one => {
    if (of === 'sort') return one.sort === undefined ? [] : [{ id: one.sort, name: one.head }]
    return one.leaves === undefined ? [] : [{ id: one.id, name: one.head }]
  })
}

function choiceLines(scene: Scene, overlay: { of: 'sort' | 'columns'; at: number }): Line[] {
  if (!isList(scene.screen)) return []
  const list = scene.lists[scene.screen]
  return choicesOf(scene, overlay.of).map((choice, i) => {
    const on =
      overlay.of === 'sort'
        ? list.sort?.replace(/^-/, '') === choice.id
        : !list.hidden.has(choice.id)
    const mark = overlay.of === 'sort' ? (on ? '(*)' : '( )') : on ? '[x]' : '[ ]'
    const text = `${i === overlay.at ? '>' : ' '} ${mark} ${choice.name}`
    return i === overlay.at ? line(text.padEnd(36), 'inverse') : line(text)
  })
}

const formatNames = { pcapng: 'pcapng', ndjson: 'ndjson', csv: 'csv', text: 'why text' } as const

function saveLines(scene: Scene, dialog: SaveDialog): Line[] {
  if (!isList(scene.screen)) return []
  const { page, selected } = scene.lists[scene.screen]
  const choice = (name: string, on: boolean) => `${on ? '(*)' : '( )'} ${name}`
  const row = (at: number, name: string, text: string): Line => {
    const mark = dialog.at === at ? '> ' : '  '
    return [{ text: `${mark}${name.padEnd(9)}` }, span(text, dialog.at === at ? 'bold' : undefined)]
  }
  return [
    row(
      0,
      'What',
      [
        choice(`selected ${selected.size}`, dialog.what === 'selected'),
        choice(`shown ${page?.shown ?? 0}`, dialog.what === 'shown'),
        choice(`all ${page?.total ?? 0}`, dialog.what === 'all'),
      ].join(' '),
    ),
    row(
      1,
      'As',
      dialog.formats.map(format => choice(formatNames[format], dialog.format === format)).join(' '),
    ),
    line(
      `  ${'Numbers'.padEnd(9)}${dialog.format === 'pcapng' ? 'in clear: packets hold them' : scene.overview?.revealed === true ? 'in clear' : 'masked'}`,
    ),
    row(2, 'File', `${dialog.file.slice(-40)}${dialog.at === 2 ? '_' : ''}`),
    blank,
    line(dialog.overwrite ? '  The file exists: Enter writes over it, Esc does not' : '', 'bold'),
  ]
}

function box(title: string, lines: readonly Line[], width: number): Line[] {
  const bar = (text: string): Line => [
    { text: `+-${text}${'-'.repeat(Math.max(0, width - text.length - 3))}+`, style: 'rule' },
  ]
  const inside = lines.map(
    (one): Line => [
      { text: '| ', style: 'rule' },
      ...spread(cutLine(one, width - 4), [], width - 4),
      { text: ' |', style: 'rule' },
    ],
  )
  return [bar(` ${title} `), ...inside, bar('')]
}

/** The box in the middle of what lies under it. */
function over(
  under: readonly Line[],
  inner: readonly Line[],
  width: number,
  height: number,
): Line[] {
  const boxWidth = inner.reduce((most, one) => Math.max(most, lineText(one).length), 0)
  const left = Math.max(0, Math.floor((width - boxWidth) / 2))
  const first = Math.max(0, Math.floor((height - inner.length) / 3))
  return Array.from({ length: height }, (_, i) => {
    const behind = under[i] ?? blank
    const part = inner[i - first]
    if (part === undefined) return behind
    const text = lineText(behind).padEnd(width)
    const dim = (piece: string): Span => ({ text: piece, style: 'dim' })
    return [dim(text.slice(0, left)), ...part, dim(text.slice(left + boxWidth))]
  }).map((one, i) => (inner[i - first] === undefined ? restyle(one, 'dim') : one))
}
