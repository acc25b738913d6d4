/** Writes the screens of test/dashboard/screens/ anew: look at the difference before it is committed. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { root } from '../helpers/run.js'
import { screenText, sizes, ways } from './screens.js'

mkdirSync(`${root}/test/dashboard/screens`, { recursive: true })
for (const [name, keys] of Object.entries(ways)) {
  for (const [width, height] of sizes) {
    const text = await screenText(keys, width, height)
    writeFileSync(`${root}/test/dashboard/screens/${name}-${width}x${height}.txt`, text)
  }
}
