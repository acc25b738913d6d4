/** What the arguments name, and what is said of those that name no capture. */

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { openFailure } from '../../src/source/capture-file.js'
import { matches } from '../../src/source/path-list.js'
import { pcap, testFrame } from './capture-octets.js'
import { pathOf, read, readPiped, refusal, write } from './read-all.js'

const one = (i: number): Uint8Array => pcap([testFrame(i, 10)])
const notOne = 'not a capture file (pcap, pcapng, .gz, .zst)'

t.test('inputs that cannot be read', async t => {
  t.equal(await refusal(pathOf('x.pcap')), 'x.pcap: no such file')
  t.equal(await refusal(write('notes.txt', 'hello world, this is text')), `notes.txt: ${notOne}`)
  t.equal(await refusal(write('notes.gz', gzipSync('hello world'))), `notes.gz: ${notOne}`)
  t.equal(await refusal(write('empty.pcap', '')), `empty.pcap: ${notOne}`)
  t.equal(
    await refusal(write('three.pcap', Uint8Array.of(0xd4, 0xc3, 0xb2))),
    `three.pcap: ${notOne}`,
  )
  t.equal(await refusal(write('empty.gz', gzipSync(''))), `empty.gz: ${notOne}`)
  t.equal(await refusal('/dev/null'), `/dev/null: ${notOne}`)
  t.equal(await refusal(`${write('f.pcap', one(1))}/x.pcap`), 'f.pcap/x.pcap: no such file')
  t.equal(await refusal([]), 'no capture given')
  t.equal(await refusal(['-', '-']), '-: given twice')
  const good = write('good.pcap', one(1))
  t.equal(await refusal([good, pathOf('y.pcap')]), 'y.pcap: no such file')
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' })
  t.equal(openFailure('x.pcap', denied).message, 'x.pcap: permission denied')
  const odd = Object.assign(new Error('EIO'), { code: 'EIO' })
  t.equal(openFailure('x.pcap', odd).message, 'x.pcap: cannot be opened (EIO)')
})

t.test('a directory stands for its captures', async t => {
  mkdirSync(pathOf('bare/inner'), { recursive: true })
  writeFileSync(pathOf('bare/notes.txt'), 'not a capture')
  writeFileSync(pathOf('bare/void'), '')
  t.equal(await refusal(pathOf('bare')), 'bare: is a directory with no captures')
  write('day/b.pcap', one(2))
  write('day/a.pcap.gz', gzipSync(one(1)))
  write('day/c.cut', one(3).subarray(0, 20))
  write('day/README', 'nothing')
  const { frames, status } = await read(pathOf('day'))
  t.equal(frames.length, 2)
  t.equal(status.name, 'a.pcap.gz and 2 more')
  t.match(status.damage, [/c\.cut: cut short in the file header/])
})

t.test('a damaged capture among others is told, and the others are read', async t => {
  write('mix/a.pcap', one(1))
  write('mix/b.pcap', 'no capture at all, although its name says so')
  write('mix/notes.txt', 'not a capture')
  const folder = await read(pathOf('mix'))
  t.equal(folder.frames.length, 1)
  t.match(folder.status.damage, [/mix\/b\.pcap: not a capture file/])
  t.equal(folder.status.damage.length, 1, 'a note is none')
  const named = await read([pathOf('mix/b.pcap'), pathOf('mix/a.pcap')])
  t.equal(named.frames.length, 1)
  t.match(named.status.damage, [/b\.pcap: not a capture file/])
  write('bad/b.pcap', 'none')
  write('bad/c.pcapng.gz', 'none')
  t.match(await refusal(pathOf('bad')), /b\.pcap: not a capture file .*; .*c\.pcapng\.gz: not/)
})

t.test('a pattern that the shell left alone', async t => {
  for (const i of [1, 2, 3]) write(`glob/d${i}/t${i}.pcap`, one(i))
  write('glob/d1/.hidden.pcap', one(9))
  t.equal((await read(pathOf('glob/d*/t?.pcap'))).frames.length, 3)
  t.equal((await read(pathOf('glob/d[1-2]/*.pcap'))).frames.length, 2)
  t.equal(await refusal(pathOf('glob/*.pcapng')), 'glob/*.pcapng: no such file')
  t.equal(await refusal(pathOf('glob/none*/x.pcap')), 'glob/none*/x.pcap: no such file')
  write('glob/[1].pcap', one(4))
  t.equal((await read(pathOf('glob/[1].pcap'))).frames.length, 1, 'a file of that very name')
})

t.test('matcher', t => {
  for (const [pattern, text, expected] of [
    ['*', '', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbb', false],
    ['*.pcap', 'x.pcap.gz', false],
    ['?x', 'x', false],
    ['[a-c]1', 'b1', true],
    ['[!a-c]1', 'b1', false],
    ['[!a-c]1', 'd1', true],
    ['[]x]', ']', true],
    ['[ab', '[ab', true],
    ['a[-z]', 'a-', true],
    ['', '', true],
    ['', 'a', false],
  ] as const) {
    t.equal(matches(pattern, text), expected, `${pattern} ${text}`)
  }
  t.notOk(matches(`${'*a'.repeat(40)}b`, 'a'.repeat(2000)), 'no exponential time')
  t.end()
})

t.test('standard input: pipe, nothing, text', async t => {
  t.equal((await readPiped(one(1), 7)).status.name, '-')
  await t.rejects(readPiped(new Uint8Array(0), 1), { message: `-: ${notOne}` })
  await t.rejects(readPiped(new TextEncoder().encode('some text'), 2), { message: `-: ${notOne}` })
})

t.test('a FIFO is read like a pipe', async t => {
  const fifo = pathOf('fifo')
  execFileSync('mkfifo', [fifo])
  const file = write('for-fifo.pcap', one(7))
  const writer = spawn('sh', ['-c', `cat '${file}' > '${fifo}'`])
  const { frames, status } = await read(fifo)
  t.equal(frames.length, 1)
  t.equal(status.octetsTotal, 0)
  writer.kill()
})
