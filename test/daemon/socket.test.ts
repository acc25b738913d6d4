/** The sockets: who may listen, what a bad client costs, and that numbers are masked on the first one. */

import { randomBytes } from 'node:crypto'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { encodeMessage } from '../../src/record/probe-codec.js'
import { tollgate } from '../cli/program.js'
import { pause } from '../live/live-run.js'
import { DaemonRun, folderOf, newspaper } from './daemon-run.js'

t.setTimeout(180_000)

const imsis = ['460016501000101', '460016501000202']

t.test('masked on the first socket, in the clear on the second, and that is logged', async t => {
  const daemon = await new DaemonRun(t).read()
  const everything = async (path: string) => {
    const client = await daemon.client(path)
    const all = { offset: 0, limit: 1000 }
    const parts: unknown[] = []
    for (const kind of ['flows', 'subscribers', 'rules', 'alerts', 'log'] as const) {
      parts.push(await client.rows(kind, all))
    }
    const { rows } = await client.rows('subscribers', all)
    for (const { imsi = '' } of rows) parts.push(await client.timeline(imsi))
    parts.push(await client.why('133'))
    parts.push(
      await new Promise(resolve => client.subscribe({ windowS: 60, refreshMs: 250 }, resolve)),
    )
    return JSON.stringify(parts)
  }
  const numbers = [...(await everything(daemon.revealSocket)).matchAll(/"imsi":"(\d{14,15})"/g)]
  const clear = new Set(numbers.map(match => match[1] ?? ''))
  t.ok(clear.size >= 2, `${[...clear].join()}`)
  const masked = await everything(daemon.socket)
  for (const imsi of clear) t.notOk(masked.includes(imsi), 'not on the first socket')
  t.match(daemon.err, /event=numbers_shown client=test/)
  t.match(daemon.err, /event=numbers_asked client=test what=flows/)
  for (const imsi of [...clear, ...imsis]) t.notOk(daemon.err.includes(imsi), 'not in the log')
  for (const path of [daemon.socket, daemon.revealSocket, daemon.state]) {
    t.equal(statSync(path).mode & 0o007, 0, `${path}: nothing for others`)
  }
})

t.test('garbage closes the connection it came on, and no other', async t => {
  const daemon = await new DaemonRun(t).read()
  const good = await daemon.client()
  for (const garbage of [
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    randomBytes(4096),
    Buffer.alloc(64, 0xff),
    Buffer.from([0x80, 0x80, 0x80, 0x80, 0x08]),
  ]) {
    const bad = await daemon.raw()
    const closed = new Promise<boolean>(resolve => bad.once('close', () => resolve(true)))
    bad.resume()
    bad.write(garbage)
    t.equal(await Promise.race([closed, pause(8000).then(() => false)]), true, 'closed')
  }
  const hello = await daemon.raw()
  hello.resume()
  const closed = new Promise<boolean>(resolve => hello.once('close', () => resolve(true)))
  hello.write(encodeMessage('Hello', { major: 1, minor: 0, client: 'x' }))
  hello.write(encodeMessage('Request', { id: 7 }))
  await pause(100)
  hello.write(Buffer.from([3, 1, 2, 3]))
  t.equal(await closed, true)
  t.equal((await good.rows('flows', { offset: 0, limit: 1 })).shown, 11)
  t.match(daemon.err, /event=client_dropped why="not the protocol/)
  t.equal(daemon.code, undefined, 'still runs')
})

t.test('another protocol is refused with both versions', async t => {
  const daemon = await new DaemonRun(t).read()
  const socket = await daemon.raw()
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  const closed = new Promise(resolve => socket.once('close', resolve))
  socket.write(encodeMessage('Hello', { major: 99, minor: 0, client: 'x' }))
  await closed
  t.match(answer, /speaks protocol 1, the client 99/)
})

t.test('a client that never reads is dropped, and counted', async t => {
  const daemon = await new DaemonRun(t).read()
  const deaf = await daemon.raw()
  deaf.pause()
  deaf.write(encodeMessage('Hello', { major: 1, minor: 0, client: 'deaf' }))
  for (let id = 1; id <= 40_000; id++) {
    deaf.write(encodeMessage('Request', { id, rows: { kind: 'flows', offset: 0, limit: 1000 } }))
  }
  await daemon.logged(/event=client_dropped why="does not read its answers"/)
  const overview = await daemon.overview()
  t.equal(overview.clients_dropped, 1)
  t.ok(overview.rss_octets < 400e6, `${overview.rss_octets} octets`)
})

t.test('a thousand clients, and no more', async t => {
  const daemon = await new DaemonRun(t).read()
  const sockets = []
  for (let i = 0; i < 1000; i++) {
    const socket = await daemon.raw()
    socket.resume()
    socket.write(encodeMessage('Hello', { major: 1, minor: 0, client: `client ${i}` }))
    socket.write(
      encodeMessage('Request', { id: 1, subscribe: { window_s: 60, refresh_ms: 60_000 } }),
    )
    sockets.push(socket)
  }
  const last = sockets.at(-1)
  const one = await daemon.raw()
  const refused = new Promise<boolean>(resolve => one.once('close', () => resolve(true)))
  one.resume()
  t.equal(await Promise.race([refused, pause(8000).then(() => false)]), true, 'one more is refused')
  await daemon.logged(/event=client_refused clients=1000/)
  last?.destroy()
  await pause(300)
  t.equal((await daemon.overview()).clients, 1000)
  t.equal(daemon.code, undefined)
})

t.test('a socket that somebody listens on is not taken, a stale one is', async t => {
  const daemon = await new DaemonRun(t).read()
  const second = new DaemonRun(t, {
    folder: daemon.folder,
    args: ['-r', newspaper, '--metrics', 'off'],
  })
  t.equal(await second.ended(), 2)
  t.match(
    second.err,
    /tollgate: .*t\.sock: taken by a daemon that is running\n {2}try: --socket PATH/,
  )
  t.equal((await daemon.ask('status')).code, 0, 'the first one answers')
  daemon.signal('SIGKILL')
  await daemon.ended()
  t.ok(existsSync(daemon.socket), 'a stale socket')
  const third = await new DaemonRun(t, { folder: daemon.folder }).read()
  t.equal((await third.ask('status')).code, 0)
})

t.test('what is there and is no socket stays', async t => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 't.sock'), 'mine')
  const daemon = new DaemonRun(t, { folder })
  t.equal(await daemon.ended(), 2)
  t.match(daemon.err, /t\.sock: exists and is not a socket/)
})

t.test('no daemon', async t => {
  const folder = folderOf(t)
  const none = await tollgate(['status', '--socket', join(folder, 'none.sock')])
  t.equal(none.code, 4)
  t.equal(
    none.err,
    `tollgate: no daemon on ${folder}/none.sock: no such socket\n  try: systemctl start tollgated, or -r FILE\n`,
  )
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  const path = join(folder, 'other.sock')
  await new Promise<void>(resolve => {
    server.listen(path, () => resolve())
  })
  t.teardown(() => server.close())
  const other = await tollgate(['status', '--socket', path])
  t.equal(other.code, 4)
  t.match(other.err, /no daemon on .*other\.sock: /)
})
