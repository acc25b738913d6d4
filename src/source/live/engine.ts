/** What captures the packets of one interface: a program of its own that holds the privilege and writes a
 * capture file to a pipe. One of these describes each program; everything else about live capture is the
 * same for all. */

export type EngineName = 'tcpdump' | 'dumpcap' | 'cap'

export interface CaptureSettings {
  /** BPF expression (pcap-filter(7)); undefined takes everything */
  filter: string | undefined
  /** octets taken of each frame */
  snaplen: number
  /** buffer of the kernel for each interface */
  bufferKiB: number
  /** several interfaces are merged by time: packets must not wait in the kernel's buffer */
  immediate: boolean
}

/** What a program says it captured and lost since it started. */
export interface ToolCounts {
  captured: number
  /** the kernel's buffer was full */
  kernel: number
  /** the program's own queue was full */
  queue: number
}

export interface Engine {
  readonly name: EngineName
  readonly program: string
  args(iface: string, settings: CaptureSettings): string[]
  /** The line on stderr that says that the capture runs. */
  readonly running: RegExp
  /** Takes the counts out of a line on stderr. */
  count(line: string, counts: ToolCounts): void
  /** The signal that makes it tell its counts; undefined when it tells them only at its end. */
  readonly countSignal: NodeJS.Signals | undefined
  /** false: nobody knows what the kernel dropped */
  readonly countsKernelDrops: boolean
  /** packets carry the time at which the kernel got them; else that at which they were handed over */
  readonly stampsArrival: boolean
  /** What lets it capture without root: a command, as the hint of an error says it. */
  readonly grant: string
}

/** Takes the number in front of each phrase: `12 packets dropped by kernel`. */
export function takeCount(line: string, pattern: RegExp): number | undefined {
  const text = pattern.exec(line)?.[1]
  return text === undefined ? undefined : Number(text)
}
