/** Who may import whom. The table is the architecture: octets do not know of rules, rules do not know of
 * packets, and only the pipeline and the commands know every stage. */

import { posix } from 'node:path'
import t from 'tap'
import { type SourceFile, sources } from './sources.js'

/** Folder of src/ -> folders that it may import, besides itself. */
const may: Record<string, readonly string[]> = {
  wire: [],
  record: [],
  source: ['wire', 'record'],
  synth: ['wire', 'record'],
  dissect: ['wire'],
  session: ['wire', 'dissect'],
  flow: ['wire', 'dissect', 'record'],
  inspect: ['wire', 'dissect', 'record'],
  rules: ['record'],
  rating: ['record'],
  notify: ['record'], // cases come as records; how to tell a subscriber is its own matter
  products: ['record', 'rules', 'rating'],
  charging: ['wire', 'record', 'source'],
  cases: ['record', 'rules'],
  masking: ['wire', 'dissect', 'inspect', 'record', 'source'],
  renewal: ['record'],
  feed: ['record'],
  // a run as it is seen: asks the run through an interface of its own, so that a screen needs no packets
  view: ['record'],
  // sockets, state, metrics: what makes a view a service
  daemon: ['record', 'view'],
  dashboard: ['record'],
}

/** Folders for which src/pipeline.ts and its parts in src/pipeline/ are the meeting place. */
const stages = Object.keys(may)

function layerOf(path: string): string {
  const parts = path.split('/')
  return parts.length === 2 ? parts[1]!.replace('.ts', '') : parts[1]!
}

function allowed(layer: string): readonly string[] | 'anything' {
  if (layer === 'cli' || layer === 'main' || layer === 'tollgated') return 'anything'
  if (layer === 'pipeline') return stages
  return may[layer] ?? []
}

/** `src/flow/x.ts imports src/rules/y.js` for every import that the table does not allow. */
export function violations(files: readonly Pick<SourceFile, 'path' | 'code'>[]): string[] {
  const found: string[] = []
  for (const file of files) {
    const layer = layerOf(file.path)
    const allow = allowed(layer)
    if (allow === 'anything') continue
    for (const [, name] of file.code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const target = posix.normalize(posix.join(posix.dirname(file.path), name!))
      const to = layerOf(target.replace(/\.js$/, '.ts'))
      if (!target.startsWith('src/') || (to !== layer && !allow.includes(to))) {
        found.push(`${file.path} imports ${target}`)
      }
    }
  }
  return found
}

t.test('every import follows the table', async t => {
  const files = sources('src')
  t.ok(files.length > 0)
  t.strictSame(violations(files), [])
  const unknown = files
    .map(f => layerOf(f.path))
    .filter(l => allowed(l).length === 0 && !(l in may))
  t.strictSame([...new Set(unknown)], [], 'every folder of src/ is in the table')
})

t.test('the test can fail', async t => {
  const file = (path: string, code: string) => ({ path, code })
  const bad = [
    file('src/wire/a.ts', "import { x } from '../rules/rule-set.js'"),
    file('src/rules/a.ts', "import type { X } from '../flow/flow-table.js'"),
    file('src/flow/deep/a.ts', "export { x } from '../../session/subscriber.js'"),
    file('src/pipeline.ts', "const x = await import('./cli/replay.js')"),
    file('src/record/a.ts', "import '../pipeline.js'"),
    file('src/wire/b.ts', "import x from '../../test/run.js'"),
  ]
  for (const b of bad) t.equal(violations([b]).length, 1, `${b.path}: ${b.code}`)
  const good = [
    file('src/flow/a.ts', "import { x } from '../wire/fault.js'\nimport { y } from './b.js'"),
    file('src/cli/a.ts', "import { x } from '../pipeline.js'"),
    file('src/pipeline.ts', "import { x } from './rating/ledger.js'\nimport fs from 'node:fs'"),
  ]
  t.strictSame(violations(good), [])
})
