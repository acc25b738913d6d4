/** How fast frames come out of a capture when nothing is done with them: the record walk alone, over a
 * file in the page cache. `node dist/bench/source.js [FILE] [--runs N] [--small] [--packets N]`.
 * Prints million frames a second and MB/s of each run, their median, and the collections. */

import { PerformanceObserver } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { openSource } from '../src/source/open-source.js'
import { FrameBatch } from '../src/source/source.js'
import { ensureCapture, shapeOf, shapeOptions } from './make-capture.js'

const { values, positionals } = parseArgs({
  options: { ...shapeOptions, runs: { type: 'string', default: '5' } },
  allowPositionals: true,
})
const path = positionals[0] ?? ensureCapture(shapeOf(values)).path

let collections = 0
const observer = new PerformanceObserver(list => {
  collections += list.getEntries().length
})
observer.observe({ entryTypes: ['gc'] })

const batch = new FrameBatch()
const rates: number[] = []
let frames = 0
for (let run = 0; run < Number(values.runs); run++) {
  const start = performance.now()
  const source = await openSource([path])
  let octets = 0
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) octets += batch.caplen[i] ?? 0
  }
  await source.close()
  const seconds = (performance.now() - start) / 1000
  const { status } = source
  frames += status.frames
  const rate = status.frames / seconds / 1e6
  rates.push(rate)
  const megabytes = status.octetsRead / seconds / 1e6
  const octetsText = `${octets} octets of frames`
  console.log(
    `${rate.toFixed(2)} M frames/s  ${megabytes.toFixed(0)} MB/s  ${seconds.toFixed(2)} s  ${octetsText}`,
  )
}
rates.sort((a, b) => a - b)
const median = rates[rates.length >> 1] ?? 0
await new Promise(resolve => setImmediate(resolve))
const perMillion = ((collections / frames) * 1e6).toFixed(1)
console.log(`median ${median.toFixed(2)} M frames/s, ${perMillion} collections per million frames`)
