/** The published JSON Schema is the one that the reader applies. To renew it:
 * `TOLLGATE_UPDATE_GOLDEN=1 node dist/test/rules/all.js`. */

import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { level1Conditions, level2Conditions } from '../../src/rules/condition/all.js'
import { ruleSetJsonSchema } from '../../src/rules/schema.js'
import { rulesFolder } from './rule-text.js'

const file = `${rulesFolder}ruleset.schema.json`

t.test('rules/ruleset.schema.json is up to date', async t => {
  const text = `${JSON.stringify(ruleSetJsonSchema(), null, 2)}\n`
  if (process.env.TOLLGATE_UPDATE_GOLDEN === '1') writeFileSync(file, text)
  t.equal(readFileSync(file, 'utf8'), text)
})

t.test('it names every key', async t => {
  const schema = JSON.stringify(ruleSetJsonSchema())
  for (const { key, doc } of [...level1Conditions, ...level2Conditions]) {
    t.ok(schema.includes(`"${key}":`), key)
    t.ok(schema.includes(JSON.stringify(doc)), doc)
  }
})
