/** A feed that somebody still writes: what is added is read, and when the file is exchanged for another (rotation by
 * rename, or cut to nothing) the old one is read to its end and the new one from its beginning. */

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { EventText, type FeedSink } from './event-text.js'
import { LineCutter } from './line-cutter.js'

const pieceSize = 256 * 1024

export class TailedFeed {
  readonly #path: string
  readonly #text: EventText
  readonly #piece = new Uint8Array(pieceSize)
  #cutter: LineCutter
  #file = -1
  #at = 0

  constructor(path: string, sink: FeedSink) {
    this.#path = path
    this.#text = new EventText(basename(path), sink)
    this.#cutter = this.#newCutter()
  }

  /** Reads what there is now. A file that is not there may come. */
  poll(): void {
    if (this.#file < 0) this.#open()
    if (this.#file < 0) return
    this.#read()
    if (!this.#isExchanged()) return
    // what came between the last read and the exchange
    this.#read()
    this.close()
    this.#text.restart()
    this.#open()
    if (this.#file >= 0) this.#read()
  }

  close(): void {
    if (this.#file < 0) return
    this.#cutter.end()
    closeSync(this.#file)
    this.#file = -1
  }

  #open(): void {
    try {
      this.#file = openSync(this.#path, 'r')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
    this.#at = 0
    this.#cutter = this.#newCutter()
  }

  #newCutter(): LineCutter {
    return new LineCutter((line, cut) => this.#text.line(line, cut))
  }

  #read(): void {
    for (;;) {
      const count = readSync(this.#file, this.#piece, 0, pieceSize, this.#at)
      if (count === 0) return
      this.#at += count
      this.#cutter.put(this.#piece.subarray(0, count))
    }
  }

  #isExchanged(): boolean {
    const own = fstatSync(this.#file)
    if (own.size < this.#at) return true
    const there = statSync(this.#path, { throwIfNoEntry: false })
    return there !== undefined && (there.ino !== own.ino || there.dev !== own.dev)
  }
}
