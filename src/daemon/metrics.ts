/** `/metrics` in the text form of Prometheus, `/healthz` and `/readyz`. No subscriber, host, URL or address is ever a
 * label: what is counted is the probe, not people. */

import { createServer, type Server } from 'node:http'
import { Counter, Gauge, Registry } from 'prom-client'
import { verdictOrder } from '../record/figures.js'
import type { InterfaceState } from '../record/snapshot.js'
import type { Machine } from '../view/overview.js'
import type { ProbeView } from '../view/probe-view.js'
import type { RunSums } from './run-sums.js'

/** Rules that have a series of their own; all others are `other`. */
const mostRules = 1000
const lagLimitS = 5

export interface MetricsSource {
  view: ProbeView
  machine: Machine
  sums: RunSums
  /** empty when capture runs, else why it does not */
  captureTrouble(): string
}

export function metricsRegistry({ view, machine, sums }: MetricsSource): Registry {
  const registry = new Registry()
  const add = <L extends string>(
    kind: typeof Counter | typeof Gauge,
    name: string,
    help: string,
    labels: readonly L[],
    values: () => Iterable<readonly [Partial<Record<L, string>>, number]>,
  ): void => {
    new kind({
      name: `tollgate_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset()
        for (const [own, value] of values()) this.inc(own, value)
      },
    })
  }
  const one = (value: number) => [[{}, value]] as const
  const interfaces = (): InterfaceState[] => machine.interfaces(60)
  const total = (name: string) => sums.get(name)

  add(Counter, 'packets_total', 'Packets captured.', ['iface'], () =>
    interfaces().map(({ name }) => [{ iface: name }, total(`packets ${name}`)]),
  )
  add(
    Counter,
    'packets_dropped_total',
    'Packets lost before they were seen.',
    ['iface', 'where'],
    () =>
      interfaces().flatMap(({ name }) =>
        (['kernel', 'iface', 'queue'] as const).map(
          where => [{ iface: name, where }, total(`drops ${name} ${where}`)] as const,
        ),
      ),
  )
  add(Counter, 'decode_errors_total', 'Faults found while decoding.', ['reason'], () =>
    sums.named('fault ').map(([reason, value]) => [{ reason }, value]),
  )
  add(Counter, 'bytes_total', 'Inner IP octets of users.', ['verdict', 'direction'], () =>
    verdictOrder.flatMap(verdict =>
      (['up', 'down'] as const).map(
        direction => [{ verdict, direction }, total(`bytes ${verdict} ${direction}`)] as const,
      ),
    ),
  )
  add(Gauge, 'flows', 'Flows that are open.', ['verdict'], () =>
    verdictOrder.map(verdict => [{ verdict }, view.census.verdicts.get(verdict)?.flows ?? 0]),
  )
  add(Gauge, 'sessions', 'PDP contexts and bearers.', [], () => one(view.counters.sessions))
  add(Counter, 'unknown_teid_packets_total', 'User packets of tunnels without a session.', [], () =>
    one(total('unknown teid')),
  )
  const rules = () => view.ruleRows()
  add(Counter, 'rule_hits_total', 'Flows or requests that a rule decided.', ['rule'], () =>
    ruleSeries(rules().map(({ rule }) => [{ rule }, total(`rule ${rule} hits`)])),
  )
  add(Counter, 'rule_bytes_total', 'Inner IP octets of a rule.', ['rule', 'direction'], () =>
    ruleSeries(
      rules().flatMap(({ rule }) =>
        (['up', 'down'] as const).map(
          direction => [{ rule, direction }, total(`rule ${rule} ${direction}`)] as const,
        ),
      ),
    ),
  )
  add(Gauge, 'alerts', 'Alerts that are open, and those cleared today.', ['state'], () => {
    const { new: fresh, ack, cleared_today } = view.alerts.counts(view.around.nowUs())
    return [
      [{ state: 'new' }, fresh],
      [{ state: 'ack' }, ack],
      [{ state: 'cleared' }, cleared_today],
    ]
  })
  add(Gauge, 'rules_info', 'The rules in force.', ['version', 'sha'], () => {
    const { version, sha256 } = view.state.rules
    return [[{ version, sha: sha256.slice(0, 12) }, 1]]
  })
  add(Counter, 'rules_reload_failed_total', 'Reloads that were refused.', [], () =>
    one(total('reload failed')),
  )
  add(Gauge, 'rules_loaded_timestamp_seconds', 'When the rules in force were loaded.', [], () =>
    one(view.state.rules.loaded_us / 1e6),
  )
  add(Gauge, 'event_lag_seconds', 'From the time stamp of a packet to its being counted.', [], () =>
    one(machine.lagS()),
  )
  add(Gauge, 'flow_table_ratio', 'How full the flow table is.', [], () =>
    one(view.counters.flowTableShare),
  )
  add(Gauge, 'queue_ratio', 'How full the queue of packets is that wait.', [], () =>
    one(machine.queueShare()),
  )
  add(Gauge, 'resident_memory_bytes', 'Memory of the process.', [], () => one(machine.rssOctets()))
  add(Gauge, 'clients', 'Dashboards and commands that are connected.', [], () =>
    one(machine.clients().connected),
  )
  add(Counter, 'clients_dropped_total', 'Clients that were dropped.', [], () =>
    one(machine.clients().dropped),
  )
  add(Gauge, 'build_info', 'The program.', ['version'], () => [
    [{ version: view.around.version }, 1],
  ])
  return registry
}

type Labelled = readonly [Record<string, string>, number]

/** Above the bound the rest is one series for each direction. */
function ruleSeries(all: readonly Labelled[]): Labelled[] {
  const told = all.slice(0, mostRules)
  const others = new Map<string, Labelled>()
  for (const [labels, value] of all.slice(mostRules)) {
    const key = labels.direction ?? ''
    const before = others.get(key)?.[1] ?? 0
    others.set(key, [{ ...labels, rule: 'other' }, before + value])
  }
  return [...told, ...others.values()]
}

/** Why the probe is not ready; empty when it is. */
export function notReady({ view, machine, captureTrouble }: MetricsSource): string {
  const trouble = captureTrouble()
  if (trouble !== '') return trouble
  if (view.state.rules.rules === 0) return 'no rules are loaded'
  const lagS = machine.lagS()
  return lagS >= lagLimitS ? `lag is ${lagS.toFixed(1)} s` : ''
}

/** Answers on the loopback alone, unless `host` says otherwise. Rejects with the system's error. */
export async function serveMetrics(
  source: MetricsSource,
  host: string,
  port: number,
): Promise<Server> {
  const registry = metricsRegistry(source)
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? '' : text)
    }
    const { pathname } = new URL(request.url ?? '/', 'http://probe')
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'only GET\n')
    else if (pathname === '/healthz') answer(200, 'ok\n')
    else if (pathname === '/readyz') {
      const why = notReady(source)
      answer(why === '' ? 200 : 503, `${why === '' ? 'ok' : why}\n`)
    } else if (pathname === '/metrics') {
      registry.metrics().then(
        text => answer(200, text, registry.contentType),
        (error: unknown) => answer(500, `${String(error)}\n`),
      )
    } else answer(404, '/metrics, /healthz, /readyz\n')
  })
  server.headersTimeout = 5000
  server.requestTimeout = 5000
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  return server
}
