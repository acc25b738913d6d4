/** The npm package `cap` as the engine of a live capture, in a process of its own: an interface that goes
 * down aborts the process that captures from it. Read cap-capture.ts, which runs there. */

import { fileURLToPath } from 'node:url'
import type { CaptureSettings, Engine, ToolCounts } from './engine.js'
import { takeCount } from './engine.js'

const program = fileURLToPath(new URL('./cap-capture.js', import.meta.url))

export function capEngine(): Engine {
  return {
    name: 'cap',
    program: process.execPath,
    args(iface: string, settings: CaptureSettings): string[] {
      const { filter, snaplen, bufferKiB } = settings
      return [program, iface, filter ?? '', String(snaplen), String(bufferKiB)]
    },
    running: /^cap: listening on /,
    count(line: string, counts: ToolCounts): void {
      counts.captured = takeCount(line, /(\d+) packets? captured/) ?? counts.captured
      counts.queue = takeCount(line, /(\d+) packets? dropped by queue/) ?? counts.queue
    },
    countSignal: 'SIGUSR1',
    countsKernelDrops: false,
    stampsArrival: false,
    grant: 'sudo, or --engine tcpdump: only tcpdump needs the privilege then',
  }
}
