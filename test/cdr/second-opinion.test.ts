/** asn1js reads what is written here, and the decoder reads what asn1js writes: neither knows of the other. */

import * as asn1js from 'asn1js'
import fc from 'fast-check'
import t from 'tap'
import { predictedRecords, UsageContexts } from '../../src/charging/predicted-records.js'
import { writeRecord } from '../../src/charging/write-record.js'
import type { SubscriberRecord } from '../../src/record/subscriber-record.js'
import type { UsageRecord } from '../../src/record/usage-record.js'
import { openSource } from '../../src/source/open-source.js'
import { BerValue } from '../../src/wire/ber.js'
import { Fault } from '../../src/wire/fault.js'
import { root, run } from '../helpers/run.js'

type Block = asn1js.BaseBlock

function children(block: Block): Block[] {
  if (!(block instanceof asn1js.Constructed || block instanceof asn1js.Sequence)) {
    throw new RangeError(`${block.idBlock.tagNumber} holds nothing`)
  }
  return block.valueBlock.value
}

function child(block: Block, tag: number): Block {
  const found = children(block).find(
    ({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tag,
  )
  if (found === undefined) throw new RangeError(`no [${tag}]`)
  return found
}

function octets(block: Block): Uint8Array {
  if (!(block instanceof asn1js.Primitive)) throw new RangeError('not primitive')
  return block.valueBlock.valueHexView
}

function number(block: Block): number {
  return Number(BigInt(`0x${Buffer.from(octets(block)).toString('hex')}`))
}

function decoded(record: Uint8Array): Block {
  const { offset, result } = asn1js.fromBER(record)
  if (offset !== record.length) throw new RangeError(`${result.error} at ${offset}`)
  return result
}

const captures = ['newspaper', 'dns', 'gtpv2', 'ipv6', 'no-control', 'mms-over-wsp']

for (const form of ['pgw-cdr', 'egcdr'] as const) {
  t.test(`${form}: asn1js finds the ledger in it`, async t => {
    for (const capture of captures) {
      const source = await openSource([`${root}/captures/${capture}.pcap`])
      const { usage, subscribers } = await run(source)
      await source.close()
      const records = predictedRecords(usage, new UsageContexts(subscribers))
      const found: string[] = []
      for (const [i, record] of records.entries()) {
        const outer = decoded(writeRecord(form, record, i + 1))
        t.equal(outer.idBlock.tagNumber, form === 'egcdr' ? 70 : 79)
        t.equal(number(child(outer, 0)), form === 'egcdr' ? 70 : 85, 'RecordType')
        for (const container of children(child(outer, 34))) {
          const group = number(child(container, 1))
          const [up, down] = [number(child(container, 12)), number(child(container, 13))]
          found.push(`${record.imsi}|${record.apn} ${group} ${up} ${down}`)
        }
      }
      t.strictSame(found.sort(), ledger(usage), capture)
    }
  })
}

/** Rows of the ledger that a record can hold. */
function ledger(usage: readonly UsageRecord[]): string[] {
  return usage
    .filter(row => row.imsi !== undefined && row.rule_id !== undefined && row.row === undefined)
    .map(row => `${row.imsi}|${row.apn} ${row.rating_group} ${row.up_bytes} ${row.down_bytes}`)
    .sort()
}

t.test('a record of many rating groups is several partial records', async t => {
  const rows = Array.from(
    { length: 1200 },
    (_, i): UsageRecord => ({
      type: 'usage',
      schema: 'tollgate.usage/1',
      imsi: '460010000000001',
      apn: 'a',
      rule_id: i,
      rating_group: i,
      tariff: 'charged',
      up_packets: 1,
      down_packets: 1,
      up_bytes: 2 ** 40 + i,
      down_bytes: 3,
      first: '2014-11-21T01:30:00.000000Z',
      last: '2014-11-21T01:35:00.000000Z',
    }),
  )
  const none: SubscriberRecord[] = []
  const records = predictedRecords(rows, new UsageContexts(none))
  const written = records.map((record, i) => writeRecord('pgw-cdr', record, i + 1))
  t.ok(written.every(record => record.length <= 0xffff))
  t.strictSame(
    written.map(record => number(child(decoded(record), 17))),
    [1, 2, 3],
  )
  const groups = written.flatMap(record => children(child(decoded(record), 34)))
  t.strictSame(
    groups.map(group => number(child(group, 12))),
    rows.map(row => row.up_bytes),
  )
})

/** A value as text: tag, and content or what is in it. */
function shapeOf(buf: Uint8Array, off: number, end: number): string {
  const fault = new Fault()
  const parts: string[] = []
  for (let at = off; at < end; ) {
    const value = new BerValue()
    if (!value.decode(buf, at, end, fault)) return fault.key
    const { tag, constructed, off: from, end: to } = value
    const inside = constructed
      ? shapeOf(buf, from, to)
      : Buffer.from(buf.subarray(from, to)).toString('hex')
    parts.push(`${tag}(${inside})`)
    at = value.next
  }
  return parts.join(' ')
}

function shape(block: Block): string {
  const inside =
    block instanceof asn1js.Primitive
      ? Buffer.from(octets(block)).toString('hex')
      : children(block).map(shape).join(' ')
  return `${block.idBlock.tagNumber}(${inside})`
}

const block: fc.Memo<Block> = fc.memo(depth => {
  const leaf = fc.tuple(fc.nat(100_000), fc.uint8Array({ maxLength: 300 })).map(
    ([tagNumber, valueHex]) =>
      new asn1js.Primitive({
        idBlock: { tagClass: 3, tagNumber },
        valueHex: valueHex.slice().buffer,
      }),
  )
  if (depth <= 1) return leaf
  const holder = fc
    .tuple(fc.nat(100_000), fc.array(block(depth - 1), { maxLength: 4 }), fc.boolean())
    .map(([tagNumber, value, isIndefiniteForm]) => {
      const made = new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value })
      made.lenBlock.isIndefiniteForm = isIndefiniteForm
      return made
    })
  return fc.oneof(leaf, holder)
})

t.test('what asn1js writes, in definite and indefinite lengths, is read as it is', async t => {
  fc.assert(
    fc.property(block(4), made => {
      const octets = new Uint8Array(made.toBER())
      return shapeOf(octets, 0, octets.length) === shape(made)
    }),
    { numRuns: 300, seed: 32298 },
  )
  t.pass('300 trees')
})
