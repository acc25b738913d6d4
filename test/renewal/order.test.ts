/** The order in which a feed comes, and how often, must not matter (blocked-after-renewal.md R-3 tests d to g, B5). */

import fc from 'fast-check'
import t from 'tap'
import type { FeedEvent } from '../../src/record/business-event.js'
import type { ProbeRecord } from '../../src/record/sink.js'
import { parseTime } from '../../src/record/time.js'
import { RenewalDetector } from '../../src/renewal/detector.js'
import { detect, type Played, play, settings } from './scenario-run.js'

const names = [
  'c1-handset-silent',
  'c4-redirect',
  'c11-provisioning',
  's28-cap-again',
  's31-recycled-number',
]

for (const name of names) {
  t.test(`${name}: permuted and doubled feeds`, async t => {
    const played = await play(name)
    const wanted = JSON.stringify(detect(played))
    const { events } = played
    fc.assert(
      fc.property(
        fc.array(fc.nat(Math.max(0, events.length - 1)), { maxLength: 12 }),
        fc.shuffledSubarray(events, { minLength: events.length }),
        (again, shuffled) => {
          const doubled = again.map(i => events[i]).filter(one => one !== undefined)
          return JSON.stringify(detect(played, [...doubled, ...shuffled, ...doubled])) === wanted
        },
      ),
      { numRuns: 10, seed: 7 },
    )
    t.pass('the same cases')
  })

  t.test(`${name}: a feed that is late, or ahead, by any time`, async t => {
    const played = await play(name)
    const wanted = JSON.stringify(detect(played))
    for (const lateS of [-100_000, -60, 0, 60, 1200, 100_000]) {
      t.equal(JSON.stringify(interleaved(played, lateS)), wanted, `${lateS} s late`)
    }
  })
}

/** Each event comes `lateS` after it happened, between the records of that time; cases are asked for all along. */
function interleaved(played: Played, lateS: number): unknown {
  const detector = new RenewalDetector(settings())
  const waiting = [...played.events].sort((a, b) => dueUs(a) - dueUs(b))
  const dueBy = (nowUs: number) => {
    while (waiting[0] !== undefined && dueUs(waiting[0]) + lateS * 1e6 <= nowUs) {
      const event = waiting.shift()
      if (event !== undefined) detector.event(event)
    }
  }
  for (const [i, record] of played.records.entries()) {
    dueBy(recordUs(record))
    detector.record(record)
    // a live run looks all the time; that changes nothing
    if (i % 50 === 0) detector.cases()
  }
  dueBy(Number.POSITIVE_INFINITY)
  detector.advance(played.endUs)
  return detector.cases()
}

function dueUs(event: FeedEvent): number {
  const text =
    event.type === 'nas' ? event.ts : event.type === 'identity' ? event.valid_from : event.ts_event
  return parseTime(text) ?? 0
}

function recordUs(record: ProbeRecord): number {
  return 'ts' in record ? (parseTime(record.ts) ?? 0) : 0
}

t.test(
  'live: the alarm is there one evaluation after the grace, with what is known then',
  async t => {
    const played = await play('c4-redirect')
    const detector = new RenewalDetector(settings())
    for (const event of played.events) detector.event(event)
    const t0Us = parseTime('2014-11-21T04:05:00Z') ?? 0
    for (const record of played.records) {
      if (recordUs(record) > t0Us + 661e6) break
      detector.record(record)
    }
    detector.advance(t0Us + 660e6)
    const [alert] = detector.cases()
    t.match(alert, { verdict: 'BLOCKED', cause: 'C4', state: 'blocked', alarm: true })
    t.equal(alert?.alarm_at, '2014-11-21T04:15:00.000000Z')
  },
)

t.test('a notice makes a blocked case a notified one, and stays in its story', async t => {
  const played = await play('c6-policy-stale')
  const detector = new RenewalDetector(settings())
  for (const event of played.events) detector.event(event)
  for (const record of played.records) detector.record(record)
  detector.advance(played.endUs)
  const [before] = detector.cases()
  detector.notice(before?.case ?? '', { timeUs: played.endUs, text: 'SMS sent' })
  const [after] = detector.cases()
  t.equal(before?.state, 'blocked')
  t.equal(after?.state, 'notified')
  t.equal(after?.timeline.at(-1)?.text, 'SMS sent')
})
