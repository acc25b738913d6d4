/** What `tollgate replay --json --reveal` prints of a capture under rules/newspaper.yaml, all record
 * types: the form of the golden files beside this one. */

import type { Source } from '../../src/source/source.js'
import { captureFiles, optionsFor } from '../facts/capture-set.js'
import type { Frame } from '../helpers/memory-source.js'
import { lines, root, run } from '../helpers/run.js'

/** Captures by the name of their golden file. */
export const goldens: ReadonlyMap<string, string> = new Map(
  captureFiles.map(file => [file.replace(/\.pcap(ng)?$/, '.ndjson'), file]),
)

/** The folder of the golden files in the sources. */
export const folder = `${root}/test/golden`

export async function goldenText(
  file: string,
  from: Source | readonly Frame[],
  batch?: number,
): Promise<string> {
  const options = batch === undefined ? {} : { batch }
  return `${lines(await run(from, { ...optionsFor(file), ...options })).join('\n')}\n`
}
