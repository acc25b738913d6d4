/** The parts that make several threads tell as one: places in the run, the merge by place, shares that are
 * everyone's and nobody's twice, and the memory through which threads wait and stop. */

import { Worker } from 'node:worker_threads'
import t from 'tap'
import { CaptureOrder } from '../../src/pipeline/capture-order.js'
import { OrderedMerge } from '../../src/pipeline/shard/ordered-merge.js'
import { ShardSignals } from '../../src/pipeline/shard/shard-signals.js'
import { everything, Share } from '../../src/pipeline/shard/share.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'

t.test('places only go up, and flows that end together have that of their frame', async t => {
  const order = new CaptureOrder()
  const places = [order.now]
  const note = () => places.push(order.now)
  order.step()
  note()
  for (const frame of [3, 17, 40]) {
    order.sweep(frame)
    note()
  }
  order.swept(40)
  note()
  order.step()
  note()
  t.strictSame(places, [0, 1, 4, 18, 41, 42, 43])
})

t.test('a context is in one share, and the shares are alike in size', async t => {
  t.ok(everything.has(5) && everything.has(-70_000))
  for (const count of [2, 3, 5, 64]) {
    const shares = Array.from({ length: count }, (_, i) => new Share(i, count))
    const sizes = new Array<number>(count).fill(0)
    let wrong = 0
    // contexts from 0 on, and pairs of nodes below -1
    for (let ctx = -6400; ctx < 6400; ctx++) {
      const owners = shares.filter(share => share.has(ctx))
      if (owners.length !== 1) wrong++
      for (const { index } of owners) sizes[index] = sizes[index]! + 1
    }
    t.equal(wrong, 0)
    t.ok(Math.max(...sizes) < (12_800 / count) * 1.25, `largest of ${count}`)
    t.ok(Math.min(...sizes) > (12_800 / count) * 0.75, `least of ${count}`)
  }
})

t.test('a subscriber with two contexts does not put all default bearers in one share', async t => {
  const share = new Share(0, 2)
  const even = Array.from({ length: 1000 }, (_, i) => share.has(i * 2)).filter(Boolean).length
  t.ok(even > 400 && even < 600, `${even} of 1000`)
})

t.test('whatever comes when, everything is taken once and in order', async t => {
  const random = new Xorshift32(11)
  const below = (n: number) => random.next() % n
  for (let round = 0; round < 200; round++) {
    const count = 1 + below(4)
    const owner = Array.from({ length: 60 }, () => below(count))
    const taken: number[] = []
    const consumed = new Array<number>(count).fill(0)
    const merge = new OrderedMerge<number>(
      count,
      one => taken.push(one),
      index => {
        consumed[index] = consumed[index]! + 1
      },
    )
    const next = new Array<number>(count).fill(0)
    const sent = new Array<number>(count).fill(0)
    while (next.some(at => at < owner.length)) {
      const index = below(count)
      const from = next[index]!
      if (from >= owner.length) continue
      const to = Math.min(owner.length, from + 1 + below(12))
      const at = owner
        .map((_, place) => place)
        .filter(p => p >= from && p < to && owner[p] === index)
      const told = [...at]
      next[index] = to
      sent[index] = sent[index]! + 1
      merge.add(index, at, told, to)
      const sure = Math.min(...next)
      if (taken.length < sure || taken.some((one, i) => one !== i)) {
        t.fail(`round ${round}: ${taken.length} taken, ${sure} were sure`)
        return
      }
    }
    for (let index = 0; index < count; index++) merge.end(index)
    t.strictSame(taken.length, owner.length)
    t.strictSame(consumed, sent)
  }
})

t.test('nothing is taken that another thread may still come before', async t => {
  const taken: string[] = []
  const merge = new OrderedMerge<string>(
    2,
    one => taken.push(one),
    () => undefined,
  )
  merge.add(0, [4, 9], ['a', 'b'], 9)
  t.strictSame(taken, [])
  merge.add(1, [], [], 6)
  t.strictSame(taken, ['a'])
  merge.add(1, [7], ['c'], 8)
  t.strictSame(taken, ['a', 'c'])
  merge.end(1)
  t.strictSame(taken, ['a', 'c', 'b'])
})

t.test('all stop after the frame that the furthest has begun with', async t => {
  const signals = new ShardSignals(3)
  t.equal(signals.reach(0, 4096), Number.POSITIVE_INFINITY)
  t.equal(signals.reach(2, 12_288), Number.POSITIVE_INFINITY)
  t.equal(signals.reach(1, 8192), Number.POSITIVE_INFINITY)
  signals.stop()
  for (const [index, frame] of [
    [0, 8192],
    [1, 12_288],
    [2, 16_384],
    [0, 12_288],
  ] as const) {
    t.equal(new ShardSignals(3, signals.memory).reach(index, frame), 12_288)
  }
  signals.stop()
  t.equal(signals.reach(0, 20_480), 12_288, 'the second stop changes nothing')
})

t.test('a thread waits while too much of it lies unread', { timeout: 60_000 }, async t => {
  const signals = new ShardSignals(1)
  const code = `
    const { workerData, parentPort } = require('node:worker_threads')
    import(workerData.module).then(({ ShardSignals }) => {
      const signals = new ShardSignals(1, workerData.memory)
      for (let sent = 0; sent < 100; sent++) {
        signals.awaitRoom(0, sent)
        parentPort.postMessage(sent)
      }
    })`
  const module = new URL('../../src/pipeline/shard/shard-signals.js', import.meta.url).href
  const worker = new Worker(code, {
    eval: true,
    workerData: { module, memory: signals.memory },
  })
  let unread = 0
  let most = 0
  const received = await new Promise<number>((resolve, reject) => {
    let count = 0
    worker.on('error', reject)
    worker.on('exit', () => resolve(count))
    worker.on('message', () => {
      count++
      unread++
      most = Math.max(most, unread)
      // takes them late, several together
      if (unread === 8) {
        setTimeout(() => {
          for (; unread > 0; unread--) signals.taken(0)
        }, 5)
      } else if (count > 96) {
        signals.taken(0)
      }
    })
  })
  t.equal(received, 100)
  t.equal(most, 8, 'never more than eight lie unread')
})
