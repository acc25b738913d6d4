import t from 'tap'
import { Fault } from '../../src/wire/fault.js'
import { mmsFieldNames, mmsTypeNames } from '../../src/wire/mms-assigned.js'
import { looksLikeMms, MmsPdu, mmsTypeName } from '../../src/wire/mms-pdu.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from './hostile.js'

const fault = new Fault()

function decode(text: string): { pdu: MmsPdu; good: boolean } {
  const octets = hex(text)
  const pdu = new MmsPdu()
  fault.clear()
  return { pdu, good: pdu.decode(octets, 0, octets.length, fault) }
}

const sendReq = `
  8c 80          # X-Mms-Message-Type: m-send-req
  98 543100      # X-Mms-Transaction-Id: T1
  8d 92          # X-Mms-MMS-Version: 1.2
  85 04 65920080 # Date: 2024-01-01
  89 01 81       # From: insert-address-token
  97 2b3836313300 # To: +8613
  97 05 ea 627600 00 # To: bv in UTF-8, one zero more than there should be
  82 6100        # Cc: a
  81 6200        # Bcc: b
  96 05 ea c3a54100 # Subject: UTF-8
  c5 82          # a field of a later version
  582d4100 6600  # X-A: f
  84 03 a3 8181  # Content-Type: application/vnd.wap.multipart.mixed with a parameter
  01 02 03       # body
`
const notification = `
  8c 82          # m-notification-ind
  98 6e6f6b00    # X-Mms-Transaction-Id: nok
  8d 90          # version 1.0
  89 08 80 06 83 612f6200 7a # From: a/b and rubbish, charset us-ascii
  8a 80          # X-Mms-Message-Class: Personal
  8e 02 7400     # X-Mms-Message-Size: 29696
  88 05 81 03 0151 80 # X-Mms-Expiry: relative
  83 687474703a2f2f6d2f6100 # X-Mms-Content-Location: http://m/a
`

t.test('m-send-req', t => {
  const { pdu, good } = decode(sendReq)
  t.ok(good)
  t.match(pdu, {
    type: 0x80,
    transactionId: 'T1',
    version: '1.2',
    dateSec: 1704067200,
    from: '',
    fromInserted: true,
    to: ['+8613', 'bv'],
    cc: ['a'],
    bcc: ['b'],
    subject: 'åA',
    contentType: 'application/vnd.wap.multipart.mixed',
    messageSize: -1,
    lossy: false,
  })
  t.equal(pdu.bodyEnd - pdu.bodyOff, 3)
  t.equal(mmsTypeName(pdu.type), 'm-send-req')
  t.end()
})

t.test('m-notification-ind', t => {
  const { pdu, good } = decode(notification)
  t.ok(good)
  t.match(pdu, {
    type: 0x82,
    transactionId: 'nok',
    version: '1.0',
    from: 'a/b\0z',
    fromInserted: false,
    messageSize: 29696,
    contentLocation: 'http://m/a',
    contentType: '',
  })
  t.equal(pdu.bodyOff, pdu.bodyEnd, 'no body')
  t.end()
})

t.test('m-send-conf: status, text and message id', t => {
  const { pdu } = decode('8c 81 98 543100 8d 90 92 e1 93 6e6f00 8b 69643100')
  t.match(pdu, { type: 0x81, responseStatus: 0xe1, responseText: 'no', messageId: 'id1' })
  t.match(decode('8c 84 8d 92 99 e2 9a 6700 85 01 05').pdu, { retrieveStatus: 0xe2, dateSec: 5 })
  t.match(decode('8c 86 8d 92 95 81').pdu, { status: 0x81, type: 0x86 })
  t.end()
})

t.test('character sets', t => {
  t.match(decode('8c 80 96 c3a500').pdu, { subject: 'å', lossy: false }, 'no set, UTF-8')
  t.match(decode('8c 80 96 e500').pdu, { subject: 'å', lossy: true }, 'not quoted')
  t.match(decode('8c 80 96 7fe500').pdu, { subject: 'å', lossy: true }, 'no set, not UTF-8')
  t.match(decode('8c 80 96 03 84 e500').pdu, { subject: 'å', lossy: false }, 'ISO 8859-1')
  t.match(decode('8c 80 96 04 83 c3a500').pdu, { subject: 'å', lossy: false }, 'us-ascii')
  t.match(decode('8c 80 96 09 02 03e8 4f60597d 0000').pdu, { subject: '你好' }, 'UCS-2')
  t.match(decode('8c 80 96 05 ea 7f c3a5 00').pdu, { subject: 'å' }, 'quoted')
  t.match(decode('8c 80 96 03 616200').pdu, { subject: 'ab' }, 'the set left out')
  t.match(decode('8c 80 89 6100').pdu, { from: 'a' }, 'From as text')
  t.match(decode('8c 80 89 00').pdu, { from: '', fromInserted: false })
  t.match(decode('8c 80 89 01 80').pdu, { from: '', fromInserted: false })
  t.end()
})

t.test('bounds', t => {
  const many = decode(`8c 80 ${'97 6100 '.repeat(80)}`)
  t.ok(many.good)
  t.equal(many.pdu.to.length, 50)
  const fields = decode(`8c 80 ${'90 81 '.repeat(300)}`)
  t.notOk(fields.good)
  t.equal(fault.key, 'mms/limit')
  const long = decode(`8c 80 96 ${'61'.repeat(5000)} 00`)
  t.equal(long.pdu.subject.length, 1024)
  t.end()
})

t.test('what is refused, and what is kept', t => {
  t.notOk(decode('').good)
  t.equal(fault.key, 'mms/truncated')
  t.notOk(decode('98 543100').good)
  t.equal(fault.key, 'mms/bad-value')
  t.notOk(decode('8c').good)
  const cut = decode('8c 80 98 543100 96 6162')
  t.notOk(cut.good)
  t.match(cut.pdu, { type: 0x80, transactionId: 'T1', subject: '' })
  t.equal(fault.key, 'mms/truncated')
  t.notOk(decode('8c 80 96 1f ffffffffff 61').good, 'uintvar of more than five octets')
  t.notOk(decode('8c 80 96 1f 83ff7f 61').good, 'length 65535')
  t.notOk(decode('8c 80 01 61').good)
  t.equal(fault.key, 'mms/bad-value')
  t.notOk(decode('8c 80 582d').good, 'a name without end')
  t.notOk(decode('8c 80 582d00').good, 'a name without value')
  t.end()
})

t.test('names', t => {
  t.equal(mmsTypeNames.length, 0x18)
  t.equal(mmsTypeName(0x97), 'm-cancel-conf')
  t.equal(mmsTypeName(0x98), '0x98')
  t.equal(mmsTypeName(0), '0x00')
  t.equal(mmsFieldNames[0x18], 'X-Mms-Transaction-Id')
  t.equal(mmsFieldNames[0x33], 'X-Mms-Limit')
  t.equal(mmsFieldNames[0x3f], 'X-Mms-Cancel-Status')
  t.ok(looksLikeMms(hex(sendReq), 0, 2))
  t.notOk(looksLikeMms(hex('8c98'), 0, 2))
  t.notOk(looksLikeMms(hex('8c'), 0, 1))
  t.notOk(looksLikeMms(hex('4745'), 0, 2))
  t.end()
})

t.test('cut and mutated', t => {
  const pdu = new MmsPdu()
  const reader = (buf: Uint8Array, off: number, end: number): string => {
    const local = new Fault()
    const good = pdu.decode(buf, off, end, local)
    inside(off, end, pdu.bodyOff, pdu.bodyEnd, 'body')
    if (good === (local.code !== 0)) throw new Error('fault and answer disagree')
    return JSON.stringify([good, { ...pdu }, local.code, looksLikeMms(buf, off, end)], (k, v) =>
      /(Off|End)$/.test(k) ? v - off : v,
    )
  }
  hostile(t, 'm-send-req', hex(sendReq), reader)
  hostile(t, 'm-notification-ind', hex(notification), reader)
  t.end()
})
