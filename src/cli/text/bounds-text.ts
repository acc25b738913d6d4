/** `replay --bounds` for people: the range, then each policy with its values and the packets behind it. */

import type { BoundsRecord, Swing } from '../../record/bounds-record.js'
import { groupDigits, octetsText, shareText } from '../../record/figures.js'
import type { SummaryRecord } from '../../record/usage-record.js'
import { readArguments } from './finding-text.js'
import { counted, incompleteLines, modelParts } from './summary-text.js'
import { sentence, titled } from './titled.js'

/** `run`: whether it was the whole capture. `most`: groups of packets that are listed for a policy. */
export function boundsLines(
  bounds: BoundsRecord,
  files: readonly string[],
  run: Pick<SummaryRecord, 'complete' | 'reasons'>,
  most: number,
  width: number,
): string[] {
  const { bytes, free_bytes, free_min, free_max, swings } = bounds
  const free = (octets: number) => `${octetsText(octets)} (${shareText(octets, bytes)})`
  const lines = [
    ...titled('Free', [free(free_bytes), `of ${octetsText(bytes)}`, ...modelParts(bounds)], width),
    ...titled('  least', [free(free_min)], width),
    ...titled('  most', [free(free_max)], width),
    ...sentence('  of', `${groupDigits(bounds.combinations)} combinations of policies`, width),
  ]
  if (bounds.left_out.length > 0) {
    lines.push(
      ...sentence(
        '  without',
        `${bounds.left_out.join(', ')}: the rules name no such charge`,
        width,
      ),
    )
  }
  for (const swing of swings) lines.push('', ...swingLines(swing, files, most, width))
  if (swings.length === 0) lines.push('No policy on its own changes what is free here.')
  return [...lines, ...incompleteLines(run, width)]
}

function swingLines(swing: Swing, files: readonly string[], most: number, width: number): string[] {
  const values = Object.entries(swing.free_bytes).map(
    ([value, octets]) => `${value}${value === swing.value ? '*' : ''} ${octetsText(octets)}`,
  )
  const lines = [
    ...titled('Policy', [swing.policy], width),
    ...titled('  free', values, width),
    ...titled('  by', [counted(swing.packets, 'packet'), octetsText(swing.bytes)], width),
  ]
  for (const group of swing.groups.slice(0, most)) {
    const { first_frame, last_frame } = group
    const frames =
      first_frame === last_frame ? `frame ${first_frame}` : `frames ${first_frame}-${last_frame}`
    const txn = group.transaction === undefined ? '' : ` transaction ${group.transaction}`
    const parts = [`flow ${group.flow}${txn}`, group.class, frames]
    lines.push(
      ...titled('', [...parts, counted(group.packets, 'packet'), octetsText(group.bytes)], width),
    )
  }
  if (swing.groups.length > most) lines.push(...titled('', ['...', '--limit N, --json'], width))
  const [group] = swing.groups
  if (group !== undefined) {
    lines.push(
      ...titled('  details', [`tollgate why ${readArguments(files)} ${group.flow}`], width),
    )
  }
  return lines
}
