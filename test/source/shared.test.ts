/** Real captures of other projects, each with an independent truth file: as many frames, and the first
 * and last times where the truth has them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { read } from './read-all.js'

/** dist/test/source -> repository -> its neighbour */
const shared = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))

interface Truth {
  frames: number
  /** type, encapsulation, snapshot limits, packets, earliest and latest time as seconds */
  capinfos: string[]
}

t.test('shared captures', async t => {
  if (!existsSync(shared)) {
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    t.comment('shared captures not here: not compared')
    return
  }
  let compared = 0
  for (const folder of ['', 'lab/']) {
    for (const file of readdirSync(shared + folder).filter(name => /\.pcap(ng)?$/.test(name))) {
      const truth: Truth = JSON.parse(readFileSync(`${shared}${folder}truth/${file}.json`, 'utf8'))
      const { frames, timesUs, status } = await read(shared + folder + file)
      t.equal(frames.length, truth.frames, file)
      t.same(status.damage, [], `${file}: not damaged`)
      const [earliest, latest] = truth.capinfos.slice(-2)
      const sorted = timesUs.toSorted((a, b) => a - b)
      t.same([seconds(sorted[0]), seconds(sorted.at(-1))], [cut(earliest), cut(latest)], file)
      compared++
    }
  }
  t.ok(compared >= 128, `${compared} captures compared`)
})

function seconds(us = Number.NaN): string {
  return (us / 1e6).toFixed(6)
}

/** Nanoseconds of the truth are cut to the microseconds that we keep. */
function cut(time = ''): string {
  return time.replace(/(\.\d{6})\d+$/, '$1')
}
