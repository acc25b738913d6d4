/** Rules of CONTRIBUTING.md that no linter knows: sizes, no throw in decoders, no clock, no chance, nothing
 * silenced, nothing left for later. */

import { existsSync, readdirSync } from 'node:fs'
import t from 'tap'
import { linesWith, root, sources } from './sources.js'

const src = sources('src')
const everything = [...src, ...sources('test'), ...sources('bench')]
const maxLines = 350

t.test('files of src/ have at most 350 lines', async t => {
  const long = src
    .map(file => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter(file => file.lines > maxLines)
  t.strictSame(long, [], 'split by idea')
})

t.test('a file begins by saying what it is', async t => {
  const silent = src.filter(file => !/^(#!.*\n)?\/\*\* \S/.test(file.text)).map(file => file.path)
  t.strictSame(silent, [])
})

t.test('file names are kebab-case and say something', async t => {
  const names = everything.map(file => file.path)
  t.strictSame(
    names.filter(path => !/^[a-z0-9/.-]+\.ts$/.test(path)),
    [],
  )
  t.strictSame(
    names.filter(path => /\b(utils?|helpers?|common|misc)\.ts$|\/index\.ts$/.test(path)),
    [],
  )
})

function nowhere(name: string, pattern: RegExp, files = everything): void {
  t.test(name, async t => {
    t.strictSame(
      files.flatMap(file => linesWith(file, pattern)),
      [],
    )
  })
}

nowhere('no default export', /^export default\b|\bas default\b/)
nowhere('no enum, no namespace', /^(export )?(declare )?(const )?(enum|namespace) /, src)
nowhere(
  'decoders never throw',
  /\bthrow\b/,
  src.filter(file => file.path.startsWith('src/wire/')),
)
nowhere(
  'time comes from the packet, chance from a seed',
  /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)/,
  src.filter(file => !/^src\/(cli|daemon|source\/live)\//.test(file.path)),
)
nowhere('no chance in tests either', /\bMath\.random\(/)
nowhere('regexes of rule files do not run on the engine of V8', /\bnew RegExp\(/, src.filter(rules))

function rules(file: { path: string }): boolean {
  return file.path.startsWith('src/rules/')
}

t.test('nothing silenced, nothing left for later', async t => {
  // written in two parts so that this file does not find itself
  const marks = [
    '@ts-' + 'ignore',
    '@ts-' + 'expect-error',
    '@ts-' + 'nocheck',
    'biome-' + 'ignore',
  ]
  marks.push('oxlint-' + 'disable', 'eslint-' + 'disable', 'TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X:')
  const found = everything.flatMap(file =>
    marks.filter(mark => file.text.includes(mark)).map(mark => `${file.path}: ${mark}`),
  )
  t.strictSame(found, [])
  const empty = everything.filter(file => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(file.code))
  t.strictSame(
    empty.map(file => file.path),
    [],
    'no swallowed errors',
  )
  t.strictSame(
    everything.filter(file => file.text.includes('/' + 'work/')).map(file => file.path),
    [],
    'no path of one machine',
  )
})

t.test('every test file is in the list of its area', async t => {
  for (const area of readdirSync(`${root}/test`, { withFileTypes: true })) {
    const files = sources('test').filter(file => file.path.startsWith(`test/${area.name}/`))
    const tests = files.filter(file => file.path.endsWith('.test.ts'))
    if (tests.length === 0) continue
    const list = files.find(file => file.path === `test/${area.name}/all.ts`)
    const missing = tests.filter(file => {
      const name = file.path.slice(`test/${area.name}/`.length).replace(/\.ts$/, '.js')
      return !list?.code.includes(`import './${name}'`)
    })
    t.strictSame(
      missing.map(file => file.path),
      [],
      area.name,
    )
  }
})

t.test('the top level holds what it should', async t => {
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', '.ci/run']) {
    t.ok(existsSync(`${root}/${name}`), name)
  }
})
