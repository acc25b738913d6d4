/** Live capture where something goes wrong: overload, an interface that goes, a wrong filter, no right, a
 * parent that is killed. Nothing of it may be silent. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../cli/program.js'
import { childrenOf, installed, isAlive, Link, liveTests } from './link.js'
import { LiveRun, pause } from './live-run.js'

const newspaper = join(root, 'captures', 'newspaper.pcap')
const packets = 183
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

t.setTimeout(300_000)

liveTests(t, () => {
  t.test('overload: captured + dropped = sent', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--buffer', '256', '--json'])
    await run.capturing()
    // the probe stands still: the pipe fills, then the kernel's buffer
    run.signal('SIGSTOP')
    const sent = link.send(newspaper, ['--loop=40', '--pps=20000'])
    run.signal('SIGCONT')
    await pause(1500)
    t.equal(await run.interrupt(), 0)
    const summary = run.summary()
    const [r0] = summary.interfaces ?? []
    t.ok((r0?.kernel_drops ?? 0) > 1000, `${r0?.kernel_drops} dropped`)
    t.equal(summary.frames + (r0?.kernel_drops ?? 0) + (r0?.interface_drops ?? 0), sent)
    t.equal(summary.capture_drops, r0?.kernel_drops)
    t.equal(summary.complete, false)
    t.match(summary.reasons.join(), /r0: packets lost: \d+ by the kernel/)
  })

  for (const engine of installed(['tcpdump', 'cap'])) {
    t.test(`${engine}: ends although packets go on`, async t => {
      const link = new Link(t)
      const run = new LiveRun(link, ['replay', '-i', 'r0', '--engine', engine, '--json'])
      await run.capturing()
      const sender = spawn('ip', [
        ...link.enter.slice(1),
        'tcpreplay',
        '-q',
        '-i',
        's0',
        '--loop=0',
        '--pps=500',
        newspaper,
      ])
      t.teardown(() => sender.kill('SIGKILL'))
      await pause(500)
      t.equal(await run.interrupt(), 0)
      t.equal(sender.exitCode, null, 'it is still sending')
      t.ok(run.summary().frames > 0)
    })
  }

  t.test('--strict ends a live capture too, and says where', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--strict', '--json'])
    await run.capturing()
    link.send(join(root, 'captures', 'frame-cut.pcap'), ['--pps=500'])
    t.equal(await run.ended(), 2)
    t.match(run.err, /stopped by --strict in frame \d+/)
    t.notMatch(run.err, /none of them GTP/)
  })

  t.test('counts on SIGUSR1, while it runs', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    await pause(1200)
    run.signal('SIGUSR1')
    await run.until(() => run.err.includes('packets captured'), 'the counts')
    t.match(run.err, /r0: 183 packets captured, drop 0\.00% \(kernel 0, interface 0, queue 0\)/)
    t.equal(await run.interrupt(), 0)
  })

  t.test('an interface that goes down and comes back', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    link.set('r0', 'down')
    await run.until(() => run.err.includes('r0: interface down'), 'down')
    link.set('r0', 'up')
    await run.until(() => run.err.includes('r0: captured again after'), 'up')
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.interrupt(), 0)
    const summary = run.summary()
    t.equal(summary.frames, 2 * packets)
    t.equal(summary.interfaces?.[0]?.gaps, 1)
    t.ok((summary.interfaces?.[0]?.gap_us ?? 0) > 100_000)
    t.equal(summary.complete, false)
    t.match(summary.reasons.join(), /r0: interface down from \d{4}-/)
  })

  t.test('an interface that vanishes and comes back', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    link.send(newspaper, ['--pps=2000'])
    await pause(1200)
    link.cut(0)
    await run.until(() => /r0: The interface disappeared|r0: interface down/.test(run.err), 'gone')
    await pause(300)
    link.wire(0)
    await run.until(() => run.err.includes('r0: captured again after'), 'back')
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.interrupt(), 0)
    t.equal(run.summary().frames, 2 * packets)
    t.equal(run.summary().complete, false)
  })

  t.test('an interface that is down at the start is waited for', async t => {
    const link = new Link(t)
    link.set('r0', 'down')
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.until(() => run.err.includes('r0: interface down; waiting for it'), 'waiting')
    link.set('r0', 'up')
    await run.until(() => run.err.includes('r0: captured again'), 'capturing')
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.interrupt(), 0)
    t.equal(run.summary().frames, packets)
  })

  t.test('a wrong filter: the words of the library', async t => {
    const link = new Link(t)
    for (const [filter, words] of [
      ['foo bar', 'syntax error'],
      ['port 99999', 'illegal port number 99999 > 65535'],
      ['-w /dev/null', 'syntax error'],
    ] as const) {
      for (const engine of installed(['tcpdump', 'dumpcap'])) {
        const run = new LiveRun(link, [
          'replay',
          '-i',
          'r0',
          `--capture-filter=${filter}`,
          '--engine',
          engine,
          '-q',
        ])
        t.equal(await run.ended(), 2, filter)
        t.equal(run.err.trimEnd().split('\n')[0], `tollgate: capture filter: ${words}`)
        t.equal(run.out, '')
      }
    }
  })

  t.test('no such interface, with those that there are', async t => {
    const link = new Link(t)
    for (const engine of installed(['tcpdump', 'dumpcap', 'cap'])) {
      const run = new LiveRun(link, ['flows', '-i', 'eth9', '--engine', engine])
      t.equal(await run.ended(), 5)
      t.equal(run.err, 'tollgate: eth9: no such interface (have: lo, r0, s0)\n', engine)
    }
  })

  t.test('no right to capture: which command gives it', async t => {
    const link = new Link(t)
    for (const [engine, hint] of [
      ['tcpdump', /sudo setcap cap_net_raw\+ep \S*tcpdump$/m],
      ['dumpcap', /wireshark-common/],
      ['cap', /--engine tcpdump/],
    ] as const) {
      if (!installed([engine]).includes(engine)) continue
      const run = new LiveRun(link, ['replay', '-i', 'r0', '--engine', engine], nobody)
      t.equal(await run.ended(), 5)
      t.match(run.err, /^tollgate: r0: capture not permitted\n {2}try: sudo/)
      t.match(run.err, hint, engine)
    }
  })

  t.test('SIGTERM ends with the summary, and leaves nothing behind', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    const children = childrenOf(run.pid)
    t.equal(children.length, 1)
    link.send(newspaper, ['--pps=2000'])
    run.signal('SIGTERM')
    t.equal(await run.ended(), 0)
    t.equal(run.summary().frames, packets)
    t.notOk(children.some(isAlive))
  })

  t.test('the second interrupt ends at once', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    const children = childrenOf(run.pid)
    run.signal('SIGINT')
    await pause(100)
    run.signal('SIGINT')
    t.equal(await run.ended(), 130)
    await pause(300)
    t.notOk(children.some(isAlive))
  })

  t.test('killed: the program that captures ends with the next packet', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    const children = childrenOf(run.pid)
    t.equal(children.length, 1)
    run.signal('SIGKILL')
    await run.ended()
    link.send(newspaper, ['--pps=2000'])
    for (let i = 0; i < 50 && children.some(isAlive); i++) await pause(100)
    t.notOk(children.some(isAlive))
  })

  t.test('a program that dies is started again', async t => {
    const link = new Link(t)
    const run = new LiveRun(link, ['replay', '-i', 'r0', '--json'])
    await run.capturing()
    for (const child of childrenOf(run.pid)) process.kill(child, 'SIGKILL')
    await run.until(() => run.err.includes('r0: captured again after'), 'started again')
    link.send(newspaper, ['--pps=2000'])
    t.equal(await run.interrupt(), 0)
    t.equal(run.summary().frames, packets)
    t.match(run.summary().reasons.join(), /r0: the capture program ended from/)
  })
})
