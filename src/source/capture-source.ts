/** Frames of one or more captures in the order of time: the Source that everything reads from.
 * Files whose times do not overlap are read one after another and their blocks handed on as they are;
 * where times overlap, runs of frames are copied into one block. A file is opened when its first
 * time comes up, so that a thousand files of a ring capture need the memory of one. */

import type { Readable } from 'node:stream'
import { BlockReader, blockOctetsDefault } from './block-reader.js'
import { CaptureFile, NotACapture } from './capture-file.js'
import type { Moment } from './frame-run.js'
import { endOfTime, isBefore, RunBlock, runOctets, takeRun } from './frame-run.js'
import type { FrameBatch, Source, SourceStatus } from './source.js'
import { SourceError } from './source.js'

/** Above this many files each gets smaller blocks, since all of them might overlap. */
const fullBlockFiles = 64
const smallBlockOctets = 32 * 1024
/** A run this long is handed on without copying. */
const directRun = 64

/** A file that has been looked at, with the moment of its first frame (time -Infinity when it has
 * none: then it comes first). */
interface WaitingFile extends Moment {
  path: string
  /** still open, because it can be read only once */
  opened: CaptureFile | undefined
}

export interface CaptureSourceOptions {
  /** octets of a block; tests make it small */
  blockOctets?: number
  /** what `-` reads; the process's standard input when absent */
  stdin?: Readable
}

export class CaptureSource implements Source {
  readonly status: SourceStatus
  readonly #paths: readonly string[]
  readonly #options: CaptureSourceOptions
  readonly #blockOctets: number
  readonly #copies: RunBlock
  #waiting: WaitingFile[] = []
  #active: CaptureFile[] = []
  /** readers of files that are done, to be used again */
  readonly #readers: BlockReader[] = []
  #opened = false
  #octetsDone = 0
  #dropsDone = 0

  constructor(paths: readonly string[], name: string, options: CaptureSourceOptions) {
    this.#paths = paths
    this.#options = options
    const usual = paths.length > fullBlockFiles ? smallBlockOctets : blockOctetsDefault
    this.#blockOctets = options.blockOctets ?? usual
    this.#copies = new RunBlock(this.#blockOctets)
    this.status = {
      name,
      octetsRead: 0,
      octetsTotal: 0,
      frames: 0,
      interfaces: [],
      damage: [],
      drops: 0,
    }
  }

  async open(): Promise<void> {
    if (this.#opened) return
    this.#opened = true
    if (this.#paths.length === 1) {
      const file = await this.#openFile(this.#paths[0] ?? '', 0)
      this.#active = [file]
      this.status.octetsTotal = file.octetsTotal
      return
    }
    try {
      await this.#lookAtAll()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async next(batch: FrameBatch): Promise<number> {
    batch.count = 0
    batch.firstFrame = this.status.frames + 1
    this.#copies.clear()
    while (batch.count === 0) {
      await this.#bringForward()
      const file = this.#earliest()
      if (file === undefined) break
      this.#fill(batch, file)
    }
    this.status.frames += batch.count
    this.status.severalFromUs = this.#severalFromUs()
    this.#count()
    return batch.count
  }

  async close(): Promise<void> {
    const open = [...this.#active, ...this.#waiting.flatMap(one => one.opened ?? [])]
    this.#active = []
    this.#waiting = []
    for (const file of open) await file.close()
  }

  async #openFile(path: string, order: number): Promise<CaptureFile> {
    const reader = this.#readers.pop() ?? new BlockReader(this.#blockOctets)
    const add = (name: string, linkType: number): number =>
      this.status.interfaces.push({ name, linkType }) - 1
    return CaptureFile.open(path, order, reader, add, this.#options.stdin)
  }

  /** Learns every file's first time. What can be opened again is closed until its time comes. */
  async #lookAtAll(): Promise<void> {
    let totalKnown = true
    for (const [order, path] of this.#paths.entries()) {
      const interfaces = this.status.interfaces.length
      const file = await this.#lookAt(path, order)
      if (file === undefined) continue
      const found = await file.advance()
      const timeUs = found ? (file.cursor?.timeUs ?? 0) : Number.NEGATIVE_INFINITY
      totalKnown &&= file.isRegular
      this.status.octetsTotal += file.octetsTotal
      if (file.isRegular) {
        await file.close()
        this.#readers.push(file.reader)
        // they come again when the file is opened for good
        this.status.interfaces.length = interfaces
      }
      const opened = file.isRegular ? undefined : file
      this.#waiting.push({ path, order, timeUs, opened })
    }
    if (this.#waiting.length === 0) throw new SourceError(this.status.damage.join('; '))
    if (!totalKnown) this.status.octetsTotal = 0
    this.#waiting.sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  /** Undefined for one of several that is no capture: the others are read, and it is told. */
  async #lookAt(path: string, order: number): Promise<CaptureFile | undefined> {
    try {
      return await this.#openFile(path, order)
    } catch (error) {
      if (!(error instanceof NotACapture)) throw error
      this.status.damage.push(error.message)
      return undefined
    }
  }

  /** Gives every open file its next frame, ends those without one, opens those whose time is here. */
  async #bringForward(): Promise<void> {
    for (const file of this.#active) {
      if (!file.hasFrame && !(await file.advance())) await this.#finish(file)
    }
    for (;;) {
      const [waiting] = this.#waiting
      if (waiting === undefined) return
      const earliest = this.#earliest()
      if (earliest !== undefined && isBefore(moment(earliest), waiting)) return
      this.#waiting.shift()
      await this.#activate(waiting)
    }
  }

  async #activate(waiting: WaitingFile): Promise<void> {
    try {
      const file = waiting.opened ?? (await this.#openFile(waiting.path, waiting.order))
      this.#active.push(file)
      if (!file.hasFrame && !(await file.advance())) await this.#finish(file)
    } catch (error) {
      // it was there when the run began: what was read of the others stands
      if (!(error instanceof SourceError)) throw error
      this.status.damage.push(error.message)
    }
  }

  async #finish(file: CaptureFile): Promise<void> {
    this.#active = this.#active.filter(one => one !== file)
    if (file.damage !== '') this.status.damage.push(file.damage)
    await file.close()
    this.#octetsDone += file.octetsRead
    this.#dropsDone += file.drops
    this.#readers.push(file.reader)
  }

  /** The open file whose current frame comes first; `besides` is left out. */
  #earliest(besides?: CaptureFile): CaptureFile | undefined {
    let best: CaptureFile | undefined
    for (const file of this.#active) {
      if (file === besides || !file.hasFrame) continue
      if (best === undefined || isBefore(moment(file), moment(best))) best = file
    }
    return best
  }

  /** Up to where `file` may go: the first moment of all other files. */
  #limit(file: CaptureFile): Moment {
    const other = this.#earliest(file)
    const waiting = this.#waiting[0] ?? endOfTime
    if (other === undefined) return waiting
    return isBefore(moment(other), waiting) ? moment(other) : waiting
  }

  /** Puts frames into the empty batch until it is full or some file has to be read on. */
  #fill(batch: FrameBatch, first: CaptureFile): void {
    const { reader } = first
    takeRun(batch, first, this.#limit(first), Number.POSITIVE_INFINITY)
    const copies = this.#copies
    if (
      batch.count >= directRun ||
      this.#active.length === 1 ||
      runOctets(batch, 0) > copies.room
    ) {
      batch.block = reader.octets
      return
    }
    copies.take(batch, 0, reader.octets)
    batch.block = copies.octets
    while (this.#active.every(file => file.hasFrame)) {
      const file = this.#earliest()
      // a file whose time comes now has to be opened first
      if (file === undefined || !isBefore(moment(file), this.#waiting[0] ?? endOfTime)) return
      const from = batch.count
      takeRun(batch, file, this.#limit(file), copies.room)
      if (batch.count === from) return
      copies.take(batch, from, file.reader.octets)
    }
  }

  /** A file whose time has not come is another interface when it comes. */
  #severalFromUs(): number {
    const isMixed = this.#active.length > 1 || this.#active.some(file => file.interfaces > 1)
    if (isMixed) return Number.NEGATIVE_INFINITY
    return this.#waiting[0]?.timeUs ?? Number.POSITIVE_INFINITY
  }

  #count(): void {
    const { status } = this
    status.octetsRead = this.#octetsDone
    status.drops = this.#dropsDone
    for (const file of this.#active) {
      status.octetsRead += file.octetsRead
      status.drops += file.drops
    }
  }
}

function moment(file: CaptureFile): Moment {
  return { timeUs: file.cursor?.timeUs ?? 0, order: file.order }
}
