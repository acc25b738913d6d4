/** The scenarios of captures/scenarios and the files that belong to each. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { synthesise } from '../../src/synth/synthesise.js'
import type { Truth } from '../../src/synth/truth.js'

/** Root of the checkout, seen from dist/test/synth. */
const root = resolve(import.meta.dirname, '..', '..', '..')
export const capturesFolder = join(root, 'captures')

export interface CaptureFiles {
  name: string
  scenario: string
  capture: string
  truth: string
  /** events of billing and the radio side; not every scenario has any */
  feed: string
}

export function captureSet(): CaptureFiles[] {
  return readdirSync(join(capturesFolder, 'scenarios'))
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => {
      const name = file.slice(0, -'.yaml'.length)
      const scenario = join(capturesFolder, 'scenarios', file)
      const kind = /^format: pcapng/m.test(readFileSync(scenario, 'utf8')) ? 'pcapng' : 'pcap'
      return {
        name,
        scenario,
        capture: join(capturesFolder, `${name}.${kind}`),
        truth: join(capturesFolder, `${name}.truth.json`),
        feed: join(capturesFolder, `${name}.jsonl`),
      }
    })
}

export function makeCapture(
  scenario: string,
  name: string,
): { octets: Uint8Array; truth: Truth; feed: string | undefined } {
  const pieces: Uint8Array[] = []
  const { truth, feed } = synthesise(scenario, name, piece => pieces.push(piece))
  return { octets: Buffer.concat(pieces), truth, feed }
}

export function readTruth(file: string): Truth {
  return JSON.parse(readFileSync(file, 'utf8')) as Truth
}

export function isThere(file: string): boolean {
  return existsSync(file)
}
