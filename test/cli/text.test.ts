/** Escaping, masking, times, figures, CSV, JSON and tables: what stands between packets and people. */

import fc from 'fast-check'
import t from 'tap'
import { csvLine } from '../../src/cli/output/csv.js'
import { recordLine } from '../../src/cli/output/json.js'
import { tableLines } from '../../src/cli/output/table.js'
import { progressText } from '../../src/cli/progress.js'
import {
  durationText,
  groupDigits,
  octetsText,
  ruleIdText,
  shareText,
} from '../../src/record/figures.js'
import { maskImei, maskImsi, maskMsisdn, maskRecord } from '../../src/record/mask.js'
import { cut, decodeText, jsonText, plainText, terminalText, wrap } from '../../src/record/text.js'
import { clockTime, localMidnight, localTime, parseTime, utcTime } from '../../src/record/time.js'

// colour, window title, new row, NUL, C1 CSI, bidi override, zero width, lone surrogate
const hostile = '\x1b[31m\x1b]0;x\x07\r\n\0\x9b1m\u202egnp\u200b\ud800{red-fg}\u4f60\\'

t.test('packet text cannot act on a terminal', async t => {
  t.equal(
    terminalText(hostile),
    '\\x1b[31m\\x1b]0;x\\x07\\x0d\\x0a\\x00\\x9b1m\\u202egnp\\u200b\\ud800{red-fg}\\u4f60\\x5c',
  )
  t.equal(plainText('caf\u00e9 \u4f60\u597d'), 'caf\u00e9 \u4f60\u597d', 'letters stay in logs')
  t.equal(terminalText('\u{1f600}'), '\\u{1f600}')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const shown = terminalText(text)
      const back = shown.replace(
        /\\(?:x(..)|u\{([^}]+)\}|u(....))/g,
        (_, x: string | undefined, long: string | undefined, u: string | undefined) =>
          String.fromCodePoint(Number.parseInt(x ?? long ?? u ?? '', 16)),
      )
      return /^[\x20-\x7e]*$/.test(shown) && back === text
    }),
    { seed: 1, numRuns: 500 },
  )
})

t.test('JSON text is the same text, and safe to print', async t => {
  const json = jsonText(hostile)
  t.equal(JSON.parse(json), hostile)
  t.notMatch(json, /[\p{Cc}\p{Cf}\p{Cs}]/u)
  t.equal(jsonText('\u4f60'), '"\u4f60"')
  t.equal(jsonText('a\u00ff', true), '"a\\u00ff"', 'octets that were not UTF-8 stay visible')
})

t.test('octets as text', async t => {
  const octets = (...list: number[]) => Uint8Array.from(list)
  t.same(decodeText(octets(0x61, 0xc3, 0xa9)), { text: 'a\u00e9', lossy: false })
  t.same(decodeText(octets(0xef, 0xbb, 0xbf, 0x61)), { text: '\ufeffa', lossy: false })
  const wrong: [number[], string][] = [
    [[0x61, 0xff, 0x62], 'a\u00ffb'],
    [[0xc3], '\u00c3'],
    [[0xc0, 0x80], '\u00c0\u0080'], // overlong NUL
    [[0xe0, 0x80, 0x80], '\u00e0\u0080\u0080'], // overlong
    [[0xed, 0xa0, 0x80], '\u00ed\u00a0\u0080'], // surrogate
    [[0xf4, 0x90, 0x80, 0x80], '\u00f4\u0090\u0080\u0080'], // above U+10FFFF
    [[0xe4, 0xbd, 0xa0, 0xe4, 0xbd], '\u4f60\u00e4\u00bd'], // good, then cut
    [[0xf0, 0x9f, 0x98, 0x80, 0xfe], '\u{1f600}\u00fe'],
  ]
  for (const [list, text] of wrong) t.same(decodeText(octets(...list)), { text, lossy: true })
  fc.assert(
    fc.property(fc.uint8Array(), list => typeof decodeText(list).text === 'string'),
    { seed: 2 },
  )
})

t.test('masks keep what does not say who', async t => {
  t.equal(maskImsi('460011234567890'), '46001******7890')
  t.equal(maskImsi('001010000000017'), '00101******0017')
  t.equal(maskMsisdn('8801700000017'), '880170****017')
  t.equal(maskImei('3520990012345678'), '35209900********')
  t.equal(maskImsi('46001123'), '********', 'short numbers keep nothing')
  t.equal(maskImsi('4600112345'), '46001*****')
  t.equal(maskMsisdn(''), '')
})

t.test('masking a record reaches numbers inside other text', async t => {
  const record = {
    type: 'transaction',
    imsi: '460011234567890',
    msisdn: '8613800138000',
    flow: '34567890',
    teid_up: '0x34567890',
    rule_id: 168_165_378,
    url: 'http://x/?imsi=460011234567890&m=13800138000&n=99887766554',
    mms_from: '+8613912345678/TYPE=PLMN',
    deep: [{ text: 'IMSI 460011234567890 moved' }],
  }
  const before = JSON.stringify(record)
  const shown = maskRecord(record)
  t.same(shown, {
    type: 'transaction',
    imsi: '46001******7890',
    msisdn: '861380****000',
    flow: '34567890',
    teid_up: '0x34567890',
    rule_id: 168_165_378,
    url: 'http://x/?imsi=46001******7890&m=1380****000&n=99887766554',
    mms_from: '+861391****678/TYPE=PLMN',
    deep: [{ text: 'IMSI 46001******7890 moved' }],
    masked: true,
  })
  t.equal(JSON.stringify(record), before, 'the record itself is not changed')
  const nobody = { type: 'summary', frames: 1 }
  t.equal(maskRecord(nobody), nobody)
})

t.test('times', async t => {
  const timeUs = Date.parse('2026-11-21T15:02:26Z') * 1000 + 31_000
  t.equal(utcTime(timeUs), '2026-11-21T15:02:26.031000Z')
  t.equal(utcTime(timeUs + 1), '2026-11-21T15:02:26.031001Z')
  t.equal(localTime(timeUs, true), utcTime(timeUs))
  t.equal(clockTime(timeUs, true), '15:02:26.031')
  t.equal(parseTime('2026-11-21T15:02:26.031000Z'), timeUs)
  t.equal(parseTime(localTime(timeUs)), timeUs)
  t.equal(parseTime('2026-11-21T21:02:26.031+06:00'), timeUs)
  t.equal(parseTime('2026-11-21T21:02+06:00'), timeUs - 26_031_000)
  for (const wrong of ['', '09:30', '2026-13-01T00:00:00Z', '2026-11-21T15:02:26']) {
    t.equal(parseTime(wrong), undefined, wrong)
  }
  t.equal(localMidnight(timeUs, true), Date.parse('2026-11-21T00:00:00Z') * 1000)
  t.equal(utcTime(-1), '1970-01-01T00:00:00.000000Z')
  t.equal(utcTime(1.8e19), '9999-12-31T23:59:59.999999Z', 'a damaged time is bounded')
})

t.test('figures', async t => {
  t.equal(groupDigits(4_120_331), '4,120,331')
  t.equal(groupDigits(999), '999')
  const sizes = [
    [0, '0 B'],
    [9999, '9,999 B'],
    [10_000, '10.0 kB'],
    [99_960, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [1_214_000_000, '1.21 GB'],
    [9_007_199_254_740_991, '9.01 PB'],
  ] as const
  for (const [octets, text] of sizes) t.equal(octetsText(octets), text)
  t.equal(shareText(1, 3), '33.3%')
  t.equal(shareText(0, 0), '-')
  t.equal(ruleIdText(4_261_871_614), '4261871614 (0xFE06FFFE)')
  t.equal(ruleIdText(-33_095_682), '4261871614 (0xFE06FFFE)', 'the same id as an int32 pattern')
  t.same([900, 41_900_000, 300e6, 7800e6, 500_000e6].map(durationText), [
    '0.9 ms',
    '41.9 s',
    '5 min',
    '2 h 10 min',
    '5 d 18 h',
  ])
})

t.test('CSV', async t => {
  t.equal(csvLine(['a', 1, undefined, true]), 'a,1,,true')
  t.equal(csvLine(['say "x", y', 'a\nb']), '"say ""x"", y",a\\x0ab')
  t.equal(csvLine(['=1+1', '+1', '-1', '@x', -1]), "'=1+1,'+1,'-1,'@x,-1")
  t.equal(csvLine(['=HYPERLINK("x")']), '"\'=HYPERLINK(""x"")"')
  t.equal(csvLine([['a', 'b'], [], [{ n: 1 }]]), 'a;b,,"[{""n"":1}]"')
  t.equal(csvLine([' a']), '" a"')
})

t.test('NDJSON: fixed order, absent keys absent, unsigned numbers', async t => {
  const record = {
    verdict: 'CHRG',
    rule_id: 4_261_871_614,
    host: undefined,
    schema: 'tollgate.flow/1',
    lossy: true,
    url: 'http://x/\u00ff\x1b',
    type: 'flow',
    reasons: ['opaque'],
  }
  t.equal(
    recordLine(record),
    '{"type":"flow","schema":"tollgate.flow/1","url":"http://x/\\u00ff\\u001b","lossy":true,' +
      '"verdict":"CHRG","rule_id":4261871614,"reasons":["opaque"]}',
  )
  t.equal(recordLine(record, ['verdict', 'host', 'type']), '{"verdict":"CHRG","type":"flow"}')
})

t.test('tables fit the width; a head never stands without its values', async t => {
  const columns = [
    { head: 'Id' },
    { head: 'Long', flexible: 6 },
    { head: 'Extra', leaves: 1 },
    { head: 'More', leaves: 2 },
    { head: 'Bytes', right: true },
  ]
  const rows = [
    ['1', 'abcdefghijkl', 'e1', 'm1', '5 B'],
    ['2', 'x', 'e2', 'm2', '1,000 B'],
  ]
  t.same(tableLines(columns, rows, 40), [
    'Id  Long          Extra  More    Bytes',
    '1   abcdefghijkl  e1     m1        5 B',
    '2   x             e2     m2    1,000 B',
  ])
  t.same(tableLines(columns, rows, 28), [
    'Id  Long       More    Bytes',
    '1   abcdefg..  m1        5 B',
    '2   x          m2    1,000 B',
  ])
  t.same(tableLines(columns, rows, 22, false), ['1  abcd..  m1      5 B', '2  x       m2  1,000 B'])
  for (const width of [10, 20, 21, 22, 23, 30, 80]) {
    for (const line of tableLines(columns, rows, width)) {
      t.ok(line.length <= Math.max(width, 19), `${width}: ${line}`)
    }
  }
  const wrapping = [{ head: 'A', flexible: 5, wraps: true }, { head: 'B' }]
  t.same(tableLines(wrapping, [['one two three', 'b']], 10), ['A        B', 'one two  b', 'three'])
})

t.test('cut, wrap', async t => {
  t.equal(cut('abcdef', 6), 'abcdef')
  t.equal(cut('abcdefg', 6), 'abcd..')
  t.equal(cut('abc', 2), 'ab')
  t.same(wrap('a bb ccc dddddddd', 5), ['a bb', 'ccc', 'ddddd', 'ddd'])
  t.same(wrap('', 5), [''])
})

t.test('progress', async t => {
  const status = {
    name: 'day.pcap\x1b',
    octetsRead: 310e6,
    octetsTotal: 500e6,
    frames: 2_554_605,
    interfaces: [],
    damage: [],
    drops: 0,
  }
  t.equal(
    progressText(status, 2000),
    'day.pcap\\x1b  62%  310 MB of 500 MB  2,554,605 packets  1.28 M/s  left 0:01',
  )
  t.equal(
    progressText({ ...status, name: '-', octetsTotal: 0 }, 0),
    '-  310 MB  2,554,605 packets  0.00 M/s',
  )
})
