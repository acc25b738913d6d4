/** Runs captures through the pipeline for a command: opens them, shows progress, takes signals, and
 * says afterwards what was wrong with the input. */

import type { Overload } from '../pipeline/overload.js'
import type { SharedOptions } from '../pipeline/shard/shard-message.js'
import type { PipelineOptions } from '../pipeline.js'
import type { ExplainRecord } from '../record/explain-record.js'
import { groupDigits } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import type { SummaryRecord } from '../record/usage-record.js'
import { parsePrefix } from '../rules/address.js'
import type { RuleEngine } from '../rules/engine.js'
import type { SourceStatus } from '../source/source.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, failureLines, usageFailure } from './fail.js'
import type { Funnel } from './funnel.js'
import { checkLive, isLive } from './live.js'
import { addCapture } from './live-summary.js'
import type { Options } from './options.js'
import { Progress } from './progress.js'
import { boundsOf } from './run-bounds.js'
import { oneThread, type Run, severalThreads } from './run-threads.js'
import type { Terminal } from './terminal.js'
import { threadsFor } from './threads.js'

export interface Analysis {
  summary: SummaryRecord
  status: SourceStatus
  interrupted: boolean
  explained: ExplainRecord | undefined
  /** why the packets of a live capture are not kept any more; empty when they are */
  keepDamage: string
}

/** The captures named by `-r` and, for `replay`, by position. */
export function capturePaths(command: string, paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths
  throw usageFailure(`${command} needs a capture`, `tollgate ${command} -r FILE`)
}

/** The same for a command that also takes `-i`: none then. */
export function inputPaths(
  command: string,
  options: Options,
  paths: readonly string[],
): readonly string[] {
  checkLive(command, options, paths)
  return isLive(options) ? [] : capturePaths(command, paths)
}

export async function analyse(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  funnel: Funnel,
  extra: Omit<Partial<PipelineOptions>, 'engine'> = {},
): Promise<Analysis> {
  const { options, terminal } = call
  const { onPacket, trace, observe, ...shared } = extra
  const settings: SharedOptions = {
    ...runSettings(options),
    explainAll: options.all,
    ...(options.count === undefined ? {} : { maxPackets: options.count }),
    ...shared,
  }
  // what is told of every packet or account is told on this thread
  const told = {
    ...(onPacket === undefined ? {} : { onPacket }),
    ...(trace === undefined ? {} : { trace }),
    ...(observe === undefined ? {} : { observe }),
  }
  const alone = Object.keys(told).length > 0 || isLive(options) || funnel.isTapped
  const threads = alone ? 1 : await threadsFor(options, paths, engine.set.source.file, terminal)
  const ownSettings = { ...settings, ...told, engine, strict: options.strict }
  const run: Run =
    threads === 1
      ? await oneThread(call, ownSettings, paths, funnel)
      : severalThreads(threads, call, settings, engine, paths, funnel)
  const progress = new Progress(terminal, performance.now())
  let overload: Overload | undefined
  const showProgress = (status: SourceStatus | undefined) => {
    if (status !== undefined && !options.quiet) progress.update(status, performance.now(), overload)
  }
  // nothing may come for long
  const timer = isLive(options)
    ? setInterval(() => showProgress(run.status), progressMs)
    : undefined
  try {
    const {
      summary: ran,
      status,
      explained,
    } = await run.results((at, now) => {
      overload = now
      showProgress(at)
      // what comes live, also through a pipe, is for a reader who waits for it
      if (at.octetsTotal === 0) terminal.out.flush()
    })
    const { interrupted } = run
    const summary = { ...ran, reasons: ran.reasons.map(withoutFolder) }
    if (interrupted) markInterrupted(summary)
    await run.close()
    const { keepDamage } = run
    addCapture(summary, status, keepDamage)
    funnel.finish(summary)
    return { summary, status, interrupted, explained, keepDamage }
  } finally {
    clearInterval(timer)
    terminal.progress('')
    await run.close()
  }
}

const progressMs = 250

/** What options say of how packets are taken, for every kind of run. */
export function runSettings(
  options: Options,
): Pick<SharedOptions, 'plainIp' | 'dedupe' | 'uePools' | 'bounds'> {
  return {
    plainIp: options['plain-ip'],
    dedupe: options.dedupe === 'off' ? 'off' : 'auto',
    uePools: uePools(options),
    bounds: boundsOf(options),
  }
}

function uePools(options: Options): readonly string[] {
  for (const text of options['ue-pool']) {
    if ('kind' in parsePrefix(text)) {
      throw usageFailure(`--ue-pool: "${terminalText(text)}" is not a network`, '10.45.0.0/16')
    }
  }
  return options['ue-pool']
}

/** `/home/x/day.pcap: cut short` as `day.pcap: cut short`: the same file gives the same output
 * wherever it lies. */
export function withoutFolder(reason: string): string {
  const end = reason.indexOf(': ')
  return end < 0 ? reason : reason.slice(reason.lastIndexOf('/', end) + 1)
}

function markInterrupted(summary: SummaryRecord): void {
  summary.complete = false
  if (!summary.reasons.includes('interrupted')) summary.reasons.push('interrupted')
}

/** What is to be said after the results, and the exit code: interrupted, damaged, or no GTP. */
export function ending(analysis: Analysis, options: Options, terminal: Terminal): ExitCode {
  terminal.out.flush()
  const { status, summary } = analysis
  for (const damage of status.damage) {
    terminal.talk(`tollgate: ${terminalText(damage)}; results are up to there`)
  }
  const strict = summary.reasons.find(reason => reason.startsWith('stopped by --strict'))
  if (strict !== undefined) terminal.talk(terminalText(`tollgate: ${status.name}: ${strict}`))
  if (analysis.interrupted) {
    terminal.talk('tollgate: interrupted; results are up to there')
    return exitCode.interrupted
  }
  if (strict !== undefined) return exitCode.usage
  const empty = noTraffic(summary, status, options)
  if (empty !== undefined) for (const line of failureLines(empty)) terminal.talk(line)
  if (status.live !== undefined) return endingLive(analysis, terminal)
  if (status.damage.length > 0) return exitCode.usage
  return empty === undefined ? exitCode.done : empty.exit
}

/** A live capture has no right amount of traffic. */
function endingLive(analysis: Analysis, terminal: Terminal): ExitCode {
  if (analysis.keepDamage === '') return exitCode.done
  terminal.talk(terminalText(`tollgate: ${analysis.keepDamage}`))
  return exitCode.output
}

/** What a tunnel carries beside users' packets. */
const tunnelKinds = ['gtp-u signalling', 'g-pdu without inner ip']

/** A capture in which no user's packet was found: what was there instead, how to read it. */
function noTraffic(
  summary: SummaryRecord,
  status: SourceStatus,
  options: Options,
): Failure | undefined {
  if (summary.charge_units > 0) return undefined
  const name = terminalText(status.name)
  if (summary.frames === 0) {
    // a file that is cut in its first packet was reported as that
    return status.damage.length > 0 ? undefined : new Failure(exitCode.no, `${name}: no packets`)
  }
  const packets = `${groupDigits(summary.frames)} packet${summary.frames === 1 ? '' : 's'}`
  const found = Object.entries(summary.found ?? {}).filter(([, count]) => count > 0)
  const lines = found.map(([kind, count]) => `  found: ${groupDigits(count)} ${terminalText(kind)}`)
  if (options['plain-ip']) {
    return new Failure(exitCode.no, `${name}: ${packets}, none of them IP`, { lines })
  }
  if (summary.sessions > 0 || (summary.found?.['gtp-c'] ?? 0) > 0) {
    return new Failure(exitCode.no, `${name}: ${packets}, sessions but no user traffic (G-PDU)`, {
      lines,
    })
  }
  if (tunnelKinds.some(kind => (summary.found?.[kind] ?? 0) > 0)) {
    return new Failure(exitCode.no, `${name}: ${packets}, GTP-U but no user's packet`, { lines })
  }
  const outside = (summary.found?.['ip without tunnel'] ?? 0) > 0
  return new Failure(exitCode.no, `${name}: ${packets}, none of them GTP`, {
    lines,
    ...(outside ? { hint: '--plain-ip, if users are outside tunnels here (Gi, SGi)' } : {}),
  })
}
