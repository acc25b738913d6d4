/** What must hold whatever the packets are (rules.md 2.13): every octet is in one row, the same packets
 * give the same records however they are handed over, and knowing less never makes more certain. */

import fc from 'fast-check'
import t from 'tap'
import { batchCapacity } from '../../src/source/source.js'
import { snapped } from '../helpers/frame.js'
import type { Frame } from '../helpers/memory-source.js'
import { article, engineOf, lines, type RunOptions, run, ugw } from '../helpers/run.js'
import { frames, soup } from './soup.js'

const seed = 20141121

/** UDP port 2123 behind Ethernet and IPv4: signalling stays whole, so that the contexts are the same. */
const isControl = ({ octets }: Frame) => octets[36] === 0x08 && octets[37] === 0x4b

const options: Record<string, RunOptions> = {
  article: {},
  'ugw, packets outside tunnels too': { engine: engineOf(ugw), plainIp: true },
  'level 1 for all, retransmissions left out, headers to the last': {
    engine: engineOf({
      ...ugw,
      pureAck: 'level1',
      teardown: 'level1',
      retransmission: 'exclude',
      headerShare: 'last',
    }),
    plainIp: true,
    uePools: ['10.161.0.0/16'],
  },
  'headers in proportion, few flows': {
    engine: engineOf({ ...article, headerShare: 'proportional', retransmission: 'exclude' }),
    bounds: { flows: 64 },
  },
}

for (const [name, option] of Object.entries(options)) {
  t.test(`conservation: ${name}`, async () => {
    const property = fc.asyncProperty(soup(120), async packets => {
      await run(frames(packets), option)
    })
    await fc.assert(property, { seed, numRuns: 80 })
  })
}

t.test('one frame a batch, and batches of any size: the same to the octet', async t => {
  const property = fc.asyncProperty(
    soup(80),
    fc.integer({ min: 2, max: 40 }),
    async (packets, n) => {
      const all = frames(packets)
      const whole = lines(await run(all, { batch: batchCapacity, plainIp: true }))
      for (const batch of [1, n]) {
        const pieces = lines(await run(all, { batch, plainIp: true }))
        if (pieces.join('\n') !== whole.join('\n')) throw new Error(`batches of ${batch}`)
      }
    },
  )
  await fc.assert(property, { seed, numRuns: 40 })
  t.pass()
})

t.test('the explanation of a flow accounts for the same octets as its record', async t => {
  const property = fc.asyncProperty(soup(40), async packets => {
    const all = frames(packets)
    const plain = await run(all)
    for (const flow of plain.flows) {
      const traced = await run(all, { explainFlow: flow.flow })
      if (lines(traced).join('\n') !== lines(plain).join('\n')) {
        throw new Error(`explaining flow ${flow.flow} changes the records`)
      }
      const slices = traced.explained?.slices ?? []
      const octets = slices.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0)
      if (octets !== flow.up_bytes + flow.down_bytes) {
        throw new Error(
          `flow ${flow.flow}: ${octets} explained, ${flow.up_bytes + flow.down_bytes}`,
        )
      }
    }
  })
  await fc.assert(property, { seed, numRuns: 40 })
  t.pass()
})

t.test('a truncated capture has the same octets and is never more certain', async t => {
  const rank = { low: 0, medium: 1, high: 2 }
  const property = fc.asyncProperty(
    soup(60),
    fc.integer({ min: 60, max: 130 }),
    async (packets, n) => {
      const all = frames(packets)
      const whole = await run(all)
      const cut = await run(all.flatMap(one => (isControl(one) ? [one] : snapped([one], n))))
      const before = new Map(whole.flows.map(flow => [flow.flow, flow.certainty]))
      for (const flow of cut.flows) {
        const was = before.get(flow.flow)
        if (was !== undefined && rank[flow.certainty] > rank[was]) {
          throw new Error(`flow ${flow.flow}: ${was}, cut at ${n} ${flow.certainty}`)
        }
      }
    },
  )
  await fc.assert(property, { seed, numRuns: 40 })
  t.pass()
})
