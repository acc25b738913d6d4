/** What the documents promise about the code: every fault code explained, every link alive. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { faultCodeNames, layerNames } from '../../src/wire/fault.js'
import { root } from './sources.js'

function read(path: string): string {
  return existsSync(`${root}/${path}`) ? readFileSync(`${root}/${path}`, 'utf8') : ''
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
]
if (existsSync(`${root}/docs`)) {
  for (const name of readdirSync(`${root}/docs`)) {
    if (name.endsWith('.md')) documents.push(`docs/${name}`)
  }
}

t.test('every fault code has a line in the README', async t => {
  const readme = read('README.md')
  for (const name of faultCodeNames.slice(1)) t.match(readme, `\`${name}\``, name)
})

t.test('fault names are unique, so that a counter means one thing', async t => {
  t.equal(new Set(layerNames).size, layerNames.length)
  t.equal(new Set(faultCodeNames).size, faultCodeNames.length)
})

t.test('links between documents lead somewhere', async t => {
  for (const path of documents) {
    const text = read(path)
    const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(m => m[1]!)
    const dead = links.filter(l => !existsSync(`${root}/${posix.join(posix.dirname(path), l)}`))
    t.strictSame(dead, [], path)
  }
})
