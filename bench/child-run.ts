/** Runs one program to its end and says how long it took, how much memory it had at most, and what it
 * printed. Peak memory is what the kernel keeps in /proc/PID/status (proc(5), VmHWM), read often: it only
 * ever grows, so the last reading is the peak but for the last moments. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const pollMs = 20
const timeoutMs = 20 * 60 * 1000

export interface ChildRun {
  seconds: number
  /** 0 where /proc is not there */
  peakRssMiB: number
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
    const poll = setInterval(() => {
      if (child.pid !== undefined) peak = Math.max(peak, peakRssKiB(child.pid))
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
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
        end: code ?? signal ?? 'unknown',
      })
    })
  })
}
