/** The dashboard: `npm run bench:top [-- --flows N --keys N --idle S]`. In a terminal of tmux, over a script with so many
 * flows: time to the first screen, time from a key to the screen that answers it (median, worst), processor time
 * and memory while nothing happens but the refresh of each second. README.md in this folder has the budgets. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Tmux } from '../test/dashboard/tmux.js'

const { values } = parseArgs({
  options: {
    flows: { type: 'string', default: '100000' },
    keys: { type: 'string', default: '40' },
    idle: { type: 'string', default: '10' },
  },
})

const root = fileURLToPath(new URL('../../', import.meta.url))
const ticksPerSecond = 100

/** Clock ticks of the processor, and pages of memory (proc(5)). */
function usage(pid: number): { ticks: number; mib: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return {
    ticks: Number(fields[11]) + Number(fields[12]),
    mib: (Number(fields[21]) * 4096) / 2 ** 20,
  }
}

function median(of: readonly number[]): number {
  return [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN
}

const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-top-'))
const tmux = new Tmux('bench', 2)
try {
  const shift = readFileSync(`${root}test/dashboard/fixtures/shift.ndjson`, 'utf8')
  const script = join(folder, 'many.ndjson')
  writeFileSync(script, `${shift}${JSON.stringify({ at: 0, make: Number(values.flows) })}\n`)
  const program = `${process.execPath} ${root}dist/src/main.js top --fixture`
  await tmux.open(120, 36)
  const before = performance.now()
  await tmux.start(`${program} ${root}test/dashboard/fixtures/shift.ndjson`, /1 Over/)
  process.stdout.write(
    `first screen       ${(performance.now() - before).toFixed(0)} ms (budget 1000)\n`,
  )
  await tmux.open(120, 36)
  await tmux.start(`${program} ${script}`, /1 Over/)
  tmux.keys('2')
  await tmux.until(/Flow \d+:/)
  const times: number[] = []
  for (let i = 0; i < Number(values.keys); i++) {
    const flow = /Flow \d+:/.exec(tmux.shot())?.[0] ?? ''
    const start = performance.now()
    tmux.keys(i % 8 === 7 ? 'PageDown' : 'Down')
    await tmux.until(() => !tmux.shot().includes(flow))
    times.push(performance.now() - start)
  }
  const worst = Math.max(...times)
  process.stdout.write(
    `key to screen      median ${median(times).toFixed(0)} ms, worst ${worst.toFixed(0)} ms with ${values.flows} flows (budget 50, 200)\n`,
  )
  const pid = tmux.child
  const from = usage(pid)
  await new Promise(resolve => setTimeout(resolve, Number(values.idle) * 1000))
  const to = usage(pid)
  const share = ((to.ticks - from.ticks) / ticksPerSecond / Number(values.idle)) * 100
  process.stdout.write(
    `idle               ${share.toFixed(1)}% of a core (budget 3), ${to.mib.toFixed(0)} MiB (budget 150, without the flows of the script)\n`,
  )
} finally {
  tmux.end()
  rmSync(folder, { recursive: true })
}
