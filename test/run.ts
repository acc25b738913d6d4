/** `npm test`: runs every area's list of tests under tap and ends with `N passed, N failed`.
 * Shows failures in full, one line an area otherwise, and which comparisons could not be made here. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tap = fileURLToPath(new URL('../../node_modules/tap/dist/esm/run.mjs', import.meta.url))

/** Areas come from the sources: what an older build left in dist/ is not run. */
function testFiles(): string[] {
  const areas = readdirSync(`${root}/test`, { withFileTypes: true })
  return areas
    .filter(entry => entry.isDirectory() && existsSync(`${root}/test/${entry.name}/all.ts`))
    .map(entry => `dist/test/${entry.name}/all.js`)
}

/** tap runs its own build of itself without the TypeScript loader (.taprc), and the run that makes that
 * build does not use it yet. */
function buildTap(): void {
  if (existsSync(`${root}/.tap/plugins/package.json`)) return
  const built = spawnSync(process.execPath, [tap, 'build'], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) console.error(built.stdout + built.stderr)
}

/** Reads tap's stream line by line: prints what failed, counts by tap's own totals. */
class Report {
  passed = 0
  failed = 0
  skipped = 0
  readonly notCompared = new Set<string>()
  /** indent of the failure that is being shown, or -1 */
  #failure = -1

  line(text: string): void {
    const indent = text.length - text.trimStart().length
    const totals = /^# \{ total: \d+(.*)\}$/.exec(text)
    if (totals) this.#totals(totals[1] ?? '')
    const comment = /^\s*# (.*not compared.*)$/.exec(text)
    if (comment?.[1]) this.notCompared.add(comment[1])
    if (/^\s*not ok /.test(text)) {
      this.#failure = indent
      console.log(text)
      return
    }
    if (this.#failure >= 0) {
      if (indent > this.#failure) {
        console.log(text)
        return
      }
      this.#failure = -1
    }
    if (/^ok \d+ - dist\//.test(text)) console.log(text.replace(/^ok \d+ - dist\//, 'ok  '))
  }

  #totals(list: string): void {
    const count = (key: string) => Number(new RegExp(` ${key}: (\\d+)`).exec(list)?.[1] ?? 0)
    this.passed += count('pass')
    this.failed += count('fail')
    this.skipped += count('skip') + count('todo')
  }
}

async function main(): Promise<number> {
  buildTap()
  // on a busy machine an area takes longer than tap's 30 s
  const args = [tap, '--reporter=tap', '--disable-coverage', '--timeout=300', ...testFiles()]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const report = new Report()
  const closed = new Promise<number>(resolve => child.on('close', code => resolve(code ?? 1)))
  for await (const text of createInterface({ input: child.stdout })) report.line(text)
  const code = await closed
  for (const text of report.notCompared) console.log(`note: ${text}`)
  // a file that ended without a total (crash, time-out) is a failure that tap's exit code tells
  const lost = code !== 0 && report.failed + report.skipped === 0 ? 1 : 0
  if (report.skipped > 0) console.log(`${report.skipped} skipped: a skipped test is a failure here`)
  const failed = report.failed + report.skipped + lost
  console.log(`${report.passed} passed, ${failed} failed`)
  return failed > 0 || report.passed === 0 ? 1 : 0
}

process.exitCode = await main()
