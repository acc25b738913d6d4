/** What the dashboard needs of the program around it: a place to draw, a clock, files. */

import type { ExplainRecord } from '../record/explain-record.js'
import type { RowKind, RowsOf } from '../record/snapshot.js'
import type { ViewSource } from '../record/view-source.js'
import type { Line } from './line.js'
import type { SaveFormat } from './scene.js'

export interface Surface {
  readonly width: number
  readonly height: number
  draw(lines: readonly Line[]): void
  /** everything is written again */
  repaint(): void
  bell(): void
  /** to the clipboard of the terminal (OSC 52), where it has one */
  copy(text: string): void
  suspend(): void
}

export interface SaveRequest {
  kind: RowKind
  format: SaveFormat
  file: string
  overwrite: boolean
  rows: readonly RowsOf[RowKind][]
}

/** The file is there and was not to be written over. */
export class FileExists extends Error {}

export interface Host {
  nowMs(): number
  /** who acknowledges, where the socket does not know */
  readonly user: string
  /** an explain record as the command line shows it */
  whyLines(record: ExplainRecord, width: number, all: boolean): readonly string[]
  /** the place in a rule file, with the lines around it */
  sourceLines(at: string): readonly string[]
  /** what a rows can be saved as */
  formats(kind: RowKind): readonly SaveFormat[]
  /** Resolves to what is to be said of it; rejects with FileExists. */
  save(request: SaveRequest): Promise<string>
  /** The probe with numbers in the clear, or masked again; rejects when that is not allowed. */
  numbers(clear: boolean): Promise<ViewSource>
  /** filters that were typed, the newest first */
  readonly history: readonly string[]
  remember(filter: string): void
  /** ends the program */
  quit(): void
}
