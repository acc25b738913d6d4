/** How fast frames become inner packets, and that nothing is left for the collector: G-PDUs of 100
 * octets with TCP inside, over a block that fits the cache as the source's blocks do. Prints million
 * frames a second, the best and the median of some rounds, and the collections that happened. */

import { PerformanceObserver } from 'node:perf_hooks'
import { Dissector } from '../src/dissect/dissector.js'
import { PacketKind } from '../src/dissect/packet-view.js'
import { batchCapacity, FrameBatch } from '../src/source/source.js'

const rounds = 15
const framesPerRound = 2_000_000

/** Ethernet, IPv4, UDP 2152, GTPv1-U, IPv4, TCP and ten octets: 100 octets in all. */
const frame = Buffer.from(
  '020000000002020000000001' + // destination, source
    '0800' +
    '450000560001000040110000c0000201c0000202' + // 86 octets, UDP, 192.0.2.1 > 192.0.2.2
    '0868086800420000' + // 2152 > 2152
    '30ff0032f0000001' + // G-PDU, 50 octets, TEID 0xf0000001
    '45000032000140004006000064400001' + // 50 octets, TCP, 100.64.0.1
    '0a0000ac' + // > 10.0.0.172
    '9c400050' + // 40000 > 80
    '80000001800000025018ffff00000000' + // seq, ack, 20 octets, PSH ACK
    '47455420687474703a2f', // GET http:/
  'hex',
)

function fill(batch: FrameBatch): void {
  batch.block = new Uint8Array(batchCapacity * frame.length)
  batch.count = batchCapacity
  for (let i = 0; i < batchCapacity; i++) {
    const off = i * frame.length
    batch.block.set(frame, off)
    // different subscribers and ports, so that no branch or value is constant
    batch.block[off + 49] = i & 255
    batch.block[off + 65] = i & 63
    batch.block[off + 71] = i & 255
    batch.off[i] = off
    batch.caplen[i] = frame.length
    batch.wirelen[i] = frame.length
    batch.timeUs[i] = 1_700_000_000_000_000 + i
    batch.linkType[i] = 1
  }
}

let collections = 0
const observer = new PerformanceObserver(list => {
  collections += list.getEntries().length
})
observer.observe({ entryTypes: ['gc'] })

const batch = new FrameBatch()
fill(batch)
const dissector = new Dissector({ plainIp: false })

function round(): number {
  const started = process.cpuUsage()
  let octets = 0
  let users = 0
  for (let n = 0; n < framesPerRound; n += batchCapacity) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) === PacketKind.User) users++
      octets += dissector.view.octets + dissector.view.payloadLen
    }
  }
  // processor time: a busy machine must not look like a slow decoder
  const seconds = process.cpuUsage(started).user / 1e6
  if (octets !== users * (50 + 10)) throw new Error('the frame was not decoded as it is')
  return users / seconds / 1e6
}

// the compiler's work is over before anything is measured
for (let i = 0; i < 3; i++) round()
await new Promise(resolve => setTimeout(resolve, 20))
collections = 0
const rates: number[] = []
for (let i = 0; i < rounds; i++) rates.push(round())
await new Promise(resolve => setTimeout(resolve, 20))
observer.disconnect()
rates.sort((a, b) => a - b)
const best = rates.at(-1) ?? 0
const median = rates[rounds >> 1] ?? 0
console.log(`decode: ${median.toFixed(1)} M frames/s (best ${best.toFixed(1)}), ${collections} GC`)
