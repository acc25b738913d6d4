/** The live run of the laboratory: `tollgate replay -i` on the mirror port while a scenario runs, the packets
 * kept. What it says must be what a replay of the kept packets says, and they must be the traffic that the
 * laboratory captured beside it. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SummaryRecord } from '../../src/record/usage-record.js'
import { type Check, equal } from './check.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = `${root}/dist/src/main.js`
const records = 'flow,transaction,usage,session,subscriber,finding'
const rules = `${root}/rules/newspaper.yaml`
const options = ['--json', '--reveal', '--only', records, '--rules', rules]
const mirrorPort = 'mon0'

/** A laboratory that is up: its scripts, its prefix. */
export interface Laboratory {
  folder: string
  env: Record<string, string | undefined>
}

/** What lab_probe.sh does, but the scenario begins when the probe captures: on a busy machine that takes
 * longer than the second which the script waits. */
async function probe(lab: Laboratory, out: string, scenario: string): Promise<Probed> {
  mkdirSync(out, { recursive: true })
  const enter = ['netns', 'exec', `${lab.env.LAB_PREFIX}-probe`]
  const replay = ['replay', '-i', mirrorPort, '--keep', `${out}/kept`, '-v', ...options]
  const child = spawn('ip', [...enter, process.execPath, program, ...replay], { cwd: root })
  const probed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    probed.out += text
  })
  const capturing = new Promise<void>(resolve => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      probed.err += text
      if (probed.err.includes('tollgate: capturing')) resolve()
    })
  })
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()))
  await Promise.race([capturing, ended])
  spawnSync('python3', ['lab.py', 'run', scenario], {
    cwd: lab.folder,
    timeout: 120_000,
    env: lab.env,
  })
  child.kill('SIGINT')
  await ended
  return probed
}

interface Probed {
  out: string
  err: string
}

function replayLines(path: string): string[] {
  const done = spawnSync(process.execPath, [program, 'replay', path, ...options], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return lines(done.stdout)
}

function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

function summaryOf(all: readonly string[]): SummaryRecord | undefined {
  const last = all.at(-1)
  return last === undefined ? undefined : (JSON.parse(last) as SummaryRecord)
}

/** Runs the scenarios one after another. */
export async function compareLive(
  lab: Laboratory,
  out: string,
  scenarios: readonly string[],
): Promise<Check[]> {
  const checks: Check[] = []
  for (const scenario of scenarios) {
    const folder = `${out}/${scenario}`
    checks.push(...compareOne(await probe(lab, folder, scenario), folder, scenario))
  }
  return checks
}

function compareOne(probed: Probed, folder: string, scenario: string): Check[] {
  const live = lines(probed.out)
  const summary = summaryOf(live)
  if (summary === undefined) {
    return [{ ok: false, name: `${scenario}: live run`, wanted: 'records', found: probed.err }]
  }
  const kept = existsSync(`${folder}/kept`) ? replayLines(`${folder}/kept`) : []
  const replayed = summaryOf(kept)
  const different = live.slice(0, -1).findIndex((line, i) => line !== kept[i])
  return [
    equal(`${scenario}: records of the live run and of its replay`, live.length, kept.length),
    equal(
      `${scenario}: first record that differs`,
      live[different] ?? 'none',
      different < 0 ? 'none' : (kept[different] ?? 'none'),
    ),
    equal(`${scenario}: complete`, summary.reasons.join('; '), ''),
    equal(`${scenario}: lost`, summary.capture_drops, 0),
    equal(`${scenario}: packets`, summary.frames, replayed?.frames ?? -1),
    equal(`${scenario}: octets`, summary.bytes, replayed?.bytes ?? -1),
    equal(`${scenario}: free octets`, summary.free_bytes, replayed?.free_bytes ?? -1),
    { ok: summary.sessions > 0, name: `${scenario}: sessions`, wanted: 'some', found: 'none' },
    { ok: summary.bytes > 0, name: `${scenario}: users' octets`, wanted: 'some', found: 'none' },
  ]
}
