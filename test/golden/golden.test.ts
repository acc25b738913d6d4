/** Every capture against its golden file, read from its file as a whole and handed over one frame at a time:
 * the same to the octet. `npm run golden` writes the files; a difference is reviewed before it is kept. */

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { capturePath } from '../facts/capture-set.js'
import { framesOf, MemorySource } from '../helpers/memory-source.js'
import { folder, goldens, goldenText } from './golden.js'

t.test('there is one golden file for each capture', async t => {
  const there = readdirSync(folder).filter(name => name.endsWith('.ndjson'))
  t.strictSame(there.sort(), [...goldens.keys()].sort(), 'npm run golden')
})

for (const [name, file] of goldens) {
  t.test(`${file}: whole and one frame at a time`, async t => {
    const golden = readFileSync(`${folder}/${name}`, 'utf8').split('\n')
    const path = capturePath(file)
    const source = await openSource([path])
    const whole = await goldenText(file, source)
    await source.close()
    t.strictSame(whole.split('\n'), golden, 'whole; npm run golden')
    const { frames, status } = await framesOf(path)
    const single = await goldenText(file, new MemorySource(frames, 1, status))
    t.strictSame(single.split('\n'), golden, 'one frame at a time')
  })
}
