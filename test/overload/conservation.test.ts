/** Whatever the queue does, every octet of every charge unit is in one row of the ledger: `run` throws when
 * one is not. */

import fc from 'fast-check'
import t from 'tap'
import { startUs } from '../helpers/frame.js'
import type { Frame } from '../helpers/memory-source.js'
import { article, engineOf, lines, type RunOptions, run, ugw } from '../helpers/run.js'
import { frames, soup } from '../property/soup.js'
import { BacklogSource } from './backlog-source.js'

const seed = 20261122

/** Packets 150 ms apart, so that there is time for steps. */
function slowly(packets: readonly Frame[]): Frame[] {
  return packets.map(one => ({ ...one, timeUs: startUs + (one.timeUs - startUs) * 150 }))
}

const pattern = fc.array(
  fc.oneof(fc.constantFrom(0, 0.3, 0.6, 1), fc.double({ min: 0, max: 1.5, noNaN: true })),
  { minLength: 1, maxLength: 60 },
)

const options: Record<string, RunOptions> = {
  article: {},
  'ugw, packets outside tunnels too': { engine: engineOf(ugw), plainIp: true },
  'retransmissions left out, few flows': {
    engine: engineOf({ ...article, retransmission: 'exclude' }),
    bounds: { flows: 8, subscribers: 2 },
  },
}

for (const [name, option] of Object.entries(options)) {
  t.test(`conservation under any backlog: ${name}`, async t => {
    let leftOut = 0
    const property = fc.asyncProperty(
      soup(150),
      pattern,
      fc.integer({ min: 1, max: 9 }),
      async (packets, filled, batch) => {
        const source = new BacklogSource(
          slowly(frames(packets)),
          batch,
          n => filled[n % filled.length] ?? 0,
        )
        const ran = await run(source, option)
        leftOut += ran.summary.overload?.not_sampled_packets ?? 0
      },
    )
    await fc.assert(property, { seed, numRuns: 80 })
    t.ok(leftOut > 100, `${leftOut} packets were left out on the way`)
  })
}

t.test('an empty queue changes nothing', async t => {
  const property = fc.asyncProperty(
    soup(80),
    fc.integer({ min: 1, max: 9 }),
    async (packets, batch) => {
      const all = slowly(frames(packets))
      const calm = lines(await run(all, { batch }))
      const watched = lines(await run(new BacklogSource(all, batch, () => 0)))
      if (calm.join('\n') !== watched.join('\n')) throw new Error('records differ')
    },
  )
  await fc.assert(property, { seed, numRuns: 40 })
  t.pass()
})
