/** BER: tags, lengths, ends. X.690 clause 8.1; asn1js reads the same octets in second-opinion.test.ts. */

import t from 'tap'
import { BerValue, berCount, berIdentifier, maxIndefiniteDepth } from '../../src/wire/ber.js'
import { Fault } from '../../src/wire/fault.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from '../wire-wap/hostile.js'
import { open, tlv } from './records.js'

const fault = new Fault()

function read(text: string): BerValue {
  const octets = hex(text)
  const value = new BerValue()
  if (!value.decode(octets, 0, octets.length, fault)) throw new RangeError(fault.key)
  return value
}

function refused(octets: Uint8Array): string {
  fault.clear()
  return new BerValue().decode(octets, 0, octets.length, fault) ? 'read' : fault.key
}

t.test('tags and lengths of every form', async t => {
  t.match(read('83 02 0102 ff'), {
    tagClass: 2,
    tag: 3,
    constructed: false,
    off: 2,
    end: 4,
    next: 4,
  })
  t.match(read('bf4f 01 00'), { tagClass: 2, tag: 79, constructed: true, off: 3, end: 4 })
  t.match(read('9f8148 00'), { tagClass: 2, tag: 200, off: 4, end: 4 })
  t.match(read('04 81 01 aa'), { tagClass: 0, tag: 4, off: 3, end: 4 })
  t.match(read('04 87 00000000000001 aa'), { off: 9, end: 10 }, 'zeros before a length are allowed')
})

t.test('indefinite lengths end where their contents end', async t => {
  t.match(read('b0 80 0101ff 0000 aa'), { off: 2, end: 5, next: 7 })
  const inner = open('a1', '8001aa', open('a2', '8102 0000'))
  t.match(read(open('b0', inner)), { off: 2, end: 2 + hex(inner).length })
  t.equal(refused(hex('80 80 01 0000')), 'ber/bad-value', 'a primitive value has a definite length')
  t.equal(refused(hex('b0 80 0101ff 00')), 'ber/truncated', 'half an end')
  t.equal(refused(hex('b0 80 0105ff 0000')), 'ber/truncated', 'a value longer than what is there')
})

t.test('the depth of indefinite lengths is bounded', async t => {
  const nested = (depth: number) => hex(`${'b080'.repeat(depth)} ${'0000'.repeat(depth)}`)
  t.equal(refused(nested(maxIndefiniteDepth)), 'read')
  t.equal(refused(nested(maxIndefiniteDepth + 1)), 'ber/limit')
  const deep = new Uint8Array(2_000_000).fill(0)
  for (let i = 0; i < 1_000_000; i += 2) deep.set([0xb0, 0x80], i)
  const before = process.cpuUsage()
  t.equal(refused(deep), 'ber/limit')
  t.ok(process.cpuUsage(before).user < 200_000, 'and costs nothing')
})

t.test('what is no BER', async t => {
  t.equal(refused(hex('')), 'ber/truncated')
  t.equal(refused(hex('83')), 'ber/truncated')
  t.equal(refused(hex('83 05 0102')), 'ber/truncated')
  t.equal(refused(hex('83 82 01')), 'ber/truncated')
  t.equal(refused(hex('9f ffffffffff 00')), 'ber/bad-value', 'a tag that does not end')
  t.equal(refused(hex('83 87 01000000000000')), 'ber/bad-length', 'a length of 2^48')
  t.equal(refused(hex('83 ff 00')), 'ber/bad-value', 'the reserved length')
})

t.test('numbers', async t => {
  const count = (text: string) => berCount(hex(text), 0, hex(text).length)
  t.equal(count('00'), 0)
  t.equal(count('00ffffffff'), 0xffff_ffff)
  t.equal(count('1fffffffffffff'), Number.MAX_SAFE_INTEGER)
  t.equal(count('20000000000000'), -1, 'more than can be added exactly')
  t.equal(count('ff'), -1, 'negative')
  t.equal(count(''), -1)
  const id = (text: string) => berIdentifier(hex(text), 0, hex(text).length)
  t.equal(id('00fe06fffe'), 4261871614)
  t.equal(id('fe06fffe'), 4261871614, 'without the leading zero, as gateways write it')
  t.equal(id('01fe06fffe'), -1)
  t.equal(id('fe06ff'), -1)
})

t.test('hostile octets', async t => {
  const value = new BerValue()
  const good = hex(
    open('b0', tlv('83', '010203'), open('a1', tlv('80', '00')), tlv('9f8148', 'aa')),
  )
  hostile(t, 'ber', good, (buf, off, end) => {
    fault.clear()
    const ok = value.decode(buf, off, end, fault)
    if (ok) inside(off, end, value.off, value.end, 'content')
    if (ok) inside(off, end, value.end, value.next, 'end')
    return ok
      ? `${value.tag} ${value.off - off} ${value.end - off}`
      : `${fault.key} ${fault.at - off}`
  })
})
