/** What the dashboard asks of the program: clock, files, explanations, exports in a process of their own. */

import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { FileExists, type Host, type SaveRequest } from '../dashboard/host.js'
import type { SaveFormat } from '../dashboard/scene.js'
import type { ExplainRecord } from '../record/explain-record.js'
import { groupDigits } from '../record/figures.js'
import { keyOrder } from '../record/key-order.js'
import type { RowKind } from '../record/snapshot.js'
import type { ViewSource } from '../record/view-source.js'
import type { Options } from './options.js'
import { csvLine } from './output/csv.js'
import { objectLine, recordLine } from './output/json.js'
import type { Terminal } from './terminal.js'
import { whyLines } from './text/why-text.js'
import type { TopMemory } from './top-memory.js'

const program = fileURLToPath(new URL('../main.js', import.meta.url))
/** Lines of a rule file before and after the place. */
const around = 8

export interface HostParts {
  options: Options
  terminal: Terminal
  nowMs: () => number
  memory: TopMemory
  source: () => ViewSource
  numbers: (clear: boolean) => Promise<ViewSource>
  quit: () => void
}

export class TopHost implements Host {
  readonly user: string
  readonly #parts: HostParts

  constructor(parts: HostParts) {
    this.#parts = parts
    this.user = userName()
  }

  get history(): readonly string[] {
    return this.#parts.memory.history
  }

  nowMs(): number {
    return this.#parts.nowMs()
  }

  quit(): void {
    this.#parts.quit()
  }

  remember(filter: string): void {
    this.#parts.memory.remember(filter)
  }

  numbers(clear: boolean): Promise<ViewSource> {
    return this.#parts.numbers(clear)
  }

  whyLines(record: ExplainRecord, width: number, all: boolean): readonly string[] {
    const { out, talk, progress } = this.#parts.terminal
    return whyLines(
      record,
      { out, talk, progress, errIsTty: false, columns: width, colour: false },
      all,
    )
  }

  sourceLines(at: string): readonly string[] {
    const [, file = at, place = '1'] = /^(.*?):(\d+)(?::\d+)?$/.exec(at) ?? []
    try {
      const lines = readFileSync(file, 'utf8').split('\n')
      const middle = Number(place)
      const first = Math.max(1, middle - around)
      return lines.slice(first - 1, middle + around).map((text, i) => {
        const n = first + i
        return `${n === middle ? '>' : ' '}${String(n).padStart(5)}  ${text}`
      })
    } catch (error) {
      return [`${file}: ${error instanceof Error ? error.message : String(error)}`]
    }
  }

  formats(kind: RowKind): readonly SaveFormat[] {
    const rows: readonly SaveFormat[] = ['ndjson', 'csv']
    if (kind !== 'flows') return rows
    const { read } = this.#parts.options
    const packets = read.length > 0 && !read.includes('-')
    return packets ? ['pcapng', ...rows, 'text'] : [...rows, 'text']
  }

  async save(request: SaveRequest): Promise<string> {
    const { file, format, overwrite, rows } = request
    if (existsSync(file) && !overwrite) throw new FileExists()
    if (rows.length === 0) throw new Error('nothing to save')
    if (format === 'pcapng') return await this.#exportPackets(request)
    const text = format === 'text' ? await this.#explained(request) : rowsText(request)
    // personal numbers may be in it
    writeFileSync(file, text, { mode: 0o600, flag: overwrite ? 'w' : 'wx' })
    return `${file}: ${groupDigits(rows.length)} rows`
  }

  async #explained({ rows }: SaveRequest): Promise<string> {
    const parts: string[] = []
    for (const row of rows) {
      if (!('flow' in row) || row.flow === undefined) continue
      const { explain } = await this.#parts.source().why(row.flow)
      parts.push(`${this.whyLines(explain, 100, false).join('\n')}\n`)
    }
    return parts.join('\n')
  }

  /** The captures are read again, in a process that ends with this one. */
  #exportPackets({ file, rows }: SaveRequest): Promise<string> {
    const { options } = this.#parts
    const flows = rows.flatMap(row => ('flow' in row && row.flow !== undefined ? [row.flow] : []))
    const args = [
      'export',
      ...options.read.flatMap(path => ['-r', path]),
      ...(options.rules === undefined ? [] : ['--rules', options.rules]),
      ...(options.profile === undefined ? [] : ['--profile', options.profile]),
      ...(options['plain-ip'] ? ['--plain-ip'] : []),
      ...options['ue-pool'].flatMap(pool => ['--ue-pool', pool]),
      ...(options.dedupe === undefined ? [] : ['--dedupe', options.dedupe]),
      '--control',
      '--force',
      '-w',
      file,
      '--',
      ...flows,
    ]
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const end = () => child.kill('SIGKILL')
      process.once('exit', end)
      let told = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        told = (told + text).slice(-2000)
      })
      child.on('error', reject)
      child.on('close', code => {
        process.off('exit', end)
        const [line = ''] = told.trim().split('\n').slice(-1)
        const text = line.replace(/^tollgate: /, '')
        if (code === 0) resolve(text === '' ? `${file}: written` : text)
        else reject(new Error(text === '' ? `export ended with ${code}` : text))
      })
    })
  }
}

/** Rows as they were shown: what was masked stays so. */
function rowsText({ kind, format, rows }: SaveRequest): string {
  if (format === 'ndjson') {
    const line = (row: object) =>
      kind === 'flows'
        ? recordLine({ ...row, type: 'flow', schema: 'tollgate.flow/1' } as { type: string })
        : objectLine({ type: kind.replace(/s$/, ''), ...row })
    return `${rows.map(line).join('\n')}\n`
  }
  const keys: readonly string[] = kind === 'flows' ? keyOrder.flow : keysOf(rows)
  const cells = (row: object) => keys.map(key => (row as Readonly<Record<string, unknown>>)[key])
  return `${[keys, ...rows.map(cells)].map(csvLine).join('\n')}\n`
}

function keysOf(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap(row => Object.keys(row)))]
}

function userName(): string {
  try {
    return userInfo().username
  } catch (error) {
    // a number without a name in the password file
    if (error instanceof Error) return String(process.getuid?.() ?? 'unknown')
    throw error
  }
}
