/** Live capture where all goes well: nothing lost, the same records as a replay, several interfaces. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EngineName } from '../../src/source/live/engine.js'
import { jsonLines, root, shell, tollgate } from '../cli/program.js'
import { installed, Link, liveTests } from './link.js'
import { LiveRun } from './live-run.js'

const newspaper = join(root, 'captures', 'newspaper.pcap')
const packets = 183
const everything = 'flow,transaction,usage,session,subscriber,finding'
/** How often the capture is sent. The buffer of `cap` holds some hundred packets, and nobody can tell what it lost:
 * all of them must fit, since a machine that is busy with other tests may not let it read any in time. */
const loopsOf: Readonly<Record<EngineName, number>> = { tcpdump: 100, dumpcap: 100, cap: 1 }

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-keep-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

t.setTimeout(300_000)

liveTests(t, () => {
  for (const engine of installed(['tcpdump', 'dumpcap', 'cap'])) {
    t.test(`${engine}: nothing is lost, and a replay of what was kept says the same`, async t => {
      const link = new Link(t)
      const ring = folder(t)
      const args = ['replay', '-i', 'r0', '--engine', engine, '--keep', ring]
      const run = new LiveRun(link, [...args, '--json', '--only', everything])
      await run.capturing()
      const loops = loopsOf[engine]
      t.equal(link.send(newspaper, [`--loop=${loops}`, '--pps=5000']), loops * packets)
      t.equal(await run.interrupt(), 0)
      const summary = run.summary()
      t.equal(summary.frames, loops * packets, 'packets')
      t.equal(summary.interfaces?.[0]?.packets, loops * packets)
      t.equal(summary.capture_drops, 0)
      t.equal(summary.complete, engine !== 'cap', 'cap cannot know')
      const kept = await tollgate(['replay', ring, '--json', '--only', everything])
      const live = run.out.trimEnd().split('\n')
      const replayed = kept.out.trimEnd().split('\n')
      t.equal(live.length, replayed.length)
      t.ok(live.length > 10)
      t.strictSame(live.slice(0, -1), replayed.slice(0, -1), 'record by record')
      const [other] = jsonLines(replayed.at(-1) ?? '')
      for (const key of ['frames', 'bytes', 'free_bytes', 'flows', 'transactions', 'sessions']) {
        t.equal(Reflect.get(summary, key), other?.[key], key)
      }
    })
  }

  t.test('several interfaces in the order of time', async t => {
    const link = new Link(t, 2)
    const ring = folder(t)
    const args = ['-i', 'r0', '-i', 'r1', '--keep', ring, '--json']
    const run = new LiveRun(link, ['replay', ...args])
    await run.capturing()
    let sent = 0
    for (let i = 0; i < 4; i++) sent += link.send(newspaper, ['--pps=2000'], i % 2)
    t.equal(await run.interrupt(), 0)
    t.equal(run.summary().frames, sent)
    t.strictSame(
      run.summary().interfaces?.map(one => [one.name, one.packets]),
      [
        ['r0', sent / 2],
        ['r1', sent / 2],
      ],
    )
    const times = await shell(`tshark -r ${ring}/*.pcapng -T fields -e frame.time_epoch`)
    const seconds = times.out.trimEnd().split('\n').map(Number)
    t.equal(seconds.length, sent)
    t.strictSame(
      seconds,
      seconds.toSorted((a, b) => a - b),
      'the frames are in order',
    )
    const names = await shell(
      `tshark -r ${ring}/*.pcapng -T fields -e frame.interface_name | sort -u`,
    )
    t.equal(names.out, 'r0\nr1\n')
  })

  t.test('any interface', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'any', '-f', 'inbound', '--json'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.interrupt(), 0)
    t.equal(run.summary().frames, packets)
    t.equal(run.summary().charge_units, 171)
  })

  t.test('flows --follow: a row as soon as it is known', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['flows', '-i', 'r0', '--follow', '-Y', 'verdict == CHRG'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    // contexts that are deleted end their flows, long before the capture ends
    await run.until(() => run.out.includes('$ CHRG'), 'a row')
    t.equal(run.code, undefined, 'it goes on')
    t.equal(await run.interrupt(), 0)
    t.match(run.out, /8 of 11 flows/)
  })

  t.test('a filter of the kernel, and the end by itself', async t => {
    const link = new Link(t)
    const bpf = 'udp port 2123'
    const run = new LiveRun(link, ['replay', '-i', 'r0', '-f', bpf, '-a', 'packets:4', '--json'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.ended(), 0)
    t.equal(run.summary().frames, 4)
    t.strictSame(run.summary().found?.['gtp-c'], 4)
    t.match(run.err, /capture filter: "port" leaves out later fragments/)
    const timed = new LiveRun(link, ['replay', '-i', 'r0', '-a', 'duration:1', '--json'])
    t.equal(await timed.ended(), 0)
    t.ok(timed.summary().complete)
  })

  t.test('a ring keeps the last packets', async t => {
    const link = new Link(t)
    const ring = folder(t)
    const bounds = ['--keep', ring, '-b', 'files:3', '-b', 'filesize:300']
    const run = new LiveRun(link, ['replay', '-i', 'r0', ...bounds, '--json'])
    await run.capturing()
    link.send(newspaper, ['--loop=20', '--pps=5000'])
    t.equal(await run.interrupt(), 0)
    const files = readdirSync(ring).sort()
    t.equal(files.length, 3)
    t.match(files.at(-1), /^tollgate_0000[6-9]_\d{8}T\d{6}Z\.pcapng$/)
    const read = await shell(
      `for f in ${ring}/*; do tshark -r $f -T fields -e frame.number | tail -1; done`,
    )
    t.notMatch(read.err, /cut short|damaged/)
    t.equal(read.out.trim().split('\n').length, 3)
  })
})
