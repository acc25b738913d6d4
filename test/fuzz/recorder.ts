/** Which layer lies where in the frames of a capture, and examples of every protocol's messages, by the
 * project's own inspectors: each is wrapped to tell what it was given. */

import { inspectors } from '../../src/inspect/all.js'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import type { Inspector } from '../../src/inspect/inspector.js'
import { Registry } from '../../src/inspect/registry.js'
import type { Input } from './target.js'
import { walled } from './walled.js'

/** A layer of a frame, from the frame's first octet on. */
export interface LayerRange {
  name: string
  off: number
  end: number
}

/** `own`: the octets lie in the frame itself, not in a reassembly. */
type Seen = (name: string, buf: Uint8Array, off: number, end: number) => void

function wrapped(one: Inspector, seen: Seen): Inspector {
  const { stream } = one
  return {
    ...one,
    inspect(buf, off, end, walk) {
      seen(one.name, buf, off, end)
      one.inspect(buf, off, end, walk)
    },
    ...(stream && {
      stream: () => {
        const reader = stream()
        return {
          read(buf, off, end, walk) {
            seen(one.name, buf, off, end)
            return reader.read(buf, off, end, walk)
          },
        }
      },
    }),
  }
}

/** Layers of each frame, outermost first. Every message is shown to `example`. */
export function recordLayers(
  frames: Input,
  example: (name: string, octets: Uint8Array) => void,
): LayerRange[][] {
  const batch = walled(frames, 0)
  const found: LayerRange[][] = frames.map(() => [])
  let at = 0
  const seen: Seen = (name, buf, off, end) => {
    example(name, buf.slice(off, end))
    const start = batch.off[at] ?? 0
    if (buf === batch.block) found[at]?.push({ name, off: off - start, end: end - start })
  }
  const inspector = new FrameInspector(new Registry(inspectors.map(one => wrapped(one, seen))))
  for (at = 0; at < frames.length; at++) inspector.inspect(batch, at)
  return found
}
