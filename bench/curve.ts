/** Whether a packet costs the same in a short capture and a long one, among few flows and many: `npm run bench:curve
 * [-- --runs N --most N]`. Prints the two curves, and writes them as cost-per-packet.svg beside the captures. All
 * captures are of small packets, so that the longest (15 million) takes 2.3 GB. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { captureShape } from './capture-shape.js'
import { runChild } from './child-run.js'
import { type Curve, curvesSvg } from './curve-svg.js'
import { benchFolder, ensureCapture } from './make-capture.js'
import { differences } from './replay-check.js'
import { median, replayArgs } from './replay-run.js'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    /** leaves out the captures with more packets */
    most: { type: 'string', default: '15000000' },
  },
})
const runs = Number(values.runs)
const most = Number(values.most)

/** Packets of the captures that differ in flows alone: a million flows need 14 each. */
const packetsOfFlows = 15_000_000

interface Point {
  packets: number
  flows: number
  /** wall time of the whole process for each packet */
  nsPerPacket: number
  rssMiB: number
}

async function measure(packets: number, flows?: number): Promise<Point> {
  const wanted = flows === undefined ? { packets } : { packets, flows, subscribers: 5_000 }
  const { path, truth } = ensureCapture(captureShape({ ...wanted, small: true }))
  const seconds: number[] = []
  let rssMiB = 0
  for (let i = 0; i <= runs; i++) {
    const run = await runChild(process.execPath, replayArgs(path), i === 0)
    if (run === undefined || run.end !== 0) throw new Error(`replay ended with ${run?.end}`)
    if (i > 0) seconds.push(run.seconds)
    // the first run fills the page cache, and shows that the results are right
    else for (const line of differences(run.stdout, truth)) throw new Error(`WRONG ${line}`)
    rssMiB = Math.max(rssMiB, run.peakRssMiB)
  }
  const nsPerPacket = (median(seconds) / truth.packets) * 1e9
  const point = { packets: truth.packets, flows: truth.flows, nsPerPacket, rssMiB }
  const columns = [point.packets, point.flows, Math.round(nsPerPacket), Math.round(rssMiB)]
  console.log(columns.map(one => one.toLocaleString('en').padStart(12)).join(''))
  return point
}

console.log('     packets       flows   ns/packet     RSS MiB')
const byPackets: Point[] = []
for (const packets of [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000]) {
  if (packets <= most) byPackets.push(await measure(packets))
}
const byFlows: Point[] = []
const flowCounts = packetsOfFlows <= most ? [1_000, 10_000, 100_000, 1_000_000] : []
for (const flows of flowCounts) byFlows.push(await measure(packetsOfFlows, flows))
const curves: Curve[] = [
  {
    title: 'by packets, flows in proportion',
    x: 'packets',
    points: byPackets.map(one => [one.packets, one.nsPerPacket]),
  },
  {
    title: `by flows, ${packetsOfFlows / 1e6} million packets`,
    x: 'flows',
    points: byFlows.map(one => [one.flows, one.nsPerPacket]),
  },
]
const file = join(benchFolder(), 'cost-per-packet.svg')
writeFileSync(file, curvesSvg('ns a packet, whole process', curves))
console.log(file)
