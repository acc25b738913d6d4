/** Every cause and every situation that must stay silent (blocked-after-renewal.md B1, B5), from packets: each scenario
 * says itself what the detector has to say of it. */

import t from 'tap'
import { recordSchemas } from '../../src/record/schema.js'
import { parseTime } from '../../src/record/time.js'
import { detect, play, scenarioNames, settings } from './scenario-run.js'

const { grace_s, evaluation_s, backoff_s } = settings().times

for (const name of scenarioNames) {
  t.test(name, async t => {
    const played = await play(name)
    for (const record of played.records) {
      recordSchemas[record.type as 'activity' | 'control' | 'session'].parse(record)
    }
    const found = detect(played)
    for (const alert of found) recordSchemas.alert.parse(alert)
    t.equal(found.length, played.cases.length, 'as many cases as the scenario has')
    for (const expected of played.cases) {
      const imsi = played.imsiOf.get(expected.subscriber)
      const alert = found.find(one => one.imsi === imsi)
      const { verdict, cause, confidence, alarm = false } = alert ?? {}
      const got = { verdict, cause: cause ?? '', alarm }
      const wanted = {
        verdict: expected.verdict,
        cause: expected.cause ?? '',
        alarm: expected.alarm,
      }
      t.strictSame(got, wanted, alert?.timeline.at(-1)?.text ?? 'no case')
      if (expected.confidence !== undefined) t.equal(confidence, expected.confidence)
      if (!expected.alarm || alert?.alarm_at === undefined) continue
      const after = ((parseTime(alert.alarm_at) ?? 0) - (parseTime(alert.t0) ?? 0)) / 1e6
      const wait = cause === 'C1' ? backoff_s : grace_s
      t.ok(after >= wait && after <= wait + evaluation_s, `alarm ${after} s after the renewal`)
      t.ok(alert.evidence.length > 0, 'with evidence')
      t.not(alert.recovery, undefined)
    }
    if (name.startsWith('s')) {
      t.strictSame(
        found.filter(one => one.alarm),
        [],
        'silent',
      )
    }
  })
}
