/** What the fuzzer once found is kept in test/fuzz/corpus, and stays mended. A few new inputs for every
 * target show that the fuzzer itself still runs. */

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { execute } from '../fuzz/execute.js'
import { inputText, readInput } from '../fuzz/input-file.js'
import { loadMaterial } from '../fuzz/material.js'
import { chanceOf } from '../fuzz/target.js'
import { targetsOf } from '../fuzz/targets.js'
import { root } from '../helpers/run.js'

const folder = `${root}/test/fuzz/corpus`
const seed = 20141121
const inputs = 2

// only what is committed: the same on every machine
const targets = targetsOf(await loadMaterial(false))

for (const name of readdirSync(folder).sort()) {
  t.test(name, async t => {
    const kept = readInput(readFileSync(`${folder}/${name}`, 'utf8'))
    const target = targets.find(one => one.name === kept.target)
    t.ok(target, kept.target)
    if (target !== undefined) await t.resolves(execute(target, kept.input))
    t.strictSame(readInput(inputText(kept, 'again')), kept)
  })
}

t.test('warnings of libraries stay inside', async t => {
  const warnings: string[] = []
  const note = ({ message }: Error) => warnings.push(message)
  process.on('warning', note)
  const text = readFileSync(`${folder}/rules-mapping-as-key.hex`, 'utf8')
  const target = targets.find(one => one.name === 'text/rules')
  await target?.check(readInput(text).input)
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', note)
  t.strictSame(warnings, [])
})

t.test('some inputs for every target', { timeout: 120_000 }, async t => {
  const wrong: string[] = []
  for (const target of targets.filter(({ weight }) => weight > 0)) {
    for (let n = 0; n < inputs; n++) {
      const make = () => target.make(chanceOf(seed, target.name, n))
      t.strictSame(make(), make(), `${target.name}: the same chance, the same input`)
      try {
        await execute(target, make())
      } catch (error) {
        wrong.push(`${target.name} ${n}: ${error}`)
      }
    }
  }
  t.strictSame(wrong, [])
})
