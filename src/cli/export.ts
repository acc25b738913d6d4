/** `tollgate export -r FILE [FLOW...] -w OUT.pcapng`: the packets of flows, cut out of captures or of the ring
 * that `--keep` left. The captures are read several times: first it is decided which flows are meant, by the
 * same records and filters as everywhere; then which frames are theirs, fragments too; then they are copied. */

import { existsSync } from 'node:fs'
import { FrameSet } from '../pipeline/frame-set.js'
import { octetsText } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { PacketFile, PacketFileError } from '../source/packet-file.js'
import { type Analysis, analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, outputGone, usageFailure } from './fail.js'
import { everyBatch, type FlowFrames, framesOfFlows } from './flow-frames.js'
import { Funnel } from './funnel.js'
import { writeFailure } from './output/output.js'
import { ofRing } from './ring-export.js'
import { selectionOf, spanOf } from './select.js'
import { counted } from './text/summary-text.js'

const standardOutput = '-'

/** What was selected, as the records say it. */
interface Chosen {
  /** frames that open the flows */
  flows: FrameSet
  imsis: Set<string>
  /** packet time, microseconds */
  from: number
  to: number
}

export async function exportPackets(given: Invocation): Promise<ExitCode> {
  outputOf(given)
  const call = given.options.read.length > 0 ? given : await ofRing(given)
  const { options, terminal } = call
  const paths = capturePaths('export', options.read)
  const out = outputOf(call)
  if (paths.includes('-')) {
    throw usageFailure('export reads the capture more than once: - cannot be', 'a file')
  }
  const engine = chooseRules(options, terminal)
  const chosen: Chosen = { flows: new FrameSet(), imsis: new Set(), from: 0, to: 0 }
  const analysis = await chooseFlows(call, paths, engine, chosen)
  const early = ending(analysis, options, terminal)
  if (analysis.interrupted || early === exitCode.no) return early
  if (chosen.flows.size === 0) {
    throw new Failure(exitCode.no, 'no flow matches', { hint: 'tollgate flows -r FILE' })
  }
  const frames = await framesOfFlows(call, paths, engine, chosen, options.control)
  if (frames === undefined) return exitCode.interrupted
  await copy(paths, frames, chosen, out, text => {
    const flows = counted(chosen.flows.size, 'flow')
    if (!options.quiet) terminal.talk(`tollgate: ${terminalText(out)}: ${text} of ${flows}`)
  })
  return early
}

/** Throws a Failure for a file that is there. */
function outputOf(call: Invocation): string {
  const { options, positionals } = call
  const out = options.write
  if (out === undefined) throw usageFailure('export needs -w FILE', 'tollgate export -w x.pcapng')
  const wrong = positionals.find(text => !/^[1-9]\d*$/.test(text))
  if (wrong !== undefined) {
    throw usageFailure(`"${terminalText(wrong)}" is not the number of a flow`, 'tollgate flows')
  }
  const all = positionals.length === 0 && options.filter === undefined
  if (all && options.since === undefined && options.until === undefined) {
    throw usageFailure('export needs flows, -Y, --since or --until', "-Y 'imsi exists'")
  }
  if (out !== standardOutput && existsSync(out) && !options.force) {
    throw usageFailure(`${terminalText(out)}: exists`, '--force')
  }
  return out
}

async function chooseFlows(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  chosen: Chosen,
): Promise<Analysis> {
  const selection = selectionOf(call.options)
  const wanted = new Set(call.positionals)
  const funnel = new Funnel(['flow'], selection, record => {
    if (record.type !== 'flow' || (wanted.size > 0 && !wanted.has(record.flow))) return
    chosen.flows.add(Number(record.flow))
    if (record.imsi !== undefined) chosen.imsis.add(record.imsi)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  Object.assign(chosen, selection.times(spanOf(analysis.summary)))
  return analysis
}

async function copy(
  paths: readonly string[],
  frames: FlowFrames,
  chosen: Chosen,
  out: string,
  done: (text: string) => void,
): Promise<void> {
  let file: PacketFile | undefined
  let packets = 0
  try {
    const target = new PacketFile(out === standardOutput ? 1 : out)
    file = target
    await everyBatch(paths, (batch, status) => {
      target.interfaces(status.interfaces)
      for (let i = 0; i < batch.count; i++) {
        const frame = batch.firstFrame + i
        const timeUs = batch.timeUs[i]!
        const isUsers = frames.users.has(frame) && timeUs >= chosen.from && timeUs <= chosen.to
        if (!isUsers && !frames.messages.has(frame)) continue
        target.packet(batch, i)
        packets++
      }
    })
    file.close()
  } catch (error) {
    throw outputFailure(out, error)
  }
  done(`${counted(packets, 'packet')}, ${octetsText(file.octets)}`)
}

function outputFailure(out: string, error: unknown): unknown {
  if (error instanceof PacketFileError) {
    if (error.code === 'EPIPE') return outputGone()
    return writeFailure(terminalText(out), error.code, error, error.octets)
  }
  if (!(error instanceof Error && 'code' in error)) return error
  return writeFailure(terminalText(out), error.code, error, 0)
}
