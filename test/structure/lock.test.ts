/** `npm ci` stops with EUSAGE when the lock leaves out an optional package of another platform, which
 * happens when it is written where only one platform's packages are served. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { root } from './sources.js'

interface Locked {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

t.test('the lock names every optional package', async t => {
  const lock: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync(`${root}/package-lock.json`, 'utf8'),
  )
  const missing: string[] = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      const inside = `${path}/node_modules/${name}`
      if (!(inside in lock.packages) && !(`node_modules/${name}` in lock.packages)) {
        missing.push(`${path} -> ${name}`)
      }
    }
  }
  t.strictSame(missing, [])
})

t.test(
  'nothing is installed that the manifest does not ask for, and nothing is left out',
  async t => {
    const lock: { packages: Record<string, Record<string, unknown>> } = JSON.parse(
      readFileSync(`${root}/package-lock.json`, 'utf8'),
    )
    const manifest: Record<string, unknown> = JSON.parse(
      readFileSync(`${root}/package.json`, 'utf8'),
    )
    for (const key of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      t.strictSame(lock.packages['']?.[key], manifest[key], key)
    }
  },
)
