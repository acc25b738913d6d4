/** The fuzzer can fail: decoders that are wrong on purpose are found, and what is found is made small. */

import t from 'tap'
import { decoderTarget, type Reader, steps } from '../fuzz/decoder-target.js'
import { execute, usedUs } from '../fuzz/execute.js'
import type { Material } from '../fuzz/material.js'
import { minimise } from '../fuzz/minimise.js'
import { printable } from '../fuzz/printable.js'
import { chanceOf, Finding, type Input, piece, type Target } from '../fuzz/target.js'

const material: Material = { captures: [], examples: new Map(), sharedHere: false }
const example = Uint8Array.of(4, 1, 2, 3, 4)

function target(read: Reader): Target {
  return decoderTarget({ name: 'x', layers: [], more: [example], make: () => read }, material)
}

/** The first of some inputs that fails, and how. */
async function found(one: Target): Promise<{ input: Input; error: Error } | undefined> {
  for (let n = 0; n < 3000; n++) {
    const input = one.make(chanceOf(7, one.name, n))
    try {
      await execute(one, input)
    } catch (error) {
      return { input, error: error as Error }
    }
  }
  return undefined
}

/** Sums up as many octets as the first one says. */
const trusting: Reader = (buf, off) => {
  let sum = 0
  for (let i = 0; i < buf[off]!; i++) sum += buf[off + 1 + i] ?? 0
  return sum
}

const careful: Reader = (buf, off, end) => {
  let sum = 0
  const stop = off < end ? Math.min(end, off + 1 + buf[off]!) : end
  for (let i = off + 1; i < stop; i++) sum += buf[i]!
  return { sum, bodyEnd: stop }
}

t.test('a decoder that is careful passes', async t => {
  t.equal(await found(target(careful)), undefined)
})

t.test('a decoder that reads past its range is found', async t => {
  const one = await found(target(trusting))
  t.match(one?.error, { message: /^reads past its range/ })
})

t.test('a decoder that points outside is found', async t => {
  const reader: Reader = (buf, off, end) => ({ bodyEnd: off < end ? off + 1 + buf[off]! : end })
  t.match((await found(target(reader)))?.error, { message: /^points outside: bodyEnd/ })
})

t.test('a decoder that throws is found', async t => {
  const reader: Reader = (buf, off, end) => {
    if (off < end && buf[off]! === 0xff) throw new RangeError('255')
    return 0
  }
  t.match((await found(target(reader)))?.error, { name: 'RangeError' })
})

t.test('a walk that does not move on is found', async t => {
  const reader: Reader = (buf, off, end) => {
    let at = off
    const next = () => at < end
    return steps(end - off, next, () => (at += buf[at]!))
  }
  t.match((await found(target(reader)))?.error, { message: /does not end/ })
})

t.test('what takes long is found', async t => {
  const slow: Target = {
    name: 'slow',
    weight: 1,
    make: () => piece(example),
    check() {
      const until = usedUs() + 2_100_000
      while (usedUs() < until) new Uint8Array(1 << 20).fill(4)
    },
  }
  await t.rejects(execute(slow, piece(example)), { message: /^takes \d+ ms$/ })
})

t.test('what is found is made small', async t => {
  const check = (input: Input) => {
    const bad = input.filter(({ octets }) => octets.includes(0xee))
    if (bad.length > 1) throw new Finding('two')
  }
  const one: Target = { name: 'two', weight: 1, make: () => piece(example), check }
  const frame = (last: number) => ({ octets: Uint8Array.of(1, 2, 3, 4, 5, last), timeUs: 0 })
  const input = [frame(0), frame(0xee), frame(1), frame(2), frame(0xee), frame(3)]
  const small = await minimise(one, input, new Finding('two'))
  t.strictSame(
    small.map(({ octets }) => [...octets]),
    [[0xee], [0xee]],
  )
})

t.test('text that acts is found', async t => {
  t.throws(() => printable('a\u001b[31mb'), { message: /U\+1b/ })
  t.throws(() => printable('a\u202eb'))
  t.doesNotThrow(() => printable('straße\n你好'))
})
