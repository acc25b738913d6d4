import t from 'tap'
import { SctpPart, SctpStreams, sctpDirection } from '../../src/dissect/sctp-stream.js'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { SctpChunks, SctpChunkType, verificationTag } from '../../src/wire/sctp-data.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside, random } from '../wire-wap/hostile.js'
import { joined } from './diameter-builder.js'
import { chunk, data, fragments, packet } from './sctp-builder.js'

const fault = new Fault()

const two = hex(`
  0f1c 0f1c ffffffff 00000000  # ports 3868, tag, checksum
  03 00 0010                   # SACK
  00000001 00000400 0000 0000
  00 07 0013                   # DATA, U B E, 19 octets
  fffffffe                     # TSN
  0001 8000 0000002e           # stream, sequence, PPID 46
  414243 00                    # three octets of user data, padding
  00 03 0011                   # DATA, B E, 17 octets, without padding at the end
  ffffffff 0000 0001 00000000 5a
  `)

t.test('chunks of a packet', async t => {
  const chunks = new SctpChunks()
  t.equal(verificationTag(two, 0), 0xffff_ffff)
  chunks.open(12, two.length)
  t.ok(chunks.next(two, fault))
  t.match(chunks, { type: 3, length: 12 })
  t.ok(chunks.next(two, fault))
  t.match(chunks, {
    type: SctpChunkType.Data,
    tsn: 0xffff_fffe,
    stream: 1,
    sequence: 0x8000,
    ppid: 46,
    beginning: true,
    ending: true,
    unordered: true,
    length: 3,
    off: 44,
    end: 47,
  })
  t.ok(chunks.next(two, fault))
  t.match(chunks, { tsn: 0xffff_ffff, length: 1, unordered: false, end: two.length })
  t.notOk(chunks.next(two, fault))
  t.equal(fault.code, FaultCode.None)
})

function faultsOf(octets: Uint8Array): string[] {
  const chunks = new SctpChunks()
  const found: string[] = []
  chunks.open(0, octets.length)
  while (chunks.next(octets, fault)) found.push(fault.code === 0 ? 'good' : `cut ${fault.key}`)
  if (fault.code !== 0) found.push(fault.key)
  return found
}

t.test('lengths of chunks', async t => {
  const user = new Uint8Array(5)
  t.same(faultsOf(data({ tsn: 1, length: 3 }, user)), ['sctp/bad-length'], 'no progress')
  t.same(faultsOf(data({ tsn: 1, length: 16 }, user)), ['sctp/bad-length'], 'no user data')
  t.same(faultsOf(data({ tsn: 1, length: 65535 }, user)), ['cut sctp/truncated'])
  t.same(faultsOf(data({ tsn: 1 }, user).subarray(0, 10)), ['sctp/truncated'])
  t.same(faultsOf(chunk(3, 0, user).subarray(0, 2)), ['sctp/truncated'])
  t.same(faultsOf(joined([chunk(3, 0, user), chunk(64, 3, user)])), ['good', 'good'], 'I-DATA')
})

hostile(t, 'chunks', two, (buf, off, end) => {
  const chunks = new SctpChunks()
  const found: string[] = []
  chunks.open(off + 12, end)
  while (chunks.next(buf, fault)) {
    inside(off, end, chunks.off, chunks.end, 'user data')
    const { type, tsn, stream, sequence, ppid, length } = chunks
    found.push([type, tsn, stream, sequence, ppid, length, chunks.off - off].join(), fault.key)
  }
  return found.concat(fault.key).join(' ')
})

/** Feeds chunks to the streams of one direction. */
class Feeder {
  readonly streams: SctpStreams
  timeUs = 0
  readonly #chunks = new SctpChunks()

  constructor(streams = new SctpStreams()) {
    this.streams = streams
  }

  /** What became of each chunk: the text of the message when one is whole. */
  feed(octets: Uint8Array, key = 'a'): string {
    this.#chunks.open(0, octets.length)
    if (!this.#chunks.next(octets, fault)) return fault.key
    const part = this.streams.add(key, this.#chunks, octets, this.timeUs, fault)
    if (part === SctpPart.Refused) return fault.key
    if (part !== SctpPart.Whole) return part === SctpPart.Duplicate ? 'duplicate' : 'kept'
    const { octets: whole, off, end } = this.streams
    return Buffer.from(whole.subarray(off, end)).toString('latin1')
  }

  all(list: readonly Uint8Array[], key?: string): string[] {
    return list.map(one => this.feed(one, key))
  }
}

const text = 'a message in fragments, one after the other'
const user = new TextEncoder().encode(text)

t.test('fragments in every order, across the wrap of the TSN', async t => {
  const parts = fragments({ tsn: 0xffff_fffe }, user, 12)
  t.equal(parts.length, 4)
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [2, 0, 3, 1],
  ]
  for (const order of orders) {
    const feeder = new Feeder()
    const found = order.map(i => feeder.feed(parts[i] as Uint8Array))
    t.same(found, ['kept', 'kept', 'kept', text], order.join())
    t.equal(feeder.streams.waiting, 0)
    t.same(feeder.all(parts), Array(4).fill('duplicate'), 'sent again, not read again')
  }
})

t.test('messages between and around fragments', async t => {
  const feeder = new Feeder()
  const long = fragments({ tsn: 10, stream: 1, sequence: 5 }, user, 20)
  const short = data({ tsn: 13, stream: 2 }, new TextEncoder().encode('short'))
  const next = fragments({ tsn: 14, stream: 1, sequence: 6 }, user, 30)
  t.same(feeder.all([short, ...next]), ['short', 'kept', text])
  t.same(feeder.all(long), ['kept', 'kept', text])
})

t.test('two directions have their own TSNs', async t => {
  const feeder = new Feeder()
  const one = data({ tsn: 7 }, user)
  t.equal(feeder.feed(one, 'a'), text)
  t.equal(feeder.feed(one, 'b'), text)
  t.equal(feeder.feed(one, 'a'), 'duplicate')
  t.equal(sctpDirection(9, 1, 2, 'x', 'y'), sctpDirection(9, 1, 2, 'z', 'y'), 'many paths')
  t.not(sctpDirection(9, 1, 2, 'x', 'y'), sctpDirection(9, 2, 1, 'y', 'x'))
  t.not(sctpDirection(0, 1, 2, 'x', 'y'), sctpDirection(0, 1, 2, 'z', 'y'), 'no tag')
})

t.test('TSNs that jump', async t => {
  const feeder = new Feeder()
  const at = (tsn: number) => feeder.feed(data({ tsn }, user))
  t.equal(at(0xffff_fff0), text)
  t.equal(at(5), text, 'ahead, over the wrap')
  t.equal(at(0xffff_fff1), text, 'behind, but not seen')
  t.equal(at(0xffff_fff0), 'duplicate')
  t.equal(at(5), 'duplicate')
  t.equal(at(5000), text, 'further ahead than is remembered')
  t.equal(at(5001), text)
  t.equal(at(5000), 'duplicate')
  t.equal(at(904), text, 'far behind: begun anew, though 5000 has the same place')
  t.equal(at(904), 'duplicate')
})

t.test('what does not fit together is no message', async t => {
  const feeder = new Feeder()
  const begin = { beginning: true, ending: false }
  const end = { beginning: false, ending: true }
  t.equal(feeder.feed(data({ tsn: 1, ...begin }, user)), 'kept')
  t.equal(feeder.feed(data({ tsn: 2, ...begin }, user)), 'kept', 'B after B')
  t.equal(feeder.feed(data({ tsn: 3, ...end, stream: 9 }, user)), 'kept', 'of another stream')
  t.equal(feeder.feed(data({ tsn: 5, ...end }, user)), 'kept', 'a hole before it')
  t.equal(feeder.feed(data({ tsn: 6, ...end }, user)), 'kept', 'E after E')
})

t.test('a cut fragment makes no message, a cut message is one', async t => {
  const feeder = new Feeder()
  const [first] = fragments({ tsn: 1 }, user, 20)
  t.equal(feeder.feed((first as Uint8Array).subarray(0, 30)), 'sctp-stream/incomplete')
  t.equal(feeder.feed(data({ tsn: 9 }, user).subarray(0, 16 + 9)), 'a message')
  t.equal(feeder.streams.length, user.length, 'octets on the wire')
})

t.test('bounds', async t => {
  const bounded = new Feeder(
    new SctpStreams({ directions: 2, fragments: 3, octets: 100, ageUs: 1000 }),
  )
  const middle = (tsn: number, octets = 10) =>
    data({ tsn, beginning: false, ending: false }, new Uint8Array(octets))
  t.same(bounded.all([middle(1), middle(3), middle(5)]), ['kept', 'kept', 'kept'])
  t.equal(bounded.feed(middle(7)), 'sctp-stream/limit', 'too many')
  t.equal(bounded.streams.waiting, 30)
  t.equal(bounded.feed(middle(9, 95)), 'sctp-stream/limit', 'too many octets')
  t.ok(bounded.streams.waiting <= 100)
  bounded.timeUs = 5000
  t.equal(bounded.feed(middle(11)), 'kept', 'the old ones went')
  t.equal(bounded.streams.waiting, 10)
  bounded.feed(middle(1), 'b')
  bounded.feed(middle(1), 'c')
  t.equal(bounded.streams.size, 2, 'the longest idle direction went')
})

t.test('any chunks in any order stay within the bounds', async t => {
  const next = random(44)
  const streams = new SctpStreams({ directions: 4, fragments: 16, octets: 2000 })
  const feeder = new Feeder(streams)
  for (let i = 0; i < 20_000; i++) {
    const flags = next()
    const one = data(
      {
        tsn: (0xffff_ff00 + (next() % 300)) >>> 0,
        beginning: (flags & 1) === 0,
        ending: (flags & 2) === 0,
        stream: (flags >>> 8) & 1,
      },
      new Uint8Array((next() % 200) + 1),
    )
    feeder.feed(one, String(flags & 7))
    if (streams.waiting > 4 * 2000 || streams.size > 4) t.fail(`bounds after ${i} chunks`)
  }
  t.ok(streams.size <= 4)
})

t.test('packets of the builder are packets', async t => {
  const made = packet({ srcPort: 1, dstPort: 2, tag: 3 }, [data({ tsn: 1 }, user)])
  t.same(faultsOf(made.subarray(12)), ['good'])
})
