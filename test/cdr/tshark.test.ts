/** tshark reads what is written here, and what a live network sent is read here as tshark reads it. Without tshark
 * nothing is compared, unless TOLLGATE_REQUIRE_TSHARK=1 (set in CI). */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ChargedUsage } from '../../src/charging/charged-usage.js'
import { ChargingMessages } from '../../src/pipeline/charging-messages.js'
import { openSource } from '../../src/source/open-source.js'
import { inProcess, jsonLines } from '../cli/program.js'
import { tsharkIsThere } from '../synth/tshark-fields.js'
import { shared } from '../wire-wap/capture.js'
import { pcapOf, sentRecords } from './prime-capture.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-cdr-tshark-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** Values of each field, frame by frame. */
function fieldsOf(path: string, fields: readonly string[]): string[][] {
  const wanted = fields.flatMap(field => ['-e', field])
  const args = ['-n', '-r', path, '-Y', 'gtpprime', '-T', 'fields', '-E', 'separator=/t', ...wanted]
  const out = execFileSync('tshark', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return out
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
}

async function usageOf(path: string): Promise<ChargedUsage[]> {
  const usage: ChargedUsage[] = []
  const messages = new ChargingMessages(
    { usage: one => usage.push(one), damage: text => t.fail(text) },
    new Map(),
  )
  const source = await openSource([path])
  await messages.read(source)
  await source.close()
  return usage
}

if (!tsharkIsThere()) {
  t.notOk(process.env.TOLLGATE_REQUIRE_TSHARK === '1', 'tshark is required')
  t.comment('tshark not here: charging records not compared')
} else {
  for (const form of ['pgw-cdr', 'egcdr']) {
    await t.test(`${form}: tshark finds the ledger in it`, async t => {
      const records = join(folder, form)
      const capture = 'captures/newspaper.pcap'
      await inProcess(['cdr', 'write', '-r', capture, '--form', form, '-o', records, '--reveal'])
      const path = join(folder, `${form}.pcap`)
      writeFileSync(path, pcapOf(sentRecords(readFileSync(records), 1e15)))
      const { out } = await inProcess(['replay', capture, '--json', '--reveal', '--only', 'usage'])
      const ledger = jsonLines(out).filter(row => row.type === 'usage')
      const names = ['ratingGroup', 'datavolumeFBCUplink', 'datavolumeFBCDownlink']
      const fields = ['e212.imsi', '_ws.malformed', ...names.map(name => `gprscdr.${name}`)]
      const found = fieldsOf(path, fields).flatMap(([imsi, malformed, groups, up, down]) => {
        t.equal(malformed, '', 'not malformed')
        const ups = up!.split(',')
        const downs = down!.split(',')
        return groups!
          .split(',')
          .map((group, i) => `${imsi} ${Number(group) >>> 0} ${ups[i]} ${downs[i]}`)
      })
      t.strictSame(
        found.sort(),
        ledger
          .map(row => `${row.imsi} ${row.rating_group} ${row.up_bytes} ${row.down_bytes}`)
          .sort(),
      )
    })
  }
  await t.test("a record of a live network's ePDG", async t => {
    const path = shared(t, 'ndpi__gtp_prime.pcapng')
    if (path === '') return
    const names = ['chargingID', 'dataVolumeGPRSUplink', 'dataVolumeGPRSDownlink', 'duration']
    const theirs = fieldsOf(path, ['e212.imsi', ...names.map(name => `gprscdr.${name}`)])
    const ours = (await usageOf(path)).map(one => [
      one.imsi,
      String(one.chargingId),
      String(one.octetsUp),
      String(one.octetsDown),
      String((one.lastUs - one.firstUs) / 1e6),
    ])
    t.strictSame(ours, theirs)
  })
}
