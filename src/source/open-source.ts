/** The one way to captures: `openSource(['day.pcap.gz', 'more/', '-'])`.
 * Resolves to an opened Source (source.ts) over pcap and pcapng, plain, .gz or .zst, from files,
 * directories, patterns and standard input, in the order of time. Rejects with a SourceError whose
 * message is that of interface.md 6.5 without the prefix: `x.pcap: no such file`. */

import { basename } from 'node:path'
import type { CaptureSourceOptions } from './capture-source.js'
import { CaptureSource } from './capture-source.js'
import { listCaptures } from './path-list.js'
import type { Source } from './source.js'
import { SourceError } from './source.js'

export async function openSource(
  paths: readonly string[],
  options: CaptureSourceOptions = {},
): Promise<Source> {
  const files = await listCaptures(paths)
  const [first] = files
  if (first === undefined) throw new SourceError('no capture given')
  const name =
    files.length === 1 ? basename(first) : `${basename(first)} and ${files.length - 1} more`
  const source = new CaptureSource(files, name, options)
  await source.open()
  return source
}
