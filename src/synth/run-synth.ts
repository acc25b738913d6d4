/** Reads a scenario file and writes the capture and its truth: the work of `tollgate synth`. */

import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { synthesise } from './synthesise.js'
import type { Truth } from './truth.js'

export interface RunSynthOptions {
  /** scenario file */
  scenario: string
  /** capture to write; `-` is standard output */
  out: string
  /** truth file to write; default: beside the capture, `x.pcap` -> `x.truth.json`; none for `-` */
  truthOut?: string
}

export interface RunSynthResult {
  truth: Truth
  /** octets of the capture */
  octets: number
  truthFile: string | undefined
  /** events of billing and the radio side; undefined when the scenario has none */
  feedFile: string | undefined
}

/** `captures/x.pcap` -> `captures/x.truth.json`. */
export function truthFileOf(out: string): string {
  return `${out.replace(/\.(pcap|pcapng|cap)$/, '')}.truth.json`
}

/** `captures/x.pcap` -> `captures/x.jsonl`. */
export function feedFileOf(out: string): string {
  return `${out.replace(/\.(pcap|pcapng|cap)$/, '')}.jsonl`
}

export function truthText(truth: Truth): string {
  return `${JSON.stringify(truth, null, 1)}\n`
}

const STDOUT = 1

const pause = new Int32Array(new SharedArrayBuffer(4))

/** Writes all octets: a pipe may take fewer than it was given, or none for now. */
function writeAll(file: number, octets: Uint8Array): void {
  for (let from = 0; from < octets.length; ) {
    try {
      from += writeSync(file, octets, from)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(pause, 0, 0, 5)
    }
  }
}

/**
 * The capture appears under its name when it is complete, never half.
 * @throws ScenarioError, or the file system's error with `path`
 */
export function runSynth(options: RunSynthOptions): RunSynthResult {
  const { scenario, out } = options
  const text = readFileSync(scenario, 'utf8')
  const pieces: Uint8Array[] = []
  const { truth, octets, feed } = synthesise(text, scenario, piece => pieces.push(piece))
  const truthFile = options.truthOut ?? (out === '-' ? undefined : truthFileOf(out))
  if (out === '-') {
    for (const piece of pieces) writeAll(STDOUT, piece)
  } else {
    const partial = `${out}.partial`
    const file = openSync(partial, 'w')
    for (const piece of pieces) writeAll(file, piece)
    closeSync(file)
    renameSync(partial, out)
  }
  if (truthFile !== undefined) writeFileSync(truthFile, truthText(truth))
  const feedFile = feed === undefined || out === '-' ? undefined : feedFileOf(out)
  if (feedFile !== undefined) writeFileSync(feedFile, feed ?? '')
  return { truth, octets, truthFile, feedFile }
}
