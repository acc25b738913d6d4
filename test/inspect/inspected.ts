/** Frames of a test through the inspector. */

import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { FrameBatch } from '../../src/source/source.js'
import { type Frame, MemorySource } from '../helpers/memory-source.js'

export async function inspected(
  frames: readonly Frame[],
  inspector = new FrameInspector(),
): Promise<FrameRecord[]> {
  const source = new MemorySource(frames)
  const batch = new FrameBatch()
  const records: FrameRecord[] = []
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) records.push(inspector.inspect(batch, i))
  }
  return records
}

/** Values of one field, frame by frame: `3: a,b`. */
export function values(records: readonly FrameRecord[], name: string): string[] {
  return records.flatMap(({ frame, fields }) => {
    const list = fields[name]
    return list === undefined ? [] : [`${frame}: ${list.join(',')}`]
  })
}
