/** Feeds that grow and are rotated, and cases told as they change. */

import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { TailedFeed } from '../../src/feed/tailed-feed.js'
import type { FeedEvent } from '../../src/record/business-event.js'
import { tollgate } from '../cli/program.js'

const folder = mkdtempSync(join(tmpdir(), 'follow-'))
t.teardown(() => rmSync(folder, { recursive: true }))

function line(id: string): string {
  return `{"event_id":"${id}","type":"renewal","imsi":"460010000000001","ts_event":"2014-11-21T04:02:00Z"}\n`
}

t.test('a feed grows, is renamed away, cut to nothing, and comes late', async t => {
  const path = join(folder, 'feed.jsonl')
  const ids: string[] = []
  const bad: number[] = []
  const tail = new TailedFeed(path, {
    event: (event: FeedEvent) => ids.push('event_id' in event ? (event.event_id ?? '') : ''),
    bad: one => bad.push(one.line),
  })
  tail.poll()
  t.strictSame(ids, [], 'not there yet')
  writeFileSync(path, line('1') + line('2').slice(0, 20))
  tail.poll()
  t.strictSame(ids, ['1'], 'half a line waits')
  appendFileSync(path, line('2').slice(20))
  tail.poll()
  t.strictSame(ids, ['1', '2'])
  renameSync(path, `${path}.1`)
  appendFileSync(`${path}.1`, line('3'))
  tail.poll()
  writeFileSync(path, `${line('4')}wrong\n`)
  tail.poll()
  t.strictSame(ids, ['1', '2', '3', '4'], 'the old file to its end, then the new one')
  t.strictSame(bad, [2], 'lines count from 1 in each file')
  truncateSync(path)
  writeFileSync(path, line('5'), { flag: 'a' })
  tail.poll()
  tail.poll()
  t.strictSame(ids, ['1', '2', '3', '4', '5'], 'cut and written anew')
  tail.close()
})

t.test('--follow needs a live capture', async t => {
  const args = ['-r', 'captures/paid.pcap', '--events', 'captures/paid.jsonl', '--follow']
  const { code, err } = await tollgate(['alerts', ...args])
  t.equal(code, 2)
  t.match(err, /--follow needs -i IF/)
})

const live = process.getuid?.() === 0

t.test('live: a capture that ends by itself, a feed that is followed', async t => {
  if (!live) {
    t.not(process.env.TOLLGATE_REQUIRE_LIVE, '1', 'live captures are required')
    t.comment('not root: no live capture')
    return
  }
  const feed = join(folder, 'live.jsonl')
  writeFileSync(feed, '')
  const args = ['-i', 'lo', '--autostop', 'duration:2', '--events', feed, '--follow', '--json']
  const { code, out } = await tollgate(['alerts', ...args])
  t.equal(code, 0)
  t.match(out.trim().split('\n').at(-1), /"type":"summary"/)
})
