/** `node dist/test/lab/run.js`: brings the laboratory of ../shared/tools/lab up in network namespaces (root,
 * Debian), captures scenarios afresh, replays each and compares; then watches some live. Ends with
 * `N passed, N failed`. */

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Check } from './check.js'
import { compare } from './compare.js'
import { type LabScenario, readLabScenario } from './lab-scenario.js'
import { compareLive } from './live.js'
import { replay } from './replay.js'

const laboratory = fileURLToPath(new URL('../../../../shared/tools/lab', import.meta.url))

/** Scenario name of the laboratory -> beginning of its file name. */
const scenarios: Record<string, string> = {
  basic: '01_',
  mms_http: '03_',
  dns: '05_',
  wsp_co: '09_',
  wsp_cl: '10_',
  wtls_ports: '11_',
  ipreuse: '13_',
  reject: '14_',
  redirect: '16_',
  xonline: '18_',
  gtpv0: '20_',
  sgsn_restart: '21_',
  ggsn_restart: '22_',
  handover: '25_',
}

/** Scenarios that a live probe sees. */
const liveScenarios = ['basic', 'wsp_co', 'wtls_ports', 'handover']

/** A prefix of our own: another laboratory may be up on this machine. */
function environment(out: string, prefix: string): Record<string, string | undefined> {
  return { ...process.env, LAB_PREFIX: prefix, LAB_RUN: `${out}/run-${prefix}` }
}

/** Brings a laboratory up, runs scenarios under a live probe, and takes it down whatever happens. */
async function live(out: string): Promise<Check[]> {
  const lab = { folder: laboratory, env: environment(out, 'tp') }
  const script = (name: string) =>
    spawnSync('sh', [name], { cwd: laboratory, encoding: 'utf8', timeout: 60_000, env: lab.env })
  const up = script('lab_up.sh')
  try {
    if (up.status !== 0) {
      const found = (up.stdout + up.stderr).slice(-500)
      return [{ ok: false, name: 'laboratory up', wanted: 'exit 0', found }]
    }
    return await compareLive(lab, out, liveScenarios)
  } finally {
    script('lab_down.sh')
  }
}

/** Runs the scenarios and returns the laboratory's own output. */
function capture(out: string, names: readonly string[]): string {
  // the proxy of the laboratory runs as a user of its own, and writes its log there
  chmodSync(out, 0o755)
  const done = spawnSync('sh', ['lab_run.sh', '--out', `${out}/captures`, ...names], {
    cwd: laboratory,
    encoding: 'utf8',
    timeout: 600_000,
    env: environment(out, 'tg'),
  })
  return done.stdout + done.stderr
}

function compareOne(out: string, name: string, prefix: string): Check[] {
  const found = existsSync(out) ? readdirSync(out) : []
  const file = found.find(entry => entry.startsWith(prefix) && entry.endsWith('.json'))
  if (!file) return [{ ok: false, name, wanted: 'a capture', found: 'none' }]
  const lab: LabScenario = readLabScenario(`${out}/${file}`)
  if (lab.failed) return [{ ok: false, name, wanted: 'a run of the scenario', found: lab.failed }]
  try {
    return compare(lab, replay(`${out}/${lab.pcap}`))
  } catch (error) {
    return [{ ok: false, name, wanted: 'a replay', found: String(error) }]
  }
}

/** `run.js [FOLDER]`: with a folder, compares the captures that lie there. */
async function main(given: string | undefined): Promise<number> {
  const out = given ?? mkdtempSync(`${tmpdir()}/tollgate-lab-`)
  const folder = given ?? `${out}/captures`
  const log = given ? '' : capture(out, Object.keys(scenarios))
  let passed = 0
  let failed = 0
  for (const [name, prefix] of Object.entries(scenarios)) {
    const checks = compareOne(folder, name, prefix)
    const bad = checks.filter(check => !check.ok)
    passed += checks.length - bad.length
    failed += bad.length
    console.log(`${bad.length === 0 ? 'ok    ' : 'not ok'} ${name}: ${checks.length} checks`)
    for (const check of bad) {
      console.log(`    ${check.name}: wanted ${check.wanted}, found ${check.found}`)
    }
  }
  const liveChecks = given ? [] : await live(out)
  for (const check of liveChecks) {
    if (check.ok) passed++
    else failed++
    const what = check.ok ? '' : `: wanted ${check.wanted}, found ${check.found}`
    console.log(`${check.ok ? 'ok    ' : 'not ok'} live ${check.name}${what}`)
  }
  if (failed > 0 && log !== '') console.log(log.split('\n').slice(-40).join('\n'))
  if (!given) rmSync(out, { recursive: true, force: true })
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0 ? 0 : 1
}

process.exitCode = await main(process.argv[2])
