/** What 10,000 rules cost: to read, to compile, and to ask about a new flow or a new URL; and what `rules diff` costs beside one
 * replay of the same capture: `npm run bench:rules [-- --rules N --seed N --packets N --runs N]`. User time of the
 * process beside the clock: on a busy machine only that compares. */

import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseAddress } from '../src/rules/address.js'
import { RuleEngine } from '../src/rules/engine.js'
import { readRuleSet } from '../src/rules/parse.js'
import { findProfile } from '../src/rules/profile.js'
import type { AppFacts, FlowFacts } from '../src/rules/rule-facts.js'
import type { RuleSet } from '../src/rules/rule-set.js'
import { requestOf } from '../src/rules/visible.js'
import { Xorshift32 } from '../src/synth/xorshift.js'
import { runChild } from './child-run.js'
import { ensureCapture, shapeOf } from './make-capture.js'
import { median } from './replay-run.js'
import { ruleText, serverName } from './rule-text.js'

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    packets: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '5' },
  },
})
const count = Number(values.rules)
const seed = Number(values.seed)
/** Different flows and URLs that are asked about in turn. */
const asked = 20_000
const lookUps = 1_000_000

/** Seconds by the clock and of user time. */
function timed<T>(work: () => T): { result: T; clock: number; user: number } {
  const before = process.cpuUsage()
  const start = performance.now()
  const result = work()
  const clock = (performance.now() - start) / 1000
  return { result, clock, user: process.cpuUsage(before).user / 1e6 }
}

function setOf(text: string): RuleSet {
  const { set, problems } = readRuleSet('bench.yaml', [{ file: 'bench.yaml', text }])
  if (set === undefined) throw new Error(problems[0]?.text ?? '')
  return set
}

function flows(random: Xorshift32): FlowFacts[] {
  const ue = address('10.161.0.1')
  return Array.from({ length: asked }, () => ({
    server: address(`10.${random.below(256)}.${random.below(256)}.${random.below(256)}`),
    ue,
    protocol: random.chance(0.2) ? 17 : 6,
    port: [80, 443, 8080, 9201][random.below(4)] ?? 80,
    timeUs: 0,
    apn: undefined,
    rat: undefined,
    imsi: undefined,
    servingPlmn: undefined,
    roaming: undefined,
  }))
}

function address(text: string): NonNullable<ReturnType<typeof parseAddress>> {
  const words = parseAddress(text)
  if (words === undefined) throw new RangeError(text)
  return words
}

function requests(random: Xorshift32): AppFacts[] {
  return Array.from({ length: asked }, (_, i) => ({
    ...requestOf(`http://www.${serverName(random)}/p${i}/a/page.html?item=${random.below(1e6)}`),
    app: 'http' as const,
  }))
}

function report(what: string, figure: string, clock: number, user: number, aim: string): void {
  const seconds = (n: number) => `${n.toFixed(2)} s`.padStart(9)
  console.log(`${what.padEnd(44)}${figure.padStart(14)}${seconds(clock)}${seconds(user)}  ${aim}`)
}

/** Look-ups a second of user time, the best of some rounds after a first one. */
function askAll(what: string, ask: (i: number) => number): void {
  let matched = 0
  const round = () => {
    matched = 0
    for (let i = 0; i < lookUps; i++) if (ask(i % asked) >= 0) matched++
  }
  round()
  const rounds = Array.from({ length: 3 }, () => timed(round))
  const { clock, user } = rounds.reduce((best, one) => (one.user < best.user ? one : best))
  const rate = `${(lookUps / Math.min(clock, user) / 1000).toFixed(0)} k/s`
  const share = ((100 * matched) / lookUps).toFixed(0)
  report(`${what} (${share} % match)`, rate, clock, user, '300 k/s')
}

console.log(
  `${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)}`,
)
console.log(
  `${''.padEnd(44)}${'figure'.padStart(14)}${'clock'.padStart(9)}${'user'.padStart(9)}  aim`,
)

const article = findProfile('article')
if (article === undefined) throw new RangeError('article')
const random = new Xorshift32(seed)
for (const [what, level1, rows] of [
  ['half of each level', count / 2, count / 2],
  ['level 1', count - 1, 1],
  ['rows of a table', 1, count - 1],
] as const) {
  const text = ruleText(level1, rows, seed)
  const read = timed(() => setOf(text))
  report(`read the file of ${count} rules, ${what}`, '', read.clock, read.user, '')
  const compiled = timed(() => new RuleEngine(read.result, article))
  report(`compile ${count} rules, ${what}`, '', compiled.clock, compiled.user, '1 s')
  const engine = compiled.result
  if (level1 > 1) {
    const facts = flows(random)
    askAll(`new flow, ${what}`, i => engine.level1(facts[i]!))
  }
  if (rows > 1) {
    const facts = requests(random)
    const owner = engine.set.level1.findIndex(rule => rule.table >= 0)
    if (owner >= 0) askAll(`new URL, ${what}`, i => engine.level2(owner, facts[i]!))
  }
}

const { path } = ensureCapture(shapeOf({ packets: values.packets }))
const root = fileURLToPath(new URL('../../', import.meta.url))
const program = `${root}dist/src/main.js`
const [a, b] = [`${root}rules/newspaper.yaml`, `${root}rules/newspaper-extended.yaml`]
const commands = {
  replay: [program, 'replay', path, '--rules', a, '--json', '--only', 'usage'],
  diff: [program, 'rules', 'diff', a, b, '-r', path],
}
const runs: Record<keyof typeof commands, [clock: number, cpu: number][]> = { replay: [], diff: [] }
for (let n = 0; n < Number(values.runs); n++) {
  for (const name of ['replay', 'diff'] as const) {
    const ran = await runChild(process.execPath, commands[name], false)
    if (ran !== undefined) runs[name].push([ran.seconds, ran.cpuSeconds])
  }
}
const of = (name: keyof typeof commands, i: 0 | 1) => median(runs[name].map(one => one[i]))
report(`replay of ${values.packets} packets`, '', of('replay', 0), of('replay', 1), '')
const ratio = of('diff', 1) / of('replay', 1)
report('rules diff of the same', `${ratio.toFixed(2)} of it`, of('diff', 0), of('diff', 1), '1.30')
