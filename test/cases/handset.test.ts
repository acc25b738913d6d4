/** Which handset it is, by what it shows of itself. */

import t from 'tap'
import { HandsetBook, type HandsetClues } from '../../src/cases/handset-book.js'
import { loadCaseLibrary } from '../../src/cases/library.js'
import { profileUrl } from '../../src/flow/ua-profile.js'
import { emitGet, emitReply, withTid } from '../../src/synth/emit-wsp.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { run } from '../helpers/run.js'
import { builtIn, folderOf } from './folder.js'

const book = new HandsetBook(loadCaseLibrary([builtIn]).handsets)
const record = (clues: HandsetClues) => book.find(clues).record

t.test('brand, model and generation of WAP by the User-Agent', async t => {
  for (const [userAgent, want] of [
    [
      'NokiaN73-1/3.0 SymbianOS/9.1 Series60/3.0 Profile/MIDP-2.0',
      { brand: 'Nokia', model: 'N73', wap: '2.0', wap_by: 'model' },
    ],
    ['Nokia7110/1.0 (04.67)', { brand: 'Nokia', model: '7110', wap: '1.x', wap_by: 'model' }],
    ['nokia9999/1.0', { brand: 'Nokia', model: undefined, wap: undefined }],
    [
      'SonyEricssonT610/R201 Profile/MIDP-1.0 UP.Link/5.1',
      { brand: 'Sony Ericsson', model: 'T610', wap: '1.x', wap_by: 'inferred' },
    ],
    ['Mozilla/5.0 (Linux; Android 9; X) AppleWebKit/537.36', { brand: 'Android', wap: '2.0' }],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 8_0 like Mac OS X)',
      { brand: 'Apple iPhone', wap: '2.0' },
    ],
    ['MOT-V600/0B.09.3AR UP.Browser/6.2', { brand: 'Motorola', wap: '2.0', wap_by: 'inferred' }],
    [
      'SIE-S35/1.0 UP/4.1.8c UP.Browser/4.1.8c',
      { brand: 'Siemens', wap: '1.x', wap_by: 'inferred' },
    ],
  ] as const) {
    t.match(record({ userAgent }), { known: true, by: 'user-agent', ...want }, userAgent)
  }
})

t.test('what is not known is not guessed', async t => {
  t.strictSame(record({}), { known: false })
  t.strictSame(record({ userAgent: '' }), { known: false })
  t.strictSame(record({ userAgent: 'X100/1.0', imei: '8699990012345678' }), {
    known: false,
    user_agent: 'X100/1.0',
    tac: '86999900',
  })
  t.strictSame(record({ imei: '1234' }), { known: false }, 'no whole type allocation code')
  const long = record({ userAgent: `Nokia${'x'.repeat(100_000)}` })
  t.equal(long.user_agent?.length, 512)
})

t.test('by the UAProf URL; brands that contradict each other are told', async t => {
  const uaProfile = 'http://nds1.nds.nokia.com/uaprof/NN73r100.xml'
  t.match(record({ uaProfile }), { brand: 'Nokia', by: 'ua-profile', value: uaProfile })
  t.match(record({ uaProfile, userAgent: 'Mozilla/5.0 (Linux; Android 9)' }), {
    brand: 'Nokia',
    conflicts: ['Android'],
  })
})

t.test('by the IMEI in the clear or masked; the longer prefix is nearer', async t => {
  const folder = folderOf(t, {
    'handsets/wide.yaml': 'handset: wide\nbrand: {en: Wide, zh: 宽}\ntac: ["3599"]\n',
    'handsets/near.yaml': 'handset: near\nbrand: {en: Near, zh: 近}\ntac: ["35990012"]\n',
    'handsets/phone.yaml':
      'handset: phone\nbrand: {en: Phone, zh: 机}\nmodels: [{model: P1, wap: "1.x", tac: ["35981111"]}]\n',
  })
  const own = new HandsetBook(loadCaseLibrary([builtIn, folder]).handsets)
  t.match(own.find({ imei: '3599001234567890' }).record, {
    brand: 'Near',
    by: 'tac',
    value: '35990012',
  })
  t.match(own.find({ imei: '35990099*******' }).record, { brand: 'Wide' })
  t.match(own.find({ imei: '3598111100000000' }).record, {
    brand: 'Phone',
    model: 'P1',
    wap: '1.x',
  })
})

t.test('steps are those of the brand, else the generic ones, and say so', async t => {
  const android = book.steps(book.find({ userAgent: 'Dalvik/2.1 Android' }), 'port')
  t.equal(android?.generic, false)
  const unknown = book.steps(book.find({}), 'port')
  t.equal(unknown?.generic, true)
  const samsung = book.steps(book.find({ userAgent: 'SAMSUNG-SGH-E700' }), 'protocol')
  t.equal(samsung?.generic, true)
})

t.test('the URL of a UAProf header', async t => {
  t.equal(profileUrl('"http://a.test/x.xml"'), 'http://a.test/x.xml')
  t.equal(profileUrl('"http://a.test/x.xml", "1-abc=="'), 'http://a.test/x.xml')
  t.equal(profileUrl('http://a.test/x.xml'), 'http://a.test/x.xml')
  for (const none of ['', '"1-abc=="', 'x', '",,,']) t.equal(profileUrl(none), '', none)
  t.ok(profileUrl(`http://${'a'.repeat(5000)}`).length <= 512)
})

t.test('records: User-Agent and UAProf of HTTP and WSP', async t => {
  const wire = new Wire()
  const [first, second, third] = [context(1), context(2, '10.161.0.9'), context(3, '10.161.0.10')]
  wire.create(first).create(second).create(third)
  const url = 'http://wap.samsungmobile.com/uaprof/x.xml'
  const head = (name: string) =>
    `GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nUser-Agent: SAMSUNG-X\r\n${name}: "${url}"\r\n\r\n`
  new TcpEnds(wire, first).open().up(head('x-wap-profile')).down('HTTP/1.1 204 No\r\n\r\n')
  new TcpEnds(wire, third).open().up(head('Profile')).down('HTTP/1.1 204 No\r\n\r\n')
  const get = withTid(1, emitGet('http://b.test/', { 'user-agent': 'LG-X', profile: url }))
  new UdpEnds(wire, second, { port: 9200 })
    .up(get)
    .down(withTid(1, emitReply(200, 'text/plain', {}, new Uint8Array(3))))
  const { flows, transactions } = await run(wire.frames)
  for (const records of [flows, transactions]) {
    t.strictSame(records.map(one => `${one.user_agent} ${one.ua_profile}`).sort(), [
      `LG-X ${url}`,
      `SAMSUNG-X ${url}`,
      `SAMSUNG-X ${url}`,
    ])
  }
})
