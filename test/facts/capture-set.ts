/** The captures of this project and what stands beside them: one run of each, shared by the tests. */

import { readdirSync, readFileSync } from 'node:fs'
import { openSource } from '../../src/source/open-source.js'
import type { Truth } from '../../src/synth/truth.js'
import { type Ran, type RunOptions, root, run } from '../helpers/run.js'

const folder = `${root}/captures`

/** Names of all captures with their extension. */
export const captureFiles: readonly string[] = readdirSync(folder)
  .filter(name => /\.pcap(ng)?$/.test(name))
  .sort()

export function capturePath(file: string): string {
  return `${folder}/${file}`
}

/** What a capture needs to be told: that without tunnels the addresses of the users are these. */
export function optionsFor(file: string): RunOptions {
  return file.startsWith('plain-ip') ? { plainIp: true, uePools: ['10.161.0.0/16'] } : {}
}

export async function replayed(file: string, options: RunOptions = {}): Promise<Ran> {
  const source = await openSource([capturePath(file)])
  try {
    return await run(source, { ...optionsFor(file), ...options })
  } finally {
    await source.close()
  }
}

export function truthOf(file: string): Truth {
  const path = capturePath(file).replace(/\.pcap(ng)?$/, '.truth.json')
  const truth: Truth = JSON.parse(readFileSync(path, 'utf8'))
  return truth
}
