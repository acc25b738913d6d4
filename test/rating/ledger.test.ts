/** The ledger adds amounts to rows and loses none; the verdict of a flow says free or charged only when all of
 * it is. Rules.md 2.11, 2.13; interface.md section 0. */

import t from 'tap'
import { type Amount, Ledger, SpecialRow } from '../../src/rating/ledger.js'
import { TariffBit, tariffBit, verdictOf } from '../../src/rating/verdict.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'

function amount(octets: number, firstUs = 5, lastUs = 9): Amount {
  return { upPackets: 1, downPackets: 2, upOctets: octets, downOctets: 2 * octets, firstUs, lastUs }
}

t.test('one row for each subscriber, APN, charge, and session or none', async t => {
  const ledger = new Ledger(3)
  const a = ledger.owner('46001', '86130', '3gwap')
  t.equal(ledger.owner('46001', '86130', '3gwap'), a, 'the same owner')
  const b = ledger.owner('46001', '86130', 'internet')
  ledger.addCharge(b, 2, false, amount(1))
  ledger.addCharge(a, 2, false, amount(10, 7, 20))
  ledger.addCharge(a, 2, false, amount(20, 3, 8))
  ledger.addCharge(a, 2, true, amount(40))
  ledger.addSpecial(a, SpecialRow.Excluded, amount(80))
  ledger.addCharge(a, 0, false, amount(160))
  const rows = ledger.rows().map(row => [row.owner.apn, row.charge, row.special, row.up_bytes])
  t.strictSame(rows, [
    ['3gwap', 0, -1, 160],
    ['3gwap', 2, -1, 30],
    ['3gwap', 2, -1, 40],
    ['3gwap', -1, SpecialRow.Excluded, 80],
    ['internet', 2, -1, 1],
  ])
  t.match(ledger.rows()[1], {
    up_packets: 2,
    down_packets: 4,
    down_bytes: 60,
    firstUs: 3,
    lastUs: 20,
  })
  t.equal(ledger.rows()[2]?.sessionless, true)
})

t.test('whatever is added, the rows hold it, exactly to 2^53', async t => {
  const ledger = new Ledger(5)
  const random = new Xorshift32(2)
  let up = 0
  let down = 0
  for (let n = 0; n < 5000; n++) {
    const owner = ledger.owner(String(random.below(40)), '', String(random.below(3)))
    const octets = random.below(1 << 30) * 100
    if (random.chance(0.2)) ledger.addSpecial(owner, random.below(3) as SpecialRow, amount(octets))
    else ledger.addCharge(owner, random.below(5), random.chance(0.3), amount(octets))
    up += octets
    down += 2 * octets
  }
  const rows = ledger.rows()
  t.equal(
    rows.reduce((sum, row) => sum + row.up_bytes, 0),
    up,
  )
  t.equal(
    rows.reduce((sum, row) => sum + row.down_bytes, 0),
    down,
  )
  t.equal(
    rows.reduce((sum, row) => sum + row.up_packets, 0),
    5000,
  )
  t.ok(Number.isSafeInteger(down))
})

t.test('an empty ledger has no rows', async t => {
  const ledger = new Ledger(2)
  ledger.owner('', '', '')
  t.strictSame(ledger.rows(), [])
})

t.test('verdict: free only when all is free, unknown is not free, blocked overrides', async t => {
  const { Free, Charged, Unknown } = TariffBit
  for (const [tariffs, verdict] of [
    [Free, 'FREE'],
    [Charged, 'CHRG'],
    [Unknown, 'UNKN'],
    [0, 'UNKN'],
    [Free | Charged, 'MIXD'],
    [Free | Unknown, 'MIXD'],
    [Charged | Unknown, 'MIXD'],
    [Free | Charged | Unknown, 'MIXD'],
  ] as const) {
    t.equal(verdictOf(tariffs, false), verdict)
    t.equal(verdictOf(tariffs, true), 'BLCK')
  }
  t.strictSame(
    ['free', 'charged', 'unknown'].map(name => tariffBit(name as 'free')),
    [1, 2, 4],
  )
})
