/** Time that `rules check` takes for rule files of some sizes: `npm run bench:lint`. Half of each file are
 * level-1 rules (prefixes and ports), half are rows of four kinds: names, URL beginnings, globs,
 * words. Charges alternate, so that order matters wherever rules overlap. */

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { checkReading } from '../src/rules/check.js'
import { readRuleSet } from '../src/rules/parse.js'
import { Xorshift32 } from '../src/synth/xorshift.js'

const { values } = parseArgs({
  options: { rules: { type: 'string', default: '200,2000,10000' }, seed: { type: 'string' } },
})

function level1(random: Xorshift32, i: number): string {
  const octets = [10, random.below(256), random.below(256), 0]
  const bits = 16 + 4 * random.below(3)
  const mask =
    bits === 16 ? [255, 255, 0, 0] : bits === 20 ? [255, 255, 240, 0] : [255, 255, 255, 0]
  const server = `${octets.map((octet, n) => octet & (mask[n] ?? 0)).join('.')}/${bits}`
  const port = [80, 443, 8080, 9200 + random.below(4)][random.below(4)]
  const protocol = port === undefined || port < 9200 ? 'tcp' : 'udp'
  const table = random.chance(0.5) ? ', level2: t' : ''
  return `  - {id: ${i}, precedence: ${i}, match: {server: ${server}, protocol: ${protocol}, port: ${port}}, charge: ${1 + random.below(3)}${table}}`
}

function row(random: Xorshift32, i: number): string {
  const name = `s${random.below(100_000)}.operator${random.below(50)}.example`
  const match = [
    `{host: {suffix: ${name}}}`,
    `{url: "http://${name}/p${i}/*"}`,
    `{url: "http://*.${name}/*"}`,
    `{url: "*word${i}*"}`,
  ][i % 4]
  return `    - {precedence: ${i}, match: ${match}, charge: ${1 + random.below(3)}}`
}

function ruleText(count: number, seed: number): string {
  const random = new Xorshift32(seed)
  const half = Array.from({ length: count / 2 }, (_, i) => i)
  return [
    'ruleset: bench\nversion: "1"\nprofile: article\nproxies: [10.0.0.172]\nlevel1:',
    ...half.map(i => level1(random, i)),
    'level2:\n  t:',
    ...half.map(i => row(random, i)),
    'charges: {1: {tariff: free}, 2: {tariff: charged}, 3: {tariff: free}, 4: {tariff: charged}}',
    'default: 4',
  ].join('\n')
}

console.log(`${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log('rules    read s   lint s    CPU s  findings')
for (const text of values.rules.split(',')) {
  const count = Number(text)
  const file = ruleText(count, Number(values.seed ?? 1))
  const before = process.cpuUsage()
  const start = performance.now()
  const reading = readRuleSet('bench.yaml', [{ file: 'bench.yaml', text: file }])
  const read = performance.now()
  const { findings } = checkReading(reading)
  const end = performance.now()
  const { user } = process.cpuUsage(before)
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(2).padStart(8)
  const byId = new Map<string, number>()
  for (const { id } of findings) byId.set(id, (byId.get(id) ?? 0) + 1)
  const counts = [...byId].map(([id, n]) => `${id} ${n}`).join(', ')
  const cpu = (user / 1e6).toFixed(2).padStart(8)
  console.log(`${text.padEnd(6)} ${seconds(start, read)} ${seconds(read, end)} ${cpu}  ${counts}`)
}
