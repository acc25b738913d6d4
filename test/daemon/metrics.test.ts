/** `/metrics`, `/healthz`, `/readyz`, and what is built on them: no label is ever a person, and dashboards name no metric
 * that there is not. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { root } from '../cli/program.js'
import { DaemonRun, newspaper } from './daemon-run.js'

t.setTimeout(60_000)

interface Answer {
  status: number
  text: string
}

async function get(port: number, path: string, method = 'GET'): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
  return { status: response.status, text: await response.text() }
}

/** Ports of tests that may run at the same time differ. */
const port = 20_000 + (process.pid % 20_000)

async function scraped(): Promise<{ daemon: DaemonRun; text: string }> {
  const daemon = new DaemonRun(t, { args: ['-r', newspaper, '--metrics', `127.0.0.1:${port}`] })
  await daemon.read()
  return { daemon, text: (await get(port, '/metrics')).text }
}

/** A line of the text form of Prometheus, version 0.0.4. */
const sample =
  /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[\d.]+(?:e[+-]?\d+)?|NaN|[+-]Inf)$/

t.test('metrics', async t => {
  const { daemon, text } = await scraped()
  const names = new Set<string>()
  const labels = new Set<string>()
  const typed = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const type = /^# TYPE (\S+) (counter|gauge)$/.exec(line)
    if (type !== null) {
      typed.add(type[1] ?? '')
      t.equal(type[2] === 'counter', type[1]?.endsWith('_total'), line)
      continue
    }
    const [, name = '', own = ''] = sample.exec(line) ?? []
    if (name === '') t.fail(`not a sample: ${line}`)
    names.add(name)
    for (const [, label = ''] of own.matchAll(/([a-z]+)="/g)) labels.add(label)
  }
  for (const name of names) t.ok(typed.has(name), `${name} has a type`)
  const allowed = [
    'direction',
    'iface',
    'reason',
    'rule',
    'sha',
    'state',
    'verdict',
    'version',
    'where',
  ]
  t.strictSame(
    [...labels].filter(label => !allowed.includes(label)),
    [],
  )
  for (const secret of ['4600165', '10.161.0', '10.0.0.172', 'mmsc', 'http:']) {
    t.notOk(text.includes(secret), `${secret} is nobody's label`)
  }
  t.match(text, /^tollgate_bytes_total\{verdict="FREE",direction="down"\} [1-9]\d+$/m)
  t.match(text, /^tollgate_rule_hits_total\{rule="L1-3"\} 4$/m)
  t.match(text, /^tollgate_alerts\{state="new"\} 1$/m)
  t.match(text, /^tollgate_rules_info\{version="2014-11",sha="[\da-f]{12}"\} 1$/m)

  // what an operator's dashboards and rules ask for
  const grafana: { panels: { targets: { expr: string }[] }[] } = JSON.parse(
    readFileSync(join(root, 'contrib/grafana/tollgate.json'), 'utf8'),
  )
  const rules = parse(readFileSync(join(root, 'contrib/prometheus/alerts.yaml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[]
  }
  const asked = [
    ...grafana.panels.flatMap(panel => panel.targets.map(target => target.expr)),
    ...rules.groups.flatMap(group => group.rules.map(rule => rule.expr)),
  ]
  t.ok(asked.length > 20)
  for (const expr of asked) {
    const metrics = [...expr.matchAll(/\btollgate_[a-z_]+/g)].map(match => match[0])
    t.ok(metrics.length > 0, expr)
    for (const metric of metrics) t.ok(typed.has(metric), `${metric} of ${expr}`)
    for (const [, label = ''] of expr.matchAll(/([a-z]+)=~?"/g)) {
      t.ok(label === 'instance' || labels.has(label), `${label} of ${expr}`)
    }
  }

  t.strictSame(await get(port, '/healthz'), { status: 200, text: 'ok\n' })
  t.strictSame(await get(port, '/readyz'), { status: 200, text: 'ok\n' })
  t.equal((await get(port, '/nothing')).status, 404)
  t.equal((await get(port, '/metrics', 'POST')).status, 405)

  daemon.writeRules('bad', text => text.replace('tariff: free', 'tariff: fre'))
  t.equal((await daemon.ask('reload')).code, 3)
  await daemon.until(() => /reload_failed/.test(daemon.err), 'refused')
  const counted = async () => (await get(port, '/metrics')).text
  let again = await counted()
  const end = performance.now() + 5000
  while (!/^tollgate_rules_reload_failed_total 1$/m.test(again) && performance.now() < end) {
    again = await counted()
  }
  t.match(again, /^tollgate_rules_reload_failed_total 1$/m)

  const second = new DaemonRun(t, { args: ['-r', newspaper, '--metrics', `127.0.0.1:${port}`] })
  t.equal(await second.ended(), 2)
  t.match(second.err, /--metrics 127\.0\.0\.1:\d+: taken by another program/)

  const before = /^tollgate_bytes_total\{verdict="FREE",direction="down"\} (\d+)$/m.exec(again)
  daemon.signal('SIGKILL')
  await daemon.ended()
  daemon.writeRules('2014-11')
  const third = new DaemonRun(t, {
    folder: daemon.folder,
    args: ['-r', newspaper, '--metrics', `127.0.0.1:${port}`],
  })
  await third.read()
  const after = /^tollgate_bytes_total\{verdict="FREE",direction="down"\} (\d+)$/m.exec(
    await counted(),
  )
  t.equal(Number(after?.[1]), 2 * Number(before?.[1]), 'counters go on where they were')
})
