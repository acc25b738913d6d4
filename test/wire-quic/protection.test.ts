/** Keys and protection of Initial packets, by the vectors of RFC 9001 appendix A and RFC 9369 appendix A,
 * and the headers of a datagram. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { QuicForm, QuicHeader, startsQuic, varint } from '../../src/wire/quic-header.js'
import { clientInitialKeys, QuicPayload } from '../../src/wire/quic-protection.js'
import { QuicPacketType, quicVersion } from '../../src/wire/quic-version.js'
import { hex } from '../helpers/hex.js'
import { initialPacket, v1, v2 } from './emit-initial.js'

const fault = new Fault()
const header = new QuicHeader()
const dcid = hex('8394c8f03e515708')
const text = (octets: Uint8Array) => Buffer.from(octets).toString('hex')

/** The CRYPTO frame of RFC 9001 appendix A.2. */
const frame = hex(`
  060040f1 # CRYPTO, offset 0, 241 octets
  010000ed # ClientHello
  0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c
  00000413011302010000c0
  000000 10000e00000b6578616d706c652e636f6d # example.com
  ff01000100000a00080006001d0017001800100007000504616c706e
  000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec
  74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408
  ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff
`)

t.test('RFC 9001 appendix A.1: keys', async t => {
  const keys = clientInitialKeys(quicVersion(1)!, dcid, 0, dcid.length)
  t.equal(text(keys.key), '1f369613dd76d5467730efcbe3b1a22d')
  t.equal(text(keys.iv), 'fa044b2f42a3fd3b46fb255c')
  t.equal(text(keys.hp), '9f50449e04a0e810283a1e9933adedd2')
})

t.test('RFC 9369 appendix A.1: keys of version 2', async t => {
  const keys = clientInitialKeys(quicVersion(0x6b3343cf)!, dcid, 0, dcid.length)
  t.equal(text(keys.key), '8b1a0bc121284290a29e0971b5cd045d')
  t.equal(text(keys.iv), '91f73e2351d8fa91660e909f')
  t.equal(text(keys.hp), '45b95e15235d6f45a6b19cbcb0294ba9')
})

t.test('RFC 9001 appendix A.2: the client Initial', async t => {
  const packet = initialPacket(dcid, frame, { number: 2 })
  // what the RFC prints of it: header under protection, sample, tag
  t.equal(text(packet.subarray(0, 22)), 'c000000001088394c8f03e5157080000449e7b9aec34')
  t.equal(text(packet.subarray(22, 38)), 'd1b1c98dd7689fb8ec11d242b123dc9b')
  t.equal(text(packet.subarray(-16)), 'e221af44860018ab0856972e194cd934')
  t.equal(packet.length, 1200)
  t.equal(header.decode(packet, 0, packet.length, fault), true)
  t.match(header, { form: QuicForm.Long, type: QuicPacketType.Initial, version: 1, end: 1200 })
  t.equal(text(packet.subarray(header.dcidOff, header.dcidEnd)), text(dcid))
  const keys = clientInitialKeys(quicVersion(1)!, packet, header.dcidOff, header.dcidEnd)
  const payload = new QuicPayload()
  t.equal(payload.open(packet, header, keys, fault), true)
  t.equal(payload.packetNumber, 2)
  t.equal(text(payload.payload.subarray(0, frame.length)), text(frame))
  t.ok(payload.payload.subarray(frame.length).every(octet => octet === 0))
  t.equal(payload.payload.length, 1162)
})

t.test('every octet of a packet is proved', async t => {
  const packet = initialPacket(dcid, frame, { size: 300, token: Buffer.alloc(70, 7) })
  const payload = new QuicPayload()
  for (let at = 1; at < packet.length; at++) {
    const damaged = Buffer.from(packet)
    damaged[at]! ^= 0x10
    if (!header.decode(damaged, 0, damaged.length, fault) || !header.whole) continue
    if (header.form !== QuicForm.Long) continue
    const keys = clientInitialKeys(quicVersion(1)!, dcid, 0, dcid.length)
    fault.clear()
    t.equal(payload.open(damaged, header, keys, fault), false, `octet ${at}`)
    t.not(fault.code, FaultCode.None)
  }
})

t.test('a packet that the capture cut is decrypted as far as it goes', async t => {
  const packet = initialPacket(dcid, frame)
  const payload = new QuicPayload()
  const keys = clientInitialKeys(quicVersion(1)!, dcid, 0, dcid.length)
  for (let cut = 0; cut < packet.length; cut++) {
    const good = header.decode(packet, 0, cut, fault)
    if (!good || header.form !== QuicForm.Long) continue
    t.equal(header.whole, false)
    if (!payload.open(packet, header, keys, fault)) {
      t.ok(cut < 22 + 16, `cut at ${cut}`)
      continue
    }
    // what may be there of the tag is taken for payload
    const clear = Buffer.concat([frame, Buffer.alloc(1162 - frame.length)])
    const length = Math.min(payload.payload.length, clear.length)
    t.equal(text(payload.payload.subarray(0, length)), text(clear.subarray(0, length)))
  }
})

t.test('versions', async t => {
  const salt = (version: number) => quicVersion(version)?.salt
  t.same(salt(0xff000017), salt(0xff00001c))
  t.same(salt(0xfaceb002), salt(0xff00001b))
  t.same(salt(0xff00001d), salt(0xff000020))
  t.same(salt(0xff000021), salt(1))
  t.same(salt(0xff000022), salt(1))
  t.notSame(salt(0xff00001c), salt(0xff00001d))
  for (const none of [0, 2, 0xff000016, 0xff000023, 0x51303436, 0xfaceb001, 0xffffffff]) {
    t.equal(quicVersion(none), undefined, none.toString(16))
  }
  t.equal(startsQuic(initialPacket(dcid, frame, { protection: v2 }), 0, 50), true)
})

t.test('integers of one, two, four and eight octets (RFC 9000 appendix A.1)', async t => {
  // the RFC's number ends in 652: the last octets of eight are not exact, nor need they be
  t.equal(varint(hex('c2197c5eff14e88c'), 0), 151288809941952640)
  t.equal(varint(hex('9d7f3e7d'), 0), 494878333)
  t.equal(varint(hex('7bbd'), 0), 15293)
  t.equal(varint(hex('25'), 0), 37)
  t.equal(varint(hex('ffffffffffffffff'), 0), 2 ** 62)
})

t.test('coalesced packets, short header, Version Negotiation, Retry', async t => {
  const zeroRtt = hex('d0 00000001 08 8394c8f03e515708 00 05 0102030405')
  const both = Buffer.concat([initialPacket(dcid, frame, { size: 300 }), zeroRtt, hex('40 aabb')])
  t.equal(header.decode(both, 0, both.length, fault), true)
  const first = header.end
  t.equal(first, both.length - zeroRtt.length - 3)
  t.equal(header.decode(both, first, both.length, fault), true)
  t.match(header, { type: QuicPacketType.ZeroRtt, end: both.length - 3, whole: true })
  t.equal(header.decode(both, header.end, both.length, fault), true)
  t.match(header, { form: QuicForm.Short, end: both.length })

  const negotiation = hex('80 00000000 00 08 8394c8f03e515708 00000001 6b3343cf')
  t.equal(header.decode(negotiation, 0, negotiation.length, fault), true)
  t.match(header, { form: QuicForm.VersionNegotiation, version: 0, scidOff: 7, scidEnd: 15 })

  const retry = hex(`ff 00000001 00 08 f067a5502a4262b5 746f6b656e
    04a265ba2eff4d829058fb3f0f2496ba`) // RFC 9001 appendix A.4
  t.equal(header.decode(retry, 0, retry.length, fault), true)
  t.match(header, { type: QuicPacketType.Retry, scidOff: 7, scidEnd: 15, whole: true })
  t.equal(Buffer.from(retry.subarray(header.tokenOff, header.tokenEnd)).toString(), 'token')
  const retry2 = hex(`cf 6b3343cf 00 08 f067a5502a4262b5 746f6b656e
    c8646ce8bfe33952d955543665dcc7b6`) // RFC 9369 appendix A.4
  t.equal(header.decode(retry2, 0, retry2.length, fault), true)
  t.match(header, { type: QuicPacketType.Retry, scidOff: 7, scidEnd: 15 })
})

t.test('headers that are wrong', async t => {
  const bad = (name: string, octets: Uint8Array, code: FaultCode) => {
    t.equal(header.decode(octets, 0, octets.length, fault), false, name)
    t.equal(fault.code, code, name)
  }
  bad('nothing', hex(''), FaultCode.Truncated)
  bad('no connection id', hex('c0 00000001'), FaultCode.Truncated)
  bad('a connection id of 21 octets', hex(`c0 00000001 15 ${'00'.repeat(40)}`), FaultCode.BadLength)
  bad('a connection id beyond the end', hex('c0 00000001 08 00'), FaultCode.Truncated)
  bad('fixed bit not set', hex('80 00000001 00 00 00 01 00'), FaultCode.BadValue)
  bad('a token of 2^62 octets', hex('c0 00000001 00 00 ffffffffffffffff'), FaultCode.Truncated)
  bad('a Retry without its tag', hex('f0 00000001 00 00 0102'), FaultCode.Truncated)
  const unknown = hex(`c0 0a0a0a0a ff ${'00'.repeat(300)}`)
  t.equal(header.decode(unknown, 0, unknown.length, fault), true, 'RFC 8999 allows 255 octets')
  t.equal(header.form, QuicForm.Unknown)
  const long = hex('c0 00000001 00 00 00 7fff 01020304')
  t.equal(header.decode(long, 0, long.length, fault), true)
  t.match(header, { whole: false, end: long.length })
  t.equal(v1.initial, 0xc3)
})
