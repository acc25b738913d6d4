/** Runs the program as a user would, in the project's folder: in this process (quick), as a process
 * of its own, or in a line of a shell. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '../../src/cli/run.js'
import type { StartShard } from '../../src/pipeline/shard/shard-thread.js'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))

export interface Run {
  code: number | null
  out: string
  err: string
}

export interface RunOptions {
  stdin?: string | Uint8Array
  env?: Record<string, string>
  cwd?: string
  /** in this process: how threads are started, else as the program does */
  startShard?: StartShard
  /** arguments of node, before the program */
  node?: readonly string[]
}

/** The rule set comes from `--rules` or the tests' own environment, never from this machine. */
export const testEnv: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  HOME: join(tmpdir(), 'tollgate-test-home'),
  TZ: 'UTC',
  LANG: 'C',
  TOLLGATE_RULES: join(root, 'rules', 'newspaper.yaml'),
}

export async function tollgate(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [...(options.node ?? []), main, ...args], {
    cwd: options.cwd ?? root,
    env: { ...testEnv, ...options.env },
  })
  // a program that ends early leaves the rest unread
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.end(options.stdin ?? '')
  return await collect(child)
}

/** In this process, with the tests' environment; stdin is not there. */
export async function inProcess(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  let out = ''
  let err = ''
  const before = { cwd: process.cwd(), env: process.env }
  process.chdir(options.cwd ?? root)
  process.env = { ...testEnv, ...options.env }
  const write = (data: string | Uint8Array) => {
    out += typeof data === 'string' ? data : Buffer.from(data).toString('latin1')
  }
  const terminal = {
    out: { write, line: (text: string) => write(`${text}\n`), flush: () => undefined },
    talk: (line: string) => {
      err += `${line}\n`
    },
    progress: () => undefined,
    errIsTty: false,
    columns: 80,
    colour: false,
  }
  try {
    const code = await runCommandLine(args, () => terminal, options.startShard)
    return { code, out, err }
  } finally {
    process.chdir(before.cwd)
    process.env = before.env
  }
}

/** A line of a shell, with `tollgate` in it. */
export async function shell(line: string, env: Record<string, string> = {}): Promise<Run> {
  const program = `tollgate() { ${quote(process.execPath)} ${quote(main)} "$@"; }`
  const child = spawn('bash', ['-c', `${program}\n${line}`], {
    cwd: root,
    env: { ...testEnv, ...env },
  })
  child.stdin.end()
  return await collect(child)
}

async function collect(child: ChildProcessWithoutNullStreams): Promise<Run> {
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, out, err }))
  })
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

export interface JsonRow extends Record<string, unknown> {
  type: string
}

export function jsonLines(text: string): JsonRow[] {
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as JsonRow)
}
