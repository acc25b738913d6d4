/** Writes data to a file descriptor in large pieces, waiting for slow readers, so that a record
 * never queues in memory behind one that nobody has read. */

import { writeSync } from 'node:fs'
import { exitCode, Failure, outputGone } from '../fail.js'
import type { TextOutput } from '../terminal.js'

const pieceOctets = 65_536
const waitMs = 2

export class Output implements TextOutput {
  private readonly fd: number
  private readonly name: string
  private pending: string[] = []
  private pendingLength = 0
  private writtenOctets = 0
  private readonly clock = new Int32Array(new SharedArrayBuffer(4))

  constructor(fd: number, name: string) {
    this.fd = fd
    this.name = name
  }

  /** Takes text and writes when enough has gathered; octets at once. Throws a Failure when it cannot be written. */
  write(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.flush()
      this.writeAll(data)
      return
    }
    this.pending.push(data)
    this.pendingLength += data.length
    if (this.pendingLength >= pieceOctets) this.flush()
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  flush(): void {
    if (this.pendingLength === 0) return
    const octets = Buffer.from(this.pending.join(''), 'utf8')
    this.pending = []
    this.pendingLength = 0
    this.writeAll(octets)
  }

  private writeAll(octets: Uint8Array): void {
    let at = 0
    while (at < octets.length) at += this.writeSome(octets, at)
    this.writtenOctets += octets.length
  }

  private writeSome(octets: Uint8Array, at: number): number {
    try {
      return writeSync(this.fd, octets, at)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // a pipe that somebody set non-blocking and whose reader is slow
      if (code === 'EAGAIN') {
        Atomics.wait(this.clock, 0, 0, waitMs)
        return 0
      }
      if (code === 'EPIPE') throw outputGone()
      throw writeFailure(this.name, code, error, this.writtenOctets)
    }
  }
}

/** What to say of a file that could not be written. */
export function writeFailure(
  name: string,
  code: unknown,
  error: unknown,
  writtenOctets: number,
): Failure {
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const megabytes = Math.floor(writtenOctets / 1e6)
    return new Failure(exitCode.output, `${name}: no space left after ${megabytes} MB`)
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new Failure(exitCode.output, `${name}: ${reason}`)
}
