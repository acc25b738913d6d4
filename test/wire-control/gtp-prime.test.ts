/** GTP' headers, data record packets and their answers. TS 32.295 clause 6; tshark reads the same octets in the
 * same way, and is asked about those of a live network in tshark-fields.test.ts. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import {
  GtpPrimeHeader,
  GtpPrimeType,
  gtpPrimeOctets,
  gtpPrimeTypeName,
} from '../../src/wire/gtp-prime.js'
import {
  type GtpPrimeMessage,
  PacketTransfer,
  packetTransferName,
  RecordFormat,
  readGtpPrime,
} from '../../src/wire/gtp-prime-message.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from '../wire-wap/hostile.js'
import { lengthsAtMost } from './hostile-lengths.js'

const fault = new Fault()

function read(octets: Uint8Array): GtpPrimeMessage {
  const message = readGtpPrime(octets, 0, octets.length, fault)
  if (message === undefined) throw new RangeError(`not read: ${fault.key}`)
  return message
}

const request = hex(`
  4e f0 0023 1234           # version 2, GTP'; Data Record Transfer Request; Length, Sequence Number
  7e 01                     # Packet Transfer Command: send
  fc 0017                   # Data Record Packet
    02 01 10 06 11          #   2 records, BER, TS 32.298, release in the extension, version 5, release 17
    0006 bf4603800154       #   Length and Data Record 1
    0008 bf4605800155 8100  #   Data Record 2
  f9 0004 0007 ffff         # Sequence Numbers of Released Packets`)

t.test('Data Record Transfer Request', async t => {
  const message = read(request)
  t.equal(fault.code, FaultCode.None)
  t.match(message, {
    version: 2,
    type: GtpPrimeType.DataRecordTransferRequest,
    sequence: 0x1234,
    command: PacketTransfer.Send,
    released: [7, 65535],
    elements: [126, 252, 249],
    end: request.length,
  })
  t.strictSame(message.packet, {
    format: RecordFormat.Ber,
    application: 1,
    release: 17,
    version: 6,
    stated: 2,
    records: [
      { off: 18, end: 24 },
      { off: 26, end: 34 },
    ],
  })
  t.equal(gtpPrimeTypeName(message.type), 'Data Record Transfer Request')
  t.equal(gtpPrimeTypeName(99), 'message 99')
  t.equal(packetTransferName(2), 'Send possibly duplicated Data Record Packet')
  t.equal(packetTransferName(9), 'command 9')
})

t.test('a release below 16 has no octet of its own', async t => {
  const message = read(hex('2e f0 000c 0004 7e 01 fc 0007 01 01 1c 06 0001 aa'))
  t.equal(fault.code, FaultCode.None)
  t.match(message, {
    version: 1,
    packet: { release: 12, version: 6, records: [{ off: 17, end: 18 }] },
  })
})

t.test('Data Record Transfer Response', async t => {
  const message = read(hex('4e f1 0009 1234 01 80 fd 0004 1234 1235'))
  t.equal(fault.code, FaultCode.None)
  t.match(message, { type: 241, cause: 128, responded: [0x1234, 0x1235] })
})

t.test('version 0 has twenty octets, or six when its lowest bit is set', async t => {
  const long = hex(`0e f1 0007 1234 ${'00'.repeat(14)} 01 80 fd 0002 1234`)
  t.match(read(long), { version: 0, cause: 128, responded: [0x1234], end: 27 })
  const short = hex('0f f1 0007 1234 01 80 fd 0002 1234')
  t.match(read(short), { version: 0, cause: 128, responded: [0x1234], end: 13 })
  const h = new GtpPrimeHeader()
  t.notOk(h.decode(long, 0, 19, fault))
  t.equal(fault.key, 'gtp-prime/truncated')
})

t.test('path messages', async t => {
  t.match(read(hex('4f 04 0007 0001 fb 0004 0a000001')), { type: 4, node: '10.0.0.1' })
  const v6 = `fe 0010 20010db8${'00'.repeat(11)}01`
  t.match(read(hex(`4f 06 0015 0001 01 3f ${v6}`)), { cause: 63, recommendedNode: '2001:db8::1' })
  t.match(read(hex('4f 02 0002 0001 0e ff')), { type: GtpPrimeType.EchoResponse, recovery: 255 })
  t.equal(fault.code, FaultCode.None)
})

t.test('GTP and unknown versions are not read', async t => {
  const h = new GtpPrimeHeader()
  for (const first of ['1e', '32', '6e', 'ee']) {
    const octets = hex(`${first} 01 0000 0001`)
    t.notOk(h.decode(octets, 0, octets.length, fault))
    t.equal(fault.key, 'gtp-prime/unsupported', first)
    t.equal(gtpPrimeOctets(octets, 0, octets.length), -1)
  }
})

t.test('messages in a TCP connection tell their length', async t => {
  t.equal(gtpPrimeOctets(request, 0, request.length), request.length)
  t.equal(gtpPrimeOctets(request, 0, 4), request.length)
  t.equal(gtpPrimeOctets(request, 0, 3), 0)
  t.equal(gtpPrimeOctets(request, 0, 0), 0)
  t.equal(gtpPrimeOctets(hex('0e f1 ffff'), 0, 4), 20 + 65535)
})

t.test('numbers and lengths that disagree', async t => {
  const few = read(hex('2e f0 000c 0004 7e 01 fc 0007 02 01 1c 06 0001 aa'))
  t.equal(fault.key, 'gtp-prime/bad-length', 'two stated, one there')
  t.equal(few.packet?.records.length, 1)
  const long = read(hex('2e f0 000c 0004 7e 01 fc 0007 01 01 1c 06 0002 aa'))
  t.equal(fault.key, 'gtp-prime/bad-length', 'a record longer than its packet')
  t.strictSame(long.packet?.records, [])
  read(hex('4e f1 0008 1234 01 80 fd 0003 1234 12'))
  t.equal(fault.key, 'gtp-prime/bad-length', 'half a sequence number')
  const cut = read(hex('4e f1 ffff 1234 01 80'))
  t.equal(fault.key, 'gtp-prime/truncated')
  t.equal(cut.cause, 128)
  read(hex('4e f1 0003 1234 fd 0004'))
  t.equal(fault.key, 'gtp-prime/bad-length', 'an element longer than the message')
})

t.test('cut, mutated and with lengths at most', async t => {
  const all = (buf: Uint8Array, off: number, end: number): string => {
    const message = readGtpPrime(buf, off, end, fault)
    const where = `${fault.key} ${fault.code === FaultCode.None ? '' : fault.at - off}`
    if (message === undefined) return where
    inside(off, end, off, message.end, 'message')
    const records = message.packet?.records.map(record => {
      inside(off, end, record.off, record.end, 'record')
      return [record.off - off, record.end - off]
    })
    const packet = { ...message.packet, records }
    return `${JSON.stringify({ ...message, packet, end: message.end - off })} ${where}`
  }
  hostile(t, 'request', request, all)
  lengthsAtMost(t, 'request', request, all)
})
