/** The command line that is measured, and the figure that stands for several runs of it. */

import { fileURLToPath } from 'node:url'

/** `tollgate replay` with the whole pipeline over the capture at `path`, under the newspaper rules. */
export function replayArgs(path: string, threads = 1): string[] {
  // dist/bench -> the repository
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const rules = ['--rules', `${root}rules/newspaper.yaml`, '--profile', 'article']
  const shared = threads === 1 ? [] : ['--threads', String(threads)]
  return [
    `${root}dist/src/main.js`,
    'replay',
    path,
    ...rules,
    '--json',
    '--only',
    'usage',
    ...shared,
  ]
}

/** NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
