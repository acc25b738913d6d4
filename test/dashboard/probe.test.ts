/** The dashboard of real probes: a capture that is read behind it, and a daemon behind its socket. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { inProcess, tollgate } from '../cli/program.js'
import { root } from '../helpers/run.js'
import { hasProgram, Tmux } from './tmux.js'

t.setTimeout(180_000)

const capture = 'captures/newspaper.pcap'
const program = `${process.execPath} ${root}/dist/src/main.js`

t.test('--once: screens of a capture, with the figures of the summary', async t => {
  const { out, err, code } = await inProcess([
    'top',
    '-r',
    capture,
    '--once',
    '--utc',
    '--screens',
    'overview,flows,rules',
  ])
  t.equal(code, 0)
  t.equal(err, '')
  t.match(out, /tollgate FILE newspaper\.pcap \| done, 183 packets/)
  t.match(out, /o FREE +37\.3%/)
  t.match(out, /\[2 Flows\]/)
  t.match(out, /o FREE +wapgw\/1 168165378 +46001\*{6}0101/)
  t.match(out, /default +\$ CHRG +4294967294/)
  t.notOk(out.includes('460010000000101') || out.includes('\u001b'))
  const { out: summary } = await inProcess(['replay', capture, '--json', '--only', 'summary'])
  const { flows } = JSON.parse(summary) as { flows: number }
  t.match(out, new RegExp(`${flows} flows +Sort: bytes`))
})

t.test(
  '--once: the filter is that of flows -Y, and a wrong one is refused in the same words',
  async t => {
    const { out } = await inProcess([
      'top',
      '-r',
      capture,
      '--once',
      '--screens',
      'flows',
      '-Y',
      'verdict == CHRG',
    ])
    t.match(out, /Filter: verdict == CHRG +8 of 11/)
    t.equal(out.split('\n').filter(line => line.includes('$ CHRG ')).length, 8)
    const wrong = await inProcess(['top', '-r', capture, '--once', '-Y', 'hots == 1'])
    t.equal(wrong.code, 2)
    t.match(wrong.err, /unknown field "hots"[\s\S]*did you mean: host/)
  },
)

t.test('--once: a capture that is cut short, none at all, no daemon', async t => {
  const cut = await tollgate(['top', '-r', 'nowhere.pcap', '--once'])
  t.equal(cut.code, 2)
  t.match(cut.err, /^tollgate: nowhere\.pcap: no such file/)
  const daemon = await tollgate(['top', '--once', '--socket', '/nowhere/tollgated.sock'])
  t.equal(daemon.code, 4)
  t.match(
    daemon.err,
    /^tollgate: no daemon on \/nowhere\/tollgated\.sock: .*\n {2}try: systemctl start tollgated, or -r FILE\n$/,
  )
  const pipe = await tollgate(['top', '-r', capture])
  t.equal(pipe.code, 2)
  t.equal(pipe.out, '')
  t.match(
    pipe.err,
    /^tollgate: top needs a terminal on stdin and stdout\n {2}try: tollgate top --once/,
  )
})

if (hasProgram('tmux')) {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-probe-'))
  const socket = join(folder, 'sock')
  const tmux = new Tmux('probe')
  const started: ChildProcess[] = []
  const daemon = (): ChildProcess => {
    const words = [
      'daemon',
      '-r',
      `${root}/${capture}`,
      '--socket',
      socket,
      '--state',
      join(folder, 'state'),
      '--metrics',
      'off',
    ]
    const child = spawn(process.execPath, [`${root}/dist/src/main.js`, ...words], {
      stdio: 'ignore',
    })
    started.push(child)
    return child
  }
  t.teardown(() => {
    tmux.end()
    for (const child of started) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  t.test('a capture: its flows, why, and back', async t => {
    await tmux.open(120, 36)
    t.ok(
      await tmux.start(
        `${program} top -r ${root}/${capture}`,
        /FILE newspaper\.pcap \| done, 183 packets/,
      ),
    )
    tmux.keys('2')
    t.ok(await tmux.until(/^> \$ CHRG +L1-6 4261871614/m))
    tmux.keys('Enter')
    t.ok(await tmux.until(/L1-6 +MATCH/))
    t.match(tmux.shot(), /4 VERDICT {2}\$ CHRG/)
    tmux.keys('BSpace')
    t.ok(await tmux.until(/\[2 Flows\]/))
    tmux.keys('q')
    t.ok(await tmux.until(/^READY> *$/m))
  })

  t.test('a daemon: waited for, LOST with its values when it goes, and there again', async t => {
    await tmux.open(120, 36)
    await tmux.start(`${program} top --socket ${socket}`, /tollgate CONNECTING/)
    t.match(tmux.shot(), /No daemon on .*sock: [\s\S]*try: systemctl start tollgated/)
    const first = daemon()
    t.ok(await tmux.until(/FILE newspaper\.pcap \| done, 183 packets/, 10))
    tmux.keys('2', '/')
    await tmux.until(/\/_/)
    tmux.text('verdict == CHRG')
    tmux.keys('Enter')
    t.ok(await tmux.until(/Filter: verdict == CHRG +8 of 11/))
    first.kill('SIGKILL')
    t.ok(await tmux.until(/tollgate LOST 00:0/))
    t.match(tmux.shot(), /Filter: verdict == CHRG +8 of 11[\s\S]*> \$ CHRG/)
    daemon()
    t.ok(
      await tmux.until(
        /FILE newspaper\.pcap \| done, 183 packets[\s\S]*verdict == CHRG +8 of 11/,
        10,
      ),
    )
    tmux.keys('q')
    t.ok(await tmux.until(/^READY> *$/m))
    t.equal(tmux.state, 'alt=0 cur=1 mouse=0')
  })
}
