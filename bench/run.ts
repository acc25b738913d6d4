/** The benchmark: `npm run bench [-- --packets N --runs N --threads 1,2 --small --smoke]`. `tollgate replay` with the
 * whole pipeline beside the tools that people use, in turns on one machine, results checked against
 * the generator's truth. README.md in this folder says what each figure is. */

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { ChildRun } from './child-run.js'
import { runChild } from './child-run.js'
import type { Capture } from './make-capture.js'
import { ensureCapture, shapeOf, shapeOptions } from './make-capture.js'
import type { Collections } from './replay-check.js'
import { countCollections, differences } from './replay-check.js'
import { median, replayArgs } from './replay-run.js'

const smokePackets = 200_000
/** Collections per million packets above which --smoke fails: see README.md. */
const scavengesMax = 250
const markSweepsMax = 30

const { values } = parseArgs({
  options: {
    ...shapeOptions,
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1,2' },
    smoke: { type: 'boolean', default: false },
    peers: { type: 'string', default: 'tcpdump,ndpiReader,tshark' },
  },
})

const threadCounts = [1, ...values.threads.split(',').map(Number)].filter(
  (count, i, all) => all.indexOf(count) === i,
)

interface Tool {
  name: string
  command: string
  args: readonly string[]
  /** slow ones run less often */
  runsMax: number
  runs: ChildRun[]
}

function toolsFor(path: string, peers: ReadonlySet<string>): Tool[] {
  const tollgate = threadCounts.map(threads => ({
    name: threads === 1 ? 'tollgate replay' : `  --threads ${threads}`,
    command: process.execPath,
    args: replayArgs(path, threads),
    runsMax: Number.POSITIVE_INFINITY,
    runs: [],
  }))
  const others: Tool[] = [
    {
      name: 'tcpdump -w /dev/null',
      command: 'tcpdump',
      args: ['-r', path, '-w', '/dev/null'],
      runsMax: Number.POSITIVE_INFINITY,
      runs: [],
    },
    {
      name: 'ndpiReader -t -q',
      command: 'ndpiReader',
      args: ['-t', '-i', path, '-q'],
      runsMax: 2,
      runs: [],
    },
    {
      name: 'tshark -z io,phs',
      command: 'tshark',
      args: ['-r', path, '-q', '-z', 'io,phs'],
      runsMax: 1,
      runs: [],
    },
  ]
  return [...tollgate, ...others.filter(tool => peers.has(tool.command))]
}

/** Reads the capture into the page cache, checks the results and counts the collections. */
async function check({ path, truth }: Capture, threads: number): Promise<Collections> {
  const run = await runChild(process.execPath, ['--trace-gc', ...replayArgs(path, threads)], true)
  if (run === undefined || run.end !== 0) {
    throw new Error(`replay ended with ${run?.end}: ${run?.stderr ?? ''}`)
  }
  const wrong = differences(run.stdout, truth)
  for (const line of wrong) console.log(`WRONG ${line}`)
  if (wrong.length > 0) process.exitCode = 1
  else console.log(`results of ${threads}: equal to the truth, to the octet`)
  return countCollections(run.stdout)
}

async function runInTurns(tools: readonly Tool[], runs: number): Promise<void> {
  const missing = new Set<Tool>()
  for (let round = 0; round < runs; round++) {
    for (const tool of tools) {
      if (round >= tool.runsMax || missing.has(tool)) continue
      const run = await runChild(tool.command, tool.args, false)
      if (run === undefined) missing.add(tool)
      else if (run.end === 0) tool.runs.push(run)
      else console.log(`${tool.name} ended with ${run.end}: ${run.stderr.slice(0, 300)}`)
    }
  }
  for (const tool of missing) console.log(`${tool.command} is not installed`)
}

function report(tools: readonly Tool[], { truth }: Capture): void {
  console.log(
    'tool                   runs  seconds (least - most)  CPU s  busiest  M packets/s   MB/s  RSS MiB',
  )
  for (const tool of tools.filter(one => one.runs.length > 0)) {
    const seconds = tool.runs.map(run => run.seconds)
    const typical = median(seconds)
    const range = `(${Math.min(...seconds).toFixed(2)} - ${Math.max(...seconds).toFixed(2)})`
    const columns = [
      tool.name.padEnd(22),
      String(tool.runs.length).padStart(4),
      typical.toFixed(2).padStart(8),
      range.padEnd(15),
      median(tool.runs.map(run => run.cpuSeconds))
        .toFixed(2)
        .padStart(7),
      median(tool.runs.map(run => run.busiestSeconds))
        .toFixed(2)
        .padStart(8),
      (truth.packets / typical / 1e6).toFixed(3).padStart(11),
      (truth.octets / typical / 1e6).toFixed(0).padStart(6),
      Math.max(...tool.runs.map(run => run.peakRssMiB))
        .toFixed(0)
        .padStart(8),
    ]
    console.log(columns.join(' '))
  }
  const [first, ...others] = tools.filter(tool => tool.command === process.execPath)
  const tcpdump = tools.find(tool => tool.command === 'tcpdump')
  if (first === undefined) return
  for (const tool of others) compareRates(tool, first, 'of one thread')
  if (tcpdump === undefined) return
  for (const tool of [first, ...others]) compareRates(tool, tcpdump, "of tcpdump's rate")
}

/** Runs of one round were next to each other in time: the machine was the same. */
function compareRates(tool: Tool, beside: Tool, what: string): void {
  if (tool.runs.length === 0 || beside.runs.length === 0) return
  const ratios = tool.runs.map((run, i) => (beside.runs[i]?.seconds ?? 0) / run.seconds)
  console.log(`${tool.name.trim()} ${what}: ${median(ratios).toFixed(3)} (median of the rounds)`)
}

const smoke = values.smoke
const capture = ensureCapture(
  shapeOf(smoke ? { ...values, packets: values.packets ?? String(smokePackets) } : values),
)
const { truth } = capture
const { small, middle, full } = truth.sizes
const share = (n: number): string => `${((n / truth.innerPackets) * 100).toFixed(0)} %`
console.log(`${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log(
  `${truth.packets} packets, ${(truth.octets / 1e6).toFixed(0)} MB, ${truth.flows} flows, ${truth.subscribers} subscribers; ` +
    `${share(small)} up to 120 octets, ${share(middle)} between, ${share(full)} from 1280 on`,
)
const collections = await check(capture, 1)
for (const threads of threadCounts) if (threads !== 1) await check(capture, threads)
const scavenges = (collections.scavenges / truth.packets) * 1e6
const markSweeps = (collections.markSweeps / truth.packets) * 1e6
console.log(
  `collections per million packets: ${scavenges.toFixed(1)} scavenges, ${markSweeps.toFixed(1)} mark-sweeps`,
)
if (smoke && (scavenges > scavengesMax || markSweeps > markSweepsMax)) {
  console.log(`WRONG more collections than ${scavengesMax} and ${markSweepsMax} per million`)
  process.exitCode = 1
}
const tools = toolsFor(capture.path, new Set(smoke ? [] : values.peers.split(',')))
await runInTurns(tools, smoke ? 1 : Number(values.runs))
report(tools, capture)
