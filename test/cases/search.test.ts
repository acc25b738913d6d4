/** Numbers in octets: found in every form, written over with the same length, checksums right. */

import t from 'tap'
import { updateChecksum } from '../../src/masking/checksum-update.js'
import { DigitSearch } from '../../src/masking/digit-search.js'
import { type PersonalNumber, substitutions } from '../../src/masking/test-number.js'
import { internetChecksum } from '../../src/synth/internet-checksum.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { hex } from '../helpers/hex.js'

const imsi: PersonalNumber = { kind: 'imsi', digits: '460017013370002' }
const msisdn: PersonalNumber = { kind: 'msisdn', digits: '8613912345672' }
const imei: PersonalNumber = { kind: 'imei', digits: '3518080098765472' }
const search = new DigitSearch(substitutions([imsi, msisdn, imei]))

function replaced(octets: Uint8Array): string {
  const copy = Uint8Array.from(octets)
  search.replace(copy)
  t.equal(copy.length, octets.length)
  return Buffer.from(copy).toString('latin1')
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

t.test('test numbers: the same length; network, country and handset type stay', async t => {
  const found = substitutions([imsi, msisdn, imei, imsi])
  t.strictSame(
    new Map(found.map(one => [one.kind, one.test])),
    new Map([
      ['imei', '3518080000000172'],
      ['imsi', '460010000000001'],
      ['msisdn', '8610000000001'],
    ]),
  )
  const taken = substitutions([{ kind: 'imsi', digits: '460010000000001' }])
  t.equal(taken[0]?.test, '460010000000002', 'never a number that is in the capture')
  // examples of TS 23.003 annex B's check digit that are well known
  const checked = substitutions([
    { kind: 'imei', digits: '490154203237518' },
    { kind: 'imei', digits: '352099001761481' },
  ])
  t.strictSame(
    checked.map(one => one.test),
    ['352099000000014', '490154200000026'],
    'with its check digit',
  )
  t.strictSame(substitutions([{ kind: 'msisdn', digits: '123456' }]), [], 'too short for a number')
})

t.test('text, one octet a digit or two, with and without the country', async t => {
  t.equal(replaced(latin1('?msisdn=8613912345672&x')), '?msisdn=8610000000001&x')
  t.equal(replaced(latin1('tel:13912345672;')), 'tel:10000000001;')
  t.equal(replaced(latin1('0460017013370002@wlan')), '0460010000000001@wlan')
  const wide = Buffer.from('a8613912345672b', 'utf16le')
  t.equal(Buffer.from(replaced(wide), 'latin1').toString('utf16le'), 'a8610000000001b')
  t.equal(replaced(latin1('8613912345673 460017013370003')), '8613912345673 460017013370003')
})

t.test('TBCD as in GTP, at either half octet, and BCD', async t => {
  // TS 29.060 7.7.2: IMSI 460017013370002, the last half octet filled
  const element = hex('02 64 00 71 10 33 07 00 f2')
  t.equal(replaced(element), replacedHex('02 64 00 01 00 00 00 00 f1'))
  // MSISDN 8613912345672 behind 91, and one half octet further on
  t.equal(replaced(hex('91 68 31 19 32 54 76 f2')), replacedHex('91 68 01 00 00 00 00 f1'))
  t.equal(replaced(hex('81 16 93 21 43 65 27')), replacedHex('81 16 00 00 00 00 10'))
  t.equal(replaced(hex('86 13 91 23 45 67 2f')), replacedHex('86 10 00 00 00 00 1f'))
})

function replacedHex(text: string): string {
  return Buffer.from(hex(text)).toString('latin1')
}

t.test('octets of chance hold no number: nothing is changed', async t => {
  const random = new Xorshift32(5)
  const octets = new Uint8Array(1_000_000).map(() => random.next())
  const before = Buffer.from(octets).toString('latin1')
  t.equal(replaced(octets), before)
})

t.test(
  'a checksum by difference is that of all octets, at odd places, over fragments, and odd lengths',
  async t => {
    const random = new Xorshift32(9)
    for (let run = 0; run < 300; run++) {
      const length = 20 + (random.next() % 60)
      const block = new Uint8Array(length + 10).map(() => random.next() & 0xff)
      // a gap between two fragments, the first one of even length (RFC 791)
      const cut = 18
      const covered =
        run % 2
          ? [{ from: 0, to: length }]
          : [
              { from: 0, to: cut },
              { from: cut + 10, to: length + 10 },
            ]
      const gather = () => Buffer.concat(covered.map(({ from, to }) => block.subarray(from, to)))
      block[16] = block[17] = 0
      const sum = internetChecksum(gather())
      block[16] = sum >> 8
      block[17] = sum & 0xff
      const before = block.slice()
      for (let n = 0; n < 7; n++) {
        const at = 18 + (random.next() % (length - 18))
        const place = at < cut || run % 2 ? at : at + 10
        block[place] = random.next() & 0xff
      }
      t.ok(updateChecksum(block, before, { protocol: 'tcp', covered, whole: true }))
      t.equal(internetChecksum(gather()), 0, `run ${run}`)
    }
  },
)

t.test('UDP without a checksum stays without; a field that was not captured is told', async t => {
  const before = hex('c0 00 24 00 00 0c 00 00 01 02 03 04')
  const block = Uint8Array.from(before)
  block[9] = 0x55
  const covered = [{ from: 0, to: block.length }]
  t.ok(updateChecksum(block, before, { protocol: 'udp', covered, whole: true }))
  t.equal(block[6]! | block[7]!, 0)
  t.notOk(
    updateChecksum(block, before, {
      protocol: 'tcp',
      covered: [{ from: 0, to: 10 }],
      whole: false,
    }),
  )
})

t.test('SCTP: CRC32c as RFC 9260 appendix A has it', async t => {
  // 32 octets of zero have CRC32c 8a9136aa (RFC 3720 B.4); here the field is among them
  const before = new Uint8Array(32)
  before.set(hex('aa 36 91 8a'), 8)
  const block = Uint8Array.from(before)
  block[20] = 1
  const covered = [{ from: 0, to: 32 }]
  t.ok(updateChecksum(block, before, { protocol: 'sctp', covered, whole: true }))
  const again = Uint8Array.from(block)
  again[20] = 0
  t.ok(updateChecksum(again, block, { protocol: 'sctp', covered, whole: true }))
  t.strictSame(again, before, 'and back')
})
