/** The screens that are kept as files: how each is reached, and the sizes. */

import { StandIn, script } from './stand-in.js'

export const sizes = [
  [80, 24],
  [120, 36],
  [160, 48],
  [250, 70],
] as const

/** Name of the screen -> keys that lead to it. */
export const ways: Record<string, readonly string[]> = {
  overview: ['1'],
  flows: ['2'],
  'flows-selected': ['2', 'space', 'down', 'space'],
  subscribers: ['3'],
  rules: ['4'],
  alerts: ['5'],
  log: ['6'],
  why: ['2', 'enter'],
  timeline: ['3', 'i'],
  help: ['2', '?'],
  save: ['2', 'w'],
  sort: ['2', 's'],
}

export async function screenText(
  keys: readonly string[],
  width: number,
  height: number,
): Promise<string> {
  const standIn = new StandIn(script('shift'), width, height)
  await standIn.settle()
  await standIn.press()
  for (const key of keys) await standIn.press(key)
  const { text } = standIn
  await standIn.end()
  return text
}
