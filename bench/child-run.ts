/** Runs one program to its end and says how long it took, how much memory it had at most, and what it
 * printed. Peak memory is what the kernel keeps in /proc/PID/status (proc(5), VmHWM), read often: it only
 * ever grows, so the last reading is the peak but for the last moments. The same holds for processor time. */

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const pollMs = 20
const timeoutMs = 20 * 60 * 1000

export interface ChildRun {
  seconds: number
  /** 0 where /proc is not there, as in the following */
  peakRssMiB: number
  /** processor time, user and system, of all threads */
  cpuSeconds: number
  /** of the thread that had most of it: what the run would take at least if each had a core of its own */
  busiestSeconds: number
  stdout: string
  stderr: string
  /** exit code, or the signal's name */
  end: number | string
}

function peakRssKiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
  } catch {
    return 0 // it has just ended, or there is no /proc
  }
}

/** Clock ticks a second of /proc (USER_HZ). */
const ticks = 100

/** Processor time of a process or thread by its stat file (proc(5), utime and stime). */
function cpuTicks(path: string): number {
  try {
    const text = readFileSync(path, 'latin1')
    // the name, in brackets, may hold anything
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return 0
  }
}

function busiestTicks(pid: number): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    return Math.max(0, ...tasks.map(task => cpuTicks(`/proc/${pid}/task/${task}/stat`)))
  } catch {
    return 0
  }
}

/** Resolves to undefined when the program is not installed. */
export function runChild(
  command: string,
  args: readonly string[],
  keepOutput: boolean,
): Promise<ChildRun | undefined> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, args, {
      stdio: ['ignore', keepOutput ? 'pipe' : 'ignore', 'pipe'],
      timeout: timeoutMs,
    })
    let peak = 0
    let cpu = 0
    let busiest = 0
    const poll = setInterval(() => {
      const { pid } = child
      if (pid === undefined) return
      peak = Math.max(peak, peakRssKiB(pid))
      cpu = Math.max(cpu, cpuTicks(`/proc/${pid}/stat`))
      busiest = Math.max(busiest, busiestTicks(pid))
    }, pollMs)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', error => {
      clearInterval(poll)
      if ('code' in error && error.code === 'ENOENT') resolve(undefined)
      else reject(error)
    })
    child.on('close', (code, signal) => {
      clearInterval(poll)
      resolve({
        seconds: (performance.now() - start) / 1000,
        peakRssMiB: peak / 1024,
        cpuSeconds: cpu / ticks,
        busiestSeconds: busiest / ticks,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
        end: code ?? signal ?? 'unknown',
      })
    })
  })
}
