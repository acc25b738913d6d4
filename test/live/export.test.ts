/** `tollgate export`: what is cut out is all of the flows, nothing else, and says the same when it is read. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { inProcess, type JsonRow, jsonLines, root } from '../cli/program.js'

const newspaper = 'captures/newspaper.pcap'
const outerFragments = 'captures/gtp-outer-ip-fragment.pcap'
const innerFragments = 'captures/inner-fragments.pcap'

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-export-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function flowsOf(path: string): Promise<JsonRow[]> {
  const { out } = await inProcess(['replay', path, '--json', '--only', 'flow', '--reveal'])
  return jsonLines(out).filter(row => row.type === 'flow')
}

/** Time and octets of each frame: enough to tell which frame of another capture it is. */
async function framesOf(path: string): Promise<string[]> {
  const source = await openSource([resolve(root, path)])
  const batch = new FrameBatch()
  const frames: string[] = []
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      const off = batch.off[i]!
      const octets = Buffer.from(batch.block.subarray(off, off + batch.caplen[i]!))
      frames.push(`${batch.timeUs[i]} ${batch.wirelen[i]} ${octets.toString('hex')}`)
    }
  }
  await source.close()
  return frames
}

/** What a flow's records say, whatever number it has. */
function facts(flow: JsonRow | undefined): object {
  const keys = ['imsi', 'ue', 'ue_port', 'server', 'server_port', 'url', 'verdict', 'rule_id']
  const counters = ['up_packets', 'down_packets', 'up_bytes', 'down_bytes', 'ts', 'end']
  return Object.fromEntries([...keys, ...counters].map(key => [key, flow?.[key]]))
}

t.test('each flow by itself, with its control messages', async t => {
  for (const capture of [newspaper, outerFragments, innerFragments]) {
    const out = join(folder(t), 'flow.pcapng')
    const whole = await framesOf(capture)
    for (const flow of await flowsOf(capture)) {
      const id = String(flow.flow)
      const args = ['export', '-r', capture, id, '--control', '-w', out, '--force', '-q']
      const { code, err, out: data } = await inProcess(args)
      t.equal(code, 0, `${capture} ${id}`)
      t.equal(err + data, '')
      const [cut, ...others] = await flowsOf(out)
      t.strictSame(others, [], 'no other flow')
      // without a session the nodes of other sessions told the direction
      if (flow.imsi !== undefined) t.strictSame(facts(cut), facts(flow))
      const frames = await framesOf(out)
      t.ok(
        frames.every(frame => whole.includes(frame)),
        'frames as they were',
      )
    }
  }
})

t.test('packets of one flow: those and no more', async t => {
  const out = join(folder(t), 'flow.pcapng')
  for (const flow of await flowsOf(newspaper)) {
    await inProcess(['export', '-r', newspaper, String(flow.flow), '-w', out, '--force'])
    const packets = Number(flow.up_packets) + Number(flow.down_packets)
    t.equal((await framesOf(out)).length, packets)
  }
})

t.test('by filter and time', async t => {
  const out = join(folder(t), 'x.pcapng')
  const charged = ['export', '-r', newspaper, '-Y', 'verdict == CHRG', '-w', out, '--force']
  const said = await inProcess(charged)
  t.match(said.err, /x\.pcapng: \d+ packets, .* of 8 flows\n$/)
  const flows = (await flowsOf(newspaper)).filter(flow => flow.verdict === 'CHRG')
  const packets = flows.reduce((sum, f) => sum + Number(f.up_packets) + Number(f.down_packets), 0)
  t.equal((await framesOf(out)).length, packets)
  const since = '2014-11-21T01:30:05Z'
  const timed = ['export', '-r', newspaper, '--since', since, '-w', out, '--force', '-q']
  t.equal((await inProcess(timed)).code, 0)
  const from = Date.parse(since) * 1000
  const times = (await framesOf(out)).map(frame => Number(frame.split(' ')[0]))
  t.ok(times.length > 10 && times.every(time => time >= from))
})

t.test('what cannot be', async t => {
  const path = folder(t)
  const out = join(path, 'x.pcapng')
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['-r', newspaper, '133'], 2, /export needs -w FILE/],
    [['-r', newspaper, '-w', out], 2, /export needs flows, -Y, --since or --until/],
    [['-r', newspaper, 'x', '-w', out], 2, /"x" is not the number of a flow/],
    [['-r', '-', '133', '-w', out], 2, /reads the capture more than once/],
    [['-r', newspaper, '134', '-w', out], 1, /no flow matches/],
    [['-r', 'none.pcap', '1', '-w', out], 2, /none\.pcap: no such file/],
    [['-r', newspaper, '133', '-w', join(path, 'a', 'b')], 6, /ENOENT/],
    [['-r', newspaper, '133', '-w', '/dev/full', '--force'], 6, /no space left/],
  ]
  for (const [args, exit, message] of cases) {
    const { code, err } = await inProcess(['export', ...args])
    t.equal(code, exit, args.join(' '))
    t.match(err, message)
    t.notOk(existsSync(out), 'nothing is left')
  }
  await inProcess(['export', '-r', newspaper, '133', '-w', out])
  const before = readFileSync(out)
  const again = await inProcess(['export', '-r', newspaper, '133', '-w', out])
  t.equal(again.code, 2)
  t.match(again.err, /x\.pcapng: exists\n {2}try: --force/)
  t.strictSame(readFileSync(out), before)
})
