/** The laboratory's captures 14 (rejects) and 16 (redirects): real halves of cases, with a feed beside them. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { AlertRecord } from '../../src/record/alert-record.js'
import { parseTime } from '../../src/record/time.js'
import { RenewalDetector } from '../../src/renewal/detector.js'
import { settingsSchema } from '../../src/renewal/settings.js'
import { eventsOf, recordsOf } from './scenario-run.js'

const lab = fileURLToPath(new URL('../../../../shared/captures/lab/', import.meta.url))

const feed = ['460011234567890', '460011234567891']
  .flatMap((imsi, i) => [
    `{"event_id":"c${i}","type":"cap_reached","imsi":"${imsi}","ts_event":"2026-11-21T21:00:00Z"}`,
    `{"event_id":"r${i}","type":"renewal","imsi":"${imsi}","ts_event":"2026-11-21T21:05:00Z"}`,
  ])
  .join('\n')

async function cases(file: string, settings: object, untilUs: number): Promise<AlertRecord[]> {
  const detector = new RenewalDetector(settingsSchema.parse(settings))
  for (const event of eventsOf(feed)) detector.event(event)
  for (const record of await recordsOf(`${lab}${file}.pcap`)) {
    // the laboratory takes its sessions down at the end: what was before is judged
    if (record.type === 'session' && record.event === 'deleted') continue
    detector.record(record)
  }
  detector.advance(untilUs)
  return detector.cases()
}

t.test('shared laboratory captures', async t => {
  if (!existsSync(lab)) {
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    t.comment('shared captures not here')
    return
  }
  const endUs = parseTime('2026-11-21T21:23:00Z') ?? 0
  const portal = { portals: [{ hosts: ['portal.topup.example'] }] }
  const redirected = await cases('16_redirect_302', portal, endUs)
  t.strictSame(
    redirected.map(({ imsi, verdict, cause, confidence }) => [imsi, verdict, cause, confidence]),
    [
      // one host alone was asked: one click on the portal is no fault
      ['460011234567891', 'UNDETERMINED', undefined, undefined],
      ['460011234567890', 'BLOCKED', 'C4', 'medium'],
    ],
  )
  t.ok(redirected[1]?.evidence.every(one => one.class === 'E4'))
  t.match(redirected[1]?.evidence[0]?.text, /302 -> http:\/\/portal\.topup\.example/)

  const rejected = await cases('14_rejected_creates', {}, endUs)
  t.strictSame(
    rejected.filter(one => one.alarm),
    [],
    'causes that say nothing of the subscription raise no alarm',
  )
  const causes = { gtp1_subscription: [209, 211, 222] }
  const taken = await cases('14_rejected_creates', { causes }, endUs)
  const alarm = taken.find(one => one.imsi === '460011234567891')
  t.match(alarm, { verdict: 'BLOCKED', cause: 'C2', confidence: 'high' })
  t.match(alarm?.evidence[0]?.text, /All dynamic PDP addresses are occupied/)
})
