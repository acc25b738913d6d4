/** The dashboard without a terminal: a script for a probe, a surface that keeps the lines, a clock that stands. */

import { readFileSync } from 'node:fs'
import { whyLines } from '../../src/cli/text/why-text.js'
import { App, type AppOptions } from '../../src/dashboard/app.js'
import { type FixtureLine, FixtureSource } from '../../src/dashboard/fixture-source.js'
import { FileExists, type Host, type SaveRequest, type Surface } from '../../src/dashboard/host.js'
import { type Line, lineText } from '../../src/dashboard/line.js'
import type { ViewSource } from '../../src/record/view-source.js'
import { root } from '../helpers/run.js'

export const shiftMs = Date.parse('2026-11-21T15:04:37Z')

export function script(name: string): FixtureLine[] {
  return readFileSync(`${root}/test/dashboard/fixtures/${name}.ndjson`, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as FixtureLine)
}

const none = { write: () => undefined, line: () => undefined, flush: () => undefined }

export class StandIn {
  readonly app: App
  readonly source: ViewSource
  readonly saved: SaveRequest[] = []
  readonly copied: string[] = []
  readonly remembered: string[] = []
  existing = new Set<string>()
  bells = 0
  quits = 0
  nowMs = shiftMs
  #lines: readonly Line[] = []
  width: number
  height: number

  constructor(
    lines: readonly FixtureLine[],
    width = 120,
    height = 36,
    options: Partial<AppOptions> = {},
  ) {
    this.width = width
    this.height = height
    const source = new FixtureSource(lines, () => this.nowMs)
    this.source = source
    const size = { width: () => this.width, height: () => this.height }
    const surface: Surface = {
      get width() {
        return size.width()
      },
      get height() {
        return size.height()
      },
      draw: drawn => {
        this.#lines = drawn
      },
      repaint: () => undefined,
      bell: () => this.bells++,
      copy: text => this.copied.push(text),
      suspend: () => undefined,
    }
    const host: Host = {
      user: 'noc2',
      history: ['verdict == CHRG', 'host contains wap'],
      nowMs: () => this.nowMs,
      whyLines: (record, columns, all) =>
        whyLines(
          record,
          {
            out: none,
            talk: () => undefined,
            progress: () => undefined,
            errIsTty: false,
            columns,
            colour: false,
          },
          all,
        ),
      sourceLines: at => [`source of ${at}`],
      formats: () => ['ndjson', 'csv'],
      save: async request => {
        if (this.existing.has(request.file) && !request.overwrite) throw new FileExists()
        this.saved.push(request)
        return `${request.file}: ${request.rows.length} rows`
      },
      numbers: () => Promise.reject(new Error('numbers are masked here')),
      remember: filter => this.remembered.push(filter),
      quit: () => this.quits++,
    }
    this.app = new App(source, host, surface, {
      utc: true,
      refreshMs: 1000,
      wall: false,
      bell: false,
      screens: ['overview'],
      rotateMs: 0,
      ...options,
    })
    this.app.start()
  }

  /** Until questions are answered and the screen is drawn. */
  async settle(): Promise<this> {
    for (let i = 0; i < 8; i++) await new Promise(resolve => setImmediate(resolve))
    this.app.draw()
    return this
  }

  /** `/`, `enter`, `S-s`: keys as blessed names them, or what a single key types. */
  async press(...keys: readonly string[]): Promise<this> {
    for (const key of keys) {
      this.app.key(key, key.length === 1 ? key : key === 'space' ? ' ' : '')
      await this.settle()
    }
    return this
  }

  async type(text: string): Promise<this> {
    for (const char of text) this.app.key(char === ' ' ? 'space' : char, char)
    return await this.settle()
  }

  get drawn(): readonly Line[] {
    return this.#lines
  }

  get lines(): string[] {
    return this.#lines.map(lineText)
  }

  /** As a golden file holds it. */
  get text(): string {
    return `${this.lines.map(line => line.trimEnd()).join('\n')}\n`
  }

  async end(): Promise<void> {
    this.app.stop()
    await this.source.close()
  }
}
