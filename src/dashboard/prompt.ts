/** The line in which the operator types: filter, command, note, file name. Nothing typed here is a key. */

import { fieldNames, findField } from '../record/filter/all.js'
import { parseFilter } from '../record/filter/parser.js'

export type PromptKind = 'filter' | 'command' | 'note'

export interface Prompt {
  kind: PromptKind
  text: string
  /** place in `text` before which is typed */
  at: number
  /** place in the history, counted from the newest; -1: what was typed */
  past: number
  typed: string
  /** ids of the alerts that a note is for */
  alerts?: readonly string[]
}

export function openPrompt(kind: PromptKind, text = ''): Prompt {
  return { kind, text, at: text.length, past: -1, typed: text }
}

/** Longer than any filter that a person types; keeps a pasted file from growing without end. */
const mostTyped = 1000

export function insert(prompt: Prompt, text: string): Prompt {
  const { text: old, at } = prompt
  const next = (old.slice(0, at) + text + old.slice(at)).slice(0, mostTyped)
  return { ...prompt, text: next, at: Math.min(at + text.length, next.length), past: -1 }
}

/** Keys that edit; undefined: not one of them. */
export function edit(prompt: Prompt, key: string): Prompt | undefined {
  const { text, at } = prompt
  switch (key) {
    case 'backspace':
      if (at === 0) return prompt
      return { ...prompt, text: text.slice(0, at - 1) + text.slice(at), at: at - 1, past: -1 }
    case 'delete':
      return { ...prompt, text: text.slice(0, at) + text.slice(at + 1), past: -1 }
    case 'left':
      return { ...prompt, at: Math.max(0, at - 1) }
    case 'right':
      return { ...prompt, at: Math.min(text.length, at + 1) }
    case 'home':
    case 'C-a':
      return { ...prompt, at: 0 }
    case 'end':
    case 'C-e':
      return { ...prompt, at: text.length }
    case 'C-u':
      return { ...prompt, text: '', at: 0, past: -1 }
    case 'C-w': {
      const kept = text.slice(0, at).replace(/\S+\s*$/, '')
      return { ...prompt, text: kept + text.slice(at), at: kept.length, past: -1 }
    }
    default:
      return undefined
  }
}

/** The next older (`step` 1) or newer (-1) of what was typed before, newest first. */
export function recall(prompt: Prompt, history: readonly string[], step: 1 | -1): Prompt {
  const past = Math.max(-1, Math.min(history.length - 1, prompt.past + step))
  const typed = prompt.past === -1 ? prompt.text : prompt.typed
  const text = past < 0 ? typed : (history[past] ?? '')
  return { ...prompt, past, typed, text, at: text.length }
}

/** What is to be said of the filter while it is typed; empty when it is right. */
export function filterHint(text: string): { hint: string; wrong?: readonly [number, number] } {
  if (text.trim() === '') return { hint: '' }
  const result = parseFilter(text)
  if (result.ok) return { hint: '' }
  const { message, suggestion, unfinished, at, end } = result.error
  const hint = suggestion === undefined ? message : `${message}, try "${suggestion}"`
  return unfinished ? { hint } : { hint, wrong: [at, end] }
}

const words = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'matches', 'in', 'exists']

/** The words that may stand where the cursor is: values of a field after an operator, else fields.
 * `seen`: values on the screen by field. */
export function completions(
  prompt: Prompt,
  seen: (field: string) => readonly string[],
): { from: number; words: string[] } {
  const before = prompt.text.slice(0, prompt.at)
  const part = /[^\s"(){},]*$/.exec(before)?.[0] ?? ''
  const from = before.length - part.length
  const last = before
    .slice(0, from)
    .trimEnd()
    .split(/[\s(]+/)
  const operator = last.at(-1) ?? ''
  const field = findField(last.at(-2) ?? '')
  const candidates =
    field !== undefined && words.includes(operator.toLowerCase())
      ? [...(field.values ?? []), ...seen(field.name)]
      : [...fieldNames()]
  const typed = part.toLowerCase()
  const fit = candidates.filter(word => word.toLowerCase().startsWith(typed))
  return { from, words: [...new Set(fit)] }
}

/** The prompt with the one completion, or with as much as all have in common. */
export function complete(prompt: Prompt, from: number, candidates: readonly string[]): Prompt {
  const [first = ''] = candidates
  let common = first
  for (const word of candidates) {
    while (!word.toLowerCase().startsWith(common.toLowerCase())) common = common.slice(0, -1)
  }
  const part = prompt.text.slice(from, prompt.at)
  if (common.length <= part.length && candidates.length !== 1) return prompt
  const ending = candidates.length === 1 ? ' ' : ''
  const text = prompt.text.slice(0, from) + common + ending + prompt.text.slice(prompt.at)
  return { ...prompt, text, at: from + common.length + ending.length, past: -1 }
}
