/** The chunked coding: at every cut, octet by octet, with extensions and trailers, and broken. */

import fc from 'fast-check'
import t from 'tap'
import { ChunkedBody } from '../../src/wire/http1-chunked.js'
import { ascii, mutate, Xorshift } from './octets-of.js'

const body =
  '4\r\nWiki\r\n5 ;x="y;\t"\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n00\r\nX-T: 1\r\nY: 2\r\n\r\n'
const next = 'HTTP/1.1 200 OK\r\n'

/** State after feeding the pieces, and where in the concatenation it stopped. */
function run(octets: Uint8Array, cuts: readonly number[]): string {
  const chunked = new ChunkedBody()
  let stop = 0
  for (let i = 0; i < cuts.length && !chunked.done && !chunked.failed; i++) {
    const end = cuts[i]!
    const got = chunked.feed(octets, stop, end)
    if (got > end) return 'past the end'
    stop = got
    if (got < end && !chunked.done && !chunked.failed) return 'stopped for no reason'
  }
  return `${stop} done ${chunked.done} failed ${chunked.failed} data ${chunked.dataOctets}`
}

t.test('whole, at every cut, at every pair of cuts, and octet by octet', async t => {
  const octets = ascii(body + next)
  const want = `${body.length} done true failed false data 23`
  t.equal(run(octets, [octets.length]), want)
  for (let a = 0; a <= octets.length; a++) {
    t.equal(run(octets, [a, octets.length]), want, `cut at ${a}`)
    for (let b = a; b <= octets.length; b += 3) {
      if (run(octets, [a, b, octets.length]) !== want) t.fail(`cuts at ${a} and ${b}`)
    }
  }
  t.equal(
    run(
      octets,
      Array.from(octets, (_, i) => i + 1),
    ),
    want,
  )
  for (let cut = 0; cut < body.length; cut++) {
    t.match(run(octets, [cut]), / done false failed false /, `not done at ${cut}`)
  }
})

t.test('a caller may pass over data that it does not hold', async t => {
  const chunked = new ChunkedBody()
  const start = ascii('100000\r\nab')
  t.equal(chunked.feed(start, 0, start.length), start.length)
  t.equal(chunked.remaining, 0x100000 - 2)
  chunked.skip(1460)
  t.equal(chunked.remaining, 0x100000 - 1462)
  chunked.skip(2 ** 40)
  t.equal(chunked.remaining, 0)
  t.equal(chunked.dataOctets, 0x100000)
  const rest = ascii('\r\n0\r\n\r\nGET')
  t.equal(chunked.feed(rest, 0, rest.length), 7)
  t.equal(chunked.done, true)
  chunked.skip(5)
  t.equal(chunked.done, true, 'nothing to skip when the body is over')
  chunked.reset()
  t.equal(chunked.feed(ascii('0\r\n\r\n'), 0, 5), 5)
  t.equal(chunked.done, true)
})

t.test('bare LF, capitals, leading zeros, largest size', async t => {
  t.match(run(ascii('a\n0123456789\n0\n\n'), [16]), /16 done true .* data 10/)
  t.match(run(ascii('000A\r\n0123456789\r\n0\r\n\r\n'), [23]), /23 done true .* data 10/)
  const chunked = new ChunkedBody()
  chunked.feed(ascii('1fffffffffffff\r\n'), 0, 16)
  t.equal(chunked.remaining, Number.MAX_SAFE_INTEGER)
})

t.test('what breaks the coding fails, and stays failed', async t => {
  const broken = [
    '\r\n',
    'g\r\n',
    ';x\r\n',
    '4\r\nWikiX',
    '4\r\nWiki\rX',
    '4x\r\n',
    '-4\r\n',
    '20000000000000\r\n',
    'fffffffffffffffff\r\n',
    '0\r\n\rX',
    `1;${'x'.repeat(20_000)}`,
    '0'.repeat(20_000),
    `0\r\n${'A: b\r\n'.repeat(16_000)}`,
  ]
  for (const text of broken) {
    const octets = ascii(text)
    const name = JSON.stringify(text.slice(0, 30))
    t.match(run(octets, [octets.length]), /failed true/, name)
    t.equal(
      run(octets, [octets.length]),
      run(
        octets,
        Array.from(octets, (_, i) => i + 1),
      ),
      `${name} octet by octet`,
    )
  }
})

t.test('property: what is written chunked reads back, however it is cut', async t => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const property = fc.property(
    fc.array(chunk, { maxLength: 8 }),
    fc.array(fc.nat(), { maxLength: 5 }),
    (chunks, where) => {
      let text = ''
      let data = 0
      for (const octets of chunks) {
        text += `${octets.length.toString(16)}\r\n${String.fromCharCode(...octets)}\r\n`
        data += octets.length
      }
      const octets = ascii(`${text}0\r\n\r\n${next}`)
      const cuts = where.map(n => n % octets.length).sort((a, b) => a - b)
      const want = `${octets.length - next.length} done true failed false data ${data}`
      return run(octets, [...cuts, octets.length]) === want
    },
  )
  fc.assert(property, { seed: 71, numRuns: 3000 })
  t.pass()
})

t.test('100,000 mutations: cut anywhere gives what whole gives', async t => {
  const random = new Xorshift(0x71)
  const good = ascii(body + next)
  let different = 0
  for (let n = 0; n < 100_000; n++) {
    const octets = mutate(good, random)
    const cut = octets.length === 0 ? 0 : random.below(octets.length)
    const whole = run(octets, [octets.length])
    if (run(octets, [cut, octets.length]) !== whole) different++
  }
  t.equal(different, 0)
})
