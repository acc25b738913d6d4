/** Writes the benchmark's capture and its truth: `node dist/bench/make-capture.js [--small]
 * [--packets N] [--subscribers N] [--flows N] [-o FILE]`. Without -o it goes to the folder of
 * bench/README.md, where an equal one is kept. */

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { CaptureShape } from './capture-shape.js'
import { captureName, captureShape, shapeVersion } from './capture-shape.js'
import type { CaptureTruth } from './capture-truth.js'
import { TruthCounter } from './capture-truth.js'
import type { Chance } from './chance.js'
import type { FlowScript } from './flow-script.js'
import { Flag } from './flow-script.js'
import { FrameWriter } from './frame-writer.js'
import { TrafficPlan } from './traffic-plan.js'
import type { Tunnel } from './tunnels.js'
import { makeTunnels, writeSignalling } from './tunnels.js'

/** 2014-11-07T00:00:00Z */
const startUs = 1_415_318_400_000_000
const signallingStepUs = 1_000
/** mean time between two packets: 10,000 packets a second */
const packetGapUs = 100
/** flows at once */
const openFlowsMax = 4096

/** A flow while it runs. */
interface OpenFlow extends FlowScript {
  tunnel: Tunnel
  uePort: number
  next: number
  seqUp: number
  seqDown: number
}

export interface Capture {
  path: string
  truth: CaptureTruth
}

export function benchFolder(): string {
  return process.env.TOLLGATE_BENCH_DIR ?? join(tmpdir(), 'tollgate-bench')
}

/** The capture of this shape: the one in the folder, or a new one. */
export function ensureCapture(shape: CaptureShape): Capture {
  const path = join(benchFolder(), captureName(shape))
  const truthPath = `${path}.truth.json`
  if (existsSync(path) && existsSync(truthPath)) {
    const truth: CaptureTruth = JSON.parse(readFileSync(truthPath, 'utf8'))
    if (truth.version === shapeVersion && truth.seed === shape.seed) return { path, truth }
  }
  return { path, truth: makeCapture(shape, path) }
}

/** Writes the capture under another name first: an interrupted run leaves none that looks whole. */
export function makeCapture(shape: CaptureShape, path: string): CaptureTruth {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.part`
  const fd = openSync(unfinished, 'w')
  const truth = writeCapture(shape, new FrameWriter(fd))
  closeSync(fd)
  renameSync(unfinished, path)
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(truth, null, 2)}\n`)
  return truth
}

function writeCapture(shape: CaptureShape, writer: FrameWriter): CaptureTruth {
  const tunnels = makeTunnels(shape)
  const plan = new TrafficPlan(shape, shape.packets - 2 * shape.subscribers)
  const { chance } = plan
  const counter = new TruthCounter()
  let timeUs = writeSignalling(writer, tunnels, startUs, signallingStepUs)
  const slots = Math.min(openFlowsMax, Math.max(8, shape.flows >> 5))
  const open: OpenFlow[] = []
  while (open.length < slots) {
    const flow = openFlow(plan, chance, tunnels, counter)
    if (flow === undefined) break
    open.push(flow)
  }
  while (open.length > 0) {
    const slot = chance.below(open.length)
    const flow = open[slot]
    if (flow === undefined) break
    do {
      timeUs += 1 + chance.below(2 * packetGapUs - 1)
      sendNext(writer, flow, timeUs, counter)
    } while (isTogether(flow))
    if (flow.next < flow.steps.length) continue
    const follower = openFlow(plan, chance, tunnels, counter) ?? open.pop()
    if (follower !== undefined && slot < open.length) open[slot] = follower
  }
  writer.flush()
  return truthOf(shape, writer, counter)
}

/** What one side sends in one go stays together, and so does a teardown. */
function isTogether({ steps, next }: OpenFlow): boolean {
  const sent = steps[next - 1]
  const following = steps[next]
  if (sent === undefined || following === undefined) return false
  return sent.up === following.up || (sent.tcpFlags > 0 && (sent.tcpFlags & Flag.Fin) !== 0)
}

function openFlow(
  plan: TrafficPlan,
  chance: Chance,
  tunnels: readonly Tunnel[],
  counter: TruthCounter,
): OpenFlow | undefined {
  const planned = plan.next()
  const tunnel = tunnels[chance.below(tunnels.length)]
  if (planned === undefined || tunnel === undefined) return undefined
  counter.flow(planned.kind)
  counter.transactions += planned.transactions
  counter.cutRequests += planned.cutRequests
  return {
    ...planned,
    tunnel,
    uePort: tunnel.nextPort++,
    next: 0,
    seqUp: chance.random.next(),
    seqDown: chance.random.next(),
  }
}

function sendNext(
  writer: FrameWriter,
  flow: OpenFlow,
  timeUs: number,
  counter: TruthCounter,
): void {
  const step = flow.steps[flow.next++]
  if (step === undefined) return
  const { up, tcpFlags, head, filler } = step
  const octets = writer.user(timeUs, flow.tunnel, {
    up,
    server: flow.server,
    serverPort: flow.serverPort,
    uePort: flow.uePort,
    tcpFlags,
    tcpSeq: up ? flow.seqUp : flow.seqDown,
    tcpAck: (tcpFlags & Flag.Ack) === 0 ? 0 : up ? flow.seqDown : flow.seqUp,
    head,
    filler,
  })
  counter.packet(octets, up, step.charge)
  if (tcpFlags < 0) return
  // SYN and FIN take a sequence number each
  const taken = head.length + filler + ((tcpFlags & (Flag.Syn | Flag.Fin)) === 0 ? 0 : 1)
  if (up) flow.seqUp = (flow.seqUp + taken) >>> 0
  else flow.seqDown = (flow.seqDown + taken) >>> 0
}

function truthOf(shape: CaptureShape, writer: FrameWriter, counter: TruthCounter): CaptureTruth {
  const middle = counter.innerPackets - counter.small - counter.full
  return {
    version: shapeVersion,
    seed: shape.seed,
    packets: writer.frames,
    octets: writer.octets,
    subscribers: shape.subscribers,
    flows: shape.flows,
    flowsByKind: Object.fromEntries(counter.flowsByKind),
    transactions: counter.transactions,
    cutRequests: counter.cutRequests,
    innerPackets: counter.innerPackets,
    innerOctetsUp: counter.innerOctetsUp,
    innerOctetsDown: counter.innerOctetsDown,
    octetsByCharge: Object.fromEntries(counter.octetsByCharge),
    sizes: { small: counter.small, middle, full: counter.full },
  }
}

/** The options that say which capture: shared with bench/run.ts. */
export const shapeOptions = {
  packets: { type: 'string' },
  subscribers: { type: 'string' },
  flows: { type: 'string' },
  small: { type: 'boolean' },
} as const

export function shapeOf(values: {
  packets?: string | undefined
  subscribers?: string | undefined
  flows?: string | undefined
  small?: boolean | undefined
}): CaptureShape {
  const wanted: Partial<CaptureShape> = { small: values.small ?? false }
  for (const key of ['packets', 'subscribers', 'flows'] as const) {
    const text = values[key]
    if (text === undefined) continue
    const number = Number(text)
    if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`--${key} ${text}`)
    wanted[key] = number
  }
  return captureShape(wanted)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { ...shapeOptions, out: { type: 'string', short: 'o' } },
  })
  const shape = shapeOf(values)
  const path = values.out ?? join(benchFolder(), captureName(shape))
  const truth = values.out === undefined ? ensureCapture(shape).truth : makeCapture(shape, path)
  console.log(path)
  console.log(JSON.stringify(truth, null, 2))
}
