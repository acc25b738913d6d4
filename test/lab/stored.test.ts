/** The stored captures of the laboratory: every step, counter, subscriber and context. */

import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { compare } from './compare.js'
import { readLabScenario } from './lab-scenario.js'
import { replay } from './replay.js'

const folder = fileURLToPath(new URL('../../../../shared/captures/lab', import.meta.url))

t.test('stored laboratory captures', async t => {
  if (!existsSync(folder)) {
    t.comment('shared captures of the laboratory not here: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'they are required')
    return
  }
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  t.ok(names.length >= 12)
  for (const name of names) {
    const lab = readLabScenario(`${folder}/${name}`)
    t.test(lab.scenario, async t => {
      for (const check of compare(lab, replay(`${folder}/${lab.pcap}`))) {
        t.ok(check.ok, check.name, { wanted: check.wanted, found: check.found })
      }
    })
  }
})
