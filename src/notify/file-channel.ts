/** Notices appended to a file, a JSON object a line: for a sender that reads it. A line is on disk before the
 * notice counts as accepted. */

import { type FileHandle, open } from 'node:fs/promises'
import type { Channel, Notice, Outcome } from './notice.js'

/** What a sender needs of a notice; numbers in the clear. */
export function noticeBody(notice: Notice): Record<string, string | number> {
  const { id, kind, caseId, imsi, msisdn, cause, renewedUs, text } = notice
  return {
    notice: id,
    kind,
    case: caseId,
    imsi,
    msisdn,
    cause,
    renewed: new Date(renewedUs / 1000).toISOString(),
    text,
  }
}

export class FileChannel implements Channel {
  readonly name = 'file'
  readonly #path: string
  #file: FileHandle | undefined

  constructor(path: string) {
    this.#path = path
  }

  async send(notice: Notice): Promise<Outcome> {
    try {
      this.#file ??= await open(this.#path, 'a', 0o600)
      const line = Buffer.from(`${JSON.stringify(noticeBody(notice))}\n`)
      const { bytesWritten } = await this.#file.write(line)
      // the rest of a line that a full disk cut would join the next one
      if (bytesWritten < line.length) await this.#file.write('\n')
      if (bytesWritten < line.length) return { kind: 'later', reason: `${this.#path}: disk full` }
      await this.#file.datasync()
      return { kind: 'accepted', messageId: `file-${notice.id}` }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'later', reason: `${this.#path}: ${reason}` }
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}
