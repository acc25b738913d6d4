/** `npm run captures`: makes every capture, its truth file, the JSON Schema of scenarios and the table
 * of captures/README.md again. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runSynth } from '../../src/synth/run-synth.js'
import { scenarioJsonSchema } from '../../src/synth/schema-keys.js'
import { captureSet, capturesFolder } from './capture-set.js'
import { readmeFile, withTable } from './captures-table.js'

const files = captureSet()
for (const { scenario, capture, truth } of files) {
  const result = runSynth({ scenario, out: capture, truthOut: truth })
  console.log(`${relative('.', capture)}  ${result.truth.frames} frames  ${result.octets} octets`)
}
const schema = `${JSON.stringify(scenarioJsonSchema(), null, 1)}\n`
writeFileSync(join(capturesFolder, 'scenario.schema.json'), schema)
writeFileSync(readmeFile, withTable(readFileSync(readmeFile, 'utf8'), files))
