/** Files: the capture beside its truth, nothing half. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { runSynth, truthFileOf } from '../../src/synth/run-synth.js'
import { ScenarioError } from '../../src/synth/scenario-error.js'

const scenario = `title: x
start: 2014-11-21T00:00:00Z
subscribers: {a: {imsi: "460010000000001"}}
steps: [{create: a}]
`

t.test('names', async t => {
  t.equal(truthFileOf('captures/x.pcap'), 'captures/x.truth.json')
  t.equal(truthFileOf('x.pcapng'), 'x.truth.json')
  t.equal(truthFileOf('x'), 'x.truth.json')
})

t.test('capture and truth', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'x.yaml')
  const out = join(folder, 'x.pcap')
  writeFileSync(file, scenario)
  const { truth, octets, truthFile } = runSynth({ scenario: file, out })
  t.equal(readFileSync(out).length, octets)
  t.equal(truth.scenario, 'x.yaml', 'no folder of this machine in the truth')
  t.strictSame(JSON.parse(readFileSync(truthFile ?? '', 'utf8')), truth)
  t.strictSame(readdirSync(folder).sort(), ['x.pcap', 'x.truth.json', 'x.yaml'])
  const other = runSynth({ scenario: file, out, truthOut: join(folder, 'other.json') })
  t.equal(other.truthFile, join(folder, 'other.json'))
})

t.test('a wrong scenario leaves no file', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'x.yaml')
  writeFileSync(file, 'title: x')
  t.throws(() => runSynth({ scenario: file, out: join(folder, 'x.pcap') }), ScenarioError)
  t.notOk(existsSync(join(folder, 'x.pcap')))
  t.throws(() => runSynth({ scenario: join(folder, 'none.yaml'), out: '-' }), { code: 'ENOENT' })
})
