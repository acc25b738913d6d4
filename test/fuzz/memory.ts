/** What stays in memory, after everything that nobody needs is gone. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Octets of the heap and of array buffers. */
export function inUse(): number {
  collect()
  // array buffers are freed beside the program, which the next collection waits for
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
