/** Live capture: `npm run bench:live [-- --seconds N --rates 50,100,250 --size N --engine tcpdump]`. A wire in
 * a network namespace (veth, root), tcpreplay on one processor at one end, `tollgate replay -i` with the
 * whole pipeline at the other: what was offered, what was captured, what was lost and where, for each rate,
 * and the highest rate without loss. README.md in this folder says how to read it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { SummaryRecord } from '../src/record/usage-record.js'
import { ensureCapture, shapeOf, shapeOptions } from './make-capture.js'

const { values } = parseArgs({
  options: {
    ...shapeOptions,
    seconds: { type: 'string', default: '10' },
    /** thousands of packets a second; `top` is as fast as the sender can */
    rates: { type: 'string', default: '50,100,150,200,250,300,400,top' },
    engine: { type: 'string', default: 'auto' },
    buffer: { type: 'string', default: '262144' },
  },
})

const root = fileURLToPath(new URL('../../', import.meta.url))
const namespace = `tgbench${process.pid}`
const enter = ['ip', 'netns', 'exec', namespace]

function run(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr}`)
  return done.stdout + done.stderr
}

function inside(...words: readonly string[]): string {
  const [program = '', ...args] = [...enter, ...words]
  return run(program, args)
}

function makeWire(): void {
  run('ip', ['netns', 'add', namespace])
  inside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
  inside('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1')
  inside('ip', 'link', 'add', 's0', 'type', 'veth', 'peer', 'name', 'r0')
  for (const end of ['s0', 'r0']) {
    inside('ip', 'link', 'set', end, 'up')
    inside('ethtool', '-K', end, 'gro', 'off', 'gso', 'off', 'tso', 'off')
  }
}

/** The sender has the first processor for itself, the receiver the others. */
function pinned(processors: string): readonly string[] {
  return cpus().length > 1 ? ['taskset', '-c', processors] : []
}

interface Probe {
  child: ChildProcess
  ended: Promise<SummaryRecord>
}

/** Resolves when it captures. */
async function startProbe(): Promise<Probe> {
  const probe = ['replay', '-i', 'r0', '--engine', values.engine, '--buffer', values.buffer]
  const words = [process.execPath, `${root}dist/src/main.js`, ...probe]
  const options = ['--rules', `${root}rules/newspaper.yaml`, '--json', '--only', 'usage', '-v']
  const rest = pinned(`1-${cpus().length - 1}`)
  const [program = '', ...args] = [...enter, ...rest, ...words, ...options]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  const ended = new Promise<SummaryRecord>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.on('close', code => {
      if (code !== 0) reject(new Error(`replay -i ended with ${code}: ${err}`))
      else resolve(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as SummaryRecord)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
      if (err.includes('tollgate: capturing')) resolve()
    })
    ended.catch(reject)
  })
  return { child, ended }
}

/** Packets sent, and how many a second. */
function send(path: string, packets: number, rate: string): { sent: number; perSecond: number } {
  const speed = rate === 'top' ? ['--topspeed'] : [`--pps=${Number(rate) * 1000}`]
  const aim = rate === 'top' ? 600_000 : Number(rate) * 1000
  const limit = Math.round(aim * Number(values.seconds))
  const loops = Math.ceil(limit / packets)
  const words = [
    'tcpreplay',
    '-q',
    '-K',
    '-i',
    's0',
    ...speed,
    `--limit=${limit}`,
    `--loop=${loops}`,
  ]
  const text = inside(...pinned('0'), ...words, path)
  return {
    sent: Number(/Successful packets:\s+(\d+)/.exec(text)?.[1]),
    perSecond: Number(/Rated:.* ([\d.]+) pps/.exec(text)?.[1]),
  }
}

async function measure(path: string, packets: number, rate: string): Promise<number> {
  const probe = await startProbe()
  const { sent, perSecond } = send(path, packets, rate)
  probe.child.kill('SIGINT')
  const { frames, interfaces } = await probe.ended
  const [one] = interfaces ?? []
  const kernel = one?.kernel_drops
  const known = frames + (kernel ?? 0) + (one?.interface_drops ?? 0) + (one?.queue_drops ?? 0)
  const columns = [
    `${(perSecond / 1000).toFixed(0)} k/s`.padStart(9),
    String(sent).padStart(10),
    String(frames).padStart(10),
    String(kernel ?? '?').padStart(9),
    String(one?.interface_drops ?? '?').padStart(9),
    String(one?.queue_drops ?? '?').padStart(9),
    String(sent - known).padStart(9),
    `${(((sent - frames) / sent) * 100).toFixed(2)} %`.padStart(9),
  ]
  console.log(columns.join(' '))
  return frames === sent ? perSecond : 0
}

const { path, truth } = ensureCapture(shapeOf({ ...values, packets: values.packets ?? '1000000' }))
console.log(`${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log(
  `${truth.packets} packets of ${Math.round(truth.octets / truth.packets)} octets on average, in a loop; ${values.seconds} s each`,
)
try {
  makeWire()
  console.log('  offered       sent   captured    kernel interface     queue   unknown      lost')
  let best = 0
  for (const rate of values.rates.split(','))
    best = Math.max(best, await measure(path, truth.packets, rate))
  console.log(`highest rate without loss: ${(best / 1000).toFixed(0)} k packets/s`)
} finally {
  run('ip', ['netns', 'del', namespace])
}
