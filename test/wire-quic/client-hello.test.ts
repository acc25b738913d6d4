/** ClientHellos in Initial packets: whole, in pieces, out of order, after a Retry, cut and damaged. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { QuicClientHello, QuicHelloState } from '../../src/wire/quic-client-hello.js'
import { maxCryptoOctets, QuicCryptoStream } from '../../src/wire/quic-crypto-stream.js'
import { QuicFrames, QuicFrameType } from '../../src/wire/quic-frame.js'
import { hex } from '../helpers/hex.js'
import { hostile, random } from '../wire-wap/hostile.js'
import {
  clientHello,
  crypto,
  draft23,
  draft29,
  initialPacket,
  integer,
  v1,
  v2,
} from './emit-initial.js'

const fault = new Fault()
const dcid = hex('0001020304050607')
const other = hex('aabbccddee')
const { NeedMore, Complete, Damaged, None } = QuicHelloState

/** What became of each datagram. */
function states(reader: QuicClientHello, datagrams: readonly Uint8Array[]): QuicHelloState[] {
  return datagrams.map(one => reader.read(one, 0, one.length, false, fault))
}

t.test('one packet, every version', async t => {
  for (const protection of [v1, v2, draft29, draft23]) {
    const reader = new QuicClientHello()
    const packet = initialPacket(dcid, crypto(0, clientHello('www.example.com')), { protection })
    t.strictSame(states(reader, [packet]), [Complete], protection.version)
    t.equal(reader.hello.serverName, 'www.example.com')
    t.strictSame(reader.hello.protocols, ['h3'])
    t.equal(reader.version, Number.parseInt(protection.version, 16))
    t.equal(fault.code, FaultCode.None)
  }
})

t.test('frames of a hello in any order over datagrams, twice and overlapping', async t => {
  const hello = clientHello('in.pieces.example', { filler: 2000 })
  const next = random(11)
  for (let round = 0; round < 40; round++) {
    const frames: Buffer[] = []
    for (let at = 0; at < hello.length; ) {
      const length = 1 + (next() % 300)
      frames.push(crypto(at, hello.subarray(at, at + length + (next() % 40))))
      at += length
    }
    const again = frames.filter(() => next() % 4 === 0)
    const order = [...frames, ...again]
    for (let i = order.length - 1; i > 0; i--) {
      const j = next() % (i + 1)
      const swap = order[i]!
      order[i] = order[j]!
      order[j] = swap
    }
    const datagrams: Buffer[] = []
    for (let i = 0; i < order.length; i += 3) {
      // PING between, ACK behind
      const parts = order.slice(i, i + 3).flatMap(one => [Buffer.from([1, 0]), one])
      const ack = Buffer.from([2, 0, 0, 0, 0])
      datagrams.push(
        initialPacket(dcid, Buffer.concat([...parts, ack]), { number: i, keyDcid: dcid }),
      )
    }
    const reader = new QuicClientHello()
    const all = states(reader, datagrams)
    t.equal(all.filter(state => state === Complete).length, 1, `round ${round}`)
    t.notOk(all.includes(Damaged) || all.includes(None))
    t.equal(reader.hello.serverName, 'in.pieces.example')
  }
})

t.test('two Initial packets in one datagram, then 0-RTT', async t => {
  const hello = clientHello('coalesced.example')
  const datagram = Buffer.concat([
    hex('d0 00000001 08 0001020304050607 00 05 0102030405'),
    initialPacket(dcid, crypto(50, hello.subarray(50)), { size: 200 }),
    initialPacket(dcid, crypto(0, hello.subarray(0, 50)), { size: 200, number: 1 }),
  ])
  const reader = new QuicClientHello()
  t.strictSame(states(reader, [datagram]), [Complete])
  t.equal(reader.hello.serverName, 'coalesced.example')
})

t.test('the server chooses its connection id: the keys stay', async t => {
  const hello = clientHello('two.example', { filler: 1300 })
  const reader = new QuicClientHello()
  const datagrams = [
    initialPacket(dcid, crypto(0, hello.subarray(0, 900))),
    initialPacket(other, crypto(900, hello.subarray(900)), { keyDcid: dcid, number: 1 }),
  ]
  t.strictSame(states(reader, datagrams), [NeedMore, Complete])
  t.equal(reader.hello.serverName, 'two.example')
})

t.test('after a Retry, which need not be seen, everything begins anew', async t => {
  const hello = clientHello('retried.example', { filler: 1300 })
  const token = Buffer.alloc(90, 0x33)
  const reader = new QuicClientHello()
  const datagrams = [
    initialPacket(dcid, crypto(0, hello.subarray(0, 900))),
    initialPacket(other, crypto(0, hello.subarray(0, 900)), { token, number: 1 }),
    initialPacket(other, crypto(900, hello.subarray(900)), { token, number: 2 }),
  ]
  t.strictSame(states(reader, datagrams), [NeedMore, NeedMore, Complete])
  t.equal(reader.hello.serverName, 'retried.example')
  t.equal(fault.code, FaultCode.None)
})

t.test('after Version Negotiation the client begins anew with another version', async t => {
  const hello = clientHello('chosen.example', { filler: 1300 })
  const reader = new QuicClientHello()
  const datagrams = [
    initialPacket(dcid, crypto(0, hello.subarray(0, 900)), { protection: draft29 }),
    initialPacket(dcid, crypto(0, hello.subarray(0, 900)), { protection: v2 }),
    initialPacket(dcid, crypto(900, hello.subarray(900)), { protection: v2, number: 1 }),
  ]
  t.strictSame(states(reader, datagrams), [NeedMore, NeedMore, Complete])
  t.equal(reader.version, 0x6b3343cf)
})

t.test('a second ClientHello after HelloRetryRequest', async t => {
  const first = clientHello('hrr.example')
  const second = clientHello('hrr.example', { alpn: ['h3', 'h3-29'] })
  const reader = new QuicClientHello()
  const datagrams = [
    initialPacket(dcid, crypto(0, first)),
    initialPacket(other, Buffer.from([2, 0, 0, 0, 0]), { keyDcid: dcid, number: 1 }),
    initialPacket(other, crypto(first.length, second), { keyDcid: dcid, number: 2 }),
  ]
  t.strictSame(states(reader, datagrams), [Complete, NeedMore, Complete])
  t.strictSame(reader.hello.protocols, ['h3', 'h3-29'])
})

t.test('an Initial of other keys is a fault and changes nothing', async t => {
  const hello = clientHello('real.example', { filler: 1300 })
  const reader = new QuicClientHello()
  const [a, b] = [
    initialPacket(dcid, crypto(0, hello.subarray(0, 900))),
    initialPacket(dcid, crypto(900, hello.subarray(900)), { number: 1 }),
  ]
  t.strictSame(states(reader, [a]), [NeedMore])
  const foreign = initialPacket(other, crypto(0, clientHello('forged.example')), {
    keyDcid: hex('99'),
  })
  t.strictSame(states(reader, [foreign]), [NeedMore])
  t.equal(fault.key, 'quic/bad-value')
  t.strictSame(states(reader, [b]), [Complete])
  t.equal(reader.hello.serverName, 'real.example')
})

t.test('nothing to read: short header, other versions, other messages', async t => {
  const reader = new QuicClientHello()
  t.strictSame(states(reader, [hex('41 0001020304050607 aabbccdd')]), [None])
  t.strictSame(states(reader, [hex('c0 0a0a0a0a 00 00 00')]), [NeedMore])
  const serverHello = Buffer.concat([hex('02 000026'), Buffer.alloc(38)])
  t.strictSame(states(reader, [initialPacket(dcid, crypto(0, serverHello))]), [None])
  t.equal(fault.key, 'quic/bad-value')
})

t.test('a packet cut by the capture gives the name that is left of it', async t => {
  const packet = initialPacket(dcid, crypto(0, clientHello('cut.example')))
  let named = 0
  for (let cut = 0; cut < packet.length; cut++) {
    const reader = new QuicClientHello()
    const state = reader.read(packet, 0, cut, true, fault)
    t.equal(reader.read(packet, 0, cut, false, fault), NeedMore, 'not without its tag')
    if (state === Complete || (state === Damaged && reader.hello.serverName !== '')) {
      t.equal(reader.hello.serverName, 'cut.example')
      named++
    } else t.equal(named, 0, `cut at ${cut}`)
  }
  t.ok(named > 1000, `${named} cuts leave the name`)
})

t.test('CRYPTO stream: bounds, the first copy stays', async t => {
  const stream = new QuicCryptoStream()
  const octets = Buffer.from('abcdefgh')
  t.equal(stream.add(4, octets, 4, 8, fault), true)
  t.equal(stream.length, 0)
  t.equal(stream.add(2, Buffer.from('XXXXXX'), 0, 6, fault), true)
  t.equal(stream.add(0, octets, 0, 3, fault), true)
  t.equal(Buffer.from(stream.octets.subarray(0, stream.length)).toString(), 'abXXefgh')
  t.equal(stream.add(maxCryptoOctets - 8, octets, 0, 8, fault), true)
  t.equal(stream.add(maxCryptoOctets - 7, octets, 0, 8, fault), false)
  t.equal(fault.key, 'quic/limit')
  t.equal(stream.add(2 ** 61, octets, 0, 8, fault), false)
  stream.reset()
  t.equal(stream.length, 0)
  t.equal(stream.add(1, octets, 1, 8, fault), true)
  t.equal(stream.length, 0, 'nothing is left of what came before')
})

t.test('frames of an Initial', async t => {
  const frames = new QuicFrames()
  const seen = (octets: Uint8Array): string[] => {
    const all: string[] = []
    fault.clear()
    frames.start(octets, 0, octets.length)
    while (frames.next(fault)) {
      const { type, cryptoOffset, dataOff, dataEnd, whole } = frames
      const data = type === QuicFrameType.Crypto ? ` ${cryptoOffset} ${dataEnd - dataOff}` : ''
      all.push(`${type}${data}${whole ? '' : ' cut'}`)
    }
    return [...all, fault.code === FaultCode.None ? 'end' : fault.key]
  }
  t.strictSame(seen(hex('')), ['end'])
  t.strictSame(seen(hex('0000 01 00')), ['1', 'end'])
  t.strictSame(seen(hex('02 09 00 01 02 03 04 01 01')), ['2', '1', '1', 'end'], 'two ranges')
  t.strictSame(seen(hex('03 09 00 00 02 05 06 4007 01')), ['3', '1', 'end'], 'ACK with ECN')
  t.strictSame(seen(hex('1c 0a 06 03 626164 01')), ['28', '1', 'end'])
  t.strictSame(seen(hex('06 4010 02 aabb 06 00 05 cc')), ['6 16 2', '6 0 1 cut', 'quic/truncated'])
  t.strictSame(seen(hex('02 09 00 ffffffffffffffff 02')), ['quic/truncated'])
  t.strictSame(seen(hex('1c 0a 06 7fff 00')), ['quic/truncated'])
  t.strictSame(seen(hex('08 00')), ['quic/bad-value'], 'STREAM is not for an Initial')
  t.strictSame(seen(hex('06 c0')), ['quic/truncated'])
})

t.test('hostile octets', async t => {
  const hello = clientHello('hostile.example')
  const packet = initialPacket(dcid, crypto(0, hello), { size: 250, token: Buffer.from('abc') })
  for (const cut of [false, true]) {
    hostile(t, `datagram, cut ${cut}`, Uint8Array.from(packet), (buf, off, end) => {
      const reader = new QuicClientHello()
      const state = reader.read(buf, off, end, cut, fault)
      return `${state} ${fault.key} ${reader.hello.serverName} ${reader.version}`
    })
  }
  const good = Buffer.concat([
    crypto(3, hello.subarray(3)),
    hex('02 09 00 01 02 03 04'),
    crypto(0, hello),
  ])
  hostile(t, 'frames', Uint8Array.from(good), (buf, off, end) => {
    const frames = new QuicFrames()
    const stream = new QuicCryptoStream()
    fault.clear()
    frames.start(buf, off, end)
    while (frames.next(fault)) {
      if (frames.type !== QuicFrameType.Crypto) continue
      stream.add(frames.cryptoOffset, buf, frames.dataOff, frames.dataEnd, fault)
    }
    return `${stream.length} ${fault.key} ${Buffer.from(stream.octets.subarray(0, stream.length)).toString('hex')}`
  })
  t.equal(integer(20_000).length, 4)
})
