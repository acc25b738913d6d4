/** The daemon on a live interface: what it counts, an interface that goes, no traffic, and its end. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inProcess, jsonLines } from '../cli/program.js'
import { childrenOf, isAlive, Link, liveTests } from '../live/link.js'
import { pause } from '../live/live-run.js'
import { DaemonRun, folderOf, newspaper } from './daemon-run.js'

t.setTimeout(180_000)

liveTests(t, () => {
  t.test('packets, an interface that goes and comes, and nothing left behind', async t => {
    const link = new Link(t)
    link.run('ip', ['link', 'set', 'lo', 'up'])
    const folder = folderOf(t)
    const keep = join(folder, 'ring')
    const daemon = await new DaemonRun(t, {
      folder,
      enter: link.enter,
      args: ['-i', 'r0', '--metrics', '127.0.0.1:9464', '--keep', keep],
    }).started()
    const ready = () =>
      link.run('curl', ['-s', '-w', ' %{http_code}', 'http://127.0.0.1:9464/readyz'])
    t.equal(ready(), 'ok\n 200')
    const empty = await daemon.ask('status', '--capture')
    t.match(empty.out, /No packets seen yet on r0\./)

    t.equal(link.send(newspaper, ['--pps=500']), 183)
    const counted = async (): Promise<Record<string, unknown>> =>
      jsonLines((await daemon.ask('status', '--json')).out)[0] ?? {}
    let status = await counted()
    for (let i = 0; i < 40 && status.packets !== 183; i++) {
      await pause(250)
      status = await counted()
    }
    t.match(status, { ok: true, packets: 183, user_packets: 171, subscribers: 2 })
    const flows = await daemon.ask('flows', '-Y', 'server_port == 9203', '--json')
    t.match(jsonLines(flows.out)[0], { verdict: 'CHRG', down_bytes: 32_368, host: undefined })

    // the flow by the daemon's number, out of the ring
    const [row] = jsonLines(flows.out)
    const cutOut = join(folder, 'cut.pcapng')
    const env = { TOLLGATE_KEEP: keep, TOLLGATE_SOCKET: daemon.socket }
    const cut = await inProcess(['export', String(row?.flow), '-w', cutOut], { env })
    t.equal(cut.code, 0, cut.err)
    const again = await inProcess(['replay', cutOut, '--json', '--only', 'flow'])
    t.match(jsonLines(again.out)[0], { server_port: 9203, down_bytes: 32_368 })
    t.match(jsonLines(again.out)[1], { type: 'summary', flows: 1 })
    const none = await inProcess(['export', '99999', '-w', '/dev/null', '--force'], { env })
    t.equal(none.code, 1)

    daemon.signal('SIGUSR1')
    await daemon.logged(/event=counters counts="tollgate: r0: 183 packets captured, drop 0\.00%/)
    link.set('r0', 'down')
    await daemon.logged(/event=alert_raised kind=interface-down title="r0: interface down"/)
    t.match(ready(), /r0: interface down\n 503/)
    const down = await daemon.ask('status')
    t.equal(down.code, 1)
    t.match(down.out, /r0 +DOWN: interface down/)
    link.set('r0', 'up')
    await daemon.logged(/event=alert_cleared kind=interface-down/)
    t.equal(ready(), 'ok\n 200')

    daemon.signal('SIGUSR2')
    link.send(newspaper, ['--pps=2000'])
    await pause(1500)
    t.ok(readdirSync(keep).length >= 2, 'the file was ended and another begun')

    const children = childrenOf(daemon.pid)
    t.ok(children.length > 0, 'something captures')
    daemon.signal('SIGTERM')
    t.equal(await daemon.ended(), 0)
    t.strictSame(children.filter(isAlive), [])
    t.notOk(readdirSync(folder).some(name => name.endsWith('.sock')))
  })

  t.test('SIGTERM in a flood, with readers: exit 0 in five seconds', async t => {
    const link = new Link(t)
    const daemon = await new DaemonRun(t, {
      enter: link.enter,
      args: ['-i', 'r0', '--metrics', 'off'],
    }).started()
    const client = await daemon.client()
    client.subscribe({ windowS: 60, refreshMs: 250 }, () => undefined)
    link.send(newspaper, ['--loop=100', '--pps=20000'])
    const page = await client.rows('flows', { offset: 0, limit: 20, sort: '-bytes' })
    t.ok(page.rows.length > 0)
    daemon.signal('SIGTERM')
    const before = performance.now()
    t.equal(await daemon.ended(), 0)
    t.ok(performance.now() - before < 5000)
    t.match(daemon.err, /event=stopped counts="tollgate: r0: [\d,]+ packets captured/)
    t.notOk(existsSync(daemon.socket))
  })
})
