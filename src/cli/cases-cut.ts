/** `tollgate cases cut -r FILE FLOW... -o DIR`: a new case from a flow: a case file, and a capture of the packets
 * of the flows and the control messages of their sessions in which test numbers stand in the place of
 * personal ones. The capture is replayed before it is kept: it must give the same verdict and octets. */

import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { newCaseText } from '../cases/new-case.js'
import { FrameCollector, mostFrameOctets } from '../masking/captured-frames.js'
import { type MaskReport, maskCapture } from '../masking/mask-capture.js'
import type { PersonalNumber } from '../masking/test-number.js'
import { FrameSet } from '../pipeline/frame-set.js'
import type { ExplainRecord } from '../record/explain-record.js'
import { groupDigits, octetsText } from '../record/figures.js'
import type { FlowRecord } from '../record/flow-record.js'
import { maskRecord } from '../record/mask.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { PacketFile } from '../source/packet-file.js'
import type { CaptureInterface } from '../source/source.js'
import { analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { everyBatch, framesOfFlows } from './flow-frames.js'
import { Funnel } from './funnel.js'
import { writeWhole } from './output/atomic-file.js'
import { makeFolder } from './output/make-folder.js'
import { writeFailure } from './output/output.js'
import { selectionOf } from './select.js'
import { counted } from './text/summary-text.js'

export async function casesCut(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const paths = capturePaths('cases cut', options.read)
  if (paths.includes('-')) {
    throw usageFailure('cases cut reads the capture more than once: - cannot be', 'a file')
  }
  const place = placeOf(call)
  const engine = chooseRules(options, terminal)
  const { flows, explained, code } = await chosenFlows(call, paths, engine)
  if (code !== undefined) return code
  const { collector, interfaces } = await collect(call, paths, engine, flows)
  if (collector === undefined) return exitCode.interrupted
  const frames = collector.frames()
  const report = maskCapture(frames, flows.flatMap(numbersOf))
  makeFolder(place.folder)
  const part = `${place.capture}.${process.pid}.part`
  let differences: string[]
  try {
    writeCapture(part, frames, interfaces)
    differences = await replayed(call, part, engine, flows)
    renameSync(part, place.capture)
  } catch (error) {
    rmSync(part, { force: true })
    if (!(error instanceof Error && 'code' in error)) throw error
    throw writeFailure(terminalText(place.capture), error.code, error, 0)
  }
  const [first] = flows
  if (first !== undefined && explained !== undefined) {
    const text = newCaseText(place.id, maskRecord(first), maskRecord(explained), place.captureName)
    writeWhole(place.file, text)
  }
  if (!options.quiet) tell(call, place, report, { packets: frames.count, octets: collector.octets })
  for (const line of differences) terminal.talk(`tollgate: replayed, and differs: ${line}`)
  if (differences.length > 0) return exitCode.no
  const same = `replayed: the same verdict and octets (${positionals.join(', ')})`
  if (!options.quiet) terminal.out.line(same)
  return exitCode.done
}

interface Place {
  id: string
  folder: string
  file: string
  capture: string
  captureName: string
}

/** Throws a Failure for files that are there. */
function placeOf({ options, positionals }: Invocation): Place {
  const wrong = positionals.find(text => !/^[1-9]\d*$/.test(text))
  if (wrong !== undefined) {
    throw usageFailure(`"${terminalText(wrong)}" is not the number of a flow`, 'tollgate flows')
  }
  const folder = options.output
  if (folder === undefined || folder === '-') {
    throw usageFailure('cases cut needs -o DIR', 'tollgate cases cut -r FILE FLOW -o DIR')
  }
  const id = options.id ?? `case-${positionals[0] ?? ''}`
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) {
    throw usageFailure(`--id: "${terminalText(id)}" takes small letters, digits and hyphens`)
  }
  const captureName = `${id}.pcapng`
  const [file, capture] = [join(folder, `${id}.yaml`), join(folder, captureName)]
  const there = [file, capture].find(one => existsSync(one))
  if (there !== undefined && !options.force) {
    throw usageFailure(`${terminalText(there)}: exists`, '--force, or --id NAME')
  }
  return { id, folder, file, capture, captureName }
}

async function chosenFlows(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
): Promise<{ flows: FlowRecord[]; explained: ExplainRecord | undefined; code?: ExitCode }> {
  const { options, terminal, positionals } = call
  const byNumber = new Map<string, FlowRecord>()
  const funnel = new Funnel(['flow'], selectionOf(options), record => {
    if (record.type === 'flow' && positionals.includes(record.flow)) {
      byNumber.set(record.flow, record)
    }
  })
  const explainFlow = positionals[0] ?? ''
  const analysis = await analyse(call, paths, engine, funnel, { explainFlow })
  const code = ending(analysis, options, terminal)
  const { explained } = analysis
  if (analysis.interrupted || code === exitCode.no) return { flows: [], explained, code }
  const missing = positionals.find(number => !byNumber.has(number))
  if (missing !== undefined) {
    const name = terminalText(analysis.status.name)
    throw new Failure(exitCode.no, `flow ${missing} is not in ${name}`, {
      hint: 'tollgate flows -r FILE',
    })
  }
  const flows = positionals.flatMap(number => byNumber.get(number) ?? [])
  return { flows, explained }
}

/** The collector is undefined when it was interrupted. */
async function collect(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  flows: readonly FlowRecord[],
): Promise<{ collector: FrameCollector | undefined; interfaces: CaptureInterface[] }> {
  const wanted = {
    flows: new FrameSet(),
    imsis: new Set(flows.flatMap(flow => flow.imsi ?? [])),
  }
  for (const { flow } of flows) wanted.flows.add(Number(flow))
  const chosen = await framesOfFlows(call, paths, engine, wanted, true)
  if (chosen === undefined) return { collector: undefined, interfaces: [] }
  const collector = new FrameCollector()
  let interfaces: CaptureInterface[] = []
  await everyBatch(paths, (batch, status) => {
    interfaces = [...status.interfaces]
    for (let i = 0; i < batch.count; i++) {
      const frame = batch.firstFrame + i
      if (!chosen.users.has(frame) && !chosen.messages.has(frame)) continue
      if (collector.take(batch, i)) continue
      const most = octetsText(mostFrameOctets)
      throw new Failure(exitCode.no, `the flow has more than ${most}: too much for a case`, {
        hint: 'tollgate export -r FILE FLOW -w x.pcapng',
      })
    }
  })
  return { collector, interfaces }
}

function numbersOf(flow: FlowRecord): PersonalNumber[] {
  return (['imsi', 'msisdn', 'imei'] as const).flatMap(kind => {
    const digits = flow[kind]
    return digits === undefined ? [] : [{ kind, digits }]
  })
}

function writeCapture(
  path: string,
  frames: ReturnType<FrameCollector['frames']>,
  interfaces: readonly CaptureInterface[],
): void {
  const file = new PacketFile(path, 'wx')
  // the name of an interface may be that of a file, and of whoever it is about
  file.interfaces(interfaces.map((one, i) => ({ ...one, name: `if${i}` })))
  for (let i = 0; i < frames.count; i++) file.packet(frames, i)
  file.close()
}

/** What must be the same when the cut capture is replayed. */
const kept = [
  'verdict',
  'rule_id',
  'level1',
  'level2',
  'tariff',
  'app',
  'up_packets',
  'down_packets',
  'up_bytes',
  'down_bytes',
] as const

async function replayed(
  call: Invocation,
  path: string,
  engine: RuleEngine,
  flows: readonly FlowRecord[],
): Promise<string[]> {
  const again = new Map<string, FlowRecord>()
  const funnel = new Funnel(['flow'], selectionOf(call.options), record => {
    if (record.type === 'flow') again.set(sameFlow(record), record)
  })
  const quiet = { ...call, options: { ...call.options, quiet: true, count: undefined } }
  await analyse(quiet, [path], engine, funnel)
  return flows.flatMap(flow => {
    const other = again.get(sameFlow(flow))
    if (other === undefined) return [`flow ${flow.flow} is not there`]
    return kept
      .filter(key => flow[key] !== other[key])
      .map(key => terminalText(`flow ${flow.flow}: ${key} ${flow[key]} became ${other[key]}`))
  })
}

function sameFlow(flow: FlowRecord): string {
  return `${flow.ts} ${flow.community_id}`
}

function tell(
  { terminal }: Invocation,
  place: Place,
  report: MaskReport,
  size: { packets: number; octets: number },
): void {
  const line = (text: string) => terminal.out.line(terminalText(text))
  line(`${place.file}: case ${place.id}`)
  line(`${place.capture}: ${counted(size.packets, 'packet')}, ${octetsText(size.octets)}`)
  const kinds = (['imsi', 'msisdn', 'imei'] as const).map(kind => {
    const count = report.numbers.filter(one => one.kind === kind).length
    return `${count} ${kind.toUpperCase()}`
  })
  line(`masked: ${kinds.join(', ')} in ${counted(report.places, 'place')}`)
  for (const [what, count] of report.unseen) {
    line(`not looked into: ${what} in ${counted(count, 'packet')}`)
  }
  if (report.checksums > 0) {
    line(
      `checksums that are wrong now: ${groupDigits(report.checksums)}, of packets not captured whole`,
    )
  }
  line('left as they are: addresses, cells, times, URLs and content without these numbers')
}
