/** The commands over the committed capture: `replay --events`, `alerts`, `alerts show`; messages and exit codes. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { recordSchemas } from '../../src/record/schema.js'
import { inProcess, root } from '../cli/program.js'

const capture = ['-r', 'captures/paid.pcap', '--events', 'captures/paid.jsonl']
const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
t.teardown(() => rmSync(folder, { recursive: true }))

t.test('replay tells alerts as records, masked', async t => {
  const args = [
    'captures/paid.pcap',
    '--events',
    'captures/paid.jsonl',
    '--json',
    '--only',
    'alert',
  ]
  const { code, out } = await inProcess(['replay', ...args])
  t.equal(code, 0)
  const rows = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.strictSame(
    rows.map(row => row.type),
    ['alert', 'alert', 'summary'],
  )
  for (const row of rows.slice(0, 2)) recordSchemas.alert.parse(row)
  t.strictSame(
    rows.slice(0, 2).map(({ cause, state }) => [cause, state]),
    [
      ['C7', 'recovered'],
      ['C8', 'blocked'],
    ],
  )
  t.notMatch(out, /460010000002101|8613012342101/)
  const text = await inProcess(['replay', ...args.slice(0, 3)])
  t.match(text.out, /Alerts +1 still blocked after renewal/)
})

t.test('the list, its exit code, and one case', async t => {
  const list = await inProcess(['alerts', ...capture, '--utc'])
  t.match(list.out, /dbe77e786b89 +CLEARED/)
  t.match(list.out, /d88020c45fd0 +NEW/)
  t.equal(list.code, 0)
  t.equal((await inProcess(['alerts', ...capture, '--exit-code', '-q'])).code, 1)
  const shown = await inProcess(['alerts', 'show', 'dbe7', ...capture, '--utc'])
  t.match(shown.out, /E8 .*RAA 5002 DIAMETER_UNKNOWN_SESSION_ID/s)
  t.match(shown.out, /works: 198\.51\.100\.10:80/)
  t.match(shown.out, /the handset had attached again/s)
  t.match(shown.out, /飞行模式/)
  const none = await inProcess(['alerts', 'show', 'ffff', ...capture])
  t.equal(none.code, 1)
  t.match(none.err, /no case ffff in paid\.pcap/)
})

t.test('what is wrong is told with its place', async t => {
  const feed = join(folder, 'feed.jsonl')
  writeFileSync(
    feed,
    `${readFileSync(join(root, 'captures', 'paid.jsonl'), 'utf8')}{"event_id":"x"}\n`,
  )
  const letters = join(folder, 'dead.jsonl')
  const args = ['alerts', '-r', 'captures/paid.pcap', '--events', feed, '--dead-letters', letters]
  const { code, err } = await inProcess(args)
  t.equal(code, 0)
  t.match(err, /feed\.jsonl:5: type: .*; left out/)
  t.match(JSON.parse(readFileSync(letters, 'utf8')), { feed: 'feed.jsonl', line: 5 })

  const settings = join(folder, 'detector.yaml')
  writeFileSync(settings, 'times:\n  grase_s: 60\n')
  const wrong = await inProcess(['alerts', ...capture, '--detector', settings])
  t.equal(wrong.code, 3)
  t.match(wrong.err, /detector\.yaml:2:3: unknown key "grase_s"/)
  t.match(wrong.err, /try: grace_s/)

  const missing = await inProcess(['alerts', '-r', 'captures/paid.pcap', '--events', 'no.jsonl'])
  t.equal(missing.code, 2)
  t.match(missing.err, /no\.jsonl: no such file/)
  t.equal((await inProcess(['alerts', '-r', 'captures/paid.pcap'])).code, 2)
})
