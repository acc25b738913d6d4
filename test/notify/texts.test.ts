/** Short messages cut in parts, delivery receipts read, hours of the night. */

import fc from 'fast-check'
import t from 'tap'
import { deliveryReceipt, receiptName, reportedName } from '../../src/notify/delivery-receipt.js'
import { afterQuiet, isQuiet } from '../../src/notify/quiet-hours.js'
import { smsText } from '../../src/notify/sms-text.js'

t.test('one message as long as it fits', async t => {
  const parts = (text: string) => smsText(text, 7).parts.map(part => part.text.length)
  t.strictSame(parts('a'.repeat(160)), [160])
  t.strictSame(parts('a'.repeat(161)), [153, 8])
  t.strictSame(parts('€'.repeat(80)), [80], 'two septets each')
  t.strictSame(parts('€'.repeat(81)), [76, 5], 'an escape stays with its character')
  t.strictSame(parts('飞'.repeat(70)), [70])
  t.strictSame(parts('飞'.repeat(71)), [67, 4])
  t.strictSame(parts('😀'.repeat(36)), [66, 6], 'a surrogate pair stays together')
  t.equal(smsText('à Ç Ω', 1).coding, 0)
  t.equal(smsText('ç', 1).coding, 8, 'TS 23.038 has the capital alone')
  t.strictSame([...(smsText('飞'.repeat(71), 258).parts[1]?.udh ?? [])], [5, 0, 3, 2, 2, 2])
  t.throws(() => smsText('飞'.repeat(67 * 255 + 1), 1), RangeError)
})

t.test('parts are the text, and each fits', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), text => {
      const { coding, parts } = smsText(text, 0)
      const whole = parts.map(part => part.text).join('')
      const most = parts.length === 1 ? 140 : 134
      const fits = parts.every(part => coding === 0 || part.text.length * 2 <= most)
      return whole === text && fits
    }),
  )
  t.pass('held')
})

t.test('receipts', async t => {
  const text = (message: string) => ({ esm_class: 4, short_message: { message } })
  const usual = 'id:1a2B sub:001 dlvrd:001 submit date:2611220800 done date:2611220801 stat:'
  t.strictSame(deliveryReceipt(text(`${usual}DELIVRD err:000 text:x`)), {
    messageId: '1a2B',
    delivered: true,
    reason: 'DELIVRD',
  })
  t.strictSame(deliveryReceipt(text(`${usual}UNDELIV err:027 text:`)), {
    messageId: '1a2B',
    delivered: false,
    reason: 'UNDELIV err 027',
  })
  t.equal(deliveryReceipt(text(`${usual}ACCEPTD err:000`))?.delivered, undefined, 'on its way')
  t.strictSame(
    deliveryReceipt({ esm_class: 4, receipted_message_id: '77\0', message_state: 3 }),
    { messageId: '77', delivered: false, reason: 'EXPIRED' },
    'from the optional parameters',
  )
  t.equal(deliveryReceipt({ ...text(`${usual}DELIVRD`), esm_class: 0 }), undefined, 'an answer')
  t.equal(deliveryReceipt(text('no such thing')), undefined)
  t.equal(receiptName('1a', 'hex-decimal'), reportedName('0000000026', 'hex-decimal'))
  t.equal(receiptName('1a', 'same'), '1a')
  t.equal(receiptName('a-1', 'hex-decimal'), 'a-1')
})

t.test('the night, where the subscriber is', async t => {
  const quiet = { from: 22 * 60, to: 8 * 60, timeZone: 'Asia/Shanghai' }
  const us = (text: string) => Date.parse(text) * 1000
  const iso = (timeUs: number) => new Date(timeUs / 1000).toISOString()
  t.notOk(isQuiet(us('2026-11-22T13:59:59Z'), quiet), '21:59:59')
  t.ok(isQuiet(us('2026-11-22T14:00:00Z'), quiet), '22:00')
  t.ok(isQuiet(us('2026-11-22T23:59:00Z'), quiet), '07:59')
  t.notOk(isQuiet(us('2026-11-23T00:00:00Z'), quiet), '08:00')
  t.equal(iso(afterQuiet(us('2026-11-22T15:30:20Z'), quiet)), '2026-11-23T00:00:00.000Z')
  t.equal(afterQuiet(us('2026-11-22T05:00:01Z'), quiet), us('2026-11-22T05:00:01Z'))
  const berlin = { ...quiet, timeZone: 'Europe/Berlin' }
  const back = afterQuiet(us('2026-10-24T21:00:00Z'), berlin)
  t.equal(iso(back), '2026-10-25T07:00:00.000Z', 'the night that has an hour more')
  const forth = afterQuiet(us('2026-03-28T22:00:00Z'), berlin)
  t.notOk(isQuiet(forth, berlin), 'and the one that has an hour less')
  const never = { ...quiet, from: 0, to: 0 }
  t.notOk(isQuiet(us('2026-11-22T16:00:00Z'), never))
})
