/** Pages out of many rows are those that sorting all of them would give, from either end. */

import fc from 'fast-check'
import t from 'tap'
import { compileFilter } from '../../src/record/filter/evaluate.js'
import { fieldOrder } from '../../src/record/filter/order.js'
import { parseFilter } from '../../src/record/filter/parser.js'
import { ViewError } from '../../src/record/view-source.js'
import { pick, type Visit } from '../../src/view/row-pick.js'

interface Row {
  flow: string
  up_bytes: number
  verdict: string
}

function visitOf(rows: readonly Row[]): Visit<Row> {
  return async see => {
    for (const row of rows) see({ view: row, key: row.flow, keep: () => row })
  }
}

const asIs = () => 0

function sortedAll(rows: readonly Row[], sort: string, filter: string): Row[] {
  const parsed = parseFilter(filter)
  if (!parsed.ok) throw new Error(filter)
  const test = compileFilter(parsed.filter)
  return rows.filter(row => test(row)).sort(fieldOrder(sort) ?? asIs)
}

const anyRow = fc.record({
  up_bytes: fc.integer({ min: 0, max: 20 }),
  verdict: fc.constantFrom('FREE', 'CHRG'),
})

t.test('a page is a slice of all rows in order', async t => {
  const anyQuery = fc.record({
    rows: fc.array(anyRow, { maxLength: 400 }),
    sort: fc.constantFrom('up_bytes', '-up_bytes', 'flow', '-flow'),
    filter: fc.constantFrom('verdict == CHRG', 'up_bytes > 5', 'flow exists'),
    offset: fc.integer({ min: 0, max: 420 }),
    limit: fc.integer({ min: 0, max: 50 }),
    key: fc.integer({ min: 0, max: 399 }),
  })
  await fc.assert(
    fc.asyncProperty(anyQuery, async ({ rows: some, sort, filter, offset, limit, key }) => {
      const rows = some.map((row, i) => ({ ...row, flow: String(i) }))
      const want = sortedAll(rows, sort, filter)
      const query = { sort, filter, offset, limit, key: String(key) }
      const page = await pick(query, asIs, visitOf(rows))
      const place = want.findIndex(row => row.flow === String(key))
      return (
        JSON.stringify(page.rows) === JSON.stringify(want.slice(offset, offset + limit)) &&
        page.shown === want.length &&
        page.total === rows.length &&
        (page.key_index ?? -1) === place
      )
    }),
    { numRuns: 300, seed: 7 },
  )
  t.pass()
})

t.test('the far end of very many rows', async t => {
  const rows = Array.from({ length: 50_000 }, (_, i) => ({
    flow: String(i),
    up_bytes: (i * 7919) % 50_000,
    verdict: 'FREE',
  }))
  const query = { sort: 'up_bytes', offset: 49_990, limit: 20, key: rows[3]!.flow }
  const page = await pick(query, asIs, visitOf(rows))
  t.strictSame(
    page.rows.map(row => row.up_bytes),
    [49_990, 49_991, 49_992, 49_993, 49_994, 49_995, 49_996, 49_997, 49_998, 49_999],
  )
  t.equal(page.key_index, rows[3]!.up_bytes)
})

t.test('wrong questions are told which word is wrong', async t => {
  const ask = (query: object) => pick({ offset: 0, limit: 1, ...query }, asIs, visitOf([]))
  await t.rejects(ask({ filter: 'hots == 1' }), { code: 'filter', span: [0, 4], hint: 'host' })
  await t.rejects(ask({ sort: '-byts' }), { code: 'sort', hint: 'bytes' })
  await t.rejects(ask({ limit: 1e9 }), ViewError)
  await t.rejects(ask({ offset: -1 }), ViewError)
  await t.rejects(ask({ offset: Number.NaN }), ViewError)
})
