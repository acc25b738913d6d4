/** Compares lists of a capture with tshark's truth, and what differs with the reviewed file. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

export interface Difference {
  onlyTshark: readonly string[]
  onlyOurs: readonly string[]
}

/** Lines that are alike and still listed one by one. */
const mostAlike = 5

const lines = z.array(z.string()).default([])

const reviewed = z.array(
  z.strictObject({
    file: z.string(),
    list: z.string(),
    only_tshark: lines,
    only_ours: lines,
    right: z.enum(['tollgate', 'tshark', 'both']),
    /** standard and clause */
    clause: z.string().min(3),
    why: z.string().min(20),
  }),
)
export type Reviewed = z.infer<typeof reviewed>

const path = new URL('../../../test/oracle/differences.yaml', import.meta.url)

export function readReviewed(): Reviewed {
  return reviewed.parse(parse(readFileSync(fileURLToPath(path), 'utf8')))
}

/** Lines of each side that the other does not have as often. */
export function difference(truth: readonly string[], ours: readonly string[]): Difference {
  return {
    onlyTshark: collapsed(without(truth, ours)),
    onlyOurs: collapsed(without(ours, truth)),
  }
}

/** Lines that differ in their frame alone become one, when there are more than anybody reads. */
function collapsed(lines: readonly string[]): string[] {
  const groups = new Map<string, string[]>()
  for (const line of lines) {
    const key = line.replace(/^frame=\d+/, 'frame=*')
    groups.set(key, [...(groups.get(key) ?? []), line])
  }
  return [...groups].flatMap(([key, group]) =>
    group.length > mostAlike ? [`${key} (${group.length} times)`] : group,
  )
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines
    .filter(line => {
      const n = left.get(line) ?? 0
      if (n > 0) left.set(line, n - 1)
      return n === 0
    })
    .sort()
}
