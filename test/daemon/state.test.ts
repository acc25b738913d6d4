/** What outlives the daemon: a full disk, a damaged file, and alerts as they come and go. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { StateStore } from '../../src/daemon/state-store.js'
import { AlertBook } from '../../src/view/alert-book.js'
import { DaemonRun, folderOf, newspaper } from './daemon-run.js'

t.setTimeout(120_000)

const second = 1_000_000
const alert = { kind: 'capture-drops', subject: 'eth1', severity: 'error', title: 'lost' } as const

t.test('an alert is one as long as it lasts, also over an end of the program', async t => {
  const path = join(folderOf(t), 'deep', 'state.db')
  const store = new StateStore(path)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const book = new AlertBook(store)
  t.equal(book.raise(alert, 1 * second), true)
  t.equal(book.raise({ ...alert, title: 'more lost' }, 2 * second), false)
  book.acknowledge('1', 'mirror', 'noc2', 3 * second)
  // a second program: the first one was killed
  const again = new AlertBook(new StateStore(path))
  t.match(again.rows, [{ id: '1', state: 'ACK', count: 2, title: 'more lost', note: 'mirror' }])
  t.equal(again.raise(alert, 4 * second), false)
  t.throws(() => again.acknowledge('1', '  ', 'x', 0), /a note is needed/)
  t.throws(() => again.acknowledge('9', 'x', 'x', 0), /no alert 9/)
  t.equal(again.clear('capture-drops', 'eth1', 5 * second)?.state, 'CLEARED')
  t.equal(again.clear('capture-drops', 'eth1', 5 * second), undefined)
  t.throws(() => again.acknowledge('1', 'x', 'x', 0), /cleared/)
  t.equal(again.raise(alert, 6 * second), true, 'another one')
  t.match(new AlertBook(new StateStore(path)).counts(6 * second), {
    new: 1,
    ack: 0,
    cleared_today: 1,
  })
})

t.test('a damaged state is set aside, and told', async t => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'state.db'), 'this is not a database, it is a text\n'.repeat(100))
  const daemon = await new DaemonRun(t, { folder }).read()
  await daemon.logged(/event=state_damaged set_aside=\S+state\.db\.damaged/)
  t.ok(existsSync(join(folder, 'state.db.damaged')))
  t.match((await daemon.ask('alerts')).out, /1 of 1 alerts/)
})

t.test('a state that cannot be made ends the start with its path', async t => {
  const folder = folderOf(t)
  mkdirSync(join(folder, 'state.db'))
  const daemon = new DaemonRun(t, { folder })
  t.equal(await daemon.ended(), 6)
  t.match(daemon.err, /^tollgate: .*state\.db: /)
})

t.test('a full disk: the probe goes on, says so, and saves when there is room', async t => {
  const isRoot = process.getuid?.() === 0
  const tried = spawnSync('unshare', ['--mount', 'true'])
  if (!isRoot || tried.status !== 0) {
    t.comment('a mount namespace needs root: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_LIVE, '1', 'it is required')
    return
  }
  const folder = folderOf(t)
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const script = `mount -t tmpfs -o size=1m tmpfs ${disk} && exec "$@"`
  const daemon = await new DaemonRun(t, {
    folder,
    enter: ['unshare', '--mount', 'sh', '-c', script, 'sh'],
    args: ['-r', newspaper, '--metrics', 'off', '--state', join(disk, 'state.db')],
  }).read()
  const inside = (command: string) =>
    spawnSync('nsenter', ['--target', String(daemon.pid), '--mount', 'sh', '-c', command])
  inside(`head -c 2000000 /dev/zero > ${disk}/full`)
  const client = await daemon.client()
  await t.rejects(client.acknowledge('1', 'x', 'me'), /acknowledged, but not kept: .*no space left/)
  await daemon.logged(
    /event=alert_raised kind=probe-trouble title="state not saved: .*no space left/,
  )
  const status = await daemon.ask('status')
  t.equal(status.code, 1)
  t.match(status.out, /DEGRADED\n +state not saved/)
  inside(`rm ${disk}/full`)
  await daemon.logged(/event=alert_cleared kind=probe-trouble/)
  t.equal((await daemon.ask('status')).code, 0)
  t.match((await client.rows('alerts', { offset: 0, limit: 9, filter: 'kind == finding' })).rows, [
    { state: 'ACK', note: 'x' },
  ])
})
