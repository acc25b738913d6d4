/** Every frame of a capture as `dissect` sees it. */

import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'

export async function readFrames(path: string): Promise<FrameRecord[]> {
  const source = await openSource([path])
  const inspector = new FrameInspector()
  const batch = new FrameBatch()
  const frames: FrameRecord[] = []
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) frames.push(inspector.inspect(batch, i))
  }
  await source.close()
  return frames
}
