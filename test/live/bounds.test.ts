/** Options of a live capture that contradict each other or say nothing, and tools that are not there. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { findEngine } from '../../src/source/live/find-engine.js'
import { LiveFailure } from '../../src/source/live/live-failure.js'
import { inProcess } from '../cli/program.js'
import { installed } from './link.js'

const wrong: readonly (readonly [args: readonly string[], message: string])[] = [
  [['replay', 'x.pcap', '-i', 'lo'], 'replay: files and -i exclude each other'],
  [['flows', '-r', 'x.pcap', '-i', 'lo'], 'flows: files and -i exclude each other'],
  [['replay', 'x.pcap', '-f', 'tcp'], '--capture-filter needs -i IF'],
  [['replay', 'x.pcap', '--keep', '/nowhere'], '--keep needs -i IF'],
  [['replay', 'x.pcap', '-a', 'packets:1'], '--autostop needs -i IF'],
  [['flows', '-r', 'x.pcap', '--follow'], '--follow needs -i IF'],
  [['flows', '-i', 'lo', '--follow', '--sort', 'ts'], '--follow and --sort exclude each other'],
  [['replay', '-i', 'lo', '-b', 'files:3'], '--ring needs --keep DIR'],
  [['replay', '-i', 'lo', '-s', '10'], '--snaplen: 10 is not between 256 and 262144'],
  [['replay', '-i', 'lo', '--buffer', '0'], '--buffer: 0 is not between 1 and 2097152'],
  [
    ['replay', '-i', 'lo', '-a', 'hours:1'],
    '--autostop: "hours:1" is not one of duration:N, packets:N, filesize:N',
  ],
  [
    ['replay', '-i', 'lo', '--keep', '/tmp', '-b', 'files:0'],
    '--ring: "files:0" is not one of files:N, filesize:N, duration:N',
  ],
  [
    ['replay', '-i', 'lo', '--engine', 'snort'],
    '--engine: "snort" is not one of auto, tcpdump, dumpcap, cap',
  ],
]

t.test('options that make no sense', async t => {
  for (const [args, message] of wrong) {
    const { code, err, out } = await inProcess(args)
    t.equal(code, 2, args.join(' '))
    t.equal(err.split('\n')[0], `tollgate: ${message}`)
    t.equal(out, '')
  }
})

t.test('a ring where nothing can be written', async t => {
  const { code, err } = await inProcess(['replay', '-i', 'lo', '--keep', '/proc/none'])
  t.equal(code, 2)
  t.match(err, /^tollgate: \/proc\/none: cannot keep packets there \(E/)
})

t.test('the program is found, or it is said how to get it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-path-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'dumpcap')
  writeFileSync(program, '', { mode: 0o644 })
  t.not(findDumpcap(folder), program, 'it cannot be run')
  t.throws(() => findEngine('auto', folder, []), {
    trouble: 'permission',
    message: `${program}: you may not run it`,
    hint: /member of its group/,
  })
  writeFileSync(join(folder, 'tcpdump'), '', { mode: 0o755 })
  chmodSync(program, 0o755)
  t.equal(findDumpcap(folder), program)
  t.match(findEngine('auto', folder), { name: 'tcpdump', program: join(folder, 'tcpdump') })
  t.throws(() => findEngine('auto', join(folder, 'none'), []), {
    trouble: 'tool',
    message: 'live capture: neither tcpdump nor dumpcap is installed',
  })
  for (const name of installed(['cap'])) {
    t.match(findEngine(name), { name: 'cap', program: process.execPath })
  }
})

function findDumpcap(path: string): string {
  try {
    return findEngine('dumpcap', path).program
  } catch (error) {
    return error instanceof LiveFailure ? error.message : String(error)
  }
}
