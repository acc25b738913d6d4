/** The daemon as a service: signals, reload, what survives its end, and the commands that ask it. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { serviceCommands } from '../../src/cli/service-commands.js'
import { inProcess, jsonLines, root } from '../cli/program.js'
import { childrenOf } from '../live/link.js'
import { DaemonRun, folderOf, newspaper } from './daemon-run.js'

t.setTimeout(180_000)

t.test('SIGTERM: all is closed and nothing is left', async t => {
  const daemon = await new DaemonRun(t).read()
  daemon.signal('SIGUSR1')
  await daemon.logged(/event=counters .*183 packets captured/)
  const before = performance.now()
  daemon.signal('SIGTERM')
  t.equal(await daemon.ended(), 0)
  t.ok(performance.now() - before < 5000, 'within five seconds')
  t.notOk(existsSync(daemon.socket))
  t.notOk(existsSync(daemon.revealSocket))
  t.strictSame(childrenOf(daemon.pid), [])
  t.match(daemon.err, /event=stopped/)
})

t.test('kill -9: alerts, acknowledgements and counters are there again', async t => {
  const first = await new DaemonRun(t).read()
  t.equal((await first.ask('alerts', 'ack', '1', '--note', 'ticket 4471')).code, 0)
  const counters = await first.overview()
  first.signal('SIGKILL')
  await first.ended()
  const second = await new DaemonRun(t, {
    folder: first.folder,
    args: ['-r', newspaper, '--metrics', '127.0.0.1:0'],
  }).read()
  const shown = await second.ask('alerts', 'show', '1', '--json')
  t.equal(shown.code, 0)
  t.match(jsonLines(shown.out)[0], {
    type: 'alert',
    kind: 'finding',
    state: 'ACK',
    note: 'ticket 4471',
    acked_by: /./,
  })
  const again = await second.ask('alerts', '--json')
  t.equal(jsonLines(again.out).filter(row => row.type === 'alert').length, 1, 'not raised twice')
  t.equal((await second.overview()).packets, counters.packets)
})

t.test('kill -9 at any moment: whatever was acknowledged stays so', async t => {
  const folder = folderOf(t)
  for (let round = 0; round < 3; round++) {
    const daemon = await new DaemonRun(t, { folder }).read()
    const client = await daemon.client()
    const note = `round ${round}`
    await client.acknowledge('1', note, 'me')
    daemon.signal('SIGKILL')
    await daemon.ended()
    const next = await new DaemonRun(t, { folder }).read()
    const { rows } = await (await next.client()).rows('alerts', { offset: 0, limit: 10 })
    t.match(rows, [{ id: '1', state: 'ACK', note }])
    next.signal('SIGTERM')
    t.equal(await next.ended(), 0)
  }
})

t.test('alerts: a note is needed, a wrong number is told, --exit-code asks', async t => {
  const daemon = await new DaemonRun(t).read()
  t.equal((await daemon.ask('alerts', '--exit-code', '-q')).code, 1)
  const empty = await daemon.ask('alerts', 'ack', '1', '--note', ' ')
  t.equal(empty.code, 2)
  t.match(empty.err, /needs a note/)
  const none = await daemon.ask('alerts', 'ack', '77', '--note', 'x')
  t.equal(none.code, 1)
  t.equal(none.err, 'tollgate: no alert 77\n')
  t.equal((await daemon.ask('alerts', 'ack', '1', '--note', 'x')).code, 0)
  t.equal((await daemon.ask('alerts', '--exit-code', '-q')).code, 0)
  t.match((await daemon.ask('alerts')).out, /A ACK .*460\d\d\*{6}\d{4}/)
})

t.test('reload: right rules are taken in one step, wrong ones change nothing', async t => {
  const daemon = await new DaemonRun(t).read()
  daemon.writeRules('2026-1', text => text.replace('port: 9203', 'port: 9204'))
  const good = await daemon.ask('reload')
  t.equal(good.code, 0)
  t.match(good.out, /rules 2026-1 loaded, 7 rules, 1 changed\nchanged: L1-6 .*9204/)
  daemon.writeRules('2026-2', text => text.replace('tariff: free', 'tariff: fre'))
  const bad = await daemon.ask('reload')
  t.equal(bad.code, 3)
  t.match(bad.err, /^tollgate: .*rules\.yaml:\d+:\d+: .*fre/)
  t.match(bad.err, /rules 2026-1 stay in force/)
  daemon.signal('SIGHUP')
  await daemon.logged(
    /event=rules_reload_failed why=".*rules\.yaml:\d+:\d+.*kept=2026-1[^$]*event=rules_reload_failed/,
  )
  const overview = await daemon.overview()
  t.equal(overview.rules.version, '2026-1')
  t.match(overview.rules.refused, /rules\.yaml:\d+:\d+/)
  t.equal((await daemon.ask('status')).code, 1, 'degraded')
  t.match((await daemon.ask('alerts')).out, /rules-refused|rules refused/)
  const why = await daemon.ask('why', '133')
  t.match(why.out, /decided with 2014-11 .* with 2026-1 .* it would be CHRG/)
  daemon.writeRules('2026-3')
  daemon.signal('SIGHUP')
  await daemon.logged(/event=rules_reloaded what="rules 2026-3/)
  t.equal((await daemon.overview()).rules.refused, undefined)
  t.equal((await daemon.ask('status')).code, 0)
  daemon.writeRules('2026-4', text => text.replace('profile: article', 'profile: ugw'))
  t.match((await daemon.ask('reload')).err, /keeps its profile/)
})

t.test('wrong rules at the start: exit 3, nothing is opened', async t => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'rules.yaml'), 'ruleset: x\nlevel1: 7\n')
  const daemon = new DaemonRun(t, { folder })
  t.equal(await daemon.ended(), 3)
  t.match(daemon.err, /^tollgate: .*rules\.yaml:\d+:\d+: /)
  t.notOk(existsSync(daemon.socket))
})

t.test('flows, subs and why are those of a replay', async t => {
  const daemon = await new DaemonRun(t).read()
  const flows = await daemon.ask('flows', '--json')
  const replay = await inProcess(['flows', '-r', newspaper, '--json'])
  const records = (text: string) =>
    text
      .split('\n')
      .filter(line => line.includes('"type":"flow"'))
      .sort()
  t.strictSame(records(flows.out), records(replay.out))
  const filter = 'verdict == CHRG and host contains "wap"'
  const some = await daemon.ask('flows', '-Y', filter, '--json')
  const same = await inProcess(['flows', '-r', newspaper, '-Y', filter, '--json'])
  t.strictSame(records(some.out), records(same.out))
  const table = await daemon.ask('flows')
  t.equal(
    table.out.split('\n').slice(0, 12).join('\n'),
    (await inProcess(['flows', '-r', newspaper])).out.split('\n').slice(0, 12).join('\n'),
  )
  t.match((await daemon.ask('subs')).out, /46001\*{6}0202 .*38\.4 kB/)
  t.match((await daemon.ask('subs', '46001******0202')).out, /created .*Request Accepted/)
  const why = await daemon.ask('why', '133')
  t.match(why.out, /L1-6 +HIT|L1-6 +MATCH|L1-6/)
  t.equal((await daemon.ask('why', '99999')).code, 1)
  const follow = await daemon.ask('flows', '--follow', '--limit', '0')
  t.equal(follow.code, 0)
})

t.test('status and stats', async t => {
  const args = ['-r', newspaper, '--metrics', 'off', '--name', 'probe-02']
  const daemon = await new DaemonRun(t, { args }).read()
  const status = await daemon.ask('status')
  // figures of this moment aside, it is what the README shows
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, shown = ''] = /\$ tollgate status\n([\s\S]*?)```/.exec(readme) ?? []
  const shape = (text: string) =>
    text.replace(/[\d.,:T+-]*\d \w?(bit\/s|B|s|min)\b|[\d.,:T+-]*\d/g, 'N')
  t.equal(shape(status.out), shape(shown))
  t.equal(status.code, 0)
  t.match(status.out, /Input +newspaper\.pcap +read +183 packets/)
  const json = jsonLines((await daemon.ask('status', '--json')).out)[0]
  t.match(json, { type: 'status', ok: true, packets: 183, rules: { name: 'newspaper' } })
  t.match((await daemon.ask('stats')).out, /packets of users +171/)
  const rows = jsonLines(
    (await daemon.ask('stats', '--interval', '1', '--limit', '2', '--json')).out,
  )
  t.equal(rows.length, 2)
  t.match(rows[1], { type: 'stats', user_packets: 171 })
  t.match((await daemon.ask('status', '--capture')).out, /171 packets of users were seen/)
})

t.test('the examples of the commands that ask a daemon', async t => {
  const daemon = await new DaemonRun(t).read()
  const env = { TOLLGATE_SOCKET: daemon.socket }
  const asking = serviceCommands.filter(one => one.needsDaemon === true && one.name !== 'daemon')
  for (const example of asking.flatMap(({ examples }) => examples)) {
    // without end, of a socket that is not here, or for a shell
    if (/--follow|--interval 5|\/run\/|\/etc\/|\|\|/.test(example)) continue
    const words = [...example.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    const args = words.map(([, single, double, plain]) => single ?? double ?? plain ?? '')
    const run = await inProcess(args.slice(1), { env })
    t.ok(run.code === 0 || run.code === 1, `${example}: ${run.code} ${run.err}`)
    t.notMatch(run.err, /usage|unknown|internal/, example)
  }
})

t.test('settings: option, environment, file, in this order, each with its origin', async t => {
  const folder = folderOf(t)
  const file = join(folder, 'config.yaml')
  writeFileSync(
    file,
    'snaplen: 300\nbuffer: 1024\nmetrics: off\ninterface: [eth7, eth8]\nring: files:3\n',
  )
  const show = async (args: string[], env: Record<string, string>) => {
    const run = await inProcess(
      ['config', 'show', '--origin', '--json', '--config', file, ...args],
      {
        env,
      },
    )
    t.equal(run.code, 0, run.err)
    return new Map(jsonLines(run.out).map(row => [String(row.key), row]))
  }
  const rows = await show(['--metrics', '127.0.0.1:1'], { TOLLGATE_SNAPLEN: '400' })
  t.match(rows.get('metrics'), { value: '127.0.0.1:1', origin: '--metrics' })
  t.match(rows.get('snaplen'), { value: '400', origin: 'TOLLGATE_SNAPLEN' })
  t.match(rows.get('buffer'), { value: '1024', origin: `${file}:2:1` })
  t.match(rows.get('interface'), { value: 'eth7, eth8', origin: `${file}:4:1` })
  t.match(rows.get('log-format'), { value: 'text', origin: 'default' })
  t.match((await show([], {})).get('metrics'), { value: 'off', origin: `${file}:3:1` })
  const wrong = async (text: string, error: RegExp) => {
    writeFileSync(file, text)
    const run = await inProcess(['config', 'check', '--config', file])
    t.equal(run.code, 3)
    t.match(run.err, error)
  }
  await wrong(
    'snaplen: 300\nsnaplan: 1\n',
    /config\.yaml:2:1: unknown key "snaplan"\n {2}try: snaplen/,
  )
  await wrong('snaplen: many\n', /config\.yaml:1:1: snaplen: a whole number is needed/)
  await wrong('engine: wireshark\n', /"wireshark" is not one of/)
  await wrong('a: [\n', /config\.yaml:\d+:\d+: /)
  await wrong('- 1\n', /not a list of/)
  const none = await inProcess(['config', 'check', '--config', join(folder, 'none.yaml')])
  t.match(none.err, /none\.yaml: no such file/)
  writeFileSync(file, 'metrics: off\n')
  t.match((await inProcess(['config', 'check', '--config', file])).out, /^ok: /)
})

t.test('logs: the journal gets a priority and no time, json is json', async t => {
  const journal = await new DaemonRun(t, { env: { JOURNAL_STREAM: '8:1' } }).read()
  t.match(journal.err, /^<6>level=info event=/)
  t.match(journal.err, /\n<4>level=warn event=alert_raised kind=finding /)
  const args = ['-r', newspaper, '--metrics', 'off', '--log-format', 'json']
  const json = new DaemonRun(t, { args })
  await json.logged(/"event":"file_done"/)
  for (const line of jsonLines(json.err)) t.type(line.event, 'string')
})

t.test('systemd is told', async t => {
  const folder = folderOf(t)
  const told = join(folder, 'told')
  const program = join(folder, 'systemd-notify')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${told}\n`, { mode: 0o755 })
  const env = {
    NOTIFY_SOCKET: join(folder, 'notify'),
    WATCHDOG_USEC: '1000000',
    PATH: `${folder}:${process.env.PATH ?? ''}`,
  }
  const daemon = await new DaemonRun(t, { env }).read()
  const text = () => (existsSync(told) ? readFileSync(told, 'utf8') : '')
  await daemon.until(() => text().includes('WATCHDOG=1'), 'the watchdog is fed')
  t.match(text(), /^--ready --status=capturing on newspaper\.pcap/)
  daemon.signal('SIGTERM')
  t.equal(await daemon.ended(), 0)
  t.match(text(), /--stopping/)
})
