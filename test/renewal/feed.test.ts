/** Feeds as text: JSON Lines and CSV, what is refused and why, lines without end. */

import t from 'tap'
import { type BadLine, EventText, longestLine } from '../../src/feed/event-text.js'
import { LineCutter } from '../../src/feed/line-cutter.js'
import type { FeedEvent } from '../../src/record/business-event.js'

function read(...lines: string[]): { events: FeedEvent[]; bad: BadLine[] } {
  const events: FeedEvent[] = []
  const bad: BadLine[] = []
  const text = new EventText('feed', { event: one => events.push(one), bad: one => bad.push(one) })
  for (const line of lines) text.line(line)
  return { events, bad }
}

const cap =
  '{"event_id":"1","type":"cap_reached","msisdn":"8613012342001","ts_event":"2014-11-21T04:02:00Z"}'

t.test('JSON Lines and CSV say the same', async t => {
  const csv = read(
    'event_id,type,imsi,msisdn,ts_event,limit_bytes,enforce',
    '1,enforce,,8613012342001,2014-11-21T04:02:00Z,1000,"throttle:64"',
  )
  const json = read(
    '{"event_id":"1","type":"enforce","msisdn":"8613012342001","ts_event":"2014-11-21T04:02:00Z",' +
      '"limit_bytes":1000,"enforce":"throttle:64"}',
  )
  t.strictSame(csv.bad, [])
  t.strictSame(csv.events, json.events)
})

const refused: readonly [line: string, reason: RegExp][] = [
  ['{"event_id":', /is not JSON/],
  ['{"event_id":"1","type":"cap"}', /type/],
  [
    cap.replace('cap_reached', 'renewal').replace('"}', '","colour":"red"}'),
    /unknown key "colour"/,
  ],
  [cap.replace('2014-11-21T04:02:00Z', '2014-11-21 noon'), /ts_event: needs RFC 3339/],
  [cap.replace('8613012342001', '+86 130'), /msisdn: needs 5 to 15 digits/],
  [cap.replace('"msisdn":"8613012342001",', ''), /needs imsi or msisdn/],
  [
    '{"type":"nas","ts":"2014-11-21T04:02:00Z","imsi":"460010000000001","procedure":"attach"}',
    /protocol/,
  ],
  ['[1,2]', /./],
  [`{"event_id":"${'x'.repeat(200)}","type":"renewal"}`, /event_id/],
]

t.test('a wrong line is told with its place, and the feed goes on', async t => {
  for (const [line, reason] of refused) {
    const { events, bad } = read(cap, line, cap.replace('"1"', '"2"'))
    t.equal(events.length, 2, line)
    t.equal(bad.length, 1, line)
    t.equal(bad[0]?.line, 2)
    t.match(bad[0]?.reason, reason, line)
  }
})

t.test('a CSV row of another length is refused', async t => {
  const { bad } = read('event_id,type,ts_event', '1,renewal')
  t.match(bad[0]?.reason, /2 cells under a head of 3/)
})

t.test('empty lines and comments are nothing', async t => {
  const { events, bad } = read('', '# caps of today', cap)
  t.equal(events.length, 1)
  t.strictSame(bad, [])
})

t.test('lines are cut at any octet, and a line without end is bounded', async t => {
  const octets = Buffer.from(`${cap}\r\n${'x'.repeat(longestLine * 3)}\n"caf\u00e9"`)
  for (const size of [1, 7, 64, 100_000, octets.length]) {
    if (size === 1 && octets.length > 300_000) continue
    const lines: [string, boolean][] = []
    const cutter = new LineCutter((line, cut) => lines.push([line, cut]))
    for (let at = 0; at < octets.length; at += size) cutter.put(octets.subarray(at, at + size))
    cutter.end()
    t.equal(lines.length, 3)
    t.strictSame(lines[0], [cap, false])
    t.equal(lines[1]?.[1], true)
    t.ok((lines[1]?.[0].length ?? 0) <= longestLine)
    t.strictSame(lines[2], ['"caf\u00e9"', false])
  }
})
