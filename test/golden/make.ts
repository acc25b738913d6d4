/** `npm run golden`: writes the golden file of every capture, and takes away those of captures that are
 * gone. Read the difference before it is committed: every line of it is a changed answer. */

import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { openSource } from '../../src/source/open-source.js'
import { capturePath } from '../facts/capture-set.js'
import { folder, goldens, goldenText } from './golden.js'

for (const name of readdirSync(folder)) {
  if (name.endsWith('.ndjson') && !goldens.has(name)) rmSync(`${folder}/${name}`)
}
for (const [name, file] of goldens) {
  const source = await openSource([capturePath(file)])
  writeFileSync(`${folder}/${name}`, await goldenText(file, source))
  await source.close()
}
