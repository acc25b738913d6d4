/** `tollgate daemon` (`tollgated`): captures, keeps what is going on, and shows it to those who ask. */

import type { Server } from 'node:http'
import { serveMetrics } from '../daemon/metrics.js'
import { ServiceNotify } from '../daemon/notify.js'
import { ProbeServer } from '../daemon/probe-server.js'
import { RunSums } from '../daemon/run-sums.js'
import { SelfWatch } from '../daemon/self-watch.js'
import { type LogLevel, ServiceLog } from '../daemon/service-log.js'
import { SocketTaken } from '../daemon/socket-path.js'
import { StateError, StateStore } from '../daemon/state-store.js'
import type { LogRow } from '../record/snapshot.js'
import { plainText } from '../record/text.js'
import { openSource } from '../source/open-source.js'
import type { Source } from '../source/source.js'
import { AlertBook } from '../view/alert-book.js'
import { LocalView } from '../view/local-view.js'
import { runSettings } from './analyse.js'
import { engineFor, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { InterruptibleSource } from './interruptible.js'
import { checkLive, isLive, type LiveCapture, liveCapture } from './live.js'
import { countsLine } from './live-summary.js'
import type { Options } from './options.js'
import { nowUs, ProbeRun } from './probe-run.js'
import { onSignals } from './run-input.js'
import { metricsAddress, settingsOf } from './settings.js'
import { version } from './version.js'

/** Findings change slowly. */
const findingsEvery = 10
const shutdownMs = 5000
/** Packets that arrived before the end are worked off for so long. */
const cutMs = 2500
const lookMs = 1000

export async function daemon(call: Invocation): Promise<ExitCode> {
  const { options } = settingsOf(call.options, process.env)
  if (!isLive(options) && options.read.length === 0) {
    throw usageFailure('daemon needs an interface', 'tollgate daemon -i IF')
  }
  checkLive('daemon', options, options.read)
  const service = new Service(call, options, await inputOf(options))
  return await service.run()
}

/** Files are open, interfaces not yet. */
interface ServiceInput extends LiveCapture {
  notice: (text: string) => void
}

async function inputOf(options: Options): Promise<ServiceInput> {
  if (isLive(options)) {
    const input: ServiceInput = {
      ...liveCapture(options, text => input.notice(text)),
      notice: () => undefined,
    }
    return input
  }
  const source = new InterruptibleSource(await openSource(options.read))
  return {
    source,
    stop: () => source.interrupt(),
    keepDamage: () => '',
    reopen: () => undefined,
    notice: () => undefined,
  }
}

class Service {
  readonly #options: Options
  readonly #log: ServiceLog
  readonly #notify: ServiceNotify
  readonly #run: ProbeRun
  readonly #source: Source
  readonly #store: StateStore
  readonly #alerts: AlertBook
  readonly #sums: RunSums
  readonly #watch: SelfWatch
  readonly #server: ProbeServer
  readonly #input: ServiceInput
  #metrics: Server | undefined
  #looks = 0
  #capture = 'capture has not begun'

  constructor(call: Invocation, options: Options, input: ServiceInput) {
    this.#options = options
    const { env } = process
    const form = options['log-format'] === 'json' ? 'json' : 'text'
    this.#log = new ServiceLog(form, (env.JOURNAL_STREAM ?? '') !== '')
    this.#notify = new ServiceNotify(env, why => this.#tell('warn', 'notify_failed', { why }))
    const path = rulesPath(options, call.terminal)
    const readRules = () => engineFor(path, options.profile)
    const engine = readRules()
    this.#input = input
    this.#source = input.source
    input.notice = text => this.#tell('warn', 'capture', { text })
    this.#store = openStore(options.state ?? '')
    this.#alerts = new AlertBook(this.#store)
    this.#sums = new RunSums(this.#store)
    this.#run = new ProbeRun({
      source: this.#source,
      engine,
      rulesPath: path,
      readRules,
      pipeline: {
        ...runSettings(options),
      },
      alerts: this.#alerts,
      probe: options.name,
      version: version(),
      looked: () => this.#looked(),
      reloaded: (refused, lines) => this.#reloaded(refused, lines),
      troubles: () => this.#troubles(),
      clients: () => ({ connected: this.#server.connected, dropped: this.#server.dropped }),
    })
    const { showing, machine } = this.#run
    const tell = this.#tell.bind(this)
    this.#watch = new SelfWatch(showing.view, machine, tell)
    this.#server = new ProbeServer({
      path: options.socket ?? '',
      probe: showing.view.around.probe,
      version: version(),
      masked: new LocalView(showing, this.#source.status.name, false),
      revealed: new LocalView(showing, this.#source.status.name, true),
      notice: tell,
    })
  }

  /** Until a signal ends it. What was opened is closed, whatever happens. */
  async run(): Promise<ExitCode> {
    const { view } = this.#run.showing
    let ending = false
    const signalsOff = onSignals(['SIGTERM', 'SIGINT'], () => {
      ending = true
      this.#notify.stopping()
      this.#input.stop()
      setTimeout(() => this.#cut(), cutMs).unref()
      setTimeout(() => process.exit(exitCode.done), shutdownMs).unref()
    })
    const hangUp = () => void this.#run.reload()
    const counts = () => this.#tell('info', 'counters', { counts: countsLine(this.#source.status) })
    process.removeAllListeners('SIGHUP')
    process.on('SIGHUP', hangUp)
    process.on('SIGUSR1', counts)
    const reopen = () => this.#input.reopen()
    process.on('SIGUSR2', reopen)
    try {
      await this.#listen()
      if (isLive(this.#options)) await this.#source.open()
      this.#capture = ''
      if (this.#store.setAside !== '') {
        this.#tell('error', 'state_damaged', { set_aside: this.#store.setAside })
      }
      const { version: rules, rules: count } = view.state.rules
      this.#tell('info', 'started', {
        input: this.#source.status.name,
        socket: this.#options.socket,
        metrics: this.#options.metrics,
        rules: `${rules}, ${count} rules`,
      })
      this.#notify.ready(`capturing on ${this.#source.status.name}`)
      await this.#run.run()
      this.#watch.findings(this.#run.findings())
      if (!ending && !isLive(this.#options)) {
        this.#tell('info', 'file_done', { input: this.#source.status.name })
        await this.#show()
      }
      return exitCode.done
    } finally {
      this.#capture = 'capture has ended'
      signalsOff()
      process.off('SIGHUP', hangUp)
      process.off('SIGUSR1', counts)
      process.off('SIGUSR2', reopen)
      await this.#close()
    }
  }

  #cut(): void {
    this.#tell('warn', 'cut_short', { why: 'packets that had arrived were not all looked at' })
    this.#run.cut()
  }

  /** What was read stays to be looked at, until a signal. */
  async #show(): Promise<void> {
    const timer = setInterval(() => void this.#run.look(), lookMs)
    await new Promise<void>(resolve => {
      process.once('SIGTERM', () => resolve())
      process.once('SIGINT', () => resolve())
    })
    clearInterval(timer)
  }

  async #listen(): Promise<void> {
    try {
      await this.#server.listen()
    } catch (error) {
      throw socketFailure(error, this.#options.socket ?? '')
    }
    const address = metricsAddress(this.#options.metrics ?? 'off')
    if (address === undefined) return
    const { view } = this.#run.showing
    const { machine } = this.#run
    const captureTrouble = () => this.#captureTrouble()
    try {
      this.#metrics = await serveMetrics(
        { view, machine, sums: this.#sums, captureTrouble },
        address.host,
        address.port,
      )
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      const why = code === 'EADDRINUSE' ? 'taken by another program' : code
      throw new Failure(exitCode.usage, `--metrics ${address.host}:${address.port}: ${why}`, {
        hint: '--metrics off, or another port',
      })
    }
  }

  /** Once a second. */
  #looked(): void {
    this.#sums.keep(this.#run.showing.view, this.#run.machine)
    this.#alerts.retry()
    this.#watch.look()
    if (this.#looks++ % findingsEvery === 0) this.#watch.findings(this.#run.findings())
  }

  #reloaded(refused: string, lines: readonly string[]): void {
    const { view } = this.#run.showing
    if (refused !== '') {
      this.#sums.count('reload failed')
      this.#tell('error', 'rules_reload_failed', { why: refused, kept: view.state.rules.version })
      this.#watch.rules(`rules refused: ${refused}`)
      return
    }
    this.#watch.rules('')
    this.#tell('info', 'rules_reloaded', { what: lines[0] ?? '' })
    for (const line of lines.slice(1, 100)) view.log.write(nowUs(), 'INFO', 'rules_changed', line)
  }

  #troubles(): string[] {
    const troubles = [this.#alerts.damage, this.#sums.damage].filter(Boolean)
    const state = troubles.length === 0 ? [] : [`state not saved: ${troubles[0]}`]
    const keep = this.#input.keepDamage()
    return keep === '' ? state : [...state, keep]
  }

  #captureTrouble(): string {
    if (this.#capture !== '') return this.#capture
    const down = this.#run.machine.interfaces(60).filter(({ up }) => !up)
    return down.map(({ name, trouble }) => `${name}: ${trouble ?? 'down'}`).join('; ')
  }

  /** To the log of the machine, and to those who look. */
  #tell(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>): void {
    this.#log.log(level, event, fields)
    const words = Object.entries(fields).map(([key, value]) => `${key} ${plainText(String(value))}`)
    const upper = level.toUpperCase() as LogRow['level']
    // what is told while the service is being made has no view yet
    this.#run?.showing.view.log.write(nowUs(), upper, event, words.join('  '))
  }

  async #close(): Promise<void> {
    const { view } = this.#run.showing
    await this.#server.close()
    this.#metrics?.closeAllConnections()
    await new Promise<void>(resolve => {
      if (this.#metrics === undefined) resolve()
      else this.#metrics.close(() => resolve())
    })
    await this.#source.close()
    await view.look()
    this.#sums.keep(view, this.#run.machine)
    this.#tell('info', 'stopped', { counts: countsLine(this.#source.status) })
    this.#log.flush()
    this.#store.close()
  }
}

function openStore(path: string): StateStore {
  try {
    return new StateStore(path)
  } catch (error) {
    if (!(error instanceof StateError)) throw error
    throw new Failure(exitCode.output, plainText(error.message), { hint: '--state FILE' })
  }
}

function socketFailure(error: unknown, path: string): Failure {
  if (error instanceof SocketTaken) {
    return new Failure(exitCode.usage, plainText(error.message), { hint: '--socket PATH' })
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
  const exit = why === 'permission denied' ? exitCode.permission : exitCode.usage
  return new Failure(exit, `${plainText(path)}: ${why}`, { hint: '--socket PATH' })
}
