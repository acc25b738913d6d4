/** What the kernel says of an interface: is it up, how often was it not, what did it lose before anybody
 * could capture it. Read Documentation/ABI/testing/sysfs-class-net and -statistics of the Linux kernel. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const sysfs = '/sys/class/net'
const IFF_UP = 1

export interface InterfaceFacts {
  /** administratively up and with a carrier */
  isUp: boolean
  /** how often the carrier was lost since the interface was made */
  downCount: number
  /** packets that the interface had no room for: those that libpcap counts as ps_ifdrop too. `rx_dropped` is
   * not among them: it counts frames that were captured, but that no protocol of this host wanted */
  drops: number
}

/** Undefined when the kernel has no such interface, or none of these files. */
export function interfaceFacts(name: string, folder = sysfs): InterfaceFacts | undefined {
  if (name.includes('/')) return undefined
  const read = (file: string) => readNumber(join(folder, name, file))
  const flags = read('flags')
  if (flags === undefined) return undefined
  return {
    // without IFF_UP the carrier cannot be read
    isUp: (flags & IFF_UP) !== 0 && read('carrier') !== 0,
    downCount: read('carrier_down_count') ?? 0,
    drops: (read('statistics/rx_missed_errors') ?? 0) + (read('statistics/rx_fifo_errors') ?? 0),
  }
}

function readNumber(file: string): number | undefined {
  try {
    const value = Number(readFileSync(file, 'utf8'))
    return Number.isFinite(value) ? value : undefined
  } catch {
    return undefined // gone, or a file that this kind of interface does not have
  }
}
