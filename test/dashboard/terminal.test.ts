/** The dashboard in a real terminal. TOLLGATE_REQUIRE_TMUX=1 (CI): it must be there, and sngrep beside it. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../helpers/run.js'
import { screenText } from './screens.js'
import { checks, type Subject } from './terminal-checks.js'
import { hasProgram, Tmux } from './tmux.js'

// a terminal for each check; the machine may be busy
t.setTimeout(180_000)

const required = process.env.TOLLGATE_REQUIRE_TMUX === '1'
const fixture = `${root}/test/dashboard/fixtures/shift.ndjson`
const program = `${process.execPath} ${root}/dist/src/main.js top`
const command = `${program} --fixture ${fixture}`
const ready = /1 Over/
/** The first screen waits for figures, if only for a moment. */
const figures = /o FREE/
const dashboard: Subject = { command, ready, help: { key: '?', shows: /Help: Overview/ } }
const frozen = { TOLLGATE_NOW: '2026-11-21T15:04:37Z' }

if (hasProgram('tmux')) {
  const state = mkdtempSync(join(tmpdir(), 'tollgate-top-'))
  const tmux = new Tmux('test')
  t.teardown(() => {
    tmux.end()
    rmSync(state, { recursive: true })
  })
  for (const [name, check] of Object.entries(checks)) {
    t.test(name, async t => t.ok(await check(tmux, dashboard)))
  }

  t.test('the screen is that of the panels, drawn lines apart', async t => {
    await tmux.open(120, 36, frozen)
    await tmux.start(`${command} --utc`, /CHARGED BY DEFAULT/)
    const drawn = tmux.shot().replace(/[─]/g, '-').replace(/[│]/g, '|').replace(/[┼]/g, '+')
    const lines = (text: string) => text.split('\n').map(line => line.trimEnd())
    t.strictSame(lines(drawn), lines(await screenText([], 120, 36)))
    t.match(tmux.colours(), /~\[38;5;39mo FREE/)
    t.match(tmux.colours(), /~\[38;5;214m\$ CHRG/)
  })

  t.test('U21 after many sizes the screen is as if it had always had the last', async t => {
    await tmux.open(120, 36, frozen)
    await tmux.start(`${command} --utc --ascii`, ready)
    for (let i = 0; i < 40; i++) tmux.size(40 + ((i * 37) % 200), 10 + ((i * 13) % 50))
    tmux.size(160, 48)
    const expected = (await screenText([], 160, 48)).trimEnd()
    const same = await tmux.until(() => tmux.shot().replace(/ +$/gm, '').trimEnd() === expected)
    t.ok(same, tmux.shot())
  })

  t.test('U22 without colour: bold for charged, inverse for blocked', async t => {
    await tmux.open(120, 36)
    await tmux.start(`${command} --color=never`, figures)
    const shot = tmux.colours()
    t.notMatch(shot, /~\[[\d;]*(3[0-7]|4[0-7]|38;|48;)[\d;]*m/)
    t.match(shot, /~\[1m\$ CHRG/)
    t.match(shot, /~\[7mX BLCK/)
    await tmux.open(120, 36, { NO_COLOR: '1' })
    await tmux.start(`${command} --color=always`, figures)
    t.match(tmux.colours(), /~\[38;5;39mo FREE/, 'asked for in spite of NO_COLOR')
  })

  t.test('U23 ASCII where the locale has no more, and where it is asked for', async t => {
    for (const [words, env] of [
      ['', { LANG: 'C' }],
      ['--ascii', {}],
    ] as const) {
      await tmux.open(120, 36, env)
      await tmux.start(`${command} ${words}`, ready)
      tmux.keys('2')
      await tmux.until(/hostile/)
      t.notMatch(tmux.shot(), /[^\n\x20-\x7e]/)
      t.match(tmux.shot(), /-----/)
    }
  })

  t.test('U27 a split arrow key moves the focus and leaves the filter', async t => {
    await tmux.open(120, 36)
    await tmux.start(command, ready)
    tmux.keys('2')
    await tmux.until(/^> /m)
    tmux.keys('Down')
    await tmux.until(/^> .*wap2/m)
    tmux.keys('Escape')
    tmux.text('[A')
    t.ok(await tmux.until(/^> .*cdn-wap/m), tmux.shot())
  })

  t.test('U45 what packets hold does nothing to the terminal', async t => {
    await tmux.open(120, 36)
    await tmux.start(command, ready)
    const before = tmux.title
    tmux.keys('2')
    await tmux.until(/hostile \\x1b\[31mred/)
    t.equal(tmux.title, before)
    t.equal(
      tmux
        .shot()
        .split('\n')
        .filter(line => line.includes('46001')).length,
      8,
    )
  })

  t.test(
    'U47 a fault gives the terminal back, says one line, and keeps the rest in a file',
    async t => {
      await tmux.open(120, 36, { XDG_STATE_HOME: state })
      await tmux.start(`${command}; echo rc=$?`, ready)
      tmux.keys('C-t')
      t.ok(await tmux.until(/^rc=70/m))
      t.match(tmux.shot(), /tollgate: internal error: asked for by the script\n {2}details: /)
      t.equal(tmux.state, 'alt=0 cur=1 mouse=0')
      const [file = ''] = readdirSync(join(state, 'tollgate'))
      t.match(file, /^crash-.*\.log$/)
      t.equal(statSync(join(state, 'tollgate', file)).mode & 0o777, 0o600)
    },
  )

  t.test('U49 nothing on stderr, whatever the terminal is called', async t => {
    for (const TERM of [
      'xterm',
      'xterm-256color',
      'screen-256color',
      'tmux-256color',
      'linux',
      'vt100',
    ]) {
      const file = join(state, `${TERM}.err`)
      await tmux.open(100, 30, { TERM })
      t.ok(await tmux.start(`${command} 2>${file}`, ready), TERM)
      tmux.keys('q')
      t.ok(await tmux.until(/^READY> *$/m), TERM)
      t.equal(readFileSync(file, 'utf8'), '', TERM)
    }
  })

  t.test('filters are remembered, for the operator alone', async t => {
    await tmux.open(120, 36, { XDG_STATE_HOME: state })
    await tmux.start(command, ready)
    tmux.keys('2', '/')
    await tmux.until(/\/_/)
    tmux.text('verdict == FREE')
    tmux.keys('Enter')
    t.ok(await tmux.until(/Filter: verdict == FREE +1 of 8/))
    const file = join(state, 'tollgate', 'filters')
    t.equal(readFileSync(file, 'utf8'), 'verdict == FREE\n')
    t.equal(statSync(file).mode & 0o777, 0o600)
  })
} else {
  t.notOk(required, 'tmux is required')
}

if (hasProgram('tmux') && hasProgram('sngrep')) {
  t.test('the checks can fail: sngrep does not pass these', async t => {
    const tmux = new Tmux('sngrep')
    const subject: Subject = {
      command: `sngrep -I ${root}/captures/newspaper.pcap`,
      ready: /Current Mode/,
      help: { key: '?', shows: /Help: / },
    }
    for (const name of ['U11 NO_COLOR', 'U12 a pipe is not a terminal', 'U13 TERM=dumb']) {
      t.equal(await checks[name]?.(tmux, subject), false, name)
    }
    tmux.end()
  })
} else {
  t.notOk(required, 'sngrep is required')
}
