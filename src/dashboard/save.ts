/** The save dialog: which rows, in which form, to which file. */

import type { RowKind, RowsOf } from '../record/snapshot.js'
import { utcTime } from '../record/time.js'
import { FileExists } from './host.js'
import { keyOf } from './list-columns.js'
import { isList, type SaveDialog, type SaveFormat, type Scene } from './scene.js'
import type { Stage } from './stage.js'

const endings: Record<SaveFormat, string> = {
  pcapng: 'pcapng',
  ndjson: 'ndjson',
  csv: 'csv',
  text: 'txt',
}
const whats = ['selected', 'shown', 'all'] as const
/** Rows of one question. */
const pageRows = 1000

export function openSave(stage: Stage, formats: readonly SaveFormat[], file?: string): void {
  const { scene } = stage
  const [first] = formats
  if (first === undefined || !isList(scene.screen)) {
    stage.say('nothing here can be saved like that')
    return
  }
  const ending = /\.(pcapng|ndjson|csv|txt)$/.exec(file ?? '')?.[1]
  const format = formats.find(one => endings[one] === ending) ?? first
  const what = scene.lists[scene.screen].selected.size > 0 ? 'selected' : 'shown'
  const named = file ?? `${fileStem(scene)}.${endings[format]}`
  scene.overlay = {
    kind: 'save',
    dialog: { what, format, formats, file: named, at: 2, overwrite: false },
  }
}

/** `flows-20261121-210437`, in UTC. */
function fileStem({ screen, nowMs }: Scene): string {
  const stamp = utcTime(nowMs * 1000)
    .slice(0, 19)
    .replaceAll(/[-:]/g, '')
    .replace('T', '-')
  return `${screen}-${stamp}`
}

/** A key while the dialog is open. */
export function saveKey(stage: Stage, dialog: SaveDialog, key: string, char: string): void {
  const { scene } = stage
  if (key === 'tab' || key === 'down') dialog.at = ((dialog.at + 1) % 3) as 0 | 1 | 2
  else if (key === 'S-tab' || key === 'up') dialog.at = ((dialog.at + 2) % 3) as 0 | 1 | 2
  else if (key === 'enter' || key === 'return') void save(stage, dialog)
  else if (key === 'escape') delete scene.overlay
  else if (dialog.at === 2) typeName(dialog, key, char)
  else if (key === 'space' || key === 'right') choose(stage, dialog, 1)
  else if (key === 'left') choose(stage, dialog, -1)
}

const mostName = 4096

function typeName(dialog: SaveDialog, key: string, char: string): void {
  dialog.overwrite = false
  if (key === 'backspace') dialog.file = dialog.file.slice(0, -1)
  else if (key === 'C-u') dialog.file = ''
  else if (char >= ' ' && char !== '\x7f') dialog.file = (dialog.file + char).slice(0, mostName)
}

function choose(stage: Stage, dialog: SaveDialog, step: number): void {
  const next = <T>(all: readonly T[], now: T): T => {
    const at = (all.indexOf(now) + step + all.length) % all.length
    return all[at] ?? now
  }
  dialog.overwrite = false
  if (dialog.at === 0) {
    dialog.what = next(whats, dialog.what)
    return
  }
  const before = dialog.format
  dialog.format = next(dialog.formats, dialog.format)
  if (
    dialog.file === `${fileStem(stage.scene)}.${endings[before]}` ||
    dialog.file.endsWith(`.${endings[before]}`)
  ) {
    dialog.file = dialog.file.slice(0, -endings[before].length) + endings[dialog.format]
  }
}

async function save(stage: Stage, dialog: SaveDialog): Promise<void> {
  const { scene, host } = stage
  const kind = scene.screen
  if (!isList(kind) || dialog.file === '') return
  const { what, format, file, overwrite } = dialog
  try {
    stage.say(`saving to ${file}`)
    const rows = await rowsToSave(stage, kind, what)
    const told = await host.save({ kind, format, file, overwrite, rows })
    delete scene.overlay
    stage.say(told)
  } catch (error) {
    if (error instanceof FileExists) {
      dialog.overwrite = true
      stage.say(`${file}: exists`)
    } else if (error instanceof Error) {
      stage.say(error.message)
    } else {
      throw error
    }
  }
}

async function rowsToSave<K extends RowKind>(
  stage: Stage,
  kind: K,
  what: SaveDialog['what'],
): Promise<RowsOf[K][]> {
  const { filter, sort, selected } = stage.scene.lists[kind]
  const rows: RowsOf[K][] = []
  for (let offset = 0; ; offset += pageRows) {
    const page = await stage.source.rows(kind, {
      ...(what === 'all' || filter === '' ? {} : { filter }),
      ...(sort === undefined ? {} : { sort }),
      offset,
      limit: pageRows,
    })
    for (const row of page.rows) {
      if (what !== 'selected' || selected.has(keyOf[kind](row))) rows.push(row)
    }
    const done = page.rows.length < pageRows || offset + pageRows >= page.shown
    if (done || (what === 'selected' && rows.length >= selected.size)) return rows
  }
}
