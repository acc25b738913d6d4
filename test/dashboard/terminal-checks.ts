/** Checks that any program of the terminal can be put to (interface.md 7.2): true is passed. They are put to the
 * dashboard, and to a program that is known to fail some, so that they are known to be able to. */

import type { Tmux } from './tmux.js'

export interface Subject {
  command: string
  /** on its first screen */
  ready: RegExp
  help: { key: string; shows: RegExp }
}

const givenBack = 'alt=0 cur=1 mouse=0'
const colour = /~\[[\d;]*(3[0-7]|4[0-7]|9[0-7]|38;|48;)[\d;]*m/

async function quit(tmux: Tmux): Promise<boolean> {
  tmux.keys('q')
  return await tmux.until(/^READY> *$/m, 3)
}

type Check = (tmux: Tmux, subject: Subject) => Promise<boolean>

export const checks: Readonly<Record<string, Check>> = {
  async 'U01-U04 starts, names the quit key, quits, gives the terminal back'(
    tmux,
    { command, ready },
  ) {
    await tmux.open(120, 36)
    const started = await tmux.start(command, ready)
    const hint = /quit/i.test(tmux.shot().trimEnd().split('\n').at(-1) ?? '')
    return started && hint && (await quit(tmux)) && tmux.state === givenBack
  },

  async 'U05-U10 at 80x24, its help, too small, and back'(tmux, { command, ready, help }) {
    await tmux.open(80, 24)
    await tmux.start(command, ready)
    const lines = tmux.shot().split('\n')
    const wrapped = /^[a-z]{1,3}[A-Z]/.test(lines[2] ?? '')
    tmux.keys(help.key)
    const helped = await tmux.until(help.shows, 2)
    tmux.keys('Escape')
    await tmux.until(() => !help.shows.test(tmux.shot()), 2)
    tmux.size(60, 15)
    const small = await tmux.until(/small|resize/i, 2)
    tmux.size(120, 36)
    const back = await tmux.until(ready, 3)
    await quit(tmux)
    return !wrapped && helped && small && back
  },

  async 'U11 NO_COLOR'(tmux, { command, ready }) {
    await tmux.open(120, 36, { NO_COLOR: '1' })
    const started = await tmux.start(command, ready)
    const plain = !colour.test(tmux.colours())
    await quit(tmux)
    return started && plain
  },

  async 'U12 a pipe is not a terminal'(tmux, { command }) {
    await tmux.open(120, 36)
    tmux.text(`${command} | cat; echo rc=\${PIPESTATUS[0]}`)
    tmux.keys('Enter')
    const ended = await tmux.until(/^rc=[1-9]/m, 2)
    void tmux.child
    return ended
  },

  async 'U13 TERM=dumb'(tmux, { command }) {
    await tmux.open(120, 36)
    tmux.text(`TERM=dumb ${command}; echo rc=$?`)
    tmux.keys('Enter')
    const ended = await tmux.until(/^rc=[1-9]/m, 2)
    void tmux.child
    return ended
  },

  async 'U14 nothing is left after a hang-up'(tmux, { command, ready }) {
    await tmux.open(120, 36)
    const started = await tmux.start(command, ready)
    const pid = tmux.child
    tmux.hangUp()
    return started && (await tmux.gone(pid))
  },

  async 'U15 U16 SIGTERM ends it, the terminal is given back'(tmux, { command, ready }) {
    await tmux.open(120, 36)
    await tmux.start(command, ready)
    const pid = tmux.child
    process.kill(pid, 'SIGTERM')
    const ended = await tmux.gone(pid)
    return ended && (await tmux.until(() => tmux.state === givenBack, 1))
  },

  async 'U17 what is typed into the filter is text'(tmux, { command, ready }) {
    await tmux.open(120, 36)
    await tmux.start(command, ready)
    tmux.keys('/')
    await tmux.until(/_/, 1)
    tmux.text('quit?:1')
    const shown = await tmux.until(/quit\?:1/, 1)
    const runs = tmux.child > 0 && tmux.state.startsWith('alt=1')
    tmux.keys('Escape')
    await tmux.until(() => !/quit\?:1/.test(tmux.shot()), 1)
    return shown && runs && (await quit(tmux))
  },

  async 'U18 U19 Ctrl-Z and fg'(tmux, { command, ready }) {
    await tmux.open(120, 36)
    await tmux.start(command, ready)
    tmux.keys('C-z')
    const stopped = await tmux.until(/Stopped/, 3)
    const free = await tmux.until(() => tmux.state.startsWith('alt=0'), 1)
    tmux.text('fg')
    tmux.keys('Enter')
    const back = await tmux.until(ready, 3)
    return stopped && free && back && (await quit(tmux))
  },
}
