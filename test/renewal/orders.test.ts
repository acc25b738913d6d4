/** From business events to cases, and whose a number is. */

import t from 'tap'
import type { BusinessEvent } from '../../src/record/business-event.js'
import { Identities } from '../../src/renewal/identities.js'
import { renewalsOf } from '../../src/renewal/orders.js'
import { defaultSettings, settingsSchema } from '../../src/renewal/settings.js'

let n = 0
function event(
  type: BusinessEvent['type'],
  minute: number,
  more: Partial<BusinessEvent> = {},
): BusinessEvent {
  const at = new Date(Date.UTC(2014, 10, 21, 4, minute)).toISOString()
  return { event_id: `e${++n}`, type, imsi: '460010000000001', ts_event: at, ...more }
}

const us = (minute: number) => Date.UTC(2014, 10, 21, 4, minute) * 1000

t.test('T0 is the latest of order, effect and resume', async t => {
  const effective_ts = new Date(Date.UTC(2014, 10, 21, 4, 40)).toISOString()
  const [one] = renewalsOf(
    [event('cap_reached', 1), event('renewal', 10, { order_id: 'o', effective_ts })],
    defaultSettings,
  )
  t.equal(one?.t0Us, us(40))
  const [resumed] = renewalsOf(
    [event('enforce', 1, { enforce: 'stop' }), event('resume', 5)],
    defaultSettings,
  )
  t.equal(resumed?.t0Us, us(5))
  t.equal(resumed?.capUs, us(1))
})

t.test('one case a cap; the first order in force decides', async t => {
  const list = [
    event('cap_reached', 1),
    event('enforce', 2, { enforce: 'stop' }),
    event('renewal', 10, { order_id: 'late', effective_ts: '2014-11-21T05:00:00Z' }),
    event('renewal', 12, { order_id: 'now' }),
    event('cap_reached', 30),
    event('renewal', 35, { order_id: 'again' }),
  ]
  const found = renewalsOf(list, defaultSettings)
  t.strictSame(
    found.map(({ t0Us, order, endReason }) => [t0Us, order.order_id, endReason]),
    [
      [us(12), 'now', 'the cap was met again'],
      [us(35), 'again', 'watched to the end'],
    ],
  )
  t.strictSame(renewalsOf(list.toReversed(), defaultSettings), found, 'in any order')
})

t.test('failed, reversed and other months are no case', async t => {
  const failed = event('renewal', 10, { order_id: 'o', status: 'failed' })
  const renewal = event('renewal', 10, { order_id: 'o' })
  const reversal = event('reversal', 9, { order_id: 'o' })
  t.strictSame(renewalsOf([event('cap_reached', 1), failed], defaultSettings), [])
  t.strictSame(renewalsOf([event('cap_reached', 1), renewal, reversal], defaultSettings), [])
  const before = event('cap_reached', 1, { month: '2014-10' })
  t.strictSame(renewalsOf([before, renewal], defaultSettings), [])
})

t.test('the month is the one of the operator', async t => {
  const cap = event('cap_reached', 0, { ts_event: '2014-11-30T15:50:00Z' })
  const renewal = event('renewal', 0, { ts_event: '2014-11-30T16:10:00Z' })
  t.equal(renewalsOf([cap, renewal], defaultSettings).length, 1)
  const east = settingsSchema.parse({ utc_offset_minutes: 480 })
  t.equal(renewalsOf([cap, renewal], east).length, 0)
})

t.test('a number belongs to whoever has it at the time', async t => {
  const ids = new Identities()
  const [old, now] = ['460010000000001', '460010000000002']
  ids.seen(old, '8613000', 5)
  t.equal(ids.owner(undefined, '8613000', 9), old)
  t.equal(ids.owner(undefined, '8613000', 1), old, 'before it was seen, too')
  ids.seen(now, '8613000', 7)
  t.equal(ids.owner(undefined, '8613000', 6), old)
  t.equal(ids.owner(undefined, '8613000', 9), now)
  t.equal(ids.owner(now, undefined, 1), now)
  ids.interval({
    type: 'identity',
    imsi: old,
    msisdn: '8613000',
    valid_from: '2014-01-01T00:00:00Z',
    valid_to: '2014-06-01T00:00:00Z',
  })
  t.equal(ids.owner(undefined, '8613000', Date.UTC(2014, 2) * 1000), old, 'the map knows better')
  t.equal(ids.owner(undefined, '8613000', Date.UTC(2014, 8) * 1000), '', 'nobody has it then')
  t.equal(ids.owner(now, '8613000', Date.UTC(2014, 2) * 1000), '', 'the event names another')
})
