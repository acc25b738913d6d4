/** `alerts --notify`: who is blocked is told once, by the settings of a file. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { inProcess } from '../cli/program.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-notices-'))
t.teardown(() => rmSync(folder, { recursive: true }))

function settings(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const given = ['alerts', '-r', 'captures/paid.pcap', '--events', 'captures/paid.jsonl']

t.test('once, in the language of the settings, to the number in the clear', async t => {
  const file = settings(
    'zh.yaml',
    'store: zh.db\nlanguage: zh\nchannel: {kind: file, path: zh.jsonl}\n',
  )
  const args = [...given, '--notify', file, '--packet-clock']
  t.match((await inProcess(args)).out, /^notices: 1 accepted {2}1 waiting$/m, 'and a follow-up')
  t.match((await inProcess(args)).out, /^notices: 1 accepted {2}1 waiting$/m, 'not twice')
  const lines = readFileSync(join(folder, 'zh.jsonl'), 'utf8').trimEnd().split('\n')
  t.equal(lines.length, 1)
  const sent: unknown = JSON.parse(lines[0] ?? '')
  t.match(sent, { kind: 'first', cause: 'C8', msisdn: '8613012342102', text: /^您已成功续订流量/ })
  t.notMatch((await inProcess(args)).out, /8613012342102/, 'masked where people see it')
})

t.test('nobody is told today of a capture of long ago', async t => {
  const file = settings('now.yaml', 'store: now.db\nchannel: {kind: file, path: now.jsonl}\n')
  t.match((await inProcess([...given, '--notify', file])).out, /^notices: none$/m)
})

t.test('settings that are wrong', async t => {
  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ['store: a.db\n', /channel/],
    ['store: a.db\nchannel: {kind: pigeon}\n', /a\d*\.yaml:2:\d+: .*kind/],
    ['store: a.db\nchannel: {kind: file, path: x}\nstroe: 1\n', /unknown key "stroe"/],
    [
      'store: a.db\nchannel: {kind: file, path: x}\nquiet: {from: 25h, to: "08:00", time_zone: UTC}\n',
      /a\d*\.yaml:3:\d+: .*HH:MM/,
    ],
    [
      'store: a.db\nchannel: {kind: webhook, url: "http://127.0.0.1/", secret_file: none}\n',
      /none: ENOENT/,
    ],
  ]
  for (const [i, [text, message]] of wrong.entries()) {
    const { code, err } = await inProcess([...given, '--notify', settings(`a${i}.yaml`, text)])
    t.equal(code, 3, text)
    t.match(err, message)
  }
  const { code, err } = await inProcess([...given, '--packet-clock'])
  t.equal(code, 2)
  t.match(err, /--packet-clock needs --notify/)
})
