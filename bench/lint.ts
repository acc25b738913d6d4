/** Time that `rules check` takes for rule files of some sizes: `npm run bench:lint`. Half of each file are
 * level-1 rules, half are rows (rule-text.ts). */

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { checkReading } from '../src/rules/check.js'
import { readRuleSet } from '../src/rules/parse.js'
import { ruleText } from './rule-text.js'

const { values } = parseArgs({
  options: { rules: { type: 'string', default: '200,2000,10000' }, seed: { type: 'string' } },
})

console.log(`${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log('rules    read s   lint s    CPU s  findings')
for (const text of values.rules.split(',')) {
  const count = Number(text)
  const file = ruleText(count / 2, count / 2, Number(values.seed ?? 1))
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
