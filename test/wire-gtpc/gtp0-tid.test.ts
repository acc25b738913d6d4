/** The TID of GTPv0 in both octet orders that are on the wire. GSM 09.60 clause 7.9.26. */

import t from 'tap'
import { Tid } from '../../src/wire/gtp0-tid.js'
import { hex } from '../helpers/hex.js'

function read(text: string, mcc = ''): [string, number] {
  const tid = new Tid()
  tid.decode(hex(text), 0, mcc)
  return [tid.imsi, tid.nsapi]
}

t.test("the standard's order: digits low nibble first, NSAPI in the last high nibble", async t => {
  t.strictSame(read('64 00 11 32 54 76 98 50'), ['460011234567890', 5])
  t.strictSame(read('42 00 01 21 43 65 87 09'), ['240010123456789', 0])
})

t.test('a short IMSI is filled with 1111', async t => {
  t.strictSame(read('64 00 11 32 54 76 f8 5f'), ['4600112345678', 5])
})

t.test('the reversed order of libgtp', async t => {
  t.strictSame(read('50 98 76 54 32 11 00 64'), ['460011234567890', 5])
})

t.test('both orders can be read: the MCC of the RAI decides', async t => {
  // straight: 250 ..., NSAPI 5; reversed: 555 ..., NSAPI 5
  const both = '52 20 43 65 87 09 05 55'
  t.equal(read(both, '250')[0], '250234567890505')
  t.equal(read(both, '555')[0], '555090785634022')
  t.equal(read(both)[0], '250234567890505', "without a RAI the standard's order")
})

t.test('no digits in either order: no IMSI', async t => {
  t.strictSame(read('ff ff ff ff ff ff ff ff'), ['', 15])
  t.strictSame(read('aa aa aa aa aa aa aa aa'), ['', 10])
  t.strictSame(read('00 00 00 00 00 00 00 00'), ['000000000000000', 0])
})
