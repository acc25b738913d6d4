/** The filter language over frames, and the masks. */

import t from 'tap'
import { frameFields } from '../../src/inspect/frame-fields.js'
import { maskFrame } from '../../src/inspect/mask-frame.js'
import { compileFilter } from '../../src/record/filter/evaluate.js'
import { parseFilter } from '../../src/record/filter/parser.js'
import type { FrameRecord } from '../../src/record/frame-record.js'

const frame: FrameRecord = {
  type: 'frame',
  schema: 'tollgate.frame/1',
  frame: 12,
  ts: '2014-11-21T01:30:00.047304Z',
  len: 200,
  caplen: 180,
  layers: ['eth', 'ip', 'udp', 'gtp', 'ip', 'udp', 'dns'],
  fields: {
    'ip.src': ['192.0.2.11', '10.161.0.17'],
    'ip.dst': ['192.0.2.1', '203.0.113.53'],
    'udp.srcport': [2152, 40000],
    'udp.dstport': [2152, 53],
    'gtp.message': ['0xff'],
    'gtp.teid': ['0xf0000001'],
    'dns.qry.name': ['mmsc.wap.example'],
  },
}

function passes(text: string, record = frame): boolean | string {
  const result = parseFilter(text, frameFields)
  if (!result.ok) return `${result.error.message}; ${result.error.suggestion ?? ''}`
  return compileFilter(result.filter, frameFields)(record)
}

t.test('tests', async t => {
  const table: readonly (readonly [string, boolean])[] = [
    ['gtp.teid == 0xf0000001', true],
    ['gtp.teid == 4026531841', true],
    ['gtp.teid == 1', false],
    ['gtp.message == 255', true],
    ['gtp.message != 0xff', false],
    ['gtp.message in {16-21, 255}', true],
    ['dns.qry.name contains "wap"', true],
    ['DNS.QRY.NAME matches "^mms"', true],
    ['ip.addr == 10.161.0.0/16', true],
    ['ip.addr != 192.0.2.1', false],
    ['udp.port == 53 and frame.number == 12', true],
    ['udp.port > 40000', false],
    ['frame.protocols contains "gtp:ip"', true],
    ['frame.len == 200 and frame.cap_len == 180', true],
    ['frame.time >= 2014-11-21T01:30:00Z', true],
    ['gtp', true],
    ['http', false],
    ['dns.qry.name', true],
    ['not dns.a', true],
    ['dns.a exists', false],
    ['mmsc', true],
    ['verydifferent', false],
  ]
  for (const [text, expected] of table) t.equal(passes(text), expected, text)
})

t.test('errors', async t => {
  t.equal(passes('gtp.mesage == 1'), 'unknown field "gtp.mesage"; gtp.message')
  t.match(passes('udp.port == many'), 'a number')
  t.equal(passes('diameter.session-id == x'), false, 'names have no case')
  t.match(passes('verdict == FREE'), 'unknown field', 'fields of flows are not fields of frames')
})

t.test('personal numbers are masked wherever the frame has them', async t => {
  const imsi = '460010000000101'
  const clear: FrameRecord = {
    ...frame,
    fields: {
      'e212.imsi': [imsi],
      'e164.msisdn': ['8613012345601'],
      'mmse.to': ['8613012345601/TYPE=PLMN', 'a@b.example'],
      'diameter.Session-Id': [`pcef;1;IMSI${imsi}`],
      'gtp.teid': ['0x46001000'],
      'gtpv2.mei': ['35209900176148'],
      'ip.len': [8613012345601],
    },
  }
  const masked = maskFrame(clear)
  t.strictSame(masked.fields['e212.imsi'], ['46001******0101'])
  t.strictSame(masked.fields['mmse.to'], ['861301****601/TYPE=PLMN', 'a@b.example'])
  t.strictSame(masked.fields['diameter.Session-Id'], ['pcef;1;IMSI46001******0101'])
  t.strictSame(masked.fields['gtpv2.mei'], ['35209900******'])
  t.strictSame(masked.fields['gtp.teid'], ['0x46001000'])
  t.strictSame(masked.fields['ip.len'], [8613012345601], 'a number is no text')
  t.equal(masked.masked, true)
  t.strictSame(clear.fields['e212.imsi'], [imsi], 'the record itself is not changed')
  t.equal(maskFrame(frame), frame, 'nothing to hide')
})
