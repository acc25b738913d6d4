/** `--threads` as users type it, with real threads: the output of one thread to the octet, for every command and
 * form, and for input that is packed, cut, damaged, in several files or can be read only once. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { inProcess, shell, tollgate } from '../cli/program.js'
import { inTurns, otherCaptures, ownCaptures, sharedFolder } from './shared-run.js'

t.setTimeout(600_000)

const folder = mkdtempSync(join(tmpdir(), 'tollgate-threads-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const newspaper = 'captures/newspaper.pcap'
const octets = readFileSync(ownCaptures.find(path => path.endsWith('/newspaper.pcap')) ?? '')

/** Same output, messages and exit code. */
async function same(t: Test, args: readonly string[], threads = 2): Promise<void> {
  const one = await inProcess(args)
  const several = await inProcess([...args, '--threads', String(threads)])
  t.strictSame(several, one, [...args.map(text => basename(text)), threads].join(' '))
}

/** The same with parts that take turns in this thread: quicker by the start of the threads. */
async function sameInTurns(t: Test, args: readonly string[], threads: number): Promise<void> {
  const one = await inProcess(args)
  const several = await inProcess([...args, '--threads', String(threads)], { startShard: inTurns })
  t.strictSame(several, one, [...args.map(text => basename(text)), threads].join(' '))
}

const allTypes = 'flow,transaction,usage,session,subscriber,finding'

/** What the commands are asked of a capture, as text and for machines. */
const forms: readonly ((path: string) => string[])[] = [
  path => ['replay', path],
  path => ['replay', path, '--json', '--reveal', '--only', allTypes],
  path => ['flows', '-r', path],
  path => ['flows', '-r', path, '--json', '--plain-ip'],
  path => ['subs', '-r', path],
  path => ['subs', '-r', path, '--json'],
  path => ['replay', path, '--plain-ip'],
  path => ['flows', '-r', path, '--csv', '--dedupe', 'off'],
  path => ['why', '-r', path, '6'],
  path => ['why', '-r', path, '6', '--json', '--all'],
]

/** Two forms of each capture: one for people, one for machines. */
async function twoForms(t: Test, paths: readonly string[]): Promise<void> {
  for (const [i, path] of paths.entries()) {
    const first = (i * 2) % forms.length
    for (const form of forms.slice(first, first + 2)) {
      await sameInTurns(t, form(path), 2 + (i % 2))
    }
  }
}

t.test('every command and form of a capture that has everything', async t => {
  const more = [
    ['replay', newspaper, '--limit', '3'],
    ['replay', newspaper, '--json', '--limit', '5'],
    ['replay', newspaper, '-Y', 'server_port == 9203'],
    ['replay', newspaper, '--json', '-Y', 'verdict == CHRG', '--fields', 'flow,host,verdict'],
    ['replay', newspaper, '-c', '100', '--json'],
    ['replay', newspaper, '-c', '0'],
    ['replay', newspaper, '--since', '01:30', '--utc'],
    ['replay', newspaper, '--json', '--until', '-10s'],
    ['replay', newspaper, '--profile', 'ugw', '--json'],
    ['replay', newspaper, '-q'],
    ['replay', newspaper, '-v', '--rules', 'rules/newspaper-extended.yaml'],
    ['flows', '-r', newspaper, '--sort', '-bytes', '--limit', '4', '--json'],
    ['flows', '-r', newspaper, '--ue-pool', '10.0.0.0/8'],
    ['subs', '-r', newspaper, '460011234567890'],
    ['subs', '-r', newspaper, '999999999999999'],
    ['why', '-r', newspaper, '133'],
    ['why', '-r', newspaper, '133', '--json', '--all'],
    ['why', '-r', newspaper, '133', '--rules', 'rules/newspaper-extended.yaml'],
    ['why', '-r', newspaper, '2'],
    ['replay', newspaper, '--strict', '--json'],
  ]
  for (const form of forms) await same(t, form(newspaper), 3)
  for (const args of more) await sameInTurns(t, args, 2)
})

t.test('every capture of the project, in two forms each', async t => {
  await twoForms(t, ownCaptures)
})

t.test('captures of other projects and of the laboratory, in two forms each', async t => {
  if (!existsSync(sharedFolder)) {
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    t.comment('shared captures not here: not compared')
    return
  }
  await twoForms(t, otherCaptures())
})

t.test('packed, cut, damaged, several files, a folder, no capture', async t => {
  const file = (name: string, content: Uint8Array | string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const gz = file('packed.pcap.gz', gzipSync(octets))
  const cut = file('cut.pcap', octets.subarray(0, Math.floor(octets.length / 2)))
  const cutGz = file('cut.pcap.gz', gzipSync(octets).subarray(0, -500))
  const damaged = Uint8Array.from(octets)
  damaged.fill(0xff, octets.length >> 1, (octets.length >> 1) + 64)
  const whole = file('whole.pcap', octets)
  execFileSync('zstd', ['-q', whole])
  const json = ['--json', '--only', allTypes]
  await same(t, ['replay', gz, ...json])
  await same(t, ['replay', `${whole}.zst`, ...json])
  await same(t, ['replay', cut, ...json])
  await same(t, ['replay', cutGz, ...json])
  await same(t, ['replay', file('damaged.pcap', damaged)])
  await same(t, ['replay', file('empty.pcap', octets.subarray(0, 24))])
  await same(t, ['replay', file('notes.txt', 'no capture')])
  await same(t, ['replay', join(folder, 'missing.pcap')])
  await same(t, ['replay', newspaper, 'captures/dns.pcap', 'captures/gtpv2.pcap', ...json])
  await same(t, ['replay', 'captures', ...json], 3)
})

t.test('what can be read only once is read by one thread, and that is said', async t => {
  const note = (what: string) => `tollgate: ${what} can be read only once: one thread\n`
  const want = await inProcess(['replay', newspaper, '--json', '--only', allTypes])
  const args = ['--json', '--only', allTypes, '--threads', '2']
  const piped = await tollgate(['replay', '-', ...args], { stdin: octets })
  t.strictSame(piped, { ...want, err: note('-') })
  const quiet = await tollgate(['replay', '-', ...args, '-q'], { stdin: octets })
  t.equal(quiet.err, '')
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  const line = `cat ${newspaper} > '${fifo}' & tollgate replay '${fifo}' ${args.join(' ')}`
  t.strictSame(await shell(line), { ...want, err: note(fifo) })
  const auto = await tollgate(['replay', '-', '--threads', 'auto'], { stdin: octets })
  t.equal(auto.err, '', 'auto takes what there is')
})

t.test('a bound of the whole run is kept by one thread, and that is said', async t => {
  const args = ['flows', '-r', newspaper, '--max-flows', '4']
  const one = await inProcess(args)
  const err = `tollgate: --max-flows bounds the whole run: one thread\n${one.err}`
  t.strictSame(await inProcess([...args, '--threads', '2']), { ...one, err })
})

t.test('how many', async t => {
  const asked = async (text: string) =>
    await inProcess(['flows', '-r', newspaper, '--threads', text])
  const one = await asked('1')
  t.equal(one.code, 0)
  t.strictSame(await asked('auto'), one)
  t.strictSame(await asked('5'), one)
  for (const text of ['0', '65', '-1', '1.5', 'many', '2 ']) {
    const run = await asked(text)
    t.equal(run.code, 2, text)
    t.match(run.err, /is not auto or a number from 1 to 64/)
  }
  const other = await inProcess(['dissect', newspaper, '--threads', '2'])
  t.equal(other.err.split('\n')[0], 'tollgate: option --threads does not go with dissect')
})

t.test('the reader leaves, the disk is full', async t => {
  const gone = await shell(
    `tollgate replay captures --json --only flow --threads 2 | head -n 1; echo "\${PIPESTATUS[0]}"`,
  )
  t.equal(gone.err, '')
  t.match(gone.out, /^\{.*\}\n0\n$/)
  if (existsSync('/dev/full')) {
    const full = await shell(`tollgate replay ${newspaper} --threads 2 > /dev/full`)
    t.equal(full.code, 6)
    t.equal(full.err, 'tollgate: standard output: no space left after 0 MB\n')
  }
})
