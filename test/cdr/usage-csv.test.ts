/** Usage as CSV: the columns of others, units, times, and rows that are none. */

import { Readable } from 'node:stream'
import t from 'tap'
import type { ChargedUsage } from '../../src/charging/charged-usage.js'
import { readUsageCsv } from '../../src/charging/read-usage-csv.js'
import { MapError, parseUsageMap } from '../../src/charging/usage-columns.js'
import { StreamInput } from '../../src/source/octet-input.js'

async function read(text: string | Uint8Array, ...map: string[]) {
  const usage: ChargedUsage[] = []
  const damage: string[] = []
  const sink = {
    usage: (one: ChargedUsage) => usage.push(one),
    damage: (one: string) => damage.push(one),
  }
  const input = new StreamInput(Readable.from([Buffer.from(text)]))
  const rows = await readUsageCsv(input, 'bill.csv', parseUsageMap(map), sink)
  return { usage, damage, rows }
}

t.test('columns by their own names', async t => {
  const { usage, damage, rows } = await read(
    '\ufeffimsi,rating_group,up_bytes,down_bytes,first,last,row\r\n' +
      '460010123456789,5,100,200,2014-11-21T01:30:00Z,1416533700,\r\n' +
      '\'460010123456789,4261871614,"1",2,,,\n' +
      '460010123456789,,9,9,,,unmatched\n',
  )
  t.strictSame(damage, [])
  t.equal(rows, 2, 'a row that says that it has no rating group is left out')
  t.match(usage[0], {
    source: 'csv',
    imsi: '460010123456789',
    ratingGroup: 5,
    octetsUp: 100,
    octetsDown: 200,
    octets: 300,
    firstUs: Date.parse('2014-11-21T01:30:00Z') * 1000,
    lastUs: 1416533700 * 1e6,
  })
  t.match(usage[1], { imsi: '460010123456789', ratingGroup: 4261871614, firstUs: -1 })
})

t.test('columns of another system, in its unit', async t => {
  const { usage } = await read(
    'MSISDN,RG,KB_TOTAL,SID\n+8613800000001,7,1.5,3\n',
    'msisdn=MSISDN,rating_group=RG',
    'bytes=KB_TOTAL,unit=KiB,service_id=SID',
  )
  t.match(usage, [
    { msisdn: '8613800000001', ratingGroup: 7, serviceIdentifier: 3, octets: 1536, octetsUp: -1 },
  ])
})

t.test('a row that cannot be understood is told with its line and octet', async t => {
  const { usage, damage } = await read(
    'imsi,rating_group,up_bytes,down_bytes\n1,5,1,2\n1,5,abc,2\n1,4294967296,1,1\n1,5,,\n1,6,3,4\n',
  )
  t.equal(usage.length, 2)
  t.match(damage, [
    /^bill\.csv: line 3 at octet 46: "abc" is no up_bytes; not counted$/,
    /^bill\.csv: line 4 at octet 56: "4294967296" is no rating_group; not counted$/,
    /^bill\.csv: line 5 at octet 73: it says no volume; not counted$/,
  ])
})

t.test('a quote that is never closed, and rows without end, stop with the place', async t => {
  const head = 'imsi,rating_group,up_bytes,down_bytes\n1,5,1,2\n'
  const open = await read(`${head}1,"5,1,2\n1,6,3,4\n`)
  t.equal(open.usage.length, 1)
  t.match(open.damage, [/^bill\.csv: .*after octet 46; what follows was not read$/])
  const long = await read(`${head}"${'x'.repeat(300_000)}`)
  t.match(long.damage, [/Max Record Size.*after octet 46/])
})

t.test('every truncation gives the rows that are whole, or says what is wrong', async t => {
  const text = 'imsi,up_bytes,down_bytes\n460010123456789,100,200\n460010123456789,300,400\n'
  for (let n = 0; n < text.length; n++) {
    try {
      const { usage } = await read(text.slice(0, n))
      t.ok(usage.length <= 2)
    } catch (error) {
      t.ok(error instanceof MapError, `${n}: ${error}`)
    }
  }
})

t.test('maps and headers that say nothing', async t => {
  const refused = (text: string, why: RegExp) => t.throws(() => parseUsageMap([text]), why)
  refused('imsi', /"imsi" is not KEY=VALUE/)
  refused('imsi=', /"imsi=" is not KEY=VALUE/)
  refused('who=IMSI', /unknown key "who"/)
  refused('unit=furlong', /unit "furlong" is none of B, kB/)
  refused('urr.x=1', /does not give a URR ID its rating group/)
  t.strictSame(
    parseUsageMap(['urr.3=1000,urr.4=5']).ratingGroups,
    new Map([
      [3, 1000],
      [4, 5],
    ]),
  )
  await t.rejects(read(''), /no row with the names of its columns/)
  await t.rejects(read('imsi,volume\n1,2\n'), /no column says how much/)
  await t.rejects(read('up_bytes,down_bytes\n1,2\n'), /no column says whose usage/)
  await t.rejects(read('imsi,bytes\n1,2\n', 'imsi=MSID'), /no column "MSID" \(for imsi\)/)
})
