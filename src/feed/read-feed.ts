/** A feed from a file or standard input, to its end. */

import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { EventText, type FeedSink } from './event-text.js'
import { LineCutter } from './line-cutter.js'

/** Rejects with the file system's error. */
export async function readFeed(path: string, sink: FeedSink): Promise<void> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  const text = new EventText(path === '-' ? 'standard input' : basename(path), sink)
  const cutter = new LineCutter((line, cut) => text.line(line, cut))
  for await (const piece of input) cutter.put(piece as Uint8Array)
  cutter.end()
}
