/** Keys while something is typed: all of it is text, Esc leaves, Enter takes it. */

import { findField } from '../record/filter/all.js'
import { command } from './list-actions.js'
import { complete, completions, edit, filterHint, insert, type Prompt, recall } from './prompt.js'
import { isList } from './scene.js'
import type { Stage } from './stage.js'

/** Words offered at a time. */
const mostOffered = 8

export function promptKey(stage: Stage, prompt: Prompt, key: string, char: string): void {
  const { scene, host } = stage
  if (key === 'escape' || key === 'C-c') delete scene.prompt
  else if (key === 'enter' || key === 'return') take(stage, prompt)
  else if (key === 'up')
    scene.prompt = recall(prompt, prompt.kind === 'filter' ? host.history : [], 1)
  else if (key === 'down')
    scene.prompt = recall(prompt, prompt.kind === 'filter' ? host.history : [], -1)
  else if (key === 'tab' && prompt.kind === 'filter') completeWord(stage, prompt)
  else {
    const edited = edit(prompt, key)
    if (edited !== undefined) scene.prompt = edited
    else if (char >= ' ' && char !== '\x7f') scene.prompt = insert(prompt, char)
  }
}

function take(stage: Stage, prompt: Prompt): void {
  const { scene, host } = stage
  const text = prompt.text.trim()
  if (prompt.kind === 'filter') {
    // a wrong filter keeps the prompt open; what is wrong is said beside it
    if (filterHint(text).hint !== '') return
    delete scene.prompt
    const kind = isList(scene.screen) ? scene.screen : 'flows'
    stage.filter(kind, text)
    if (text !== '') host.remember(text)
    if (!isList(scene.screen)) stage.goTo('flows')
    return
  }
  if (prompt.kind === 'note' && text === '') {
    stage.say('a note is needed: who does what about it')
    return
  }
  delete scene.prompt
  if (prompt.kind === 'command') {
    if (text !== '') command(stage, text)
    return
  }
  void acknowledge(stage, prompt.alerts ?? [], text)
}

async function acknowledge(stage: Stage, alerts: readonly string[], note: string): Promise<void> {
  const { host, source, scene } = stage
  try {
    for (const alert of alerts) await source.acknowledge(alert, note, host.user)
    scene.lists.alerts.selected.clear()
    stage.say(`acknowledged ${alerts.length}`)
    stage.refresh()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    stage.say(error.message)
  }
}

function completeWord(stage: Stage, prompt: Prompt): void {
  const { from, words } = completions(prompt, field => seenValues(stage, field))
  stage.scene.prompt = complete(prompt, from, words)
  if (words.length > 1) stage.say(words.slice(0, mostOffered).join('  '))
}

/** Values of a field in the rows on the screen. */
function seenValues(stage: Stage, name: string): string[] {
  const { screen, lists } = stage.scene
  const field = findField(name)
  if (!isList(screen) || field === undefined) return []
  const rows: readonly object[] = lists[screen].page?.rows ?? []
  return rows
    .flatMap(row => field.read(row as Readonly<Record<string, unknown>>).map(String))
    .filter(plainWord)
}

/** Needs no quotes. */
function plainWord(text: string): boolean {
  return /^[\w.:/*-]+$/.test(text)
}
