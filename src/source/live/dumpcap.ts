/** dumpcap as the engine of a live capture, where tcpdump is missing. Read dumpcap(1). It writes each packet
 * by itself, so it is slower, and says what it lost only at its end. */

import type { CaptureSettings, Engine, ToolCounts } from './engine.js'
import { takeCount } from './engine.js'

export function dumpcapEngine(program: string): Engine {
  return {
    name: 'dumpcap',
    program,
    args(iface: string, settings: CaptureSettings): string[] {
      const { filter, snaplen, bufferKiB } = settings
      const buffer = String(Math.max(1, Math.ceil(bufferKiB / 1024)))
      const args = ['-i', iface, '-q', '-P', '-w', '-', '-s', String(snaplen), '-B', buffer]
      return filter === undefined ? args : [...args, '-f', filter]
    },
    running: /^File: /,
    /** `Packets received/dropped on interface 'r0': 100/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0)` */
    count(line: string, counts: ToolCounts): void {
      counts.captured = takeCount(line, /^Packets received\/dropped.*: (\d+)\//) ?? counts.captured
      counts.kernel = takeCount(line, /\(pcap:(\d+)\//) ?? counts.kernel
      const own = takeCount(line, /\/dumpcap:(\d+)\//)
      const flushed = takeCount(line, /\/flushed:(\d+)\//)
      if (own !== undefined && flushed !== undefined) counts.queue = own + flushed
    },
    countSignal: undefined,
    countsKernelDrops: true,
    stampsArrival: true,
    grant: 'sudo, or: sudo dpkg-reconfigure wireshark-common, and join group wireshark',
  }
}
