/** tcpdump as the engine of a live capture: the main one. Read tcpdump(8): `-U` writes each packet as it
 * comes, which through a pipe costs it about as much as copying the packet; SIGUSR1 makes it print its
 * counts. Without `--immediate-mode` a packet may wait a second in the kernel's buffer, which holds far
 * more packets then (TPACKET_V3), so that mode is for merging alone. */

import type { CaptureSettings, Engine, ToolCounts } from './engine.js'
import { takeCount } from './engine.js'

export function tcpdumpEngine(program: string): Engine {
  return {
    name: 'tcpdump',
    program,
    args(iface: string, settings: CaptureSettings): string[] {
      const { filter, snaplen, bufferKiB, immediate } = settings
      const limits = ['-s', String(snaplen), '-B', String(bufferKiB)]
      return [
        '-i',
        iface,
        '-n',
        '-w',
        '-',
        '-U',
        ...limits,
        ...(immediate ? ['--immediate-mode'] : []),
        // a filter that begins with a dash is no option
        ...(filter === undefined ? [] : ['--', filter]),
      ]
    },
    running: /^tcpdump: listening on /,
    count(line: string, counts: ToolCounts): void {
      counts.captured = takeCount(line, /(\d+) packets? captured/) ?? counts.captured
      counts.kernel = takeCount(line, /(\d+) packets? dropped by kernel/) ?? counts.kernel
    },
    countSignal: 'SIGUSR1',
    countsKernelDrops: true,
    stampsArrival: true,
    grant: `sudo, or: sudo setcap cap_net_raw+ep ${program}`,
  }
}
