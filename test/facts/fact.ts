/** One capture, one fact: `fact('gtp-outer-ip-fragment', 'it counts once', ...)`. The paragraph before each
 * says why, in the words of the people who run the network. */

import t, { type Test } from 'tap'
import type { Ran } from '../helpers/run.js'
import { captureFiles, replayed } from './capture-set.js'

export interface Facts extends Ran {
  /** octets of all rows with a charging id, both ways */
  octetsOf(id: number): number
}

type Check = (facts: Facts, t: Test) => void

export const mmsByName = 168165378
export const mmsByAddress = 168165379
export const data = 4261871614
export const byDefault = 4294967294

export function fact(capture: string, says: string, check: Check): void {
  t.test(`${capture}: ${says}`, async t => {
    const file = captureFiles.find(name => name.replace(/\.pcap(ng)?$/, '') === capture)
    if (file === undefined) throw new RangeError(`no capture ${capture}`)
    const ran = await replayed(file)
    const octetsOf = (id: number) =>
      ran.usage
        .filter(row => row.rule_id === id)
        .reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
    check({ ...ran, octetsOf }, t)
  })
}
